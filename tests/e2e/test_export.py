"""Taking everything along: all that is one's own, nothing that is not, in pages that fit together."""

from __future__ import annotations

import base64
import itertools
import json
import time
from typing import Any

import pytest

from .push_place import Browser
from .talking import Client, Frame, Refused
from .test_hostile_bytes import within
from .town import Account, Town


def exported(client: Client, limit: int = 500, **data: Any) -> list[Frame]:
    """All items; no page but the last is shorter than was asked for."""
    items: list[Frame] = []
    after: dict[str, str] = {}
    while True:
        page = client.ask("account.export", limit=limit, **after, **data)
        items += page["items"]
        if page["next"] is None:
            return items
        assert len(page["items"]) == limit
        after = {"after": page["next"]}


def kinds(items: list[Frame]) -> list[str]:
    return [kind for kind, _ in itertools.groupby(item["kind"] for item in items)]


def of(items: list[Frame], kind: str) -> list[Frame]:
    return [item["data"] for item in items if item["kind"] == kind]


def mentioned(notifications: list[Frame]) -> list[Frame]:
    """Whether the unwanted message notified depends on whether the room was declined by then."""
    return [row for row in notifications if row["kind"] == "mention"]


@pytest.fixture
def lived(town: Town) -> tuple[Account, Client, str]:
    """Somebody who has something of everything, and a room in which others have it too."""
    room = town.room()
    account, other = town.member(room, name="traveller"), town.member(room, name="other")
    client, beside = town.open(account), town.open(other)
    client.ask("account.update", display_name="On the Way")
    for n in range(7):
        client.post(room, f"mine {n}", nonce=f"nonce {n}")
        beside.post(room, f"theirs {n}, @{account.name}")
    mine = [event["seq"] for event in _posted(client, account.id)]
    client.ask("message.edit", room=room, seq=mine[0], text="mine, changed")
    client.ask("message.delete", room=room, seq=mine[1])
    client.ask("reaction.add", room=room, seq=mine[2], emoji="👍")
    beside.ask("reaction.add", room=room, seq=mine[2], emoji="👍")
    client.ask("bookmark.add", room=room, seq=mine[2], note="my note")
    client.ask("draft.set", room=room, text="my draft")
    soon = time.time_ns() // 1_000_000 + 3_600_000
    client.ask("message.schedule", room=room, text="my plan", post_at=soon)
    client.ask("preferences.update", quiet_from=60, quiet_to=120, favourites=[room], quick_reactions=["👍"])
    client.ask("subscription.update", room=room, level="all")
    client.ask("push.subscribe", **Browser("https://push.example.org/mine").subscription)
    client.ask("block.add", account=town.owner.id)
    writer = town.open(town.member(name="writer"))
    unwanted = writer.ask("direct.open", accounts=[account.id])["room"]["id"]
    writer.post(unwanted, "something")
    client.ask("direct.decline", room=unwanted)
    client.ask("bot.create", name=f"bot{account.name}", scopes=["read"])
    client.ask("message.report", room=room, seq=mine[2] + 1, reason="my reason")
    beside.ask("message.report", room=room, seq=mine[2], reason="their reason")
    own = client.ask("space.create", name=f"Mine, says {account.name}")["space"]["id"]
    client.ask("invite.create", space=own, max_uses=3)
    beside.ask("draft.set", room=room, text="their draft")
    assert within(30, lambda: len(mentioned(client.ask("notification.list")["notifications"])) == 7)
    client.ask("read.mark", room=room, seq=mine[3])  # who has read a message is not notified of it any more
    return account, client, room


def _posted(client: Client, by: str) -> list[Frame]:
    client.catch_up()
    return [event for event in client.events if event["event"] == "message.posted" and event["by"] == by]


