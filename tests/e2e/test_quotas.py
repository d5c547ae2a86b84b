"""Quotas through the wire: what an account may write a day, make and keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from .conftest import Serve, ended_well
from .serving import Server
from .talking import Client, Frame
from .town import Town

SMALL = {
    "quota_messages": 3,
    "quota_reports": 1,
    "quota_rooms": 2,
    "quota_space_rooms": 5,
    "quota_spaces": 2,
    "quota_invites": 2,
    "quota_versions": 2,
    "quota_sessions": 3,
}


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose quotas are quickly used up."""
    server = Server(tmp_path_factory.mktemp("quotas") / "data", rate_limits=True, **SMALL).start()
    yield server
    ended_well(server)


@pytest.fixture
def small(small_server: Server) -> Iterator[Town]:
    """A space of the test's own on it."""
    town = Town(small_server)
    yield town
    town.close()


@pytest.fixture
def stopping(serve: Serve) -> Iterator[Town]:
    """The same on a server that the test may stop."""
    town = Town(serve(rate_limits=True, **SMALL))
    yield town
    town.close()


def usage(town: Town, account: str) -> Any:
    return town.operator.ask("quota.get", account=account)["usage"]


def last(client: Client, times: int, name: str, /, **data: object) -> Frame:
    """The refusal of the request after so many that are carried out."""
    for _ in range(times):
        client.ask(name, **data)
    return client.refusal(name, **data)


def test_messages_of_a_day_are_counted_over_restarts_and_rooms(stopping: Town) -> None:
    first, second = stopping.room("First"), stopping.room("Second")
    account = stopping.member(first, second)
    client = stopping.open(account)
    client.post(first, "one")
    client.post(second, "two")
    assert usage(stopping, account.id)["messages"] == {"used": 2, "quota": 3}
    stopping.server.stop()
    stopping.server.start()
    stopping.reconnect()
    client = stopping.open(account)
    client.post(first, "three")
    refused = client.refusal("message.post", room=second, text="four")
    assert refused["code"] == "rate_limited"
    assert "after midnight UTC" in refused["message"]
    assert 0 < refused["data"]["retry_after"] <= 86_400
    soon = usage(stopping, account.id)["day_ends_at"]
    assert client.refusal("message.schedule", room=first, text="x", post_at=soon)["code"] == "rate_limited"
    seq = client.ask("room.history", room=first, limit=1)["messages"][0]["seq"]
    client.ask("message.delete", room=first, seq=seq)
    client.ask("space.leave", space=stopping.space)
    stopping.open(stopping.member(first)).post(first, "others may")


def test_a_kill_forgets_nothing_of_what_was_written(stopping: Town) -> None:
    room = stopping.room()
    account = stopping.member(room)
    before = usage(stopping, account.id)
    stopping.open(account).post(room, "één")
    written = usage(stopping, account.id)
    assert written["bytes"]["used"] > before["bytes"]["used"]
    stopping.server.kill()
    stopping.server.start()
    stopping.reconnect()
    after = usage(stopping, account.id)
    assert (after["bytes"], after["messages"]) == (written["bytes"], written["messages"])


def test_what_a_bot_writes_counts_with_its_owner(small: Town) -> None:
    room = small.room()
    account = small.member(room)
    owner = small.open(account)
    made = owner.ask("bot.create", name="rex", scopes=["read", "post", "join"])
    bot = small.dial().open(made["token"])
    bot.ask("invite.accept", code=small.code)
    bot.ask("room.join", room=room)
    bot.post(room, "woof")
    bot.post(room, "woof")
    assert last(owner, 1, "message.post", room=room, text="sit")["code"] == "rate_limited"
    assert bot.refusal("message.post", room=room, text="woof")["code"] == "rate_limited"
    assert bot.opened["limits"]["rates"]["post"] != owner.opened["limits"]["rates"]["post"]


def test_bytes_of_a_day_bind_whatever_is_written(serve: Serve) -> None:
    town = Town(serve(rate_limits=True, quota_bytes=5000))
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    client.post(room, "x" * 6000)
    for name, data in (
        ("message.post", {"room": room, "text": "hi"}),
        ("account.update", {"about": "me"}),
        ("reaction.add", {"room": room, "seq": 1, "emoji": "👍"}),
    ):
        assert "MiB" in client.refusal(name, **data)["message"]
    client.ask("room.leave", room=room)
    town.close()


