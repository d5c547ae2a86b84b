"""All that is an account's own, section by section, each in the order of a key that never changes.

A page begins after a place (section and key), so that it does not matter what comes and goes meanwhile.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any, Final

import msgspec

from chatd.ports import EXPORTED, START, Exported, ExportPlace
from chatd.store import json_rows
from chatd.store.queries.file import FILE, INFO
from chatd.store.queries.member import ROOMS_EVER
from chatd.store.queries.pool import Queries

# Each gives three columns that are its key, and the item as JSON; ?1 is the account.
SECTIONS: Final = {
    "account": """
        SELECT id AS a, 0 AS b, '' AS c, json_object('id', id, 'name', name, 'display_name', display_name,
            'about', about, 'avatar', avatar, 'owner', owner, 'created_at', created_at) AS item
        FROM accounts LEFT JOIN bots ON bots.account = id WHERE id = ?1
    """,
    "name": """
        SELECT name_key AS a, 0 AS b, '' AS c, json_object('name', name, 'at', at) AS item
        FROM account_names WHERE account = ?1
    """,
    "device": """
        SELECT id AS a, 0 AS b, '' AS c, json_object('id', id, 'name', name, 'created_at', created_at,
            'expires_at', expires_at) AS item
        FROM devices WHERE account = ?1
    """,
    "push": """
        SELECT device AS a, 0 AS b, '' AS c,
            json_object('device', device, 'endpoint', endpoint, 'at', at) AS item
        FROM pushes WHERE account = ?1
    """,
    "passkey": """
        SELECT id AS a, 0 AS b, '' AS c,
            json_object('id', id, 'name', name, 'rp', rp,
                'created_at', created_at, 'used_at', used_at) AS item
        FROM passkeys WHERE account = ?1
    """,
    "identity": """
        SELECT issuer AS a, 0 AS b, subject AS c,
            json_object('issuer', issuer, 'subject', subject, 'at', at) AS item
        FROM identities WHERE account = ?1
    """,
    "bot": """
        SELECT bots.account AS a, 0 AS b, '' AS c, json_object('account', bots.account, 'name', name,
            'display_name', display_name, 'scopes', json(scopes)) AS item
        FROM bots JOIN accounts ON accounts.id = bots.account WHERE bots.owner = ?1
    """,
    "membership": """
        SELECT stream AS a, since AS b, '' AS c, json_object('stream', stream, 'role', role,
            'joined_at', joined_at, 'left_at', (SELECT at FROM events WHERE position = until)) AS item
        FROM members WHERE account = ?1
    """,
    "preferences": """
        SELECT account AS a, 0 AS b, '' AS c, json_object('quiet_from', quiet_from, 'quiet_to', quiet_to,
            'time_zone', time_zone, 'receipts', json(iif(receipts, 'true', 'false')),
            'favourites', json(coalesce(favourites, '[]')), 'space_order', json(coalesce(space_order, '[]')),
            'room_order', json(coalesce(room_order, '[]')),
            'quick_reactions', json(coalesce(quick_reactions, '[]')),
            'push_preview', json(iif(push_preview, 'true', 'false'))) AS item
        FROM preferences WHERE account = ?1
    """,
    "subscription": """
        SELECT room AS a, 0 AS b, '' AS c,
            json_object('room', room, 'level', level, 'muted_until', muted_until) AS item
        FROM subscriptions WHERE account = ?1
    """,
    "block": """
        SELECT blocked AS a, 0 AS b, '' AS c, json_object('account', blocked, 'at', at) AS item
        FROM blocks WHERE account = ?1
    """,
    "direct": """
        SELECT room AS a, 0 AS b, '' AS c, json_object('room', room, 'state', state, 'seq', seq) AS item
        FROM direct_states WHERE account = ?1
    """,
    "read": """
        SELECT room AS a, seq AS b, '' AS c,
            json_object('room', room, 'seq', seq, 'furthest', furthest) AS item
        FROM read_markers WHERE account = ?1
    """,
    "bookmark": """
        SELECT room AS a, seq AS b, '' AS c,
            json_object('room', room, 'seq', seq, 'note', note, 'at', at) AS item
        FROM bookmarks WHERE account = ?1
    """,
    "draft": """
        SELECT room AS a, thread AS b, '' AS c, json_object('room', room,
            'thread', nullif(thread, 0), 'text', text, 'at', at) AS item
        FROM drafts WHERE account = ?1
    """,
    "scheduled": """
        SELECT id AS a, 0 AS b, '' AS c, json_object('id', id, 'room', room, 'text', text,
            'attachments', json(coalesce(attachments, '[]')), 'reply_to', reply_to, 'expires_in', expires_in,
            'post_at', post_at, 'created_at', created_at, 'failed', failed) AS item
        FROM scheduled WHERE account = ?1
    """,
    "report": """
        SELECT id AS a, 0 AS b, '' AS c, json_object('id', id, 'space', space, 'room', room, 'seq', seq,
            'reason', reason, 'at', at, 'resolved_at', resolved_at) AS item
        FROM reports WHERE by = ?1
    """,
    "invite": """
        SELECT '' AS a, position AS b, '' AS c, json_object('id', data ->> 'invite',
            'space', substr(stream, 7), 'role', data ->> 'role', 'max_uses', data ->> 'max_uses',
            'expires_at', data ->> 'expires_at', 'at', at) AS item
        FROM events WHERE by = ?1 AND type = 'invite.created'
    """,
    "message": """
        SELECT m.room AS a, m.seq AS b, '' AS c, json_object('room', m.room, 'seq', m.seq, 'at', m.at,
            'nonce', m.nonce, 'text', (SELECT text FROM bodies WHERE position = m.body),
            'attachments', json(coalesce(m.attachments, '[]')), 'reply_to', m.reply_to,
            'edited_at', m.edited_at, 'expires_at', m.expires_at, 'versions', json(iif(m.body = m.position,
                '[]', (
                    SELECT json_group_array(json_object('at', at, 'text', text)) FROM (
                        SELECT m.at AS at, text FROM bodies WHERE position = m.position
                        UNION ALL
                        SELECT edits.at, text FROM edits CROSS JOIN bodies USING (position)
                        WHERE edits.room = m.room AND edits.seq = m.seq
                    )
                )))) AS item
        FROM messages AS m WHERE m.room = ?6 AND m.by = ?1 AND m.deleted = 0
    """,
    "reaction": """
        SELECT room AS a, seq AS b, emoji AS c, json_object('room', room, 'seq', seq, 'emoji', emoji) AS item
        FROM reactions WHERE room = ?6 AND account = ?1
    """,
    "file": f"""
        SELECT file.id AS a, 0 AS b, '' AS c, json_object({INFO}, 'at', file.at, 'hash', file.hash) AS item
        FROM {FILE} WHERE file.account = ?1
    """,
}
BY_ROOM: Final = ("message", "reaction")

_decode = msgspec.json.Decoder(list[tuple[str, int, str, dict[str, Any]]]).decode


class ExportQueries(Queries):
    async def export(
        self, account: str, after: ExportPlace, limit: int
    ) -> list[tuple[ExportPlace, Exported]]:
        return await self.ask(partial(_page, account=account, after=after, limit=limit))


def statement(kind: str) -> str:
    """Items of the section after the key (?2, ?3, ?4), at most ?5; of the room ?6 where it goes by rooms."""
    if kind in BY_ROOM:
        after = "b > ?3 OR (b = ?3 AND c > ?4)"
        return _folded(f"SELECT * FROM ({SECTIONS[kind]}) WHERE a >= ?2 AND ({after}) ORDER BY b, c LIMIT ?5")
    after = "a > ?2 OR (a = ?2 AND (b > ?3 OR (b = ?3 AND c > ?4)))"
    return _folded(f"SELECT * FROM ({SECTIONS[kind]}) WHERE {after} ORDER BY a, b, c LIMIT ?5")


def _folded(query: str) -> str:
    return f"SELECT json_group_array(json_array(a, b, c, json(item))) FROM ({query})"


def _page(
    connection: sqlite3.Connection, account: str, after: ExportPlace, limit: int
) -> list[tuple[ExportPlace, Exported]]:
    """At most `limit` items that come after a place, each with its own; none at the end."""
    found: list[tuple[ExportPlace, Exported]] = []
    begin = EXPORTED.index(after.kind) if after.kind else 0
    for kind in EXPORTED[begin:]:
        place = after if kind == after.kind else START
        rooms = _rooms(connection, account, place) if kind in BY_ROOM else [""]
        for room in rooms:
            after_b, after_c = (place.b, place.c) if room in ("", place.a) else (START.b, START.c)
            values = (account, place.a, after_b, after_c, limit - len(found), *([room] if room else []))
            rows = _decode(json_rows.cell(connection, statement(kind), values))
            found += [(ExportPlace(kind, a, b, c), Exported(kind, item)) for a, b, c, item in rows]
            if len(found) >= limit:
                return found
    return found


def _rooms(connection: sqlite3.Connection, account: str, place: ExportPlace) -> list[str]:
    return [room for room in json_rows.strings(connection, ROOMS_EVER, (account,)) if room >= place.a]
