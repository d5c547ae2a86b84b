"""Moderation of a room: inviting and removing members, settings, archive, lock and overrides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.contract.room import (
    ArchiveRoom,
    DeleteRoom,
    InviteToRoom,
    LockRoom,
    OverrideSet,
    RemoveFromRoom,
    SetOverride,
    UnarchiveRoom,
    UnlockRoom,
    UpdateRoom,
)
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact
from chatd.domain.internal import InviteInVain
from chatd.domain.names.folded import of_place
from chatd.domain.policy import bots
from chatd.domain.policy.access import holds, outranks_member, verdict, visible
from chatd.domain.policy.roles import OVERRIDABLE_ROLES
from chatd.domain.room.direct import DIRECT_ROOM_CLOSED
from chatd.domain.room.state import NO_SUCH_ROOM, RoomState, fact
from chatd.domain.space.moderation import RANK_TOO_LOW, needs_role
from chatd.domain.space.state import MEMBER_DISABLED, ON_HOLD, SpaceState

MAX_OVERRIDES: Final = 200  # accounts and roles with overrides in a room
NOT_IN_SPACE: Final = Refusal("not_found", "this account is not a member of the room's space")
NO_SUCH_ROOM_MEMBER: Final = Refusal("not_found", "this account is not a member of the room")
USE_ROOM_LEAVE: Final = Refusal("invalid", "to leave a room yourself, use room.leave")

Deciders = Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]


def bots_leaving(state: RoomState, space: SpaceState, account: str, context: Context) -> list[Fact]:
    """The facts that follow the account's leaving: its bots leave too."""
    gone = bots.leaving_with(space.bots, account, state.members)
    return [fact(state, "member.left", context, {"account": bot}, nth=nth) for nth, bot in enumerate(gone, 2)]


def _check_right(
    state: RoomState, space: SpaceState, context: Context, right: Right, what: str
) -> Refusal | None:
    """The refusal when the caller may not do `what` in this room."""
    if not visible(state, space, context):
        return NO_SUCH_ROOM
    if state.direct:
        return DIRECT_ROOM_CLOSED
    return None if holds(state, space, context, right) else needs_role(right, what)


# --- members ------------------------------------------------------------------------------------------


def _invite(
    state: RoomState, space: SpaceState, command: InviteToRoom, context: Context
) -> Decision | Refusal:
    if refusal := _check_right(state, space, context, "room.invite", "adding people to a room"):
        return refusal
    if not (context.operator or context.by in state.members):
        return Refusal("forbidden", "join the room before you add others")
    if state.archived:
        return Refusal("forbidden", "the room is archived: nobody can join it")
    if space.role(command.account) is None:
        return NOT_IN_SPACE
    if bots.owner_outside(space.bots, command.account, state.members):
        return bots.BOT_OWNER_OUTSIDE
    if command.account in state.members:
        return Decision()
    if command.account in space.disabled:
        return MEMBER_DISABLED
    return Decision((fact(state, "member.joined", context, space.room_join_data(command.account)),))


def _invite_in_vain(
    state: RoomState, space: SpaceState, command: InviteInVain, context: Context
) -> Decision | Refusal:
    decision = _invite(state, space, InviteToRoom(state.id, command.account), context)
    return decision if isinstance(decision, Refusal) else Decision()


def _remove(
    state: RoomState, space: SpaceState, command: RemoveFromRoom, context: Context
) -> Decision | Refusal:
    if command.account == context.by and visible(state, space, context) and not state.direct:
        return USE_ROOM_LEAVE
    if refusal := _check_right(state, space, context, "room.remove", "removing people from a room"):
        return refusal
    if command.account not in state.members:
        return NO_SUCH_ROOM_MEMBER
    if not outranks_member(space, context, command.account):
        return RANK_TOO_LOW
    data = {"account": command.account, **drop_none(reason=command.reason)}
    kicked = fact(state, "member.kicked", context, data)
    return Decision((kicked, *bots_leaving(state, space, command.account, context)))


# --- settings -----------------------------------------------------------------------------------------


def _update(state: RoomState, space: SpaceState, command: UpdateRoom, context: Context) -> Decision | Refusal:
    if refusal := _check_right(state, space, context, "room.update", "changing a room"):
        return refusal
    asked = drop_none(name=command.name, topic=command.topic, slow_mode=command.slow_mode)
    changed = {name: value for name, value in asked.items() if getattr(state, name) != value}
    if not changed:
        return Decision()
    data = of_place({**changed, **drop_none(reason=command.reason)})
    return Decision((fact(state, "room.updated", context, data),))


