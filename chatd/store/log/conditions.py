"""Conditions of appends as SQL: what each of them looks up."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from typing import Any, assert_never

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


def holds(connection: sqlite3.Connection, condition: Condition) -> bool:
    """Whether it is so, in the transaction that `connection` is in."""
    sql, parameters = _statement(condition)
    return bool(connection.execute(sql, parameters).fetchone()[0])


def _statement(condition: Condition) -> tuple[str, tuple[Any, ...]]:
    match condition:
        case ImportOpen(import_):
            return IMPORT_OPEN, (import_,)
        case ImportKeysUnused(room, keys):
            return KEYS_UNUSED, (room, json_rows.array(keys))
        case ImportPersonUnknown(space, source, key):
            return PERSON_UNKNOWN, (space, source, key)
        case ImportRoomUnknown(space, source, key):
            return ROOM_UNKNOWN, (space, source, key)
        case AccountsRemain(accounts):
            return ALL_REMAIN, (json_rows.array(accounts),)
        case AllNewTo(stream, accounts):
            return ALL_NEW_TO, (stream, json_rows.array(accounts))
        case PlaceholderUnclaimed(account):
            return UNCLAIMED, (account,)
        case NoMessageAfter(room, seq):
            return NO_MESSAGE_AFTER, (room, seq)
        case AccountActive(account):
            return ACTIVE, (account,)
        case OtherAdminExists(account):
            return OTHER_ADMIN, (account,)
        case CredentialIs(account, password_hash):
            return CREDENTIAL, (account, password_hash)
        case PasskeyCountIs(account, count):
            return PASSKEY_COUNT, (account, count)
        case PasskeyIs(id, count):
            return PASSKEY, (id, count)
        case PasskeyAbsent(credential):
            return NO_PASSKEY, (credential,)
        case SecondFactorIs(account, factor):
            if factor is None:
                return NO_SECOND_FACTOR, (account,)
            cells = (factor[name] for name in ("secret", "confirmed", "used_step", "recovery_codes"))
            return SECOND_FACTOR, (account, *cells)
        case RecoveryLinkIs(account, code_hash):
            return RECOVERY_LINK, (account, code_hash)
        case SetupCodeIs(code_hash):
            return SETUP_CODE, (code_hash,)
        case IdentityAbsent(issuer, subject):
            return NO_IDENTITY, (issuer, subject)
        case IdentityCountIs(account, count):
            return IDENTITIES, (account, count)
        case NoOpenReport(account, room, seq):
            return NO_OPEN_REPORT, (account, room, seq)
        case DirectRoomsBelow(account, since, count):
            return DIRECT_ROOMS_BELOW, (account, since, count)
        case ScheduledExists(id):
            return SCHEDULED, (id,)
        case ScheduledCountIs(account, count):
            return SCHEDULED_COUNT, (account, count)
        case RoomsBelow(space, most, None):
            return ROOMS, (space, most)
        case RoomsBelow(space, most, account):
            return ROOMS_MADE, (account, space, most)
        case SpacesOwnedBelow(account, most):
            return SPACES, (account, most)
        case FilesExist(files):
            return FILES_EXIST, (json_rows.array(files),)
        case FileUnheld(file):
            return UNHELD, (file,)
        case FileReleased(file):
            return RELEASED, (file,)
        case StoredBytesBelow(account, most):
            return STORED_BELOW, (account, most)
        case _:
            assert_never(condition)
