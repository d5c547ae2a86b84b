"""Conditions of appends as SQL: what each of them looks up."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import astuple

from chatd.ports import (
    AccountActive,
    AccountsRemain,
    AllNewTo,
    Condition,
    CredentialIs,
    DirectRoomsBelow,
    FileReleased,
    FilesExist,
    FileUnheld,
    IdentityAbsent,
    IdentityCountIs,
    ImportKeysUnused,
    ImportOpen,
    ImportPersonUnknown,
    ImportRoomUnknown,
    NoMessageAfter,
    NoOpenReport,
    OtherAdminExists,
    PasskeyAbsent,
    PasskeyCountIs,
    PasskeyIs,
    PlaceholderUnclaimed,
    RecoveryLinkIs,
    RoomsBelow,
    ScheduledCountIs,
    ScheduledExists,
    SecondFactorIs,
    SetupCodeIs,
    SpacesOwnedBelow,
    StoredBytesBelow,
)
from chatd.store import json_rows
from chatd.store.queries.account import OTHER_ADMIN
from chatd.store.queries.direct import OPENED
from chatd.store.queries.file import ON_HOLD, STORED_BYTES
from chatd.store.queries.file import SCHEDULED as SCHEDULED_WITH
from chatd.store.queries.imports import NEW_TO, OF_DELETED
from chatd.store.queries.report import HAS_REPORTED
from chatd.store.queries.usage import SPACE_ROOMS, SPACE_ROOMS_MADE, SPACES_OWNED

ACTIVE = """
    SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ?1 AND NOT disabled)
        AND NOT EXISTS (SELECT 1 FROM erasures WHERE account = ?1)
"""
IMPORT_OPEN = "SELECT EXISTS (SELECT 1 FROM imports WHERE id = ? AND undone_at IS NULL)"
KEYS_UNUSED = """
    SELECT NOT EXISTS (
        SELECT 1 FROM json_each(?2) CROSS JOIN imported_messages AS known
            ON known.room = ?1 AND known.key = value
    )
"""
PERSON_UNKNOWN = """
    SELECT NOT EXISTS (SELECT 1 FROM import_people WHERE space = ? AND source = ? AND key = ?)
"""
ROOM_UNKNOWN = """
    SELECT NOT EXISTS (
        SELECT 1 FROM import_rooms WHERE space = ? AND source = ? AND key = ?
    )
"""
ALL_REMAIN = f"SELECT json_array_length(({OF_DELETED})) = 0"
ALL_NEW_TO = f"SELECT json_array_length(({NEW_TO})) = json_array_length(?2)"
UNCLAIMED = "SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ? AND placeholder AND NOT deleted)"
NO_MESSAGE_AFTER = "SELECT NOT EXISTS (SELECT 1 FROM messages WHERE room = ? AND seq > ?)"
CREDENTIAL = "SELECT (SELECT password_hash FROM credentials WHERE account = ?) IS ?"
NO_SECOND_FACTOR = "SELECT NOT EXISTS (SELECT 1 FROM second_factors WHERE account = ?)"
SECOND_FACTOR = """
    SELECT EXISTS (
        SELECT 1 FROM second_factors
        WHERE account = ? AND secret = ? AND confirmed = ? AND used_step = ? AND recovery_codes = ?
    )
