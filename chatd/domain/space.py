"""A space: its members and their roles, its invites, and the rooms that are made in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from chatd.domain import command as c
from chatd.domain.decision import Context, Decision, given
from chatd.domain.event import Event, Fact, room_stream, space_stream
from chatd.domain.refusal import Refusal
from chatd.domain.rights import may, outranks

ABSENT: Final = Refusal("not_found", "there is no such space, or you are not in it")
MAX_EMOJI: Final = 500
NO_INVITE: Final = Refusal("not_found", "this invite is not valid; ask for a new one")


@attrs.define
class Invite:
    """An invite as its space knows it; `expires_at` is Unix milliseconds."""

    by: str
    role: str
    max_uses: int | None = None
    expires_at: int | None = None
    uses: int = 0

    def open(self, at: int) -> bool:
        in_time = self.expires_at is None or at < self.expires_at
        return in_time and (self.max_uses is None or self.uses < self.max_uses)


@attrs.define
class SpaceState:
    """What the space's actor owns. `head` is the seq of the newest fact; 0: there is no such space."""

    id: str
    head: int = 0
    name: str = ""
    description: str | None = None
    icon: str | None = None
    created_at: int = 0
    members: dict[str, str] = attrs.Factory(dict)  # account -> role
    invites: dict[str, Invite] = attrs.Factory(dict)
    emoji: dict[str, str] = attrs.Factory(dict)  # name -> image

    @property
    def exists(self) -> bool:
        return self.head > 0

    @property
    def owner(self) -> str | None:
        return next((account for account, role in self.members.items() if role == "owner"), None)

    def role(self, account: str) -> str | None:
        return self.members.get(account)

    def frame(self) -> dict[str, Any]:
        """The space as the wire shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "icon": self.icon,
            "owner": self.owner,
            "created_at": self.created_at,
        }


def invite_frame(invite: str, state: Invite) -> dict[str, Any]:
    return {
        "id": invite,
        "role": state.role,
        "max_uses": state.max_uses,
        "uses": state.uses,
        "expires_at": state.expires_at,
        "by": state.by,
    }


# --- commands that only the server's own desk gives: the code has been looked up, the account is known


@attrs.frozen
class EnterSpace:
    """`account` comes in by an invite. `first` are facts that must stand before (a new account's)."""

    invite: str
    account: str
    first: tuple[Fact, ...] = ()


@attrs.frozen
class EndInvite:
    invite: str


# --- decide -------------------------------------------------------------------------------------------


def _fact(state: SpaceState, nth: int, type_: str, context: Context, data: dict[str, Any]) -> Fact:
    return Fact(space_stream(state.id), state.head + nth, type_, context.at, context.by, data)


def visible(state: SpaceState, context: Context) -> bool:
    return state.exists and (context.operator or context.by in state.members)


def _holds(state: SpaceState, context: Context, right: Any) -> bool:
    return context.operator or may(state.role(context.by), right)


def _create(state: SpaceState, command: c.CreateSpace, context: Context) -> Decision | Refusal:
    if state.exists:
        return Refusal("conflict", "this space exists already")
    owner = command.owner or context.by
    data = given(name=command.name, description=command.description, icon=command.icon)
    fresh = SpaceState(state.id, created_at=context.at, members={owner: "owner"})
    fresh.name, fresh.description, fresh.icon = command.name, command.description, command.icon
    return Decision(
        (
            _fact(state, 1, "space.created", context, data),
            _fact(state, 2, "member.joined", context, {"account": owner, "role": "owner"}),
        ),
        lambda _: {"space": fresh.frame()},
    )


def _create_invite(state: SpaceState, command: c.CreateInvite, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return ABSENT
    if not _holds(state, context, "invite.create"):
        return Refusal("forbidden", "only owner, admin and moderator may invite people")
    if not context.operator and outranks(command.role, state.members[context.by]):
        return Refusal("forbidden", "an invite cannot give a higher role than your own")
    expires_at = context.at + command.expires_in * 1000 if command.expires_in else None
    data = given(invite=context.new_id, role=command.role, max_uses=command.max_uses, expires_at=expires_at)
    frame = invite_frame(context.new_id, Invite(context.by, command.role, command.max_uses, expires_at))
    return Decision((_fact(state, 1, "invite.created", context, data),), lambda _: {"invite": frame})


def _enter(state: SpaceState, command: EnterSpace, context: Context) -> Decision | Refusal:
    invite = state.invites.get(command.invite)
    if command.account in state.members:
        return Decision(answer=lambda _: {"space": state.frame()})
    if invite is None or not invite.open(context.at):
        return NO_INVITE
    data = {"account": command.account, "role": invite.role, "invite": command.invite}
    joined = _fact(state, 1, "member.joined", context, data)
    return Decision((*command.first, joined), lambda _: {"space": state.frame()})


def _end_invite(state: SpaceState, command: EndInvite, context: Context) -> Decision | Refusal:
    invite = state.invites.get(command.invite)
    if invite is None or not visible(state, context):
        return NO_INVITE
    if invite.by != context.by and not _holds(state, context, "invite.create"):
        return Refusal("forbidden", "only who made an invite, or a moderator, may revoke it")
    return Decision((_fact(state, 1, "invite.revoked", context, {"invite": command.invite}),))


def _create_room(state: SpaceState, command: c.CreateRoom, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return ABSENT
    if not _holds(state, context, "room.create_private" if command.private else "room.create"):
        return Refusal("forbidden", "guests may not make rooms")
    room, stream, topic = context.new_id, room_stream(context.new_id), command.topic or None
    described = given(name=command.name, kind=command.kind, topic=topic)
    created = {"space": state.id, "private": command.private, **described}
    facts = [Fact(stream, 1, "room.created", context.at, context.by, created)]
    # An operator stands outside. A private room that nobody is in could never be entered: the owner is.
    first = context.by if not context.operator else state.owner if command.private else None
    if first is not None:
        facts.append(Fact(stream, 2, "member.joined", context.at, context.by, {"account": first}))
    head = len(facts)
    if not command.private:
        facts.append(_fact(state, 1, "room.created", context, {"room": room, **described}))
    frame = {
        "id": room,
        "space": state.id,
        "name": command.name,
        "kind": command.kind,
        "private": command.private,
        "topic": topic,
        "archived": False,
        "created_at": context.at,
        "head": head,
    }
    return Decision(tuple(facts), lambda _: {"room": frame})


def _add_emoji(state: SpaceState, command: c.AddEmoji, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return ABSENT
    if not _holds(state, context, "emoji.manage"):
        return Refusal("forbidden", "only owner, admin and moderator may add custom emoji")
    if command.name in state.emoji:
        if state.emoji[command.name] == command.image:
            return Decision()
        return Refusal("conflict", "there is an emoji of this name; remove it first")
    if len(state.emoji) >= MAX_EMOJI:
        return Refusal("conflict", f"a space has at most {MAX_EMOJI} custom emoji; remove some first")
    data = {"name": command.name, "image": command.image}
    return Decision((_fact(state, 1, "emoji.added", context, data),))


def _remove_emoji(state: SpaceState, command: c.RemoveEmoji, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return ABSENT
    if not _holds(state, context, "emoji.manage"):
        return Refusal("forbidden", "only owner, admin and moderator may remove custom emoji")
    if command.name not in state.emoji:
        return Decision()
    return Decision((_fact(state, 1, "emoji.removed", context, {"name": command.name}),))


_DECIDERS: Final[Mapping[type[Any], Callable[[SpaceState, Any, Context], Decision | Refusal]]] = {
    c.CreateSpace: _create,
    c.CreateInvite: _create_invite,
    EnterSpace: _enter,
    EndInvite: _end_invite,
    c.CreateRoom: _create_room,
    c.AddEmoji: _add_emoji,
    c.RemoveEmoji: _remove_emoji,
}


def decide(state: SpaceState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` means for this space now. Changes nothing."""
    return _DECIDERS[type(command)](state, command, context)


# --- apply --------------------------------------------------------------------------------------------


def apply(state: SpaceState, event: Fact | Event) -> None:
    """Makes a fact of this space's stream part of its state. Unknown types only move the head."""
    data = event.data
    match event.type:
        case "space.created":
            state.name, state.description = data["name"], data.get("description")
            state.icon, state.created_at = data.get("icon"), event.at
        case "member.joined":
            state.members[data["account"]] = data["role"]
            if invite := state.invites.get(data.get("invite", "")):
                invite.uses += 1
        case "member.left":
            state.members.pop(data["account"], None)
        case "invite.created":
            state.invites[data["invite"]] = Invite(
                event.by, data["role"], data.get("max_uses"), data.get("expires_at")
            )
        case "invite.revoked":
            state.invites.pop(data["invite"], None)
        case "emoji.added":
            state.emoji[data["name"]] = data["image"]
        case "emoji.removed":
            state.emoji.pop(data["name"], None)
    state.head = event.seq
