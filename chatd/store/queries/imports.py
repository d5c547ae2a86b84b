"""Questions about imports: which there are, what they made, what stands for what of their sources."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.account import UNKNOWN
from chatd.store.queries.audit import AUDITED
from chatd.store.queries.pool import Queries

FIELDS = ("id", "space", "format", "source", "by", "begun_at", "finished_at", "undone_at")
COUNTS = ("people", "rooms", "messages")
IMPORT = json_rows.folded("SELECT * FROM imports WHERE id = ?", FIELDS)
WITH_COUNTS = """
    SELECT imports.*,
        (SELECT count(*) FROM import_people AS made WHERE made.space = imports.space
            AND made.source = imports.source AND made.import = imports.id) AS people,
        (SELECT count(*) FROM import_rooms AS made WHERE made.space = imports.space
            AND made.source = imports.source AND made.import = imports.id) AS rooms,
        (SELECT count(*) FROM messages INDEXED BY messages_imported
            WHERE imported = imports.id AND NOT deleted) AS messages
    FROM imports
"""
IMPORTS = json_rows.folded(f"{WITH_COUNTS} WHERE space = ? AND id > ? ORDER BY id LIMIT ?", FIELDS + COUNTS)
PEOPLE = json_rows.folded(
    """
    SELECT known.key AS key, account, name FROM json_each(?3) AS wanted CROSS JOIN import_people AS known
        ON known.space = ?1 AND known.source = ?2 AND known.key = wanted.value
    CROSS JOIN accounts ON accounts.id = account
    """,
    ("key", "account", "name"),
)
PEOPLE_MADE = json_rows.folded(
    """
    SELECT account, name, display_name, placeholder FROM imports CROSS JOIN import_people AS known
        ON known.space = imports.space AND known.source = imports.source AND known.import = imports.id
    CROSS JOIN accounts ON accounts.id = account AND NOT accounts.deleted
    WHERE imports.id = ? AND account > ? ORDER BY account LIMIT ?
    """,
    ("account", "name", "display_name"),
    ("placeholder",),
)
ROOMS = json_rows.folded(
    """
    SELECT known.key AS key, room, name, known.import IS NOT NULL AS own, deleted
    FROM json_each(?3) AS wanted CROSS JOIN import_rooms AS known
        ON known.space = ?1 AND known.source = ?2 AND known.key = wanted.value
    CROSS JOIN rooms ON rooms.id = room
    """,
    ("key", "room", "name"),
    ("own", "deleted"),
)
NEW_TO = """
    SELECT json_group_array(value) FROM (
        SELECT value FROM json_each(?2) AS wanted
        WHERE NOT EXISTS (
                SELECT 1 FROM members LEFT JOIN events AS left ON left.position = until
                WHERE account = wanted.value AND members.stream = ?1 AND left.data ->> 'imported' IS NULL
            )
            AND NOT (SELECT deleted FROM accounts WHERE accounts.id = wanted.value)
        ORDER BY wanted.id
    )
"""
OF_DELETED = """
    SELECT json_group_array(accounts.id)
    FROM json_each(?) AS wanted CROSS JOIN accounts ON accounts.id = wanted.value
    WHERE accounts.deleted OR EXISTS (SELECT 1 FROM erasures WHERE erasures.account = accounts.id)
"""
# All in one question: each costs as much as some messages do.
FOR_MESSAGES = json_rows.folded(
    f"""
    SELECT undone_at, EXISTS (
        SELECT 1 FROM import_rooms AS known
        WHERE known.space = imports.space AND known.source = imports.source AND known.room = ?2
    ) AS has_room, ({UNKNOWN.replace("?", "?3")}) AS unknown, ({OF_DELETED.replace("?", "?3")}) AS gone
    FROM imports WHERE id = ?1
    """,
    ("undone_at",),
    ("has_room",),
    ("unknown", "gone"),
)
KNOWN = """
    FROM json_each(?2) AS wanted CROSS JOIN imported_messages AS known
        ON known.room = ?1 AND known.key = wanted.value
    CROSS JOIN messages AS m ON m.room = known.room AND m.seq = known.seq