"""
PASSKEY_COUNT = "SELECT (SELECT count(*) FROM passkeys WHERE account = ?) = ?"
PASSKEY = "SELECT EXISTS (SELECT 1 FROM passkeys WHERE id = ? AND count = ?)"
NO_PASSKEY = "SELECT NOT EXISTS (SELECT 1 FROM passkeys WHERE credential = ?)"
RECOVERY_LINK = "SELECT EXISTS (SELECT 1 FROM recovery_links WHERE account = ? AND code_hash = ?)"
SETUP_CODE = "SELECT (SELECT code_hash FROM setup_code) IS ?"
NO_IDENTITY = "SELECT NOT EXISTS (SELECT 1 FROM identities WHERE issuer = ? AND subject = ?)"
IDENTITIES = "SELECT (SELECT count(*) FROM identities WHERE account = ?) = ?"
NO_OPEN_REPORT = f"SELECT NOT ({HAS_REPORTED})"
DIRECT_ROOMS_BELOW = f"SELECT json_array_length(({OPENED})) < ?3"
SCHEDULED = "SELECT EXISTS (SELECT 1 FROM scheduled WHERE id = ? AND failed IS NULL)"
SCHEDULED_COUNT = "SELECT (SELECT count(*) FROM scheduled WHERE account = ?) = ?"
ROOMS = f"SELECT ({SPACE_ROOMS}) < ?2"
ROOMS_MADE = f"SELECT ({SPACE_ROOMS_MADE}) < ?3"
SPACES = f"SELECT ({SPACES_OWNED}) < ?"
FILES_EXIST = """
    SELECT NOT EXISTS (
        SELECT 1 FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM files WHERE id = value AND NOT deleted)
    )
"""
UNHELD = f"""
    SELECT EXISTS (SELECT 1 FROM files WHERE id = ?1 AND NOT deleted)
        AND NOT EXISTS (SELECT 1 FROM held_files WHERE file = ?1) AND NOT {SCHEDULED_WITH.format(file="?1")}
"""
RELEASED = f"SELECT NOT ({ON_HOLD})"
STORED_BELOW = f"SELECT ({STORED_BYTES}) <= ?2"


# Those whose fields are, in their order, the parameters of the question; several values as one JSON list.
QUESTIONS: Final[Mapping[type[Struct], str]] = {
    ImportOpen: IMPORT_OPEN,
    ImportKeysUnused: KEYS_UNUSED,
    ImportPersonUnknown: PERSON_UNKNOWN,
    ImportRoomUnknown: ROOM_UNKNOWN,
    AccountsRemain: ALL_REMAIN,
    AllNewTo: ALL_NEW_TO,
    PlaceholderUnclaimed: UNCLAIMED,
    NoMessageAfter: NO_MESSAGE_AFTER,
    AccountActive: ACTIVE,
    OtherAdminExists: OTHER_ADMIN,
    CredentialIs: CREDENTIAL,
    PasskeyCountIs: PASSKEY_COUNT,
    PasskeyIs: PASSKEY,
    PasskeyAbsent: NO_PASSKEY,
    RecoveryLinkIs: RECOVERY_LINK,
    SetupCodeIs: SETUP_CODE,
    IdentityAbsent: NO_IDENTITY,
    IdentityCountIs: IDENTITIES,
    NoOpenReport: NO_OPEN_REPORT,
    DirectRoomsBelow: DIRECT_ROOMS_BELOW,
    ScheduledExists: SCHEDULED,
    ScheduledCountIs: SCHEDULED_COUNT,
    SpacesOwnedBelow: SPACES,
    FilesExist: FILES_EXIST,
    FileUnheld: UNHELD,
    FileReleased: RELEASED,
    StoredBytesBelow: STORED_BELOW,
}


def holds(connection: sqlite3.Connection, condition: Condition) -> bool:
    """Whether it is so, in the transaction that `connection` is in."""
    sql, parameters = _question(condition)
    return bool(connection.execute(sql, parameters).fetchone()[0])


def _question(condition: Condition) -> tuple[str, Sequence[Any]]:
    match condition:
        case SecondFactorIs(account, factor):
            if factor is None:
                return NO_SECOND_FACTOR, (account,)
            cells = (factor[name] for name in ("secret", "confirmed", "used_step", "recovery_codes"))
            return SECOND_FACTOR, (account, *cells)
        case RoomsBelow(space, most, None):
            return ROOMS, (space, most)
        case RoomsBelow(space, most, account):
            return ROOMS_MADE, (account, space, most)
        case _:
            fields = astuple(condition)
            return QUESTIONS[type(condition)], [
                json_rows.array(field) if isinstance(field, tuple) else field for field in fields
            ]