def test_an_export_holds_all_that_is_ones_own(town: Town, lived: tuple[Account, Client, str]) -> None:
    account, client, room = lived
    items = exported(client)
    assert kinds(items) == [
        *("account", "name", "device", "push", "bot", "membership", "preferences", "subscription", "block"),
        *("direct", "read", "bookmark", "draft", "scheduled", "report", "invite", "message", "reaction"),
        "notification",
    ]
    [profile] = of(items, "account")
    assert (profile["id"], profile["name"], profile["display_name"]) == (
        account.id,
        account.name,
        "On the Way",
    )
    messages = of(items, "message")
    assert [message["text"] for message in messages] == ["mine, changed", *(f"mine {n}" for n in range(2, 7))]
    assert [version["text"] for version in messages[0]["versions"]] == ["mine 0", "mine, changed"]
    assert messages[1]["versions"] == []
    assert [message["nonce"] for message in messages] == ["nonce 0", *(f"nonce {n}" for n in range(2, 7))]
    [report] = of(items, "report")
    assert (report["room"], report["reason"], report["resolved_at"]) == (room, "my reason", None)
    [invite] = of(items, "invite")
    assert (invite["role"], invite["max_uses"], invite["expires_at"]) == ("member", 3, None)
    [preferences] = of(items, "preferences")
    assert (preferences["favourites"], preferences["quick_reactions"]) == ([room], ["👍"])
    assert [row["endpoint"] for row in of(items, "push")] == ["https://push.example.org/mine"]
    assert (preferences["room_order"], preferences["receipts"]) == ([], True)
    assert [row["note"] for row in of(items, "bookmark")] == ["my note"]
    assert [row["text"] for row in of(items, "draft")] == ["my draft"]
    assert [row["text"] for row in of(items, "scheduled")] == ["my plan"]
    assert of(items, "subscription") == [{"room": room, "level": "all", "muted_until": None}]
    assert [row["account"] for row in of(items, "block")] == [town.owner.id]
    assert [row["state"] for row in of(items, "direct")] == ["declined"]
    assert len(of(items, "reaction")) == 1
    assert len(mentioned(of(items, "notification"))) == 7
    streams = {row["stream"] for row in of(items, "membership")}
    assert {f"account/{account.id}", f"room/{room}"} < streams
    assert {f"space/{invite['space']}", f"space/{report['space']}"} < streams


def test_an_export_holds_nothing_of_others_and_no_secret(lived: tuple[Account, Client, str]) -> None:
    account, client, _ = lived
    everything = json.dumps(exported(client))
    assert "their" not in everything
    assert account.token not in everything
    assert "hash" not in everything


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_fit_together(lived: tuple[Account, Client, str], limit: int) -> None:
    _, client, _ = lived
    assert exported(client, limit) == exported(client)


def test_what_goes_meanwhile_does_not_shift_the_pages(lived: tuple[Account, Client, str]) -> None:
    _, client, room = lived
    whole = exported(client)
    at = [item["kind"] for item in whole].index("message") + 1
    page = client.ask("account.export", limit=at)
    client.ask("message.delete", room=room, seq=whole[at - 1]["data"]["seq"])
    rest = client.ask("account.export", limit=500, after=page["next"])
    assert page["items"] + rest["items"] == whole


def test_a_cursor_of_nowhere_is_refused(town: Town) -> None:
    client = town.open(town.account())
    for cursor in ("x", "bm9uc2Vuc2U=", "WyJub25lIiwiIiwwLCIiXQ=="):
        with pytest.raises(Refused) as refused:
            client.ask("account.export", after=cursor)
        assert refused.value.code == "invalid"


def test_only_operators_export_others(lived: tuple[Account, Client, str], town: Town) -> None:
    account, client, _ = lived
    assert exported(town.operator, account=account.id) == exported(client)
    with pytest.raises(Refused) as refused:
        town.open(town.account()).ask("account.export", account=account.id)
    assert refused.value.code == "forbidden"
    with pytest.raises(Refused) as refused:
        town.operator.ask("account.export")
    assert refused.value.code == "invalid"


def test_nobody_begins_an_export_behind_its_first_page_of_which_the_account_is_told(
    lived: tuple[Account, Client, str], town: Town
) -> None:
    account, client, _ = lived
    own = client.ask("account.export", limit=1)["next"]
    theirs = town.operator.ask("account.export", account=account.id, limit=1)["next"]
    made_up = base64.urlsafe_b64encode(b'["profile","",0,"",0,null]').decode()
    altered = f"{theirs[:20]}{'B' if theirs[20] == 'A' else 'A'}{theirs[21:]}"
    for after in (own, made_up, altered):
        with pytest.raises(Refused, match="next"):
            town.operator.ask("account.export", account=account.id, after=after)
    assert town.operator.ask("account.export", account=account.id, after=theirs, limit=1)["items"]
    with pytest.raises(Refused, match="next"):
        client.ask("account.export", after=theirs)
