"""The state of a room: its members, what it remembers of its messages, and who may see it."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from typing import Any, Final, TypeVar

import attrs
from msgspec import UNSET

from chatd.contract import message
from chatd.contract.errors import Refusal
from chatd.contract.fields import AnyRoomKind, Right
from chatd.contract.room import Room
from chatd.domain.decision import Context
from chatd.domain.event import Fact, room_stream
from chatd.domain.space.state import SpaceState

ABSENT: Final = Refusal("not_found", "there is no such room, or you may not see it")
REMEMBERED: Final = 1000  # posts whose nonces a room keeps in memory; older ones the log knows

R = TypeVar("R", bound=Room)


@attrs.define(slots=True)
class Posted:
    """The first result of a nonce, and what was posted. `position` is 0 until it is durable."""

    seq: int
    at: int
    content: bytes | None  # None: erased since, so nothing can be compared
    position: int = 0

    def result(self) -> message.Posted:
        return message.Posted(seq=self.seq, position=self.position, at=self.at)


def content_of(text: str, reply_to: int | None) -> bytes:
    """What must be the same for a repeated nonce to be a repetition."""
    return blake2b(f"{reply_to}\n{text}".encode(), digest_size=16).digest()


@attrs.define(slots=True)
class MessageState:
    """A message, as far as deciding about it takes. `thread` is the seq of its thread's root."""

    by: str
    thread: int | None = None
    deleted: bool = False
    text: str | None = None
    mentions: list[str] = attrs.Factory(list)
    reactions: dict[str, set[str]] = attrs.Factory(dict)  # emoji -> accounts


@attrs.define
class RoomState:
    """What the room's actor owns. `head` is the seq of the newest fact; 0: there is no such room.

    `posted`, `messages`, `read` and `typing` are kept out of snapshots: the store knows the first three, and
    nobody needs the fourth for long. `messages` holds those that the present turn is about.
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
    overrides: dict[str, dict[Right, bool]] = attrs.Factory(
        dict
    )  # `role:…` or `account:…` -> right -> allowed
    members: dict[str, int | None] = attrs.Factory(dict)  # account -> seq at which it came into the space
    stays: dict[str, int | None] = attrs.Factory(dict)  # the same for accounts with overrides of their own
    departures: int = 0  # of the space, when `members` was looked through
    pins: set[int] = attrs.Factory(set)
    posted: dict[tuple[str, str], Posted] = attrs.field(factory=dict, repr=False)  # oldest first
    messages: dict[int, MessageState] = attrs.field(factory=dict, repr=False)
    read: dict[str, int] = attrs.field(factory=dict, repr=False)  # account -> its marker, where it is known
    spoke: dict[str, int] = attrs.field(factory=dict, repr=False)  # account -> when, while that matters
    typing: dict[str, int] = attrs.field(factory=dict, repr=False)  # account -> when it was last shown

    @property
    def exists(self) -> bool:
        return self.head > 0 and not self.deleted

    @property
    def direct(self) -> bool:
        return self.kind == "direct"

    def remember(self, by: str, nonce: str, posted: Posted) -> None:
        self.posted[by, nonce] = posted
        if len(self.posted) > REMEMBERED:
            del self.posted[next(iter(self.posted))]

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
            created_at=self.created_at,
            head=self.head,
            accounts=sorted(self.members) if self.direct else UNSET,
            **more,
        )


TRANSIENT: Final = frozenset({"posted", "messages", "read", "spoke", "typing"})


def sync_members(state: RoomState, space: SpaceState) -> None:
    """Who has left the space is no member of its rooms any more, also after coming back; and what one was
    allowed or denied in person is over."""
    if state.departures == space.departures or state.direct:
        return
    state.departures = space.departures
    for account, entry in tuple(state.members.items()):
        if not space.same_stay(account, entry):
            del state.members[account]
    for account, entry in tuple(state.stays.items()):
        if not space.same_stay(account, entry):
            del state.stays[account]
            state.overrides.pop(f"account:{account}", None)


def fact(
    state: RoomState,
    type_: str,
    context: Context,
    data: dict[str, Any],
    text: str | None = None,
    nth: int = 1,
) -> Fact:
    """The `nth` fact that follows what the room knows."""
    return Fact(room_stream(state.id), state.head + nth, type_, context.at, context.by, data, text)


def present_members(state: RoomState, present: Collection[str]) -> list[str]:
    """Who of the members is there, looking through the smaller of both."""
    if len(present) < len(state.members):
        return [account for account in present if account in state.members]
    return [account for account in state.members if account in present]
