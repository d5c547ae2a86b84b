"""The notification policy: whether a message notifies a recipient, and whether quietly.

The rules use the time of the message, not the clock, so that a server that was down decides the same later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from chatd.domain.internal import Notify

Row = Mapping[str, Any]  # what `Reader.recipients` of `chatd.ports` returns


def notification_for(row: Row, dnd: bool = False) -> Notify | None:
    """The notification of one message for one recipient, or None.

    Whether a mention is heard was settled when it was logged (`mentioned`); it is told even where it has been
    read by now, since it may be marked as unread again. It is quiet when it has been read, when `dnd` is set
    (the account asks not to be disturbed now) and in the account's quiet hours.
    """
    level = row["level"] or ("all" if row["direct"] else "mentions")
    kind = _kind(row, level)
    if kind != "mention" and (
        row["read"] or _muted(row) or level == "none" or (level == "mentions" and kind == "message")
    ):
        return None
    quiet = dnd or row["read"] or in_quiet_hours(row)
    return Notify(kind, row["room"], row["seq"], row["by"], row["position"], quiet=quiet)


def _kind(row: Row, level: str) -> str:
    if row["direct"] and level == "all":
        return "direct"
    if row["mentioned"]:
        return "mention"
    return "thread" if row["following"] else "message"


def _muted(row: Row) -> bool:
    return row["muted_until"] is not None and row["muted_until"] > row["at"]


def in_quiet_hours(row: Row) -> bool:
    """Whether `at` (Unix ms) lies in the quiet hours `quiet_from` to `quiet_to` of a `time_zone`."""
    begin, end = row["quiet_from"], row["quiet_to"]
    if begin is None or end is None or begin == end:
        return False
    local = datetime.fromtimestamp(row["at"] / 1000, _zone(row["time_zone"]))
    minute = local.hour * 60 + local.minute
    if begin < end:
        return bool(begin <= minute < end)
    return bool(minute >= begin or minute < end)  # over midnight


def _zone(name: str | None) -> tzinfo:
    """UTC when the account set no zone or this machine does not know the zone."""
    if name is None:
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
