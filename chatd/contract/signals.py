"""The table of signals: news that is not logged, and may be dropped or replaced by newer news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from chatd.contract.fields import Id, ShownPresence, Time
from chatd.contract.spec import SignalType


class ReadMarked(Struct, frozen=True, kw_only=True):
    seq: int


class ReadReceipt(Struct, frozen=True, kw_only=True):
    read: int


class Typing(Struct, frozen=True, kw_only=True):
    expires_in: int


class PresenceChanged(Struct, frozen=True, kw_only=True):
    state: ShownPresence
    last_seen: Time | None


class DraftSet(Struct, frozen=True, kw_only=True):
    room: Id
    thread: int | None
    text: str
    at: Time
    base: Time | UnsetType = UNSET


class ScheduledChanged(Struct, frozen=True, kw_only=True):
    id: Id
    room: Id | UnsetType = UNSET
    text: str | UnsetType = UNSET
    attachments: list[Id] | UnsetType = UNSET
    reply_to: int | UnsetType | None = UNSET
    expires_in: int | UnsetType | None = UNSET
    post_at: Time | UnsetType = UNSET
    created_at: Time | UnsetType = UNSET
    failed: str | UnsetType | None = UNSET
    gone: bool | UnsetType = UNSET


SIGNALS: Final[Mapping[str, SignalType]] = {
    row.name: row
    for row in (
        SignalType(
            "read.marked",
            "room",
            ReadMarked,
            "all sessions of the account whose marker moved",
            "Unread is what comes after `seq`; notifications up to it are read.",
        ),
        SignalType(
            "receipt",
            "room",
            ReadReceipt,
            "the other members, in rooms of at most 20, unless `by` hides its receipts or is invisible",
            "`by` has read up to the seq `read`. In larger rooms a client asks `receipt.list`.",
        ),
        SignalType(
            "typing",
            "room",
            Typing,
            "the other members, unless `by` is invisible",
            "`by` is typing. A client takes the sign away after `expires_in` seconds, or when the message"
            " comes.",
        ),
        SignalType(
            "presence",
            "account",
            PresenceChanged,
            "sessions that watch the account",
            "The account's presence has changed.",
        ),
        SignalType(
            "draft.set",
            "account",
            DraftSet,
            "the account's sessions",
            "A draft has changed; an empty `text`: there is none any more.",
        ),
        SignalType(
            "scheduled.changed",
            "account",
            ScheduledChanged,
            "the account's sessions",
            "The entry as `message.schedule` gives it; or `id` and `gone`: it was posted or taken back.",
        ),
    )
}
