"""What can happen to the server itself."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from chatd.contract.fields import Time
from chatd.contract.spec import EventType


class BackupMade(Struct, frozen=True, kw_only=True):
    path: str
    bytes: int
    upto: int


class BackupRestored(Struct, frozen=True, kw_only=True):
    upto: int
    restored_at: Time


class ViewRebuilt(Struct, frozen=True, kw_only=True):
    view: str


class DatabaseCompacted(Struct, frozen=True, kw_only=True):
    before: int
    after: int


SERVER_EVENTS: Final = (
    EventType(
        "backup.created",
        "server",
        BackupMade,
        "Somebody made a copy of the database: the file on the server, its size in bytes, and the position up"
        " to which it goes.",
        audited=True,
    ),
    EventType(
        "backup.restored",
        "server",
        BackupRestored,
        "This database is a copy that was put back at `restored_at`, and went up to position `upto`; logged"
        " when a server starts on it.",
        audited=True,
    ),
    EventType("view.rebuilt", "server", ViewRebuilt, "Somebody had a view built again.", audited=True),
    EventType(
        "server.compacted",
        "server",
        DatabaseCompacted,
        "Somebody had disk given back: bytes of the database and the views' file, before and after.",
        audited=True,
    ),
)
