"""Lists that can grow come in pages: every row once, in order, whatever comes and goes between two pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chatd.contract.fields import MAX_PAGE
from chatd.contract.requests import REQUESTS

from .talking import Client, Frame
from .town import Town

HEAVY = "€" * 10_000  # the longest text, 30,000 bytes

# Lists with a bound of their own, which are one page, and what bounds them.
BOUNDED = {
    "identity.list": "linked identities of an account",
    "passkey.list": "passkeys of an account",
    "push.list": "devices of an account that are pushed to",
    "bot.list": "bots of an account",
    "emoji.list": "custom emoji in a space",
    "profile.list": "the accounts asked for",
    "message.scheduled": "scheduled messages of an account",
    "draft.list": "drafts of an account",
    "report.context": "a few messages before and behind the reported one",
    "receipt.list": "names the first hundred and counts the rest",
    "view.list": "the views of the server",
    "server.status": "the views of the server",
    "server.top": "the busiest actors",
    "server.sessions": "the busiest two hundred, and how many there are",
    "server.followers": "views and a few workers",
    "server.check": "what is wrong",
    "server.verify": "what is wrong",
    "server.doctor": "one check a topic",
    "cluster.status": "the nodes and NATS servers of a cluster",
}


def all_pages(client: Client, name: str, rows: str, limit: int, /, **data: Any) -> list[Frame]:
    found: list[Frame] = []
    after: Frame = {}
    while True:
        page = client.ask(name, **data, **after, limit=limit)
        assert len(page[rows]) <= limit
        found += page[rows]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def rooms(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    client = town.open(town.owner)
    made = [town.room(f"Room {number}", by=client, private=number == 2) for number in range(5)]
    return client, "rooms", {"space": town.space}, sorted(made)


def spaces(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    account = town.account()
    client = town.open(account)
    return (
        client,
        "spaces",
        {},
        sorted(client.ask("space.create", name=f"S{n}")["space"]["id"] for n in range(5)),
    )


def invites(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    client = town.open(town.owner)
    made = [client.ask("invite.create", space=town.space)["invite"]["id"] for _ in range(4)]
    mine = {invite["id"] for invite in client.ask("invite.list", space=town.space)["invites"]} - set(made)
    return client, "invites", {"space": town.space}, sorted([*made, *mine])


def devices(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    account = town.account()
    for _ in range(4):
        town.operator.ask("account.token", account=account.id)
    client = town.open(account)
    return client, "devices", {}, [row["id"] for row in client.ask("device.list")["devices"]]


def devices_of_somebody(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    account = town.account()
    for _ in range(4):
        town.operator.ask("account.token", account=account.id)
    listed = town.operator.ask("account.devices", account=account.id)["devices"]
    return town.operator, "devices", {"account": account.id}, [row["id"] for row in listed]


def unread(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    member = town.member(*[town.room(f"Room {number}") for number in range(5)])
    client = town.open(member)
    return client, "rooms", {}, sorted(room["id"] for room in client.opened["rooms"])


def who_sees(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    room = town.room()
    people = [town.member(room).id for _ in range(4)]
    return town.operator, "accounts", {"room": room}, sorted([*people, town.owner.id])


def versions(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    room = town.room()
    client = town.open(town.member(room))
    seq = client.post(room, "0")["seq"]
    for number in range(1, 5):
        client.ask("message.edit", room=room, seq=seq, text=str(number))
    return client, "versions", {"room": room, "seq": seq}, [str(number) for number in range(5)]


def pins(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    room = town.room()
    client = town.open(town.moderator(room))
    seqs = [client.post(room, "hi")["seq"] for _ in range(5)]
    for seq in seqs:
        client.ask("pin.add", room=room, seq=seq)
    listed = [pin["seq"] for pin in client.ask("pin.list", room=room)["pins"]]
    assert sorted(listed) == seqs
    return client, "pins", {"room": room}, listed


def subscriptions(town: Town) -> tuple[Client, str, Frame, list[Any]]:
    places = [town.room(f"Room {number}") for number in range(5)]
    client = town.open(town.member(*places))
    for place in places:
        client.ask("subscription.update", room=place, level="all")
    return client, "subscriptions", {}, sorted(places)


Listed = Callable[[Town], tuple[Client, str, Frame, list[Any]]]
LISTS: dict[str, tuple[Listed, str]] = {
    "room.list": (rooms, "id"),
    "space.list": (spaces, "id"),
    "invite.list": (invites, "id"),
    "device.list": (devices, "id"),
    "account.devices": (devices_of_somebody, "id"),
    "unread.list": (unread, "room"),
    "access.list": (who_sees, "account"),
    "message.edits": (versions, "text"),
    "pin.list": (pins, "seq"),
    "preferences.get": (subscriptions, "room"),
}


@pytest.mark.parametrize("name", LISTS)
def test_pages_have_every_row_once_in_order(town: Town, name: str) -> None:
    make, key = LISTS[name]
    client, rows, data, expected = make(town)
    whole = client.ask(name, **data)
    assert whole["next"] is None
    assert [row[key] for row in whole[rows]] == expected
    for limit in (1, 2, len(expected), MAX_PAGE):
        assert [row[key] for row in all_pages(client, name, rows, limit, **data)] == expected
    assert client.refusal(name, **data, limit=MAX_PAGE + 1)["code"] == "invalid"


def test_bans_and_mutes_share_their_pages(town: Town) -> None:
    people = [town.member().id for _ in range(5)]
    owner = town.open(town.owner)
    for number, account in enumerate(people):
        if number != 1:
            owner.ask("member.mute", space=town.space, account=account)
        if number > 2:
            owner.ask("member.ban", space=town.space, account=account)
    muted = all_pages(owner, "ban.list", "mutes", 2, space=town.space)
    banned = all_pages(owner, "ban.list", "bans", 1, space=town.space)
    whole = owner.ask("ban.list", space=town.space)
    assert (muted, banned) == (whole["mutes"], whole["bans"])
    assert [row["account"] for row in banned] == sorted(people[3:])


def test_a_row_that_goes_between_two_pages_moves_no_other(town: Town) -> None:
    client, _, _, expected = rooms(town)
    first = client.ask("room.list", space=town.space, limit=2)
    client.ask("room.delete", room=first["next"])
    client.ask("room.delete", room=expected[0])
    rest = client.ask("room.list", space=town.space, after=first["next"])["rooms"]
    assert [room["id"] for room in rest] == expected[2:]


def test_pages_of_long_texts_are_shorter(town: Town) -> None:
    room = town.room()
    client = town.open(town.moderator(room))
    seqs = [client.post(room, HEAVY)["seq"] for _ in range(20)]
    for seq in seqs:
        client.ask("pin.add", room=room, seq=seq)
    page = client.ask("pin.list", room=room)
    assert 0 < len(page["pins"]) < 20
    assert page["next"] is not None
    assert [pin["seq"] for pin in all_pages(client, "pin.list", "pins", 500, room=room)] == seqs[::-1]


@pytest.mark.parametrize(
    "row", [row for row in REQUESTS.values() if row.kind == "query"], ids=lambda row: row.name
)
def test_every_list_has_pages_or_a_bound(row: Any) -> None:
    fields = row.result.__annotations__
    if not any(str(type_).startswith("list[") for type_ in fields.values()):
        return
    pages = {"next", "more_after", "position"} & set(fields) and "limit" in row.fields
    assert pages or row.name in BOUNDED
