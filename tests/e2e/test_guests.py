"""A guest sees only who shares a room with it: one rule, on every way by which people learn of others.

The stranger and the owner are in the guest's space and in none of its rooms. Whatever the guest asks and
whatever it is told, now or when it comes back, their ids and names are nowhere in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from chatd.contract.events import ABOUT_MEMBERS
from chatd.contract.requests import REQUESTS

from .conftest import Serve
from .serving import Server
from .talking import Client, Frame
from .town import Account, Town, absent_id

START = 0
QUERIES = sorted(
    entry.name for entry in REQUESTS.values() if entry.kind == "query" and entry.asker != "operator"
)
NAMING = sorted(
    entry.name
    for entry in REQUESTS.values()
    if "account" in entry.fields and entry.asker == "account" and entry.name != "account.sign_out"
)
# a block tells nobody anything, and whoever has an id may block it
OPEN_TO_ANY_ID = {"block.add"}
IMAGE = "https://example.org/x.png"


@attrs.frozen
class House:
    """A space with a room of host and guest, and one of all others; the guest was there all the time."""

    town: Town
    room: str
    host: Account
    guest: Account
    unseen: tuple[Account, ...]
    live: Client

    def words(self) -> list[str]:
        """What must not reach the guest."""
        return [word for account in self.unseen for word in (account.id, account.name)]


def guest_in(town: Town, room: str, host: Client) -> Account:
    code = town.operator.ask("invite.create", space=town.space, role="guest")["invite"]["code"]
    account = town.account("guest")
    town.open(account).ask("invite.accept", code=code)
    host.ask("room.invite", room=room, account=account.id)
    return account


@pytest.fixture(scope="module")
def house(server: Server) -> Iterator[House]:
    town = Town(server)
    owner, host = town.open(town.owner), town.member(name="host")
    inside = town.open(host)
    room = town.room("Parlour", by=inside, private=True)
    guest = guest_in(town, room, inside)
    live = town.open(guest)
    public = town.room("Square")
    stranger = town.member(public, name="stranger")
    talk, seq = town.open(stranger), inside.post(room, "hello")["seq"]
    talk.post(public, f"@{guest.name} @room hello")
    live.ask("presence.watch", accounts=[host.id, stranger.id, town.owner.id])
    talk.ask("presence.set", state="away")
    for role in ("moderator", "member"):
        owner.ask("member.set_role", space=town.space, account=stranger.id, role=role)
    owner.ask("member.mute", space=town.space, account=stranger.id)
    owner.ask("member.unmute", space=town.space, account=stranger.id)
    owner.ask("invite.create", space=town.space)
    owner.ask("emoji.add", space=town.space, name="party", image=IMAGE)
    owner.ask("space.update", space=town.space, description="a house")
    owner.ask("member.set_role", space=town.space, account=guest.id, role="guest")
    out = [town.member(public, name=f"out{word}") for word in ("left", "kicked", "banned")]
    town.open(out[0]).ask("space.leave", space=town.space)
    owner.ask("member.kick", space=town.space, account=out[1].id)
    owner.ask("member.ban", space=town.space, account=out[2].id)
    owner.ask("member.set_role", space=town.space, account=host.id, role="moderator")
    live.ask("reaction.add", room=room, seq=seq, emoji="👍")
    live.catch_up()
    yield House(town, room, host, guest, (town.owner, stranger, *out), live)
    town.close()


def back(house: House) -> Client:
    start = {"epoch": house.live.opened["epoch"], "position": START}
    client = house.town.open(house.guest, start)
    client.catch_up()
    return client


def leaks(house: House, said: object) -> list[str]:
    return [word for word in house.words() if word in repr(said)]


def test_no_event_or_signal_tells_a_guest_of_anybody_beyond_its_rooms(house: House) -> None:
    assert leaks(house, [house.live.events, house.live.signals, house.live.opened]) == []
    again = back(house)
    assert leaks(house, [again.events, again.signals, again.opened]) == []


def test_a_guest_is_told_of_its_room_mates_and_misses_no_seq(house: House) -> None:
    for client in (house.live, back(house)):
        events = [event for event in client.events if event["stream"] == f"space/{house.town.space}"]
        seqs = [event["seq"] for event in events]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        about = {event["data"]["account"] for event in events if "account" in event["data"]}
        assert about - {house.guest.id} == {house.host.id}
        assert {event["event"] for event in events if not event["data"]} >= ABOUT_MEMBERS & {
            "member.joined", "member.left", "member.kicked", "member.banned", "member.role_set"
        }  # fmt: skip
        assert "a house" in repr(events)


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_tells_a_guest_of_anybody_beyond_its_rooms(house: House, name: str) -> None:
    given: dict[str, Any] = {
        "space": house.town.space, "room": house.room, "seq": 2, "text": "hello", "account": house.host.id
    }  # fmt: skip
    data = {field: given[field] for field in REQUESTS[name].fields if field in given}
    if name == "message.search":
        data.pop("room")
    assert leaks(house, answered(house.live, name, data)) == []


@pytest.mark.parametrize("name", NAMING)
def test_whoever_a_guest_does_not_see_is_answered_like_who_never_was(house: House, name: str) -> None:
    given: dict[str, Any] = {
        "space": house.town.space, "room": house.room, "role": "member", "right": "pin.set", "allow": True
    }  # fmt: skip
    data = {field: given[field] for field in REQUESTS[name].fields if field in given}
    data.pop("role" if name == "room.override" else "", None)
    absent, unseen = (
        answered(house.live, name, {**data, "account": account})
        for account in (absent_id(), house.unseen[1].id)
    )
    assert unseen == absent or name in OPEN_TO_ANY_ID


def answered(client: Client, name: str, data: Frame) -> Frame:
    reply = client.reply(client.send(name, **data))
    del reply["id"]
    return reply


def test_lists_presence_and_counts_are_of_those_whom_the_guest_sees(house: House) -> None:
    town, live, unseen = house.town, house.live, [account.id for account in house.unseen]
    members = live.ask("space.members", space=town.space, limit=1)
    assert [one["account"] for one in members["members"]] == [house.host.id]
    rest = live.ask("space.members", space=town.space, after=members["next"])
    assert [one["account"] for one in rest["members"]] == [house.guest.id]
    space = live.ask("space.get", space=town.space)["space"]
    assert (space["members"], space["owner"]) == (2, None)
    shown = live.ask("presence.watch", accounts=[house.host.id, *unseen])["presences"]
    assert [one["account"] for one in shown] == [house.host.id]
    everybody = town.open(house.host).ask("space.members", space=town.space)["members"]
    assert {one["account"] for one in everybody} >= {house.guest.id, town.owner.id}


def test_a_guest_neither_lists_nor_joins_public_rooms(town: Town) -> None:
    room, host = town.room(private=True), town.open(town.owner)
    public = town.room("Market")
    client = town.open(guest_in(town, room, host))
    assert [one["id"] for one in client.ask("room.list", space=town.space)["rooms"]] == [room]
    for name in ("room.get", "room.members", "room.join"):
        assert client.refusal(name, room=public)["code"] == "not_found"
    host.ask("room.invite", room=public, account=client.opened["account"]["id"])
    assert client.ask("room.get", room=public)["room"]["id"] == public


def test_what_a_guest_is_told_follows_its_role_and_its_rooms_at_once(town: Town) -> None:
    owner, other = town.open(town.owner), town.member(name="other")
    room = town.room(private=True)
    account = guest_in(town, room, owner)
    bots = town.open(account).ask("bot.create", name=f"b{account.name}", scopes=["read", "join", "manage"])
    bot = town.dial().open(bots["token"])
    bot.ask("invite.accept", code=town.code)
    clients = [town.open(account), bot]
    step = iter(["moderator", "member"] * 3)

    def told() -> list[bool]:
        """Whether a change of the other's role is told to the account and its bot."""
        owner.ask("member.set_role", space=town.space, account=other.id, role=next(step))
        for client in clients:
            client.catch_up()
        found = [[e for e in client.events if e["event"] == "member.role_set"][-1] for client in clients]
        seen = [sees(client) for client in clients]
        assert seen == [bool(event["data"]) for event in found]
        assert [event["by"] == town.owner.id for event in found] == [
            sees(client, town.owner.id) for client in clients
        ]
        return seen

    def sees(client: Client, who: str = "") -> bool:
        members = client.ask("space.members", space=town.space)["members"]
        return (who or other.id) in [one["account"] for one in members]

    def become(role: str) -> None:
        town.operator.ask("member.set_role", space=town.space, account=account.id, role=role)

    assert told() == [False, False]
    become("member")
    assert told() == [True, True]
    become("guest")
    assert told() == [False, False]
    owner.ask("room.invite", room=room, account=other.id)
    assert told() == [True, False]  # the bot is not in the room
    owner.ask("room.remove", room=room, account=other.id)
    assert told() == [False, False]


