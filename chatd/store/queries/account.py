"""Questions about who and where: accounts, spaces, rooms, their members, and the secrets beside them."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from chatd.domain.names.keys import name_key
from chatd.ports import Row
from chatd.store import json_rows

# memberships
STREAMS = json_rows.folded(
    "SELECT stream, role FROM members WHERE account = ? AND until IS NULL", ("stream", "role")
)
MEMBERSHIPS = f"SELECT ({STREAMS}), (SELECT coalesce(max(position), 0) FROM events)"
MEMBERS = json_rows.folded(
    """
    SELECT members.account, name, display_name, role, joined_at, bots.account IS NOT NULL AS bot
    FROM members LEFT JOIN accounts ON accounts.id = members.account
    LEFT JOIN bots ON bots.account = members.account
    WHERE stream = ? AND until IS NULL AND members.account > ? ORDER BY members.account LIMIT ?
    """,
    ("account", "name", "display_name", "role", "joined_at"),
    ("bot",),
)
MEMBER_COUNT = "SELECT count(*) FROM members WHERE stream = ? AND until IS NULL"

# accounts
ACCOUNT = ("id", "name", "display_name", "about", "avatar", "owner", "created_at")
ACCOUNT_FLAGS = ("admin", "disabled", "deleted")
ACCOUNT_SCOPES = ("scopes",)
WHOLE = "SELECT * FROM accounts LEFT JOIN bots ON bots.account = accounts.id "
ACCOUNT_BY_ID = json_rows.folded(WHOLE + "WHERE id = ?", ACCOUNT, ACCOUNT_FLAGS, ACCOUNT_SCOPES)
ACCOUNT_BY_NAME = json_rows.folded(WHOLE + "WHERE name_key = ?", ACCOUNT, ACCOUNT_FLAGS, ACCOUNT_SCOPES)
ACCOUNTS_BY_NAME = json_rows.folded(
    "SELECT account AS id, name_key FROM account_names WHERE name_key IN (SELECT value FROM json_each(?))",
    ("id", "name_key"),
)
ACCOUNTS = json_rows.folded(
    WHOLE + "WHERE id > ? ORDER BY id LIMIT ?", ACCOUNT, ACCOUNT_FLAGS, ACCOUNT_SCOPES
)
ANY_ACCOUNT = "SELECT EXISTS (SELECT 1 FROM accounts)"

# spaces and rooms
SPACE = ("id", "name", "description", "icon", "owner", "created_at")
SPACES = "SELECT * FROM spaces WHERE NOT deleted "
SPACE_FLAGS = ("locked",)
ALL_SPACES = json_rows.folded(SPACES + "ORDER BY id LIMIT -1", SPACE, SPACE_FLAGS)
SPACES_BY_ID = json_rows.folded(
    SPACES + "AND id IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT -1", SPACE, SPACE_FLAGS
)
ROOM = ("id", "space", "name", "kind", "topic", "slow_mode", "created_at", "head")
ROOM_FLAGS = ("private", "archived", "locked")
ROOM_PEOPLE = ("accounts",)
ROOMS = """
    SELECT *, (SELECT max(seq) FROM events WHERE stream = 'room/' || rooms.id) AS head, iif(
        kind = 'direct',
        (SELECT json_group_array(account) FROM (
            SELECT account FROM members WHERE stream = 'room/' || rooms.id AND until IS NULL
            ORDER BY account LIMIT -1
        )), NULL) AS accounts
    FROM rooms WHERE NOT deleted
"""
ALL_ROOMS = json_rows.folded(ROOMS + " ORDER BY id LIMIT -1", ROOM, ROOM_FLAGS, ROOM_PEOPLE)
ROOMS_BY_ID = json_rows.folded(
    ROOMS + "AND id IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT -1", ROOM, ROOM_FLAGS, ROOM_PEOPLE
)
ROOMS_BY_SPACE = json_rows.folded(ROOMS + "AND space = ? ORDER BY id LIMIT -1", ROOM, ROOM_FLAGS, ROOM_PEOPLE)
ROOMS_BY_ID_AND_SPACE = json_rows.folded(
    ROOMS + "AND id IN (SELECT value FROM json_each(?)) AND space = ? ORDER BY id LIMIT -1",
    ROOM,
    ROOM_FLAGS,
    ROOM_PEOPLE,
)

# secrets
CREDENTIAL = "SELECT password_hash FROM credentials WHERE account = ?"
DEVICE = ("id", "account", "name", "refresh_hash", "previous_hash", "rotated_at", "created_at", "expires_at")
DEVICES = f"SELECT {', '.join(DEVICE)} FROM devices "
DEVICE_BY_ID = DEVICES + "WHERE id = ?"
DEVICE_BY_REFRESH = (
    DEVICES + "WHERE refresh_hash = ?1 OR previous_hash = ?1 ORDER BY refresh_hash = ?1 DESC LIMIT 1"
)
DEVICES_BY_ACCOUNT = DEVICES + "WHERE account = ? ORDER BY created_at, id"
IDENTITY = ("issuer", "subject", "account", "at")
IDENTITIES = f"SELECT {', '.join(IDENTITY)} FROM identities "
IDENTITY_BY_SUBJECT = json_rows.folded(IDENTITIES + "WHERE issuer = ? AND subject = ?", IDENTITY)
IDENTITIES_BY_ACCOUNT = json_rows.folded(
    IDENTITIES + "WHERE account = ? ORDER BY at, issuer, subject LIMIT -1", IDENTITY
)
SECOND_FACTOR = "SELECT secret, confirmed, used_step, recovery_codes FROM second_factors WHERE account = ?"
RECOVERY_LINK = "SELECT account, expires_at FROM recovery_links WHERE code_hash = ?"
INVITE_CODE = "SELECT space, invite FROM invite_codes WHERE code_hash = ?"
INVITE = "SELECT space, invite FROM invite_codes WHERE invite = ?"
SETUP_CODE = "SELECT code_hash FROM setup_code"
SIGNING_KEY = "SELECT secret FROM keys WHERE name = 'signing'"

COUNTS = """
    SELECT json_object(
        'accounts', (SELECT count(*) FROM accounts),
        'spaces', (SELECT count(*) FROM spaces WHERE NOT deleted),
        'rooms', (SELECT count(*) FROM rooms WHERE NOT deleted)
    )