def test_reports_of_a_day(small: Town) -> None:
    room = small.room()
    author, account = small.open(small.member(room)), small.open(small.member(room))
    seqs = [author.post(room, text)["seq"] for text in ("rude", "ruder")]
    account.ask("message.report", room=room, seq=seqs[0], reason="rude")
    refused = account.refusal("message.report", room=room, seq=seqs[1], reason="ruder")
    assert refused["code"] == "rate_limited"
    assert "reported" in refused["message"]


def test_rooms_that_a_member_made_and_rooms_in_a_space(small: Town) -> None:
    member, owner = small.member(), small.owner
    client, owns = small.open(member), small.open(owner)
    rooms = [small.room(f"Room {number}", by=client, private=number == 1) for number in range(2)]
    refused = client.refusal("room.create", space=small.space, name="More")
    assert refused["code"] == "conflict"
    assert "you have made 2 rooms here" in refused["message"]
    assert usage(small, member.id)["rooms"] == {"used": 2, "quota": 2}
    for number in range(3):
        small.room(f"Hall {number}", by=owns)  # moderators and above are bound by the space alone
    full = owns.refusal("room.create", space=small.space, name="More")
    assert full["code"] == "conflict"
    assert "at most 5 rooms" in full["message"]
    owns.ask("room.delete", room=rooms[0])
    small.room("Again", by=client)


def test_spaces_that_an_account_owns(small: Town) -> None:
    account = small.account()
    client = small.open(account)
    mine = [client.ask("space.create", name=f"Mine {number}")["space"]["id"] for number in range(2)]
    refused = client.refusal("space.create", name="More")
    assert refused["code"] == "conflict"
    assert usage(small, account.id)["spaces"] == {"used": 2, "quota": 2}
    client.ask("space.delete", space=mine[0])
    client.ask("space.create", name="Again")
    small.operator.ask("space.create", name="Given", owner=account.id)  # an operator is not bound


def test_invites_that_can_still_be_used(small: Town) -> None:
    client = small.open(small.owner)
    invites = [client.ask("invite.create", space=small.space)["invite"]["code"] for _ in range(2)]
    assert client.refusal("invite.create", space=small.space)["code"] == "conflict"
    assert usage(small, small.owner.id)["invites"] == {"used": 2, "quota": 2}
    client.ask("invite.revoke", code=invites[0])
    client.ask("invite.create", space=small.space)


def test_versions_of_a_message(small: Town) -> None:
    room = small.room()
    client = small.open(small.member(room))
    seq = client.post(room, "first")["seq"]
    client.ask("message.edit", room=room, seq=seq, text="second")
    refused = client.refusal("message.edit", room=room, seq=seq, text="third")
    assert refused["code"] == "conflict"
    assert "2 versions" in refused["message"]
    client.ask("message.edit", room=room, seq=seq, text="second")  # changes nothing


def test_sessions_of_an_account(small: Town) -> None:
    account = small.account()
    sessions = [small.open(account) for _ in range(3)]
    visitor = small.dial()
    assert visitor.refusal("session.open", token=account.token)["code"] == "overloaded"
    assert usage(small, account.id)["sessions"] == {"used": 3, "quota": 3}
    sessions[0].close()
    while usage(small, account.id)["sessions"]["used"] == 3:
        pass
    visitor.open(account.token)


def test_an_address_has_no_more_connections_than_the_quota_allows(serve: Serve) -> None:
    town = Town(serve(rate_limits=True, quota_connections=3, trusted_proxies="127.0.0.1"))
    here, elsewhere = ({"X-Forwarded-For": address} for address in ("203.0.113.1", "203.0.113.2"))
    crowd = [town.dial(headers=here) for _ in range(3)]
    with pytest.raises(InvalidStatus) as refused:
        town.dial(headers=here)
    assert refused.value.response.status_code == 429
    town.dial(headers=elsewhere)
    crowd[0].close()
    while True:  # the server may still be saying goodbye
        try:
            town.dial(headers=here)
            break
        except InvalidStatus:
            continue
    town.close()


def test_quotas_are_announced_and_switched_off_with_the_rates(small: Town, serve: Serve) -> None:
    told = small.open(small.owner).opened["limits"]["quotas"]
    assert told["messages_per_day"] == 3
    assert told["rooms_in_space"] == 5
    assert told["sessions"] == 3
    free = Town(serve(**SMALL))
    room = free.room()
    client = free.open(free.member(room))
    assert client.opened["limits"]["quotas"] is None
    for number in range(5):
        client.post(room, "hi")
        client.ask("room.create", space=free.space, name=f"Room {number}")
    assert usage(free, free.owner.id)["messages"]["quota"] is None
    free.close()
