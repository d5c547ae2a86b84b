"""Who gets what: every query, and every command that no single stream decides, for every role,
membership and kind of room, over the wire.

What is expected follows from the table of rights and from the rows below; an entry of the command table that
names a place and has no row fails. Whoever may not see a place is told the same as of one that never was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from chatd.contract.fields import Right
from chatd.contract.requests import REQUESTS
from chatd.domain.policy.roles import RANK, may

from .serving import Server
from .talking import Client, Frame
from .town import Account, Town, absent_id

LATER = 86_400_000  # milliseconds
ROLES = (*RANK, "stranger", "banned", "left")
STREAM_TYPES = ("public", "private", "announcement", "archived", "direct", "deleted")
NAMES_A_PLACE = frozenset({"space", "room", "code", "report"})


@attrs.frozen
class Row:
    """What a request says, and what it takes: a right, and to be a member of the room (`inside`).

    `direct`: whether it is for direct rooms too. `operator`: whether operators may ask, who stand outside.
    `secret`: whether without the right there is not even something to be forbidden.
    """

    data: Callable[[World, str], Frame]  # the place -> the data
    of: str  # what it names: space, room, message, invite, report
    right: Right | None = None
    inside: bool = False
    direct: bool = True
    operator: bool = True
    secret: bool = False


def _space(**more: Any) -> Callable[[World, str], Frame]:
    return lambda world, place: {"space": place, **more}


def _room(**more: Any) -> Callable[[World, str], Frame]:
    return lambda world, place: {"room": place, **more}


def _message(**more: Any) -> Callable[[World, str], Frame]:
    return lambda world, place: {"room": place, "seq": world.seqs.get(place, 1), **more}


ROWS: dict[str, tuple[Row, ...]] = {
    "space.get": (Row(_space(), "space"),),
    "space.members": (Row(_space(), "space"),),
    "room.list": (Row(_space(), "space"),),
    "room.create": (
        Row(lambda world, place: {"space": place, "name": absent_id()}, "space", "room.create"),
        Row(
            lambda world, place: {"space": place, "name": absent_id(), "private": True},
            "space",
            "room.create_private",
        ),
    ),
    "emoji.list": (Row(_space(), "space"),),
    "invite.create": (Row(_space(), "space", "invite.create"),),
    "invite.list": (Row(_space(), "space", "invite.list"),),
    "invite.revoke": (Row(lambda world, place: {"code": place}, "invite", "invite.create"),),
    "member.erase_messages": (
        Row(
            lambda world, place: {"space": place, "account": world.quiet.id}, "space", "member.erase_messages"
        ),
    ),
    "erasure.list": (Row(_space(), "space", "member.erase_messages"),),
    "member.ban": (
        Row(lambda world, place: {"space": place, "account": world.outsider.id}, "space", "member.ban"),
    ),
    "ban.list": (Row(_space(), "space", "member.ban"),),
    "report.list": (Row(_space(), "space", "report.list"),),
    "report.resolve": (
        Row(lambda world, place: {"report": place}, "report", "report.list", operator=False, secret=True),
    ),
    "report.context": (Row(lambda world, place: {"report": place}, "report", "report.list", secret=True),),
    "audit.list": (Row(_space(), "space", "audit.list"),),
    "space.export": (Row(_space(), "space", "space.export"),),
    "room.get": (Row(_room(), "room"),),
    "room.members": (Row(_room(), "room"),),
    "room.history": (Row(_room(), "room"),),
    "pin.list": (Row(_room(), "room"),),
    "message.search": (Row(_room(text="word"), "room"), Row(_space(text="word"), "space")),
    "message.get": (Row(_message(), "message"),),
    "message.edits": (Row(_message(), "message", "message.see_edits"),),
    "message.report": (Row(_message(reason="rude"), "message", operator=False),),
    "message.schedule": (
        Row(
            lambda world, place: {"room": place, "text": "x", "post_at": world.soon},
            "room",
            inside=True,
            operator=False,
        ),
    ),
    "reaction.list": (Row(_message(emoji="👍"), "message"),),
    "thread.history": (Row(_message(), "message"),),
    "thread.follow": (Row(_message(), "message", inside=True, operator=False),),
    "thread.unfollow": (Row(_message(), "message", inside=True, operator=False),),
    "receipt.list": (Row(_message(), "message", inside=True),),
    "subscription.update": (Row(_room(level="all"), "room", inside=True, operator=False),),
    "bookmark.add": (Row(_message(), "message", inside=True, operator=False),),
    "read.mark_unread": (Row(_room(seq=1), "room", inside=True, operator=False),),
    "draft.set": (Row(_room(text="x"), "room", inside=True, operator=False),),
    "access.explain": (
        Row(
            lambda world, place: {"room": place, "account": world.author.id},
            "room",
            "audit.list",
            direct=False,
        ),
    ),
    "access.list": (Row(_room(), "room", "audit.list", direct=False),),
}
WITHOUT = {
    "account.exchange": "its code is the provider's, and leads to no place",
    "identity.add": "its code is the provider's, and leads to no place",
    "account.sign_in": "its code is a second factor",
    "totp.confirm": "its code is a second factor",
    "totp.remove": "its code is a second factor",
    "bookmark.remove": "it changes what is the caller's own, and says the same of every room",
    "direct.accept": "about direct rooms only: tests/e2e/test_direct_requests.py",
    "direct.decline": "as above",
    "direct.leave": "as above",
    "room.invite": "the room decides it: tests/domain/test_matrix.py",
    "message.count_old": "operators count in what was deleted too: tests/e2e/test_retention.py",
    "room.export": "in a direct room those may whom it is for: tests/e2e/test_place_export.py",
    "invite.check": "strangers ask it, and it says nothing of the place: tests/e2e/test_invites.py",
    "invite.accept": "who knows the code may: tests/e2e/test_hidden.py",
}


@attrs.frozen(hash=True)
class AccountPresence:
    """`inside`: was let into every room. Who is banned or has left was before that."""

    role: str
    inside: bool


PEOPLE = [AccountPresence(role, inside) for role in ROLES for inside in (True, False)]
OPERATOR = AccountPresence("operator", False)


class World:
    """One space and one that was deleted, a room of each kind, and somebody of every sort."""

    def __init__(self, server: Server) -> None:
        self.town = town = Town(server)
        self.soon = time.time_ns() // 1_000_000 + LATER
        self.people = {person: self._newcomer(person) for person in PEOPLE}
        self.outsider = town.account("outsider")
        self.author, self.quiet = town.member(name="author"), town.member(name="quiet")
        self.writer = town.open(self.author)
        self.spaces = {"there": town.space, "deleted": self._second_space()}
        self.rooms = {kind: self._room(kind) for kind in STREAM_TYPES}
        self.seqs = {room: self._message_in(room) for room in self.rooms.values()}
        town.operator.ask("room.archive", room=self.rooms["archived"])
        self.invites = {kind: self.new_invite(space) for kind, space in self.spaces.items()}
        self.report = self.new_report()
        town.operator.ask("room.delete", room=self.rooms["deleted"])
        town.operator.ask("space.delete", space=self.spaces["deleted"])
        self._settle_roles()
        self.clients = {person: town.open(account) for person, account in self.people.items()}
        self.clients[OPERATOR] = town.operator

    def _newcomer(self, person: AccountPresence) -> Account:
        if person.role == "stranger":
            return self.town.account("stranger")
        return self.town.member(name=person.role)

    def _second_space(self) -> str:
        operator = self.town.operator
        space: str = operator.ask("space.create", name="Gone", owner=self.town.owner.id)["space"]["id"]
        code = operator.ask("invite.create", space=space)["invite"]["code"]
        for person, account in self.people.items():
            if person.role != "stranger":
                visit = self.town.open(account)
                visit.ask("invite.accept", code=code)
                visit.close()
        return space

    def _room(self, kind: str) -> str:
        town = self.town
        insiders = [account for person, account in self.people.items() if person.inside]
        if kind == "direct":
            ids = [account.id for account in insiders]
            self._acquaint([account for person, account in self.people.items() if person.role == "stranger"])
            opened: str = self.writer.ask("direct.open", accounts=ids)["room"]["id"]
            return opened
        more: Frame = {"kind": "announcement"} if kind == "announcement" else {"private": kind == "private"}
        room = town.room(kind, **more)
        for person, account in self.people.items():
            if person.inside and person.role != "stranger":
                town.operator.ask("room.invite", room=room, account=account.id)
        town.operator.ask("room.invite", room=room, account=self.author.id)
        if kind == "announcement":
            override = {"right": "message.announce", "account": self.author.id, "allow": True}
            town.operator.ask("room.override", room=room, **override)
        return room

    def _acquaint(self, accounts: list[Account]) -> None:
        """They share a space with the writer, another one."""
        space = self.writer.ask("space.create", name="Elsewhere")["space"]["id"]
        code = self.writer.ask("invite.create", space=space)["invite"]["code"]
        for account in accounts:
            visit = self.town.open(account)
            visit.ask("invite.accept", code=code)
            visit.close()

    def _message_in(self, room: str) -> int:
        seq: int = self.writer.post(room, "a word")["seq"]
        self.writer.ask("message.edit", room=room, seq=seq, text="another word")
        return seq

    def _settle_roles(self) -> None:
        for person, account in self.people.items():
            if person.role in RANK and person.role != "member":
                self.town.operator.ask(
                    "member.set_role", space=self.town.space, account=account.id, role=person.role
                )
            elif person.role == "banned":
                self.town.operator.ask("member.ban", space=self.town.space, account=account.id)
            elif person.role == "left":
                visit = self.town.open(account)
                visit.ask("space.leave", space=self.town.space)
                visit.close()

    def new_invite(self, space: str) -> str:
        invite: str = self.town.operator.ask("invite.create", space=space)["invite"]["code"]
        return invite

    def new_report(self) -> str:
        self.writer.ask(
            "message.report", room=self.rooms["public"], seq=self.seqs[self.rooms["public"]], reason="x"
        )
        found: str = self.town.operator.ask("report.list", space=self.town.space, limit=500)["reports"][-1][
            "id"
        ]
        return found

    def places(self, of: str) -> dict[str, str]:
        """Each kind with its id."""
        if of == "report":
            return {"there": self.report}
        return {"space": self.spaces, "invite": self.invites}.get(of, self.rooms)

    def used(self, row: Row) -> None:
        """What was used up by a request is put there again."""
        if row.of == "invite":
            self.invites["there"] = self.new_invite(self.town.space)
        if row.of == "report":
            self.report = self.new_report()


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    world = World(server)
    yield world
    world.town.close()


def role_seen(person: AccountPresence, kind: str) -> str | None:
    """The role that counts in a place of this kind; None: the place does not exist for this person."""
    if kind == "deleted":
        return None
    if kind == "direct":
        return "member" if person.inside else None
    role = person.role if person.role in RANK else None
    if kind == "there" or role is None or person.inside:
        return role
    return role if kind != "private" and may(role, "room.see_public") else None


def expected(row: Row, person: AccountPresence, kind: str) -> str:
    if person == OPERATOR:
        if not row.operator or (kind == "direct" and not row.direct):
            return "forbidden"
        return "not_found" if kind == "deleted" else "done"
    role = role_seen(person, kind)
    if role is None:
        return "not_found"
    if kind == "direct" and not row.direct:
        return "forbidden"
    if row.inside and not person.inside:
        return "forbidden"
    if row.right is None or may(role, row.right):
        return "done"
    return "not_found" if row.secret else "forbidden"


def answer(client: Client, name: str, data: Frame) -> tuple[str, Frame]:
    """The outcome, and the error if there is one."""
    error: Frame = client.reply(client.send(name, **data)).get("error", {})
    return error.get("code", "done"), error


def placed() -> list[str]:
    """The entries that name a place and are answered by a handler."""
    return [
        entry.name
        for entry in REQUESTS.values()
        if entry.decided_by in ("handler", "account")
        and entry.asker != "operator"
        and NAMES_A_PLACE.intersection(entry.fields)
    ]


def test_every_request_that_names_a_place_has_a_row_or_a_reason() -> None:
    assert set(placed()) == set(ROWS) | set(WITHOUT)
    assert not set(ROWS) & set(WITHOUT)


@pytest.mark.parametrize("name", ROWS)
def test_a_query_answers_those_whom_its_row_names_and_nobody_else(world: World, name: str) -> None:
    wrong = []
    for row in ROWS[name]:
        for kind in world.places(row.of):
            for person, client in world.clients.items():
                place = world.places(row.of)[kind]
                outcome, error = answer(client, name, row.data(world, place))
                hoped = expected(row, person, kind)
                if outcome == "done":
                    world.used(row)
                if outcome != hoped:
                    wrong.append((kind, person, outcome, hoped))
                elif outcome == "not_found":
                    of_nothing = answer(client, name, row.data(world, absent_id()))
                    if of_nothing != (outcome, error):
                        wrong.append((kind, person, error, of_nothing))
    assert not wrong


@pytest.mark.parametrize("name", [name for name, rows in ROWS.items() if rows[0].of == "message"])
def test_a_message_that_is_not_there_is_not_found_by_those_who_see_its_room(world: World, name: str) -> None:
    insider = world.clients[AccountPresence("owner", True)]
    for kind in ("public", "private", "direct"):
        (row,) = ROWS[name]
        data = {**row.data(world, world.rooms[kind]), "seq": 999_999}
        outcome, _ = answer(insider, name, data)
        assert outcome == ("forbidden" if kind == "direct" and not row.direct else "not_found")


def test_operators_erase_what_the_last_owner_wrote_and_silence_them_too(town: Town) -> None:
    """The space keeps its owner by that."""
    room = town.room()
    owner = town.open(town.owner)
    owner.post(room, "spam")
    asked = {"space": town.space, "account": town.owner.id}
    assert town.operator.ask("member.erase_messages", **asked)["messages"] == 1
    town.operator.ask("member.mute", **asked)
    assert owner.refusal("message.post", room=room, text="more spam")["code"] == "forbidden"
