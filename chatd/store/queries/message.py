"""Questions about messages: pages of them, and the reactions, pins and versions that they have."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

import msgspec

from chatd.ports import REACTORS, Page, Row
from chatd.store import json_rows
from chatd.store.queries.file import infos
from chatd.store.queries.pool import Queries

LAST_SEQ = 2**63 - 1

REACTIONS = f"""
    SELECT json_group_array(json_object('emoji', emoji, 'count', count, 'accounts', json(accounts))) FROM (
        SELECT emoji, count(*) AS count, (
            SELECT json_group_array(account) FROM (
                SELECT account FROM reactions AS one
                WHERE one.room = kind.room AND one.seq = kind.seq AND one.emoji = kind.emoji
                ORDER BY one.position LIMIT {REACTORS}
            )
        ) AS accounts
        FROM reactions AS kind WHERE kind.room = messages.room AND kind.seq = messages.seq
        GROUP BY emoji ORDER BY min(position) LIMIT -1
    )
"""
REPLIES = """
    FROM messages AS reply
    WHERE reply.room = messages.room AND reply.thread = messages.seq AND NOT reply.deleted
"""
MESSAGES = f"""
    SELECT messages.*, text, ({REACTIONS}) AS reactions, (SELECT count(*) {REPLIES}) AS replies,
        (SELECT last.at FROM messages AS last WHERE last.room = messages.room
            AND last.seq = (SELECT max(reply.seq) {REPLIES})) AS last_reply_at,
        EXISTS (SELECT 1 FROM pins WHERE pins.room = messages.room AND pins.seq = messages.seq) AS pinned,
        {infos("messages.attachments")} AS files
    FROM messages LEFT JOIN bodies ON bodies.position = messages.body AND NOT messages.deleted
    WHERE messages.room = ?1
"""
MESSAGE = (
    *("seq", "position", "at", "by", "text", "nonce", "reply_to", "thread"),
    *("edited_at", "expires_at", "replies", "last_reply_at"),
)


def _messages(condition: str) -> str:
    return json_rows.folded(
        f"{MESSAGES} AND {condition}",
        MESSAGE,
        ("deleted", "pinned"),
        ("mentions", "reactions", "attachments", "files"),
    )


# history: the messages on both sides of a seq, as many of each as are asked for
OLDER = _messages("messages.seq < ?2 ORDER BY messages.seq DESC LIMIT ?3")
NEWER = _messages("messages.seq >= ?2 ORDER BY messages.seq LIMIT ?4")
AROUND = f"SELECT ({OLDER}), ({NEWER})"
THREAD_OLDER = _messages("messages.thread = ?5 AND messages.seq < ?2 ORDER BY messages.seq DESC LIMIT ?3")
THREAD_NEWER = _messages("messages.thread = ?5 AND messages.seq >= ?2 ORDER BY messages.seq LIMIT ?4")
THREAD_ROOT = _messages("messages.seq = ?5 LIMIT -1")
# one statement, one moment: the root counts the replies that are on the page or beside it, and no others
THREAD_AROUND = f"SELECT ({THREAD_OLDER}), ({THREAD_NEWER}), ({THREAD_ROOT})"
NAMED = _messages(
    "messages.seq IN (SELECT value FROM json_each(?2)) ORDER BY messages.seq LIMIT -1",
)

STATES = json_rows.folded(
    """
    SELECT messages.*, text, (
        SELECT json_group_array(json_array(emoji, account)) FROM (
            SELECT emoji, account FROM reactions
            WHERE reactions.room = messages.room AND reactions.seq = messages.seq
            ORDER BY reactions.position LIMIT -1
        )
    ) AS reactions, (
        SELECT 1 + count(*) FROM edits WHERE edits.room = messages.room AND edits.seq = messages.seq
    ) AS versions
    FROM messages LEFT JOIN bodies ON bodies.position = messages.body AND NOT messages.deleted
    WHERE messages.room = ?1 AND messages.seq IN (SELECT value FROM json_each(?2))
    ORDER BY messages.seq LIMIT -1
    """,
    ("seq", "by", "thread", "text", "versions"),
    ("deleted",),
    ("mentions", "reactions", "attachments"),
)
EDITS = json_rows.folded(
    """
    SELECT version.at, version.by, text FROM (
        SELECT position, at, by FROM messages WHERE room = ?1 AND seq = ?2
        UNION ALL SELECT position, at, by FROM edits WHERE room = ?1 AND seq = ?2
    ) AS version JOIN bodies ON bodies.position = version.position
    WHERE EXISTS (SELECT 1 FROM messages WHERE room = ?1 AND seq = ?2 AND NOT deleted)
    ORDER BY version.position LIMIT -1
    """,
    ("at", "by", "text"),
)
REACTORS_OF = json_rows.folded(
    """
    SELECT reactions.account, name, display_name
    FROM reactions LEFT JOIN accounts ON accounts.id = reactions.account
    WHERE room = ? AND seq = ? AND emoji = ? AND reactions.account > ? ORDER BY reactions.account LIMIT ?
    """,
    ("account", "name", "display_name"),
)
PINS = json_rows.folded(
    "SELECT seq, by, at FROM pins WHERE room = ? ORDER BY at DESC, seq DESC LIMIT -1", ("seq", "by", "at")
)
# the first texts, whatever they read now: a nonce is compared with what was posted
RECENT_POSTS = json_rows.folded(
    "SELECT * FROM (SELECT messages.*, text FROM messages LEFT JOIN bodies USING (position)"
    " WHERE room = ? ORDER BY seq DESC LIMIT ?) WHERE nonce IS NOT NULL ORDER BY seq LIMIT -1",
    ("by", "nonce", "seq", "position", "at", "text", "reply_to"),
    nested=("attachments",),
)
FOLLOWS_THREAD = "SELECT following FROM thread_followers WHERE room = ? AND thread = ? AND account = ?"
WRITTEN = """
    SELECT json_group_array(seq) FROM (
        SELECT seq FROM messages WHERE room = ? AND by = ? AND deleted = 0 ORDER BY seq DESC LIMIT ?
    )