"""


def memberships(connection: sqlite3.Connection, account: str) -> tuple[list[Row], int]:
    found, head = connection.execute(MEMBERSHIPS, (account,)).fetchone()
    return json_rows.decode_rows(found), head


def members(connection: sqlite3.Connection, stream: str, after: str | None, limit: int) -> list[Row]:
    return json_rows.rows(connection, MEMBERS, (stream, after or "", limit))


def account(connection: sqlite3.Connection, id: str) -> Row | None:
    return json_rows.first(json_rows.rows(connection, ACCOUNT_BY_ID, (id,)))


def account_named(connection: sqlite3.Connection, name: str) -> Row | None:
    return json_rows.first(json_rows.rows(connection, ACCOUNT_BY_NAME, (name_key(name),)))


def accounts_named(connection: sqlite3.Connection, keys: Sequence[str]) -> list[Row]:
    return json_rows.rows(connection, ACCOUNTS_BY_NAME, (json_rows.array(keys),))


def accounts(connection: sqlite3.Connection, after: str | None, limit: int) -> list[Row]:
    return json_rows.rows(connection, ACCOUNTS, (after or "", limit))


def spaces(connection: sqlite3.Connection, ids: Sequence[str] | None) -> list[Row]:
    if ids is None:
        return json_rows.rows(connection, ALL_SPACES)
    return json_rows.rows(connection, SPACES_BY_ID, (json_rows.array(ids),))


def rooms(connection: sqlite3.Connection, ids: Sequence[str] | None, space: str | None) -> list[Row]:
    if ids is None and space is None:
        return json_rows.rows(connection, ALL_ROOMS)
    if ids is None:
        return json_rows.rows(connection, ROOMS_BY_SPACE, (space,))
    if space is None:
        return json_rows.rows(connection, ROOMS_BY_ID, (json_rows.array(ids),))
    return json_rows.rows(connection, ROOMS_BY_ID_AND_SPACE, (json_rows.array(ids), space))


def device(connection: sqlite3.Connection, id: str) -> Row | None:
    return json_rows.first(_devices(connection, DEVICE_BY_ID, id))


def device_by_refresh(connection: sqlite3.Connection, refresh_hash: bytes) -> Row | None:
    return json_rows.first(_devices(connection, DEVICE_BY_REFRESH, refresh_hash))


def devices(connection: sqlite3.Connection, account: str) -> list[Row]:
    return _devices(connection, DEVICES_BY_ACCOUNT, account)


def identity(connection: sqlite3.Connection, issuer: str, subject: str) -> Row | None:
    return json_rows.first(json_rows.rows(connection, IDENTITY_BY_SUBJECT, (issuer, subject)))


def identities(connection: sqlite3.Connection, account: str) -> list[Row]:
    return json_rows.rows(connection, IDENTITIES_BY_ACCOUNT, (account,))


def second_factor(connection: sqlite3.Connection, account: str) -> Row | None:
    row = connection.execute(SECOND_FACTOR, (account,)).fetchone()
    names = ("secret", "confirmed", "used_step", "recovery_codes")
    return None if row is None else dict(zip(names, row, strict=True))


def recovery_link(connection: sqlite3.Connection, code_hash: bytes) -> Row | None:
    row = connection.execute(RECOVERY_LINK, (code_hash,)).fetchone()
    return None if row is None else {"account": row[0], "expires_at": row[1]}


def invite_code(connection: sqlite3.Connection, code_hash: bytes) -> Row | None:
    return _invite(connection, INVITE_CODE, code_hash)


def invite(connection: sqlite3.Connection, id: str) -> Row | None:
    return _invite(connection, INVITE, id)


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    found: dict[str, int] = msgspec.json.decode(json_rows.cell(connection, COUNTS))
    return found


def _invite(connection: sqlite3.Connection, sql: str, key: str | bytes) -> Row | None:
    row = connection.execute(sql, (key,)).fetchone()
    return None if row is None else {"space": row[0], "invite": row[1]}


def _devices(connection: sqlite3.Connection, sql: str, key: str | bytes) -> list[Row]:
    return [dict(zip(DEVICE, row, strict=True)) for row in connection.execute(sql, (key,)).fetchall()]
