"""A space's decisions: creating it, invites, rooms and emoji; and the table of all its deciders.

Moderation is in `chatd.domain.space.moderation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chatd.contract.emoji import AddEmoji, RemoveEmoji
from chatd.contract.errors import Refusal
from chatd.contract.invite import CreateInvite, Invite
from chatd.contract.retention import SetSpaceHold, SetSpaceRetention
from chatd.contract.room import CreateRoom, Room, RoomResult
from chatd.contract.space import CreateSpace, Space, SpaceResult
from chatd.domain import account_deletion, disabled_members, export, retention
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact, room_stream
from chatd.domain.files import refuse_picture
from chatd.domain.internal import JoinByInvite, NoteDisabled, RemoveDeletedAccount, RevokeInviteById
from chatd.domain.names.folded import of_place
from chatd.domain.policy import bots
from chatd.domain.policy.roles import lower_role
from chatd.domain.space import erasure, imports, moderation
from chatd.domain.space.state import (
    MAX_EMOJI,
    NO_SUCH_SPACE,
    TOO_MANY_EMOJI,
    InviteState,
    SpaceState,
    fact,
    holds,
    visible,
)

CANNOT_GIVE_BY_INVITE: Final = Refusal(
    "forbidden",
    "an invite can only give roles that you may give yourself (member.set_role), or member or guest",
)
INVALID_INVITE: Final = Refusal("not_found", "this invite is not valid; ask for a new one")

# --- decide -------------------------------------------------------------------------------------------


def _create(state: SpaceState, command: CreateSpace, context: Context) -> Decision | Refusal:
    if state.exists:
        return Refusal("conflict", "this space already exists")
    if refusal := refuse_picture("icon", command.icon, context):
        return refusal
    owner = command.owner or context.by
    data = drop_none(name=command.name, description=command.description, icon=command.icon)
    fresh = SpaceState(state.id, created_at=context.at, members={owner: "owner"})
    fresh.name, fresh.description, fresh.icon = command.name, command.description, command.icon
    return Decision(
        (
            fact(state, "space.created", context, of_place(data)),
            fact(state, "member.joined", context, {"account": owner, "role": "owner"}, nth=2),
        ),
        lambda _: SpaceResult(space=fresh.row(Space)),
    )


def _create_invite(state: SpaceState, command: CreateInvite, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, "invite.create"):
        return Refusal("forbidden", "only owners, admins and moderators may invite people")
    if state.locked:
        return Refusal("forbidden", "the space is locked: unlock it before you invite people")
    if not context.operator and not state.lets_in_as(context.by, command.role):
        return CANNOT_GIVE_BY_INVITE
    if (quotas := context.quotas) and state.invites_open(context.by, context.at) >= quotas.invites:
        return Refusal(
            "conflict",
            f"you have {quotas.invites} open invites here, and no more are allowed; revoke some first",
        )
    expires_at = context.at + command.expires_in * 1000 if command.expires_in else None
    data = drop_none(
        invite=context.new_id, role=command.role, max_uses=command.max_uses, expires_at=expires_at
    )
    row = Invite(
        id=context.new_id,
        role=command.role,
        max_uses=command.max_uses,
        uses=0,
        expires_at=expires_at,
        by=context.by,
    )
    return Decision((fact(state, "invite.created", context, data),), lambda _: row)


def _join_by_invite(state: SpaceState, command: JoinByInvite, context: Context) -> Decision | Refusal:
    invite = state.invites.get(command.invite)
    if state.deleted:
        return INVALID_INVITE
    if command.account in state.members:
        return Decision(answer=lambda _: SpaceResult(space=state.row(Space)))
    if invite is None or not state.usable(invite, context.at) or command.creator_inactive:
        return INVALID_INVITE
    if state.banned_until(command.account, context.at):
        return INVALID_INVITE
    if command.owner is not None and state.role(command.owner) is None:
        return bots.BOT_OWNER_OUTSIDE
    role = lower_role(invite.role, state.left_roles.get(command.account, invite.role))
    data = {"account": command.account, "role": role, "invite": command.invite}
    data |= drop_none(owner=command.owner)
    joined = fact(state, "member.joined", context, data)
    return Decision((*command.facts_before, joined), lambda _: SpaceResult(space=state.row(Space)))


def _revoke_invite(state: SpaceState, command: RevokeInviteById, context: Context) -> Decision | Refusal:
    invite = state.invites.get(command.invite)
    if invite is None or not visible(state, context):
        return INVALID_INVITE
    if invite.by != context.by and not holds(state, context, "invite.create"):
        return Refusal("forbidden", "only the person who made an invite, or a moderator, may revoke it")
    return Decision((fact(state, "invite.revoked", context, {"invite": command.invite}),))


def _refuse_room(state: SpaceState, command: CreateRoom, context: Context) -> Refusal | None:
    """The refusal when the caller may not make this room."""
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, "room.create_private" if command.private else "room.create"):
        return Refusal("forbidden", "guests may not make rooms")
    if state.locked and not holds(state, context, "message.hurry"):
        return Refusal("forbidden", "the space is locked: until it is unlocked only moderators make rooms")
    if not context.operator and (why := _why_muted(state, context)):
        return Refusal("forbidden", f"you may not make rooms here: {why}")
    return None


def _create_room(state: SpaceState, command: CreateRoom, context: Context) -> Decision | Refusal:
    if refusal := _refuse_room(state, command, context):
        return refusal
    room, stream, topic = context.new_id, room_stream(context.new_id), command.topic or None
    described = drop_none(name=command.name, kind=command.kind, topic=topic)
    created = {"space": state.id, "private": command.private, **described}
    facts = [Fact(stream, 1, "room.created", context.at, context.by, of_place(created))]
    # An operator is no member. A private room without members could never be joined, so the owner joins it.
    first = context.by if not context.operator else state.owner if command.private else None
    if first is not None:
        facts.append(Fact(stream, 2, "member.joined", context.at, context.by, state.room_join_data(first)))
    head = len(facts)
    if not command.private:
        facts.append(fact(state, "room.created", context, {"room": room, **described}))
    row = Room(
        id=room,
        space=state.id,
        name=command.name,
        kind=command.kind,
        private=command.private,
        topic=topic,
        archived=False,
        locked=False,
        slow_mode=0,
        keep_days=None,
        hold=False,
        created_at=context.at,
        head=head,
    )
    return Decision(tuple(facts), lambda _: RoomResult(room=row))


def _why_muted(state: SpaceState, context: Context) -> str | None:
    """Why the caller is muted: itself or, for a bot, its owner. None: it is not."""
    if why := state.why_muted(context.by, context.at):
        return why
    owner = state.bots.get(context.by)
    why = None if owner is None else state.why_muted(owner, context.at)
    return why and f"it is a bot, and this is said of its owner: {why}"


def _add_emoji(state: SpaceState, command: AddEmoji, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, "emoji.manage"):
        return Refusal("forbidden", "only owners, admins and moderators may add custom emoji")
    if command.name in state.emoji:
        if state.emoji[command.name] == command.image:
            return Decision()
        return Refusal("conflict", "an emoji of this name exists; remove it first")
    if len(state.emoji) >= MAX_EMOJI:
        return TOO_MANY_EMOJI
    if refusal := refuse_picture("image", command.image, context):
        return refusal
    data = {"name": command.name, "image": command.image}
    return Decision((fact(state, "emoji.added", context, data),))


def _remove_emoji(state: SpaceState, command: RemoveEmoji, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, "emoji.manage"):
        return Refusal("forbidden", "only owners, admins and moderators may remove custom emoji")
    if command.name not in state.emoji:
        return Decision()
    return Decision((fact(state, "emoji.removed", context, {"name": command.name}),))


_DECIDERS: Final[Mapping[type[Any], Callable[[SpaceState, Any, Context], Decision | Refusal]]] = {
    CreateSpace: _create,
    CreateInvite: _create_invite,
    JoinByInvite: _join_by_invite,
    RemoveDeletedAccount: account_deletion.leave_space,
    NoteDisabled: disabled_members.note_in_space,
    RevokeInviteById: _revoke_invite,
    CreateRoom: _create_room,
    AddEmoji: _add_emoji,
    RemoveEmoji: _remove_emoji,
    export.BeginExport: export.begin_space,
    **moderation.DECIDERS,
    **erasure.DECIDERS,
    **imports.DECIDERS,
    SetSpaceRetention: retention.set_in_space,
    SetSpaceHold: retention.hold_space,
}


def decide(state: SpaceState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` leads to in this space now. Changes nothing."""
    return _DECIDERS[type(command)](state, command, context)


