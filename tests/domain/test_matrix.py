"""Who may do what: every command that a room or space decides, for every role, membership and kind of room.

What is expected follows from the table of rights and from one row here for each command; a command of the
command table without a row fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from chatd.contract.emoji import AddEmoji, RemoveEmoji
from chatd.contract.erasure import CancelErasure
from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.contract.member import KickMember, MuteMember, SetRole, UnbanMember, UnmuteMember
from chatd.contract.message import DeleteMessage, EditMessage, PostMessage
from chatd.contract.pin import AddPin, RemovePin
from chatd.contract.reaction import AddReaction, RemoveReaction
from chatd.contract.read import MarkRead
from chatd.contract.requests import REQUESTS
from chatd.contract.retention import SetRoomRetention, SetSpaceRetention
from chatd.contract.room import (
    ArchiveRoom,
    CreateRoom,
    DeleteRoom,
    InviteToRoom,
    JoinRoom,
    LeaveRoom,
    LockRoom,
    RemoveFromRoom,
    SetOverride,
    UnarchiveRoom,
    UnlockRoom,
    UpdateRoom,
)
from chatd.contract.space import DeleteSpace, LeaveSpace, LockSpace, UnlockSpace, UpdateSpace
from chatd.contract.typing import SetTyping
from chatd.domain.decision import Context, Decision
from chatd.domain.internal import BanAccount
from chatd.domain.policy.roles import may
from chatd.domain.room import decide as room
from chatd.domain.room.state import MessageState, RoomState
from chatd.domain.space import decide as space
from chatd.domain.space.state import FOREVER, SpaceState

AT = 5_000
ROLES = ("owner", "admin", "moderator", "member", "guest", "stranger", "banned")
STREAM_TYPES = ("text", "private", "announcement", "archived", "locked", "direct")


@attrs.frozen
class Row:
    """`right` that it takes; whether only members may (`inside`); in an archived room, in a direct one."""

    command: Callable[[str], Any]  # the asker -> the command
    right: Right | None = None
    inside: bool = True
    archived: bool = False
    direct: bool = True
    operator: bool = True  # whether operators may, who stand outside


ROOM_ROWS: dict[str, Row] = {
    "message.post": Row(lambda me: PostMessage("r", "x"), "message.post", operator=False),
    "message.edit": Row(lambda me: EditMessage("r", _own(me), "new"), "message.post", operator=False),
    "message.delete": Row(lambda me: DeleteMessage("r", _own(me)), inside=False, archived=True),
    "reaction.add": Row(lambda me: AddReaction("r", 5, "👍"), "reaction.add", operator=False),
    "reaction.remove": Row(lambda me: RemoveReaction("r", 5, "👎"), "reaction.add", operator=False),
    "pin.add": Row(lambda me: AddPin("r", 5), "pin.set"),
    "pin.remove": Row(lambda me: RemovePin("r", 5), "pin.set"),
    "read.mark": Row(lambda me: MarkRead("r", 3), archived=True, operator=False),
    "typing.set": Row(lambda me: SetTyping("r"), "message.post", operator=False),
    "room.join": Row(
        lambda me: JoinRoom("r"), "room.join_public", inside=False, direct=False, operator=False
    ),
    "room.leave": Row(lambda me: LeaveRoom("r"), inside=False, archived=True, direct=False),
    "room.update": Row(
        lambda me: UpdateRoom("r", name="new"), "room.update", inside=False, archived=True, direct=False
    ),
    "room.archive": Row(
        lambda me: ArchiveRoom("r"), "room.archive", inside=False, archived=True, direct=False
    ),
    "room.unarchive": Row(
        lambda me: UnarchiveRoom("r"), "room.archive", inside=False, archived=True, direct=False
    ),
    "room.delete": Row(lambda me: DeleteRoom("r"), "room.delete", inside=False, archived=True, direct=False),
    "room.set_retention": Row(
        lambda me: SetRoomRetention("r", 30), "room.set_retention", inside=False, archived=True, direct=False
    ),
    "room.lock": Row(lambda me: LockRoom("r"), "room.lock", inside=False, archived=True, direct=False),
    "room.unlock": Row(lambda me: UnlockRoom("r"), "room.lock", inside=False, archived=True, direct=False),
    "room.invite": Row(lambda me: InviteToRoom("r", "cat"), "room.invite", direct=False),
    "room.remove": Row(
        lambda me: RemoveFromRoom("r", "dog"), "room.remove", inside=False, archived=True, direct=False
    ),
    "room.override": Row(
        lambda me: SetOverride("r", "pin.set", role="guest", allow=True),
        "room.override",
        inside=False,
        archived=True,
        direct=False,
    ),
}
SPACE_ROWS: dict[str, Row] = {
    "space.update": Row(lambda me: UpdateSpace("s", name="new"), "space.update"),
    "space.delete": Row(lambda me: DeleteSpace("s"), "space.delete"),
    "space.leave": Row(lambda me: LeaveSpace("s"), operator=False),
    "space.set_retention": Row(lambda me: SetSpaceRetention("s", 30), "space.set_retention"),
    "space.lock": Row(lambda me: LockSpace("s"), "space.lock"),
    "space.unlock": Row(lambda me: UnlockSpace("s"), "space.lock"),
    "member.set_role": Row(lambda me: SetRole("s", "dog", "guest"), "member.set_role"),
    "member.kick": Row(lambda me: KickMember("s", "dog"), "member.kick"),
    "member.ban": Row(lambda me: BanAccount("dog", None, None, True), "member.ban"),
    "member.unban": Row(lambda me: UnbanMember("s", "eve"), "member.ban"),
    "member.mute": Row(lambda me: MuteMember("s", "dog"), "member.mute"),
    "member.unmute": Row(lambda me: UnmuteMember("s", "dog"), "member.mute"),
    "erasure.cancel": Row(lambda me: CancelErasure("s", "dog"), "member.erase_messages"),
    "room.create": Row(lambda me: CreateRoom("s", "new"), "room.create"),
    "emoji.add": Row(lambda me: AddEmoji("s", "party", "https://x"), "emoji.manage"),
    "emoji.remove": Row(lambda me: RemoveEmoji("s", "party"), "emoji.manage"),
}
ROOMS_LOOKED_UP = {"room.invite"}  # a handler asks the room, after it looked whether the caller is blocked
# a handler asks the space, after it looked whether there is such an account, or how many rooms there are
LOOKED_UP = {"member.ban", "room.create"}
IN_ORDER = [*ROLES, "dog", "cat"]


def _own(account: str) -> int:
    """The seq of the message that this account wrote."""
    return 10 + IN_ORDER.index(account) if account in IN_ORDER else 5


def a_space(locked: bool = False) -> SpaceState:
    members = {role: role for role in ROLES[:5]} | {"dog": "guest", "cat": "member", "second": "owner"}
    joined_seqs = {account: number for number, account in enumerate(members, 2)}
    return SpaceState(
        "s", 20, "Team", members=members, joined_seqs=joined_seqs, bans={"banned": FOREVER}, locked=locked
    )


def a_room(kind: str, inside: str | None) -> RoomState:
    people = ["dog", *([inside] if inside else [])]
    if kind == "direct":
        members = dict.fromkeys(people)
        state = RoomState("r", 30, kind="direct", private=True, members=members, people=set(people))
    else:
        joined_seqs = a_space().joined_seqs
        state = RoomState("r", 30, "s", "general", members={who: joined_seqs.get(who) for who in people})
        state.kind = "announcement" if kind == "announcement" else "text"
        state.private, state.archived, state.locked = kind == "private", kind == "archived", kind == "locked"
    state.messages = {_own(account): MessageState(account, text="was") for account in IN_ORDER}
    state.messages[5] = MessageState("dog", text="was")
    return state


def outcome(decision: Decision | Refusal) -> str:
    return decision.code if isinstance(decision, Refusal) else "done"


def expected(name: str, row: Row, who: str, inside: bool, kind: str) -> str:
    role = who if who in ROLES[:5] else None
    if kind == "direct":
        if not inside:
            return "not_found"
        role = "member"
    elif role is None or not (inside or (kind != "private" and may(role, "room.see_public"))):
        return "not_found"
    if kind == "direct" and not row.direct:
        return "done" if name == "room.join" else "forbidden"  # it is in already
    if name in ("room.join", "room.leave") and inside is (name == "room.join"):
        return "done"
    if (row.inside and not inside) or (kind == "archived" and not row.archived):
        return "forbidden" if name != "room.leave" else "done"
    right = row.right
    if right == "message.post" and kind == "announcement":
        right = "message.announce"
    if kind == "locked" and right in ("message.post", "pin.set") and not may(role, "room.lock"):
        return "forbidden"
    if name == "room.remove" and role == "guest":
        return "forbidden"
    return "done" if right is None or may(role, right) else "forbidden"


def rows_of(route: str) -> list[str]:
    """Those for operators say by themselves who may: nobody else gets as far as their decider."""
    rows = [entry for entry in REQUESTS.values() if entry.decided_by == route]
    return [entry.name for entry in rows if entry.asker != "operator"]


def test_every_command_that_a_room_or_space_decides_has_a_row() -> None:
    assert set(rows_of("room")) | ROOMS_LOOKED_UP == set(ROOM_ROWS)
    assert set(rows_of("space")) | LOOKED_UP == set(SPACE_ROWS)
    assert set(rows_of("handler")) >= LOOKED_UP


@pytest.mark.parametrize("kind", STREAM_TYPES)
@pytest.mark.parametrize("name", ROOM_ROWS)
def test_what_a_room_lets_whom_do(name: str, kind: str) -> None:
    row = ROOM_ROWS[name]
    for who in ROLES:
        for inside in (True, False):
            if inside and who in ("stranger", "banned") and kind != "direct":
                continue  # nobody is in a room and not in its space
            state = a_room(kind, who if inside else None)
            found = outcome(room.decide(state, a_space(), row.command(who), Context(who, AT, new_id="n")))
            assert found == expected(name, row, who, inside, kind), (who, inside)


@pytest.mark.parametrize("name", SPACE_ROWS)
def test_what_a_space_lets_whom_do(name: str) -> None:
    row = SPACE_ROWS[name]
    for who in ROLES:
        role = who if who in ROLES[:5] else None
        found = outcome(space.decide(a_space(), row.command(who), Context(who, AT, new_id="n")))
        if role is None:
            assert found == "not_found", who
        else:
            assert found == ("done" if row.right is None or may(role, row.right) else "forbidden"), who


@pytest.mark.parametrize("name", [*ROOM_ROWS, *SPACE_ROWS])
def test_what_operators_may_do_from_outside(name: str) -> None:
    row = {**ROOM_ROWS, **SPACE_ROWS}[name]
    context = Context("operator:0", AT, operator=True, new_id="n")
    if name in ROOM_ROWS:
        found = outcome(room.decide(a_room("text", None), a_space(), row.command("operator:0"), context))
    else:
        found = outcome(space.decide(a_space(), row.command("operator:0"), context))
    assert found == ("done" if row.operator else "forbidden")


@pytest.mark.parametrize("name", ["member.set_role", "member.kick", "member.ban", "member.mute"])
def test_nobody_acts_on_somebody_of_the_same_or_a_higher_role(name: str) -> None:
    commands: dict[str, Callable[[str], Any]] = {
        "member.set_role": lambda who: SetRole("s", who, "guest"),
        "member.kick": lambda who: KickMember("s", who),
        "member.ban": lambda who: BanAccount(who, None, None, True),
        "member.mute": lambda who: MuteMember("s", who),
    }
    for low, who in enumerate(ROLES[:5]):
        for target in ROLES[: low + 1]:
            if target != who or name != "member.set_role":
                found = space.decide(a_space(), commands[name](target), Context(who, AT))
                assert outcome(found) == "forbidden", (who, target)


def test_a_space_keeps_an_owner() -> None:
    alone = a_space()
    del alone.members["second"]
    for command in (LeaveSpace("s"), SetRole("s", "owner", "member")):
        assert outcome(space.decide(alone, command, Context("owner", AT))) == "conflict"
    operator = Context("operator:0", AT, operator=True)
    for command in (
        KickMember("s", "owner"),
        BanAccount("owner", None, None, True),
        SetRole("s", "owner", "guest"),
    ):
        assert outcome(space.decide(alone, command, operator)) == "conflict"


def test_ownership_is_handed_over() -> None:
    state = a_space()
    del state.members["second"]
    for command in (SetRole("s", "member", "owner"), SetRole("s", "owner", "admin")):
        decision = space.decide(state, command, Context("owner", AT))
        assert isinstance(decision, Decision)
        for fact in decision.facts:
            space.apply(state, fact)
    assert (state.owner, state.role("owner")) == ("member", "admin")


@pytest.mark.parametrize(
    ("giver", "role", "may_give"),
    [
        ("owner", "owner", True),
        ("admin", "owner", False),
        ("admin", "admin", False),
        ("admin", "moderator", True),
    ],
)
def test_a_role_is_given_by_those_above_it(giver: str, role: Any, may_give: bool) -> None:
    found = outcome(space.decide(a_space(), SetRole("s", "member", role), Context(giver, AT)))
    assert found == ("done" if may_give else "forbidden")


def test_one_may_step_down_and_not_up() -> None:
    assert outcome(space.decide(a_space(), SetRole("s", "admin", "member"), Context("admin", AT))) == "done"
    assert (
        outcome(space.decide(a_space(), SetRole("s", "member", "admin"), Context("member", AT)))
        == "forbidden"
    )
