"""What one may not see does not exist: the same code, the same words, the same shape as for what never was.

Rooms, spaces and messages by every query stand in test_matrix_of_queries; here are the other ways to notice
something: commands, codes, names, people, signals, and the time that an answer takes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs
import pytest

from chatd.contract.requests import REQUESTS

from .conftest import Serve
from .serving import Server
from .talking import Client, Frame
from .timing import alike
from .town import Town, absent_id

PASSWORD = "a lantern over seven still ponds"
WRONG = "eleven grey herons at the weir"
STRICT = "CHATD_TIMING" in os.environ  # as many tries as it takes to be exact, on a machine left alone

DATA: dict[str, Any] = {
    "keep_days": 30,
    "text": "x",
    "emoji": "👍",
    "name": "party",
    "image": "https://example.org/x.png",
    "right": "pin.set",
    "role": "guest",
    "allow": True,
    "reason": "x",
    "level": "all",
    "post_at": 2**53,
}
EITHER = {"room.override": "account", "message.search": "space"}  # a field that excludes another one
ONE_PLACE = {"message.count_old": {"room": "space", "space": "room"}}  # of which either is asked for


def naming(field: str) -> list[str]:
    return [entry.name for entry in REQUESTS.values() if field in entry.fields and entry.asker == "account"]


@attrs.frozen
class House:
    """Places that most may not see. Whatever is asked of them is refused, so all tests share them."""

    space: str
    rooms: tuple[str, ...]  # a private one, one that was deleted, a direct one
    public: str  # which strangers do not see
    seqs: dict[str, int]  # of a message in each of them
    target: str  # an account that is inside
    member: Client
    stranger: Client


@pytest.fixture(scope="module")
def house(server: Server) -> Iterator[House]:
    town = Town(server)
    owner, target = town.open(town.owner), town.member()
    private, gone, public = town.room(private=True), town.room(), town.room()
    direct = owner.ask("direct.open", accounts=[target.id])["room"]["id"]
    rooms = (private, gone, direct)
    seqs = {room: owner.post(room, "secret")["seq"] for room in (*rooms, public)}
    town.operator.ask("room.delete", room=gone)
    member, stranger = town.open(town.member()), town.open(town.account())
    yield House(town.space, rooms, public, seqs, target.id, member, stranger)
    town.close()


@pytest.mark.parametrize("name", naming("room"))
def test_a_room_that_one_may_not_see_is_answered_like_one_that_never_was(house: House, name: str) -> None:
    for asker, rooms in ((house.member, house.rooms), (house.stranger, (*house.rooms, house.public))):
        for room in rooms:
            data = data_for(name, "room", room, house)
            hidden = answered(asker, name, data)
            assert hidden == answered(asker, name, {**data, "room": absent_id()})
            assert hidden == answered(asker, name, {**data, "room": "x"})
            if name != "bookmark.remove":  # from a list of one's own
                assert hidden["error"]["code"] == "not_found"


@pytest.mark.parametrize("name", naming("space"))
def test_a_space_that_one_is_not_in_is_answered_like_one_that_never_was(house: House, name: str) -> None:
    hidden, absent = (
        answered(house.stranger, name, data_for(name, "space", space, house))
        for space in (house.space, absent_id())
    )
    assert absent["error"]["code"] == "not_found"
    assert hidden == absent


def data_for(name: str, kind: str, place: str, house: House) -> Frame:
    """Something sensible for every field of the request that must be there, and for some that may."""
    known = {**DATA, "room": place, "space": place, "seq": house.seqs.get(place, 3), "account": house.target}
    fields = REQUESTS[name].fields
    if "room" in fields:
        known.pop(EITHER.get(name, ""), None)
    known.pop(ONE_PLACE.get(name, {}).get(kind, ""), None)
    return {field: known[field] for field in fields if field in known}


def answered(client: Client, name: str, data: Frame) -> Frame:
    reply = client.reply(client.send(name, **data))
    del reply["id"]
    return reply


# --- invites ---


def test_an_invite_that_is_not_good_any_more_is_like_one_that_never_was(town: Town) -> None:
    def code(**more: Any) -> str:
        made: str = town.operator.ask("invite.create", space=town.space, **more)["invite"]["code"]
        return made

    used, revoked, banned_from, expired = code(max_uses=1), code(), code(), code(expires_in=1)
    made_at = time.monotonic()
    town.open(town.account()).ask("invite.accept", code=used)
    town.operator.ask("invite.revoke", code=revoked)
    nobody, banned = town.open(town.account()), town.account()
    town.operator.ask("member.ban", space=town.space, account=banned.id)
    absent = answered(nobody, "invite.accept", {"code": "0" * 64})
    assert absent["error"]["code"] == "not_found"
    for one in (used, revoked):
        assert answered(nobody, "invite.accept", {"code": one}) == absent
    assert answered(town.open(banned), "invite.accept", {"code": banned_from}) == absent
    while time.monotonic() < made_at + 1.1:
        nobody.ask("space.list")
    assert answered(nobody, "invite.accept", {"code": expired}) == absent
    stranger = town.dial()
    for one in (used, revoked, expired, "0" * 64):
        data = {"name": "eve-who-is-new", "password": PASSWORD, "invite": one}
        assert answered(stranger, "account.sign_up", data) == absent


def test_the_invites_of_a_deleted_space_lead_nowhere_for_strangers_and_members_alike(town: Town) -> None:
    owner = town.open(town.owner)
    space = owner.ask("space.create", name="Short")["space"]["id"]
    invite = owner.ask("invite.create", space=space)["invite"]
    owner.ask("space.delete", space=space)
    for asker in (town.open(town.account()), owner):
        absent = answered(asker, "invite.accept", {"code": "0" * 64})
        assert answered(asker, "invite.accept", {"code": invite["code"]}) == absent
        assert answered(asker, "invite.revoke", {"code": invite["id"]}) == absent


def test_a_locked_space_does_not_say_that_it_is_there(town: Town) -> None:
    town.operator.ask("space.lock", space=town.space)
    asker = town.open(town.account())
    absent = answered(asker, "invite.accept", {"code": "0" * 64})
    assert answered(asker, "invite.accept", {"code": town.code}) == absent


def test_an_invite_of_another_space_is_revoked_by_nobody(town: Town) -> None:
    invite = town.operator.ask("invite.create", space=town.space)["invite"]
    asker = town.open(town.account())
    absent = answered(asker, "invite.revoke", {"code": absent_id()})
    for code in (invite["id"], invite["code"]):
        assert answered(asker, "invite.revoke", {"code": code}) == absent


# --- people ---


def test_whoever_shares_nothing_with_an_account_watches_nobody(town: Town) -> None:
    """Somebody who is there, somebody who is not, somebody who never was."""
    there, away = town.account(), town.account()
    town.open(there)
    asker = town.open(town.account())
    shown = {
        account: asker.ask("presence.watch", accounts=[account])["presences"]
        for account in (there.id, away.id, absent_id())
    }
    said = [[{**one, "account": None} for one in presences] for presences in shown.values()]
    assert said[0] == said[1] == said[2]


def test_somebody_with_whom_one_shares_no_space_is_answered_like_who_never_was(town: Town) -> None:
    asker, stranger = town.open(town.account()), town.account()
    refused = asker.refusal("direct.open", accounts=[absent_id()])
    assert refused["code"] == "not_found"
    assert asker.refusal("direct.open", accounts=[stranger.id]) == refused


def test_names_of_strangers_in_a_text_lead_to_nobody(town: Town) -> None:
    room = town.room()
    stranger, member = town.account("stranger"), town.member(name="inner")
    writer = town.open(town.owner)
    for name in (stranger.name, member.name, "nobody-at-all"):
        writer.post(room, f"hello @{name}")
    for message in writer.ask("room.history", room=room)["messages"]:
        assert message["mentions"] == []


def test_who_is_not_a_member_is_answered_like_who_never_was(town: Town) -> None:
    """A moderator who acts on somebody outside learns nothing of who has an account."""
    room, owner = town.room(), town.open(town.owner)
    stranger = town.account().id
    for name, data in (
        ("member.kick", {"space": town.space}),
        ("member.mute", {"space": town.space}),
        ("member.set_role", {"space": town.space, "role": "guest"}),
        ("member.unban", {"space": town.space}),
        ("member.erase_messages", {"space": town.space}),
        ("room.invite", {"room": room}),
        ("room.remove", {"room": room}),
        ("room.override", {"room": room, "right": "pin.set", "allow": True}),
    ):
        absent = answered(owner, name, {**data, "account": absent_id()})
        assert answered(owner, name, {**data, "account": stranger}) == absent, name


def test_what_belongs_to_others_is_answered_like_what_never_was(town: Town) -> None:
    room = town.room()
    member, asker = town.open(town.member(room)), town.open(town.member(room))
    seq = member.post(room, "x")["seq"]
    at = time.time_ns() // 1_000_000 + 86_400_000
    scheduled = member.ask("message.schedule", room=room, text="later", post_at=at)["scheduled"]["id"]
    member.ask("message.report", room=room, seq=seq, reason="rude")
    report = town.operator.ask("report.list", space=town.space)["reports"][-1]["id"]
    device = member.ask("device.list")["devices"][0]["id"]
    for name, field, theirs in (
        ("message.unschedule", "scheduled", scheduled),
        ("report.resolve", "report", report),
        ("device.revoke", "device", device),
        ("notification.list", "after", absent_id()),
    ):
        absent = answered(asker, name, {field: (nothing := absent_id())})
        said = answered(asker, name, {field: theirs})
        assert repr(said).replace(theirs, nothing) == repr(absent), name


def test_a_bot_finds_nothing_that_its_owner_may_not_see(town: Town) -> None:
    room, account = town.room(), town.member()
    town.open(town.owner).post(room, "a public word")
    owner = town.open(account)
    made = owner.ask("bot.create", name="searcher", scopes=["read", "join"])
    bot = town.dial().open(made["token"])
    bot.ask("invite.accept", code=town.code)
    town.operator.ask("member.set_role", space=town.space, account=account.id, role="guest")
    assert bot.refusal("room.history", room=room)["code"] == "not_found"
    for client in (owner, bot):
        assert client.ask("message.search", text="word")["hits"] == []


# --- without being asked ---


def test_a_private_room_is_heard_of_by_nobody_outside_it(town: Town) -> None:
    outside, owner = town.open(town.member()), town.open(town.owner)
    inside = town.open(friend := town.member())
    room = town.room("Secret", by=owner, private=True)
    owner.ask("room.invite", room=room, account=friend.id)
    inside.wait_event("member.joined", account=friend.id)
    inside.ask("typing.set", room=room)
    seq = owner.post(room, "a secret word")["seq"]
    inside.ask("read.mark", room=room, seq=seq)
    owner.ask("room.remove", room=room, account=friend.id)
    owner.ask("room.delete", room=room)
    outside.catch_up()
    assert room not in repr([outside.events, outside.signals])
    audit = town.open(town.member()).refusal("audit.list", space=town.space)
    assert audit["code"] == "forbidden"


def test_a_guest_hears_of_no_room_that_it_was_not_let_into(town: Town) -> None:
    guest = town.member()
    town.operator.ask("member.set_role", space=town.space, account=guest.id, role="guest")
    ear = town.open(guest)
    room = town.room("Public")
    ear.catch_up()
    assert room not in repr(ear.events)


def test_what_only_moderators_may_ask_for_reaches_others_without_data(town: Town) -> None:
    owner, loud, stranger = town.open(town.owner), town.member(), town.account()
    moderator, member = town.member(), town.member()
    owner.ask("member.set_role", space=town.space, account=moderator.id, role="moderator")
    ears = {who.id: town.open(who) for who in (moderator, member, loud)}
    invite = owner.ask("invite.create", space=town.space)["invite"]
    owner.ask("member.mute", space=town.space, account=loud.id, reason="a lamp")
    owner.ask("member.ban", space=town.space, account=stranger.id, reason="a lamp")
    owner.ask("member.unban", space=town.space, account=stranger.id)
    owner.ask("member.kick", space=town.space, account=loud.id)
    heard = {}
    for id_, ear in ears.items():
        ear.catch_up()
        events = [event for event in ear.events if event["stream"] == f"space/{town.space}"]
        seqs = [event["seq"] for event in events]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        heard[id_] = {event["event"]: event["data"] for event in events}
    assert heard[moderator.id]["invite.created"]["invite"] == invite["id"]
    assert heard[moderator.id]["member.banned"] == {"account": stranger.id, "reason": "a lamp"}
    assert heard[loud.id]["member.muted"] == {"account": loud.id, "reason": "a lamp"}
    for type_ in ("invite.created", "member.muted", "member.banned", "member.unbanned"):
        assert heard[member.id][type_] == {}
    assert heard[member.id]["member.kicked"] == {"account": loud.id}


# --- how long it takes ---


def asks_for(client: Client, name: str, *data: Frame) -> list[Callable[[], object]]:
    return [partial(client.refusal, name, **one) for one in data]


@pytest.mark.timeout(900 if STRICT else 60)
def test_an_unknown_name_takes_as_long_as_a_wrong_password(serve: Serve) -> None:
    """By the work that it is; with the environment variable by the clock on the wall."""
    town = Town(serve(costly_passwords=True))
    known, without_password = town.account(), town.account()
    town.operator.ask("account.set_password", account=known.id, password=PASSWORD)
    names = (known.name, without_password.name, "nobody-at-all")
    tries = [{"name": name, "password": WRONG} for name in names]
    asks = asks_for(town.open(town.account()), "account.sign_in", *tries)
    assert alike(asks, 200, 0.05) if STRICT else alike(asks, 6, 0.15, town.server.cpu_seconds)
    town.close()


@pytest.mark.skipif(not STRICT, reason="the machine must have nothing else to do: set CHATD_TIMING")
@pytest.mark.parametrize("what", ["room.get", "room.history", "message.post", "space.get", "invite.accept"])
def test_what_is_hidden_takes_as_long_as_what_is_not_there(house: House, what: str, town: Town) -> None:
    if what == "invite.accept":
        revoked = town.operator.ask("invite.create", space=town.space)["invite"]["code"]
        town.operator.ask("invite.revoke", code=revoked)
        hidden, absent = {"code": revoked}, {"code": "0" * 64}
    elif what == "space.get":
        hidden, absent = {"space": house.space}, {"space": absent_id()}
    else:
        more = {"text": "x"} if what == "message.post" else {}
        hidden, absent = {"room": house.rooms[0], **more}, {"room": absent_id(), **more}
    assert alike(asks_for(house.stranger, what, hidden, absent), 400, 0.1)
