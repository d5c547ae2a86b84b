"""Questions about files: what is known of one, who may read it, what holds it."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from chatd.ports import FilesOfMessage, Row, UnheldFiles
from chatd.store import json_rows
from chatd.store.queries.acquaintance import sees
from chatd.store.queries.pool import Queries

# Of the row `file` of `files` and its body `said`: a `FileInfo`.
INFO: Final = """
    'id', file.id, 'name', coalesce(said.text ->> 'name', ''), 'type', file.type, 'size', file.size,
    'url', '/files/' || file.id, 'width', said.text ->> 'width', 'height', said.text ->> 'height',
    'preview', iif(file.preview IS NULL, NULL, '/files/' || file.id || '/preview')
"""
FILE: Final = "files AS file CROSS JOIN bodies AS said ON said.position = file.position AND NOT file.deleted"


def infos(attachments: str) -> str:
    """SQL for the JSON array of what is known of the files whose ids stand in a JSON array; NULL for NULL."""
    return f"""iif({attachments} IS NULL, NULL, (
        SELECT json_group_array(json_object({INFO}))
        FROM json_each({attachments}) AS one CROSS JOIN {FILE} AND file.id = one.value
    ))"""


def with_files(event: str) -> str:
    """SQL for the data of an event, to which is added, where it posts files, what is known of them. What is
    there of the message says whether the files still belong to it."""
    attachments = f"{event}.data -> '$.attachments'"
    now = f"""(
        SELECT m.attachments FROM messages AS m
        WHERE m.room = substr({event}.stream, 6) AND m.seq = {event}.seq
    )"""
    return f"""CASE
        WHEN {event}.type <> 'message.posted' OR {attachments} IS NULL THEN {event}.data
        WHEN {now} IS NULL THEN json_remove({event}.data, '$.attachments')
        ELSE json_set({event}.data, '$.files', json({infos(attachments)}))
    END"""


# Whether the account may look into the room now: see `sees` in `chatd.domain.policy.access`.
SEES_ROOM: Final = """(
    EXISTS (
        SELECT 1 FROM members WHERE stream = 'room/' || rooms.id AND account = {account} AND until IS NULL
    ) OR NOT rooms.private AND EXISTS (
        SELECT 1 FROM log_public_rooms AS public
        WHERE public.account = {account} AND public.space = rooms.space
    )
)"""
IN_SPACE: Final = """EXISTS (
    SELECT 1 FROM members WHERE stream = 'space/' || spaces.id AND account = {account} AND until IS NULL
)"""


def may_read(account: str) -> str:
    """SQL that says whether the account may read the row `file` of `files` now."""
    return f"""(
        file.account = {account}
        OR EXISTS (
            SELECT 1 FROM attachments CROSS JOIN rooms ON rooms.id = attachments.room
            WHERE attachments.file = file.id AND NOT rooms.deleted AND {SEES_ROOM.format(account=account)}
        )
        OR EXISTS (SELECT 1 FROM accounts WHERE avatar = file.id AND {sees(account, "accounts.id")})
        OR EXISTS (
            SELECT 1 FROM spaces WHERE icon = file.id AND NOT deleted AND {IN_SPACE.format(account=account)}
        )
        OR EXISTS (
            SELECT 1 FROM emoji CROSS JOIN spaces ON spaces.id = emoji.space
            WHERE image = file.id AND NOT deleted AND {IN_SPACE.format(account=account)}
        )
    )"""


READABLE: Final = f"""
    SELECT json_group_array(json_object({INFO}, 'account', file.account, 'at', file.at, 'hash', file.hash,
        'preview_hash', file.preview))
    FROM json_each(?1) AS one CROSS JOIN {FILE} AND file.id = one.value
    WHERE ?3 OR {may_read("?2")}
"""
KNOWN: Final = f"""
    SELECT json_object({INFO}, 'account', file.account)
    FROM {FILE} WHERE file.id = ?
"""
OWN: Final = f"""
    SELECT json_group_array(json(info)) FROM (
        SELECT json_object({INFO}, 'at', file.at, 'held', json(iif(
            EXISTS (SELECT 1 FROM held_files WHERE held_files.file = file.id), 'true', 'false'))) AS info
        FROM {FILE} WHERE file.account = ?1 AND file.id < ?2 ORDER BY file.id DESC LIMIT ?3
    )
