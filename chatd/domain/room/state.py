"""The state of a room: its settings, members, nonces and the messages that a turn is about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, TypeVar

import attrs
from msgspec import UNSET

from chatd.contract import message
from chatd.contract.errors import Refusal
from chatd.contract.fields import AnyRoomKind, Right
from chatd.contract.room import Room
from chatd.domain.decision import Context
from chatd.domain.event import Data, Fact, room_stream
from chatd.domain.space.state import SpaceState

NO_SUCH_ROOM: Final = Refusal("not_found", "there is no such room, or you may not see it")
MAX_NONCES: Final = 1000  # nonces that a room keeps in memory; older ones are looked up in the log

R = TypeVar("R", bound=Room)


@attrs.define(slots=True)
class NonceRecord:
    """What was posted with a nonce, to answer a repetition. `position` is 0 until the post is durable."""

    seq: int
    at: int
    digest: bytes | None  # None: the text was erased, so a repetition cannot be compared
    position: int = 0

    def result(self) -> message.Posted:
        return message.Posted(seq=self.seq, position=self.position, at=self.at)


def nonce_digest(text: str, reply_to: int | None, attachments: Sequence[str] | None = None) -> bytes:
    """A digest of what must be equal for a repeated nonce to be a repetition."""
    said = f"{reply_to}\n{text}" if not attachments else f"{reply_to} {' '.join(attachments)}\n{text}"
    return blake2b(said.encode(), digest_size=16).digest()


@attrs.define(slots=True)
class MessageState:
    """What deciders need of a message. `thread` is the seq of the thread's root."""

    by: str
    thread: int | None = None
    deleted: bool = False
    text: str | None = None
    mentions: list[str] = attrs.Factory(list)
    reactions: dict[str, set[str]] = attrs.Factory(dict)  # emoji -> accounts
    versions: int = 1
    has_files: bool = False


@attrs.define
class RoomState:
    """What the room's actor owns. `head` is the seq of the newest fact; 0: there is no such room.

    The fields of `TRANSIENT` are kept out of snapshots: they can be read from the store or matter only for
    seconds. `messages` holds the messages that the current turn is about.
    """

    id: str
    head: int = 0
    space: str = ""  # empty for a direct room
    name: str = ""
    kind: AnyRoomKind = "text"
    private: bool = False
    topic: str | None = None
    archived: bool = False
    created_at: int = 0
    deleted: bool = False
    locked: bool = False
    slow_mode: int = 0  # seconds between two posts of an account
    keep_days: int | None = None  # after which messages are erased; 0: never, None: as the space says
    hold: bool = False  # a legal hold on this room
    retention_at: int = 0  # Unix ms; when one of these two was set last
    overrides: dict[str, dict[Right, bool]] = attrs.Factory(
        dict
    )  # `role:…` or `account:…` -> right -> allowed
    members: dict[str, int | None] = attrs.Factory(dict)  # account -> seq at which it joined the space
    people: set[str] = attrs.Factory(set)  # of a direct room: whom it is for, in it already or not
    disabled: set[str] = attrs.Factory(set)  # members of a direct room whose account is disabled
    override_entries: dict[str, int | None] = attrs.Factory(dict)  # same for accounts with overrides
    leave_count_seen: int = 0  # the `leave_count` of the space when `members` was last compared with it
    pins: set[int] = attrs.Factory(set)
    nonces: dict[tuple[str, str], NonceRecord] = attrs.field(factory=dict, repr=False)  # oldest first
    messages: dict[int, MessageState] = attrs.field(factory=dict, repr=False)
    read: dict[str, int] = attrs.field(factory=dict, repr=False)  # account -> read marker, where loaded
    furthest: dict[str, int] = attrs.field(factory=dict, repr=False)  # the same -> how far it has ever read
    # account -> Unix ms of its newest post, and of its newest edit, reaction or pin; the newest last
    posted_at: dict[str, int] = attrs.field(factory=dict, repr=False)
    acted_at: dict[str, int] = attrs.field(factory=dict, repr=False)
    typing: dict[str, int] = attrs.field(factory=dict, repr=False)  # account -> Unix ms of the last signal
    # Of the people of a direct room, as of the `spaces_version` of `SharedSpaces`; 0: not known yet.
    apart: set[str] = attrs.Factory(set)  # those who share no space with any other of them
    gone: set[str] = attrs.Factory(set)  # those whose account was deleted
    spaces_version: int = 0

    @property
    def exists(self) -> bool:
        return self.head > 0 and not self.deleted

    @property
    def direct(self) -> bool:
        return self.kind == "direct"

    def remember_nonce(self, by: str, nonce: str, posted: NonceRecord) -> None:
        """Makes it the newest. None is forgotten before `forget_nonces`: a turn may repeat any of them."""
        self.nonces.pop((by, nonce), None)
        self.nonces[by, nonce] = posted

    def forget_content(self, seq: int) -> None:
        """A message was erased: nothing is left here either that tells what its text was."""
        for posted in self.nonces.values():
            if posted.seq == seq:
                posted.digest = None
                return

    def forget_nonces(self) -> None:
        """Keeps the newest `MAX_NONCES`."""
        for key in list(islice(self.nonces, max(len(self.nonces) - MAX_NONCES, 0))):
            del self.nonces[key]

    def row(self, class_: type[R], **more: Any) -> R:
        """The room as the wire shows it; `more` are the fields that its class has besides."""
        return class_(
            id=self.id,
            space=self.space or None,
            name=self.name,
            kind=self.kind,
            private=self.private,
            topic=self.topic,
            archived=self.archived,
            locked=self.locked,
            slow_mode=self.slow_mode,
            keep_days=self.keep_days,
            hold=self.hold,
            created_at=self.created_at,
            head=self.head,
            accounts=sorted(self.people) if self.direct else UNSET,
            disabled=sorted(self.disabled & self.people) if self.direct else UNSET,
            **more,
        )


TRANSIENT: Final = frozenset(
    {"nonces", "messages", "read", "furthest", "typing", "apart", "gone", "spaces_version"}
)


def sync_members(state: RoomState, space: SpaceState) -> None:
    """Removes members and overrides of accounts that have left the space, even if they rejoined it."""
    if state.leave_count_seen == space.leave_count or state.direct:
        return
    state.leave_count_seen = space.leave_count
    for account, entry in tuple(state.members.items()):
        if not space.is_same_membership(account, entry):
            del state.members[account]
    for account, entry in tuple(state.override_entries.items()):
        if not space.is_same_membership(account, entry):
            del state.override_entries[account]
            state.overrides.pop(f"account:{account}", None)


def fact(
    state: RoomState,
    type_: str,
    context: Context,
    data: dict[str, Any],
    text: str | None = None,
    nth: int = 1,
    files: list[Data] | None = None,
) -> Fact:
    """The `nth` fact after the room's newest."""
    return Fact(room_stream(state.id), state.head + nth, type_, context.at, context.by, data, text, files)


def present_members(members: Collection[str], present: Collection[str]) -> list[str]:
    """The members that are online. Iterates over the smaller of the two collections."""
    if len(present) < len(members):
        return [account for account in present if account in members]
    return [account for account in members if account in present]