def _archive(
    state: RoomState, space: SpaceState, command: ArchiveRoom | UnarchiveRoom, context: Context
) -> Decision | Refusal:
    if refusal := _check_right(state, space, context, "room.archive", "archiving a room"):
        return refusal
    archive = isinstance(command, ArchiveRoom)
    if archive is state.archived:
        return Decision()
    return Decision((fact(state, "room.archived" if archive else "room.unarchived", context, {}),))


def _delete(state: RoomState, space: SpaceState, command: DeleteRoom, context: Context) -> Decision | Refusal:
    refusal = _check_right(state, space, context, "room.delete", "deleting a room")
    if refusal and not (context.operator and refusal == DIRECT_ROOM_CLOSED):
        return refusal
    if state.hold or space.hold:
        return ON_HOLD
    return Decision((fact(state, "room.deleted", context, drop_none(reason=command.reason)),))


def _set_lock(
    state: RoomState, space: SpaceState, command: LockRoom | UnlockRoom, context: Context
) -> Decision | Refusal:
    if refusal := _check_right(state, space, context, "room.lock", "locking a room"):
        return refusal
    lock = isinstance(command, LockRoom)
    if lock is state.locked:
        return Decision()
    type_ = "room.locked" if lock else "room.unlocked"
    return Decision((fact(state, type_, context, drop_none(reason=command.reason)),))


# --- who may be heard ---------------------------------------------------------------------------------


def _set_override(
    state: RoomState, space: SpaceState, command: SetOverride, context: Context
) -> Decision | Refusal:
    """`allow` None takes an override away."""
    if refusal := _check_right(state, space, context, "room.override", "overriding rights in a room"):
        return refusal
    if (command.role is None) is (command.account is None):
        return Refusal("invalid", "an override is for a role or for an account")
    if command.account is not None and space.role(command.account) is None:
        return NOT_IN_SPACE
    if command.account is not None and not outranks_member(space, context, command.account):
        return RANK_TOO_LOW
    who = f"role:{command.role}" if command.role else f"account:{command.account}"
    before = state.overrides.get(who, {}).get(command.right)
    if command.dry_run:
        return Decision(answer=lambda _: _difference(state, space, command, context, who))
    if before is command.allow:
        return Decision()
    if who not in state.overrides and len(state.overrides) >= MAX_OVERRIDES:
        return Refusal("conflict", f"a room has overrides for at most {MAX_OVERRIDES} roles and accounts")
    named = drop_none(role=command.role, reason=command.reason)
    if command.account is not None:
        named |= {"account": command.account, "entry": space.joined_seqs.get(command.account)}
    data = {**named, "right": command.right, "allow": command.allow}
    return Decision((fact(state, "room.override_set", context, data),))


def _difference(
    state: RoomState, space: SpaceState, command: SetOverride, context: Context, who: str
) -> OverrideSet:
    """Which accounts would gain the right and which would lose it."""
    changed = attrs.evolve(state, overrides={key: dict(rights) for key, rights in state.overrides.items()})
    _write_override(changed, who, command.right, command.allow)
    gains: list[str] = []
    loses: list[str] = []
    for account, role in space.members.items():
        if role not in OVERRIDABLE_ROLES or (account not in state.members and state.private):
            continue
        before = bool(verdict(state, space, account, command.right, context.at))
        after = bool(verdict(changed, space, account, command.right, context.at))
        if before is not after:
            (gains if after else loses).append(account)
    return OverrideSet(right=command.right, gains=gains, loses=loses)


def _write_override(state: RoomState, who: str, right: Right, allow: bool | None) -> None:
    rights = state.overrides.setdefault(who, {})
    if allow is None:
        rights.pop(right, None)
    else:
        rights[right] = allow
    if not rights:
        del state.overrides[who]


DECIDERS: Final[Deciders] = {
    InviteToRoom: _invite,
    InviteInVain: _invite_in_vain,
    RemoveFromRoom: _remove,
    UpdateRoom: _update,
    ArchiveRoom: _archive,
    UnarchiveRoom: _archive,
    DeleteRoom: _delete,
    LockRoom: _set_lock,
    UnlockRoom: _set_lock,
    SetOverride: _set_override,
}


def apply(state: RoomState, event: Fact | Event) -> None:
    """Applies a fact about moderation to the room's state."""
    data = event.data
    match event.type:
        case "room.updated":
            for field in ("name", "topic", "slow_mode"):
                if field in data:
                    setattr(state, field, data[field])
        case "room.archived" | "room.unarchived":
            state.archived = event.type == "room.archived"
        case "room.locked" | "room.unlocked":
            state.locked = event.type == "room.locked"
        case "room.deleted":
            state.deleted = True
        case "room.override_set":
            who = f"role:{data['role']}" if "role" in data else f"account:{data['account']}"
            if "entry" in data:
                state.override_entries[data["account"]] = data["entry"]
            _write_override(state, who, data["right"], data["allow"])