"""
# Of messages that are named `[room, seq]`.
OF_MESSAGES: Final = f"""
    SELECT json_group_array(json_object('room', m.room, 'seq', m.seq, 'attachments', json(m.attachments),
        'files', json({infos("m.attachments")})))
    FROM json_each(?) AS one CROSS JOIN messages AS m ON m.room = one.value ->> 0 AND m.seq = one.value ->> 1
    WHERE m.attachments IS NOT NULL
"""
STORED_BYTES: Final = """
    SELECT coalesce(sum(size), 0) FROM files
    WHERE account IN (SELECT ?1 UNION ALL SELECT account FROM bots WHERE owner = ?1) AND NOT deleted
"""
SCHEDULED: Final = """EXISTS (
    SELECT 1 FROM scheduled CROSS JOIN json_each(scheduled.attachments) AS one
    WHERE scheduled.attachments IS NOT NULL AND one.value = {file}
)"""
# Of some files after ?1 those that were uploaded before ?2 and that nothing holds, and the last one that was
# looked at.
UNHELD: Final = f"""
    SELECT json_object('last', max(file.id), 'unheld', json_group_array(
        json_object('file', file.id, 'account', file.account)
    ) FILTER (
        WHERE file.at < ?2 AND NOT EXISTS (SELECT 1 FROM held_files WHERE held_files.file = file.id)
            AND NOT {SCHEDULED.format(file="file.id")}
    ))
    FROM (SELECT * FROM files WHERE id > ?1 AND NOT deleted ORDER BY id LIMIT ?3) AS file
"""
DROPPED: Final = "SELECT json_group_array(hash) FROM (SELECT hash FROM dropped_blobs ORDER BY hash LIMIT ?)"
# Of these hashes those that some file has.
NAMED: Final = """
    SELECT json_group_array(value) FROM json_each(?)
    WHERE EXISTS (SELECT 1 FROM files WHERE hash = value)
        OR EXISTS (SELECT 1 FROM files WHERE preview = value)
"""
BLOBS: Final = """
    SELECT json_group_array(json_object('hash', hash, 'size', size)) FROM (
        SELECT hash, max(size) AS size FROM (
            SELECT hash, size FROM files WHERE hash > ?1
            UNION ALL SELECT preview, NULL FROM files WHERE preview > ?1
        ) GROUP BY hash ORDER BY hash LIMIT ?2
    )
"""
ON_HOLD: Final = "SELECT EXISTS (SELECT 1 FROM files_on_hold WHERE file = ?1)"
SHUT_OUT: Final = "SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ?1 AND deleted) OR ?1 IN shut_out"
LAST: Final = "~"  # behind every id


class FileQueries(Queries):
    async def readable_files(self, files: Sequence[str], account: str, operator: bool) -> list[Row]:
        return await self._rows(READABLE, json_rows.array(files), account, operator)

    async def file(self, file: str) -> Row | None:
        found = await self._cell(KNOWN, file)
        return None if found is None else json_rows.decode_row(found)

    async def own_files(self, account: str, before: str | None, limit: int) -> list[Row]:
        return await self._rows(OWN, account, before or LAST, limit)

    async def files_of_messages(
        self, messages: Sequence[tuple[str, int]]
    ) -> dict[tuple[str, int], FilesOfMessage]:
        rows = await self._rows(OF_MESSAGES, msgspec.json.encode(messages).decode())
        return {(row["room"], row["seq"]): FilesOfMessage(row["attachments"], row["files"]) for row in rows}

    async def stored_bytes(self, account: str) -> int:
        stored: int = await self._cell(STORED_BYTES, account)
        return stored

    async def unheld_files(self, after: str, before: int, limit: int) -> UnheldFiles:
        found = json_rows.decode_row(await self._cell(UNHELD, after, before, limit))
        return UnheldFiles(found["last"], [(row["file"], row["account"]) for row in found["unheld"]])

    async def dropped_blobs(self, limit: int) -> list[str]:
        return json_rows.decode_strings(await self._cell(DROPPED, limit))

    async def named_blobs(self, hashes: Sequence[str]) -> set[str]:
        return set(json_rows.decode_strings(await self._cell(NAMED, json_rows.array(hashes))))

    async def blobs_after(self, hash: str, limit: int) -> list[Row]:
        return await self._rows(BLOBS, hash, limit)

    async def file_on_hold(self, file: str) -> bool:
        return bool(await self._cell(ON_HOLD, file))

    async def is_shut_out(self, account: str) -> bool:
        return bool(await self._cell(SHUT_OUT, account))