"""
MESSAGES = json_rows.folded(
    f"SELECT known.key AS key, m.seq AS seq, thread, attachments IS NULL AND NOT deleted AS bare {KNOWN}",
    ("key", "seq", "thread"),
    ("bare",),
)
WHOLE_MESSAGES = json_rows.folded(
    f"""
    SELECT known.key AS key, m.seq AS seq, thread, by, at, edited_at, deleted, text,
        EXISTS (SELECT 1 FROM pins WHERE pins.room = m.room AND pins.seq = m.seq) AS pinned,
        (SELECT json_group_array(json_array(emoji, account)) FROM reactions
            WHERE reactions.room = m.room AND reactions.seq = m.seq) AS reactions
    {KNOWN} LEFT JOIN bodies ON bodies.position = m.body
    """,
    ("key", "seq", "thread", "by", "at", "edited_at", "text"),
    ("deleted", "pinned"),
    ("reactions",),
)
SAID = json_rows.folded(
    """
    SELECT wanted.value AS seq, (
        SELECT text FROM (
            SELECT position FROM messages WHERE room = ?1 AND seq = wanted.value
            UNION ALL SELECT position FROM edits WHERE room = ?1 AND seq = wanted.value
        ) CROSS JOIN events USING (position) CROSS JOIN bodies USING (position)
        WHERE data ->> 'imported' IS NOT NULL ORDER BY position DESC LIMIT 1
    ) AS text FROM json_each(?2) AS wanted LIMIT -1
    """,
    ("seq", "text"),
)
# the condition of the index `events_taken_off`
OFF = "({event}.type = 'reaction.removed' OR {event}.type = 'pin.removed' OR {event}.type = 'emoji.removed')"
TAKEN_OFF = json_rows.folded(
    f"""
    SELECT data ->> 'seq' AS seq, data ->> 'emoji' AS emoji, by FROM json_each(?2) AS wanted
    CROSS JOIN events INDEXED BY events_taken_off
        ON stream = 'room/' || ?1 AND data ->> 'seq' = wanted.value AND {OFF.format(event="events")}
    LIMIT -1
    """,
    ("seq", "emoji", "by"),
)
EMOJI_REMOVED = f"""
    SELECT EXISTS (
        SELECT 1 FROM events AS gone INDEXED BY events_taken_off
        WHERE gone.stream = 'space/' || ?1 AND gone.data ->> 'seq' IS NULL AND {OFF.format(event="gone")}
            AND gone.data ->> 'name' = ?3 AND gone.data ->> 'imported' IS NULL
            AND EXISTS (
                SELECT 1 FROM events WHERE stream = 'space/' || ?1 AND {AUDITED} AND type = 'emoji.added'
                    AND position < gone.position AND data ->> 'name' = ?3 AND data ->> 'imported' IN (
                        SELECT id FROM imports WHERE space = ?1 AND source = ?2 AND undone_at IS NULL
                    )
            )
    )
"""
BROUGHT = json_rows.folded(
    """
    SELECT room, messages.seq AS seq, data ->> 'key' AS key
    FROM messages INDEXED BY messages_imported CROSS JOIN events USING (position)
    WHERE imported = ? AND NOT deleted LIMIT ?
    """,
    ("room", "seq", "key"),
)
ON_HOLD = json_rows.folded(
    """
    SELECT imports.space AS space, NULL AS room, name
    FROM imports CROSS JOIN spaces ON spaces.id = imports.space
    WHERE imports.id = ?1 AND hold
    UNION ALL
    SELECT imports.space, room, rooms.name FROM imports CROSS JOIN import_rooms AS known
        ON known.space = imports.space AND known.source = imports.source
    CROSS JOIN rooms ON rooms.id = known.room AND rooms.hold
    WHERE imports.id = ?1 AND (known.import = ?1 OR EXISTS (
        SELECT 1 FROM messages INDEXED BY messages_imported
        WHERE imported = ?1 AND messages.room = known.room AND NOT deleted
    ))
    LIMIT 1
    """,
    ("space", "room", "name"),
)
ROOMS_MADE = """
    FROM imports CROSS JOIN import_rooms AS known ON known.space = imports.space
        AND known.source = imports.source AND known.import = imports.id
    CROSS JOIN rooms ON rooms.id = room AND NOT rooms.deleted
    WHERE imports.id = ? AND {used} EXISTS (
        SELECT 1 FROM messages
        WHERE messages.room = rooms.id AND imported IS NOT known.import AND NOT messages.deleted
    )
