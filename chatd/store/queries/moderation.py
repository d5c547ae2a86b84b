"""Questions about order: whose messages, what was reported, who did what, who was in when."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3

from chatd.contract.audit import ListAudit
from chatd.ports import Row
from chatd.store import json_rows

WRITTEN = """
    SELECT json_group_array(seq) FROM (
        SELECT seq FROM messages WHERE room = ? AND by = ? AND deleted = 0 ORDER BY seq DESC LIMIT ?
    )
"""
REPORT = ("id", "space", "room", "seq", "by", "reason", "at", "resolved_by", "resolved_at", "resolution")
REPORTS = json_rows.folded(
    "SELECT * FROM reports WHERE space = ?1 AND id > ?3 AND (NOT ?2 OR resolved_at IS NULL)"
    " ORDER BY id LIMIT ?4",
    REPORT,
)
REPORT_BY_ID = json_rows.folded("SELECT * FROM reports WHERE id = ?", REPORT)

HAS_REPORTED = """
    SELECT EXISTS (
        SELECT 1 FROM reports WHERE by = ? AND room = ? AND seq = ? AND resolved_at IS NULL
    )
"""

# the condition of the index `events_of_order`, word for word, so that SQLite sees that it may use it
OF_ORDER = """type IN (
        'space.created', 'space.updated', 'space.deleted', 'space.locked', 'space.unlocked',
        'member.joined', 'member.left', 'member.role_set', 'member.kicked', 'member.banned',
        'member.unbanned', 'member.muted', 'member.unmuted', 'member.messages_erased',
        'invite.created', 'invite.revoked',
        'emoji.added', 'emoji.removed', 'room.created', 'room.updated', 'room.archived', 'room.unarchived',
        'room.locked', 'room.unlocked', 'room.deleted', 'room.override_set', 'message.deleted',
        'pin.added', 'pin.removed'
    )"""
LET_IN = json_rows.folded(
    f"""
    SELECT invite, account, at FROM (
        SELECT position, at, data ->> 'account' AS account, data ->> 'invite' AS invite,
            row_number() OVER (PARTITION BY data ->> 'invite' ORDER BY position DESC) AS nth
        FROM events WHERE stream = 'space/' || ?1 AND {OF_ORDER} AND type = 'member.joined'
        AND data ->> 'invite' IS NOT NULL
    )
    WHERE nth <= ?2 ORDER BY position DESC LIMIT -1
    """,
    ("invite", "account", "at"),
)
# of each group the row with the highest position: https://sqlite.org/lang_select.html#bareagg
BANS = json_rows.folded(
    f"""
    SELECT type, data ->> 'account' AS account, by, at, data ->> 'reason' AS reason, max(position)
    FROM events WHERE stream = 'space/' || ?1 AND {OF_ORDER} AND type IN ('member.banned', 'member.muted')
    GROUP BY type, data ->> 'account'
    """,
    ("type", "account", "by", "at", "reason"),
)
# `?7` looks: an account, to whom private rooms that it is not in do not exist, or NULL for an operator
STREAMS = """
    SELECT 'space/' || ?1 UNION ALL SELECT 'room/' || id FROM rooms WHERE space = ?1 AND (
        ?7 IS NULL OR NOT private OR EXISTS (
            SELECT 1 FROM members WHERE account = ?7 AND stream = 'room/' || rooms.id AND until IS NULL
        )
    )
"""
AUDIT = json_rows.folded(
    f"""
    SELECT position, stream, seq, type, at, by, data FROM events
    WHERE stream IN ({STREAMS}) AND {OF_ORDER} AND position < ?5
    AND (?2 IS NULL OR by = ?2)
    AND (?3 IS NULL OR coalesce(data ->> 'account', data ->> 'author') = ?3)
    AND (?4 IS NULL OR type = ?4)
    ORDER BY position DESC LIMIT ?6
    """,
    ("position", "stream", "seq", "type", "at", "by"),
    nested=("data",),
)
NEWEST = 2**63 - 1

# times do not always grow with positions, but nearly: the last one at or before is what counts
POSITION_AT = "SELECT coalesce((SELECT position FROM events WHERE at <= ? ORDER BY position DESC LIMIT 1), 0)"
BEGAN = "SELECT coalesce(min(position), 0) FROM events WHERE stream = ? AND seq = 1"
MEMBERS_AT = json_rows.folded(
    """
    SELECT members.account, name, role, bots.owner, disabled
    FROM members LEFT JOIN accounts ON accounts.id = members.account
    LEFT JOIN bots ON bots.account = members.account
    WHERE stream = ?1 AND since <= ?2 AND (until IS NULL OR until > ?2) ORDER BY members.account LIMIT -1
    """,
    ("account", "name", "role", "owner"),
    ("disabled",),
)


def reports(
    connection: sqlite3.Connection, space: str, open: bool, after: str | None, limit: int
) -> list[Row]:
    return json_rows.rows(connection, REPORTS, (space, open, after or "", limit))


def report(connection: sqlite3.Connection, id: str) -> Row | None:
    return json_rows.first(json_rows.rows(connection, REPORT_BY_ID, (id,)))


def let_in(connection: sqlite3.Connection, space: str, limit: int) -> list[Row]:
    return json_rows.rows(connection, LET_IN, (space, limit))


def bans(connection: sqlite3.Connection, space: str) -> list[Row]:
    return json_rows.rows(connection, BANS, (space,))


def audit(connection: sqlite3.Connection, query: ListAudit, viewer: str | None) -> list[Row]:
    below = NEWEST if query.before is None else query.before
    asked = (query.space, query.by, query.account, query.type, below, query.limit + 1, viewer)
    return json_rows.rows(connection, AUDIT, asked)


def members_at(connection: sqlite3.Connection, stream: str, position: int) -> list[Row]:
    return json_rows.rows(connection, MEMBERS_AT, (stream, position))
