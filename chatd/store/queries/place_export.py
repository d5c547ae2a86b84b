"""All that is in a room, or said of a space, section by section, each in the order of a key.

A page begins after a key, so that it does not matter what comes and goes meanwhile. Every statement walks an
index from there, so that a page costs the same at the beginning and at the end; only who reacted or pinned
and was never a member is looked for anew.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from typing import Any, Final

import msgspec

from chatd.contract.export import PlaceItemKind
from chatd.domain.event import split_stream
from chatd.ports import Row, SectionKey
from chatd.store.queries.file import infos
from chatd.store.queries.pool import Queries

# Each gives three columns that are its key, and the item as JSON. ?1 is the id of the room or space, ?2 to ?4
# the key after which to begin, ?5 the position up to which, ?6 how many, ?7 whose versions (NULL: of all).
EDITED: Final = "m.body <> m.position AND NOT m.deleted AND (?7 IS NULL OR m.by = ?7)"
NAMED: Final = """
    'account', accounts.id, 'name', name, 'display_name', display_name,
    'bot', json(iif(EXISTS (SELECT 1 FROM bots WHERE bots.account = accounts.id), 'true', 'false'))
"""
MEMBERS: Final = """
    SELECT since AS a, account AS b, '' AS c, json_object('{of}', ?1, {named}{role}, 'joined_at', joined_at,
        'left_at', (SELECT at FROM events WHERE position = until AND position <= ?5)) AS item
    FROM members INDEXED BY members_ever CROSS JOIN accounts ON accounts.id = account
    WHERE stream = '{of}/' || ?1 AND since <= ?5 AND (since, account) > (?2, ?3)
    ORDER BY since, account LIMIT ?6
"""
STRANGER: Final = """
    NOT EXISTS (
        SELECT 1 FROM members WHERE members.account = {} AND stream = 'room/' || ?1 AND since <= ?5
    )
"""
SECTIONS: Final = {
    ("space", "space"): """
        SELECT 1 AS a, '' AS b, '' AS c, json_object('space', id, 'name', name, 'description', description,
            'icon', icon, 'owner', owner, 'created_at', created_at) AS item
        FROM spaces WHERE id = ?1 AND ?2 < 1 LIMIT ?6
    """,
    ("space", "member"): MEMBERS.format(of="space", named=NAMED, role=", 'role', role"),
    ("space", "emoji"): """
        SELECT 1 AS a, name AS b, '' AS c,
            json_object('space', space, 'name', name, 'image', image, 'by', by, 'at', at) AS item
        FROM emoji WHERE space = ?1 AND name > ?3 ORDER BY name LIMIT ?6
    """,
    ("room", "room"): """
        SELECT 1 AS a, '' AS b, '' AS c, json_object('room', id, 'space', space, 'name', name, 'kind', kind,
            'private', json(iif(private, 'true', 'false')), 'topic', topic,
            'archived', json(iif(archived, 'true', 'false')), 'created_at', created_at,
            'people', (SELECT json(data -> '$.accounts') FROM events WHERE stream = 'room/' || ?1 AND seq = 1)
            ) AS item
        FROM rooms WHERE id = ?1 AND ?2 < 1
            AND (SELECT position FROM events WHERE stream = 'room/' || ?1 AND seq = 1) <= ?5
        LIMIT ?6
    """,
    ("room", "member"): MEMBERS.format(of="room", named=NAMED, role=""),
    # from one author to the next, however much each wrote, and no further than to the last of the page
    ("room", "author"): f"""
        WITH RECURSIVE writing (account) AS (
            SELECT min(by) FROM messages WHERE room = ?1 AND by > ?3
            UNION ALL
            SELECT (SELECT min(by) FROM messages WHERE room = ?1 AND by > writing.account)
            FROM writing WHERE writing.account IS NOT NULL
        )
        SELECT 1 AS a, accounts.id AS b, '' AS c, json_object('room', ?1, {NAMED}) AS item FROM (
            SELECT * FROM (
                SELECT account FROM writing
                WHERE account IS NOT NULL AND {STRANGER.format("writing.account")} LIMIT ?6
            )
            UNION SELECT account FROM reactions WHERE room = ?1 AND position <= ?5 AND account > ?3
            UNION SELECT by FROM pins WHERE room = ?1 AND by > ?3
        ) AS author CROSS JOIN accounts ON accounts.id = author.account
        WHERE {STRANGER.format("accounts.id")} ORDER BY accounts.id LIMIT ?6
    """,
    ("room", "message"): f"""
        SELECT seq AS a, '' AS b, '' AS c, json_object('room', room, 'seq', seq, 'position', position,
            'at', at, 'by', by, 'text', text, 'original', original, 'reply_to', reply_to, 'thread', thread,
            'attachments', json(coalesce(attachments, '[]')), 'files', json(coalesce(files, '[]')),
            'mentions', json(coalesce(mentions, '[]')), 'edited_at', edited_at, 'expires_at', expires_at,
            'deleted', json(iif(deleted, 'true', 'false'))) AS item
        FROM (
            SELECT m.*, {infos("m.attachments")} AS files,
                iif(deleted, NULL, (SELECT text FROM bodies WHERE position = m.body)) AS text,
                iif({EDITED}, (SELECT text FROM bodies WHERE position = m.position), NULL) AS original
            FROM messages AS m WHERE room = ?1 AND seq > ?2 AND position <= ?5 ORDER BY seq LIMIT ?6
        )
    """,
    ("room", "edit"): f"""
        SELECT edits.seq AS a, printf('%020d', edits.position) AS b, '' AS c, json_object('room', edits.room,
            'seq', edits.seq, 'at', edits.at, 'by', edits.by, 'text', bodies.text) AS item
        FROM edits CROSS JOIN messages AS m ON m.room = edits.room AND m.seq = edits.seq
        CROSS JOIN bodies ON bodies.position = edits.position
        WHERE edits.room = ?1 AND (edits.seq, edits.position) > (?2, CAST(?3 AS INTEGER))
            AND edits.position <= ?5 AND {EDITED}
        ORDER BY edits.seq, edits.position LIMIT ?6
    """,
    ("room", "reaction"): """
        SELECT seq AS a, emoji AS b, account AS c, json_object('room', room, 'seq', seq, 'emoji', emoji,
            'account', account, 'at', (SELECT at FROM events WHERE position = reactions.position)) AS item
        FROM reactions WHERE room = ?1 AND (seq, emoji, account) > (?2, ?3, ?4) AND position <= ?5
        ORDER BY seq, emoji, account LIMIT ?6
    """,
    ("room", "pin"): """
        SELECT seq AS a, '' AS b, '' AS c,
            json_object('room', room, 'seq', seq, 'by', by, 'at', at) AS item
        FROM pins WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?6
    """,
}

_decode = msgspec.json.Decoder(list[tuple[int, str, str, dict[str, Any]]]).decode


class PlaceExportQueries(Queries):
    async def export_section(
        self,
        stream: str,
        kind: PlaceItemKind,
        after: SectionKey,
        upto: int,
        limit: int,
        versions_of: str | None = None,
    ) -> list[tuple[SectionKey, Row]]:
        of, id_ = split_stream(stream)
        values = (id_, after.a, after.b, after.c, upto, limit, versions_of)
        text = await self._cell(statement(of, kind), *values)
        return [(SectionKey(a, b, c), item) for a, b, c, item in _decode(text)]


def statement(of: str, kind: str) -> str:
    return f"""
        WITH given AS (SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7)
        SELECT json_group_array(json_array(a, b, c, json(item))) FROM ({SECTIONS[of, kind]})
    """
