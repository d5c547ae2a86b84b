"""The messages of one room by their times, in a temporary database: a message of Slack's is known by its time
in microseconds, and the first of a thread says who replied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from chatctl.exports.slack.names import ts
from chatctl.imports.records import Message
from chatctl.scratch_database import scratch_database

_REPLIES: Final = 1_000  # that the first of a thread lists
_BATCH: Final = 500
_TABLE: Final = """
CREATE TABLE row (micro INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, thread TEXT, author TEXT NOT NULL,
    deleted INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX by_thread ON row (thread, micro);"""
_FREE: Final = """
SELECT micro + 1 FROM row AS one WHERE micro >= ? AND NOT EXISTS (
    SELECT 1 FROM row AS next WHERE next.micro = one.micro + 1
) ORDER BY micro LIMIT 1"""


class Rows:
    def __init__(self) -> None:
        self._database = scratch_database(_TABLE)
        self._last = -1

    def clear(self) -> None:
        self._database.execute("DELETE FROM row")
        self._last = -1

    def place(self, at: int) -> int:
        """A time for a message of the millisecond `at`, which no other has."""
        micro = at * 1000
        if micro <= self._last < micro + 1000:
            micro = self._last + 1
        taken = self._database.execute("SELECT 1 FROM row WHERE micro = ?", (micro,)).fetchone()
        if taken is not None:
            [micro] = self._database.execute(_FREE, (micro,)).fetchone()
        self._last = micro
        return micro

    def add(self, micro: int, message: Message, author: str, body: dict[str, Any]) -> None:
        self._database.execute(
            "INSERT INTO row VALUES (?,?,?,?,?,?)",
            (micro, message.key, message.thread, author, message.deleted, json.dumps(body)),
        )

    def ordered(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """All but the deleted ones that nobody replied to, each with what is known of its thread."""
        after = -1
        while found := self._database.execute(
            "SELECT micro, key, thread, author, deleted, body FROM row WHERE micro > ?"
            " ORDER BY micro LIMIT ?",
            (after, _BATCH),
        ).fetchall():
            for micro, key, thread, author, deleted, body in found:
                about = self._thread(micro, key, thread, author)
                if not deleted or "replies" in about:
                    yield micro, {**json.loads(body), **about}
            after = found[-1][0]

    def _thread(self, micro: int, key: str, thread: str | None, author: str) -> dict[str, Any]:
        if thread is not None:
            root = self._database.execute("SELECT micro, author FROM row WHERE key = ?", (thread,)).fetchone()
            return {} if root is None else {"thread_ts": ts(root[0]), "parent_user_id": root[1]}
        replies = self._database.execute(
            "SELECT micro, author FROM row WHERE thread = ? AND NOT deleted ORDER BY micro LIMIT ?",
            (key, _REPLIES),
        ).fetchall()
        if not replies:
            return {}
        count, latest = self._database.execute(
            "SELECT count(*), max(micro) FROM row WHERE thread = ? AND NOT deleted", (key,)
        ).fetchone()
        people = list(dict.fromkeys(author for _, author in replies))
        return {
            "thread_ts": ts(micro),
            "reply_count": count,
            "reply_users_count": len(people),
            "latest_reply": ts(latest),
            "reply_users": people,
            "replies": [{"user": author, "ts": ts(one)} for one, author in replies],
        }

    def close(self) -> None:
        self._database.close()