# --- apply --------------------------------------------------------------------------------------------


def apply(state: SpaceState, event: Fact | Event) -> None:
    """Applies a fact of this space's stream to its state. An unknown type only moves the head."""
    state.set_clock_right(event.at)
    data = event.data
    match event.type:
        case "space.created":
            state.name, state.description = data["name"], data.get("description")
            state.icon, state.created_at = data.get("icon"), event.at
        case "member.joined":
            state.members[data["account"]] = data["role"]
            state.joined_seqs[data["account"]] = event.seq
            if "owner" in data:
                state.bots[data["account"]] = state.bot_owners[data["account"]] = data["owner"]
            if invite := state.invites.get(data.get("invite", "")):
                invite.uses += 1
                invite.used_at = event.at
        case "invite.created":
            state.forget_invites(event.at)
            state.invites[data["invite"]] = InviteState(
                event.by, data["role"], data.get("max_uses"), data.get("expires_at")
            )
        case "invite.revoked":
            state.invites.pop(data["invite"], None)
        case "emoji.added":
            state.emoji[data["name"]] = data["image"]
        case "emoji.removed":
            state.emoji.pop(data["name"], None)
        case "member.disabled" | "member.enabled":
            disabled_members.apply(state, event)
        case _:
            moderation.apply(state, event)
            erasure.apply(state, event)
            retention.apply(state, event)
    state.head = event.seq