"""
ROOMS_UNUSED = json_rows.folded(
    f"""
    SELECT room, (SELECT coalesce(max(seq), 0) FROM messages WHERE messages.room = known.room) AS last
    {ROOMS_MADE.format(used="NOT")} LIMIT ?
    """,
    ("room", "last"),
)
ROOMS_IN_USE = f"SELECT count(*) {ROOMS_MADE.format(used='')}"
PEOPLE_IN_USE = """
    SELECT count(*) FROM imports CROSS JOIN import_people AS known
        ON known.space = imports.space AND known.source = imports.source AND known.import = imports.id
    CROSS JOIN accounts ON accounts.id = account AND NOT accounts.deleted
    WHERE imports.id = ? AND NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.account = known.account)
"""
PLACEHOLDERS = """
    WITH places AS MATERIALIZED (
        SELECT place.room AS room FROM imports CROSS JOIN import_rooms AS place
            ON place.space = imports.space AND place.source = imports.source
        CROSS JOIN rooms ON rooms.id = place.room AND NOT rooms.deleted WHERE imports.id = ?1
    )
    SELECT json_group_array(account) FROM (
        SELECT account FROM imports CROSS JOIN import_people AS known ON known.space = imports.space
            AND known.source = imports.source AND known.import = imports.id
        CROSS JOIN accounts ON accounts.id = account AND placeholder AND NOT accounts.deleted
        WHERE imports.id = ?1 AND NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.account = accounts.id)
            AND NOT EXISTS (
                SELECT 1 FROM places CROSS JOIN messages AS m
                    ON m.room = places.room AND m.by = accounts.id AND m.deleted = 0
            )
        LIMIT ?2
    )
"""


class ImportQueries(Queries):
    async def import_(self, id_: str) -> Row | None:
        return await self._row(IMPORT, id_)

    async def imports(self, space: str, after: str | None, limit: int) -> list[Row]:
        return await self._rows(IMPORTS, space, after or "", limit)

    async def import_people(self, space: str, source: str, keys: Sequence[str]) -> list[Row]:
        return await self._rows(PEOPLE, space, source, json_rows.array(keys))

    async def people_made_by(self, import_: str, after: str | None, limit: int) -> list[Row]:
        return await self._rows(PEOPLE_MADE, import_, after or "", limit)

    async def import_rooms(self, space: str, source: str, keys: Sequence[str]) -> list[Row]:
        return await self._rows(ROOMS, space, source, json_rows.array(keys))

    async def new_to(self, stream: str, accounts: Sequence[str]) -> list[str]:
        return await self._strings(NEW_TO, stream, json_rows.array(accounts)) if accounts else []

    async def of_deleted(self, accounts: Sequence[str]) -> list[str]:
        return await self._strings(OF_DELETED, json_rows.array(accounts)) if accounts else []

    async def import_for_messages(self, import_: str, room: str, people: Sequence[str]) -> Row | None:
        return await self._row(FOR_MESSAGES, import_, room, json_rows.array(people))

    async def imported_messages(self, room: str, keys: Sequence[str], whole: bool) -> list[Row]:
        return await self._rows(WHOLE_MESSAGES if whole else MESSAGES, room, json_rows.array(keys))

    async def said_by_imports(self, room: str, seqs: Sequence[int]) -> dict[int, str | None]:
        rows = await self._rows(SAID, room, json_rows.array(seqs)) if seqs else []
        return {row["seq"]: row["text"] for row in rows}

    async def taken_off(self, room: str, seqs: Sequence[int]) -> list[Row]:
        return await self._rows(TAKEN_OFF, room, json_rows.array(seqs)) if seqs else []

    async def emoji_removed(self, space: str, source: str, name: str) -> bool:
        return bool(await self._cell(EMOJI_REMOVED, space, source, name))

    async def brought_by(self, import_: str, limit: int) -> list[Row]:
        return await self._rows(BROUGHT, import_, limit)

    async def import_on_hold(self, import_: str) -> Row | None:
        return await self._row(ON_HOLD, import_)

    async def unused_rooms_of(self, import_: str, limit: int) -> list[Row]:
        return await self._rows(ROOMS_UNUSED, import_, limit)

    async def rooms_in_use(self, import_: str) -> int:
        return int(await self._cell(ROOMS_IN_USE, import_))

    async def people_in_use(self, import_: str) -> int:
        return int(await self._cell(PEOPLE_IN_USE, import_))

    async def placeholders_of(self, import_: str, limit: int) -> list[str]:
        found: list[str] = msgspec.json.decode(await self._cell(PLACEHOLDERS, import_, limit))
        return found