def test_presence_is_told_no_longer_than_the_two_share_a_room(town: Town) -> None:
    owner, other = town.open(town.owner), town.member(name="other")
    room = town.room(private=True)
    guest = town.open(guest_in(town, room, owner))
    owner.ask("room.invite", room=room, account=other.id)
    there = town.open(other)
    guest.ask("presence.watch", accounts=[other.id])
    there.ask("presence.set", state="dnd")
    guest.wait(lambda: "dnd" in shown(guest, other.id), "the presence")
    owner.ask("room.remove", room=room, account=other.id)
    guest.wait_event("member.kicked", account=other.id)
    there.ask("presence.set", state="online")
    owner.ask("presence.watch", accounts=[other.id])
    there.ask("presence.set", state="dnd")
    owner.wait(lambda: "dnd" in shown(owner, other.id), "the presence")
    guest.catch_up()
    assert shown(guest, other.id)[-1] == "dnd"
    assert "online" not in shown(guest, other.id)[1:]


def shown(client: Client, account: str) -> list[str]:
    return [signal["data"]["state"] for signal in client.signals if signal["by"] == account]


def test_direct_rooms_of_guests_reach_no_further_than_their_rooms(serve: Serve) -> None:
    town = Town(serve(guest_direct_rooms=True))
    owner, other = town.open(town.owner), town.open(town.member(name="other"))
    room = town.room(private=True)
    account = guest_in(town, room, owner)
    guest, other_id = town.open(account), other.opened["account"]["id"]
    absent = guest.refusal("direct.open", accounts=[absent_id()])
    assert guest.refusal("direct.open", accounts=[other_id]) == absent
    assert other.refusal("direct.open", accounts=[account.id]) == absent
    owner.ask("room.invite", room=room, account=other_id)
    direct = guest.ask("direct.open", accounts=[other_id])["room"]["id"]
    guest.post(direct, "hello")
    owner.ask("room.remove", room=room, account=other_id)
    assert guest.refusal("message.post", room=direct, text="still there?")["code"] == "forbidden"
    town.close()