"""


class MessageQueries(Queries):
    async def history(
        self,
        room: str,
        *,
        before: int | None,
        after: int | None,
        around: int | None,
        limit: int,
        thread: int | None = None,
    ) -> Page:
        return await self.ask(
            partial(
                _history, room=room, before=before, after=after, around=around, limit=limit, thread=thread
            )
        )

    async def messages(self, room: str, seqs: Sequence[int]) -> list[Row]:
        return await self._rows(NAMED, room, json_rows.array(seqs))

    async def message_states(self, room: str, seqs: Sequence[int]) -> list[Row]:
        return await self._rows(STATES, room, json_rows.array(seqs))

    async def follows_thread(self, account: str, room: str, thread: int) -> bool:
        return bool(await self._cell(FOLLOWS_THREAD, room, thread, account))

    async def recent_posts(self, room: str, limit: int) -> list[Row]:
        return await self._rows(RECENT_POSTS, room, limit)

    async def written(self, room: str, account: str, limit: int) -> list[int]:
        found: list[int] = msgspec.json.decode(await self._cell(WRITTEN, room, account, limit))
        return found

    async def edits(self, room: str, seq: int) -> list[Row]:
        return await self._rows(EDITS, room, seq)

    async def reactors(self, room: str, seq: int, emoji: str, after: str | None, limit: int) -> list[Row]:
        return await self._rows(REACTORS_OF, room, seq, emoji, after or "", limit)

    async def pins(self, room: str) -> list[Row]:
        return await self._rows(PINS, room)


def _history(
    connection: sqlite3.Connection,
    room: str,
    before: int | None,
    after: int | None,
    around: int | None,
    limit: int,
    thread: int | None = None,
) -> Page:
    """Looks one message further than the page on each side, to know whether there is more."""
    if before is not None:
        split, older, newer = before, limit, 0
    elif after is not None:
        split, older, newer = after + 1, 0, limit
    elif around is not None:
        split, older, newer = around, limit, limit
    else:
        split, older, newer = LAST_SEQ, limit, 0
    split = max(0, min(split, LAST_SEQ))
    asked = (room, split, older + 1, newer + 1)
    if thread is None:
        found = connection.execute(AROUND, asked).fetchone()
    else:
        found = connection.execute(THREAD_AROUND, (*asked, min(thread, LAST_SEQ))).fetchone()
    past, future, *roots = (json_rows.decode_rows(side) for side in found)
    if around is not None:
        # half a page each way, and what one side cannot fill goes to the other
        newer = max(limit - limit // 2, limit - len(past))
        older = limit - min(newer, len(future))
    shown = past[:older][::-1] + future[:newer]
    return Page(
        tuple(shown),
        more_before=len(past) > older,
        more_after=len(future) > newer,
        root=roots[0][0] if roots and roots[0] else None,
    )
