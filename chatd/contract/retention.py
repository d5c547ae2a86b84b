"""For how long messages are kept, legal holds, and what was deleted under one."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, KeepDays, Limit, Reason, Seq, Time
from chatd.contract.file import FileInfo
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class SetSpaceRetention(Struct, frozen=True):
    space: Id
    keep_days: KeepDays
    reason: Reason | None = None


class SetSpaceHold(Struct, frozen=True):
    space: Id
    hold: bool
    reason: Reason | None = None


class SetRoomRetention(Struct, frozen=True):
    room: Id
    keep_days: KeepDays | None = None
    reason: Reason | None = None


class SetRoomHold(Struct, frozen=True):
    room: Id
    hold: bool
    reason: Reason | None = None


class CountOldMessages(Struct, frozen=True):
    keep_days: KeepDays
    space: Id | None = None
    room: Id | None = None
    hold_ends: bool = False


class OldMessages(Struct, frozen=True, kw_only=True):
    """`oldest`: when the oldest of them was written. `preserved`: how many of the deleted
    ones that a hold preserves go besides when it ends."""

    messages: int
    oldest: Time | None
    preserved: int


class ListPreserved(Struct, frozen=True):
    room: Id
    after: Seq | None = None
    limit: Limit = DEFAULT_PAGE


class PreservedMessage(Struct, frozen=True, kw_only=True):
    """`texts`: all versions, the first one first. `deleted_by`: `system` when its time was over."""

    seq: int
    at: Time
    by: str
    texts: list[str]
    files: list[FileInfo]
    deleted_at: Time
    deleted_by: str


class PreservedPage(Struct, frozen=True, kw_only=True):
    """`next`: ask again after this one; null: there are no more."""

    messages: list[PreservedMessage]
    next: int | None


_CARRIED_OUT = (
    "The server erases by itself what is older, as `message.deleted` does it (`by` `system`,"
    " `retention: true`), pinned messages and roots of threads too: every message counts by its own age. It"
    " begins when the setting `retention_delay` (a day) has passed since the rule was set, and may be some"
    " minutes late; of what was imported, a day."
)
_HELD = (
    "While a hold stands, retention erases nothing. What people delete, expires or goes with its author's"
    " account is deleted for everybody, but its texts and files stay in the database, where"
    " `message.preserved` shows them to operators. When `retention_delay` has passed after the end, they are"
    " erased (`message.erased`).",
    "The room cannot be deleted meanwhile, nor a space that has a hold. Members see that there is one; the"
    " `reason` is in the event only, and so in the audit.",
)

REQUESTS: tuple[RequestType, ...] = (
    command(
        "space.set_retention",
        SetSpaceRetention,
        doc="Says for how many days messages are kept in the rooms of a space.",
        http=Http("PUT", "/spaces/{space}/retention"),
        scope="never",
        decided_by="space",
        refusals=("not_found",),
        events=("space.retention_set",),
        notes=(
            "0 keeps them for ever. A room may have a rule of its own (`room.set_retention`).",
            _CARRIED_OUT,
        ),
    ),
    command(
        "space.set_hold",
        SetSpaceHold,
        doc="Begins or ends a legal hold on all rooms of a space.",
        http=Http("PUT", "/spaces/{space}/hold"),
        scope="never",
        asker="operator",
        decided_by="space",
        refusals=("not_found",),
        events=("space.hold_set",),
        notes=_HELD,
    ),
    command(
        "room.set_retention",
        SetRoomRetention,
        doc="Says for how many days messages are kept in a room.",
        http=Http("PUT", "/rooms/{room}/retention"),
        scope="never",
        decided_by="room",
        refusals=("not_found",),
        events=("room.retention_set",),
        notes=(
            "0 keeps them for ever, whatever the space says; without `keep_days` the room does as its space"
            " says. In a direct room only operators set it.",
            "It is carried out as in `space.set_retention`.",
        ),
    ),
    command(
        "room.set_hold",
        SetRoomHold,
        doc="Begins or ends a legal hold on a room.",
        http=Http("PUT", "/rooms/{room}/hold"),
        scope="never",
        asker="operator",
        decided_by="room",
        refusals=("not_found",),
        events=("room.hold_set",),
        notes=("Also on a direct room, and on one that was deleted. See `space.set_hold`.",),
    ),
    query(
        "message.count_old",
        CountOldMessages,
        OldMessages,
        doc="How many messages a rule, or the end of a legal hold, would erase, before it is set.",
        http=Http("GET", "/old_messages"),
        scope="never",
        refusals=("not_found",),
        notes=(
            "Those of a `room`, or of all rooms of a `space` that have no rule of their own, that are older"
            " than `keep_days`. What a legal hold keeps does not count; 0: none.",
            "`hold_ends`, for operators: as if the hold on that room or space had ended. Then rooms of the"
            " space that have a rule of their own count too, by that.",
            "It takes the right `room.set_retention` or `space.set_retention`; in a direct room only"
            " operators ask.",
        ),
    ),
    query(
        "message.preserved",
        ListPreserved,
        PreservedPage,
        doc="Messages that were deleted under a legal hold.",
        http=Http("GET", "/rooms/{room}/preserved"),
        scope="never",
        asker="operator",
        notes=("The oldest first, in deleted rooms too; until they are erased after the end of the hold.",),
    ),
)
