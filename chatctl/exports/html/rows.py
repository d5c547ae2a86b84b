"""The messages of one room in the order in which its pages have them, in a temporary database: each thread
behind the message that it began with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen
from msgspec import msgpack

from chatctl.imports.records import Message
from chatctl.scratch_database import scratch_database

_BATCH: Final = 200
_TABLE: Final = """
CREATE TABLE row (root INTEGER NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL, page INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL,
    PRIMARY KEY (root, place)) WITHOUT ROWID;"""


@frozen
class Row:
    """`replies`: how many the thread has that begins with it; `reply`: it is one itself."""

    message: Message
    reply: bool
    replies: int


class Rows:
    def __init__(self) -> None:
        self._database = scratch_database(_TABLE)
        self._encode = msgpack.Encoder().encode
        self._decode = msgpack.Decoder(Message).decode
        self._count = 0

    def clear(self) -> None:
        self._database.execute("DELETE FROM row")
        self._count = 0

    def add(self, message: Message) -> None:
        """The first of a thread before its replies."""
        self._count += 1
        root = self._database.execute("SELECT root FROM row WHERE key = ?", (message.thread,)).fetchone()
        place = self._count if root is None else root[0]
        self._database.execute(
            "INSERT INTO row (root, place, key, author, body) VALUES (?,?,?,?,?)",
            (place, self._count, message.key, message.author, self._encode(message)),
        )

    def __len__(self) -> int:
        return self._count

    def ordered(self) -> Iterator[Row]:
        root = place = 0
        while found := self._database.execute(
            "SELECT root, place, body FROM row WHERE (root, place) > (?, ?) ORDER BY root, place LIMIT ?",
            (root, place, _BATCH),
        ).fetchall():
            for root, place, body in found:
                yield Row(self._decode(body), root != place, 0 if root != place else self._replies(root))

    def _replies(self, root: int) -> int:
        [count] = self._database.execute("SELECT count(*) - 1 FROM row WHERE root = ?", (root,)).fetchone()
        return int(count)

    def put_on(self, key: str, page: int) -> None:
        self._database.execute("UPDATE row SET page = ? WHERE key = ?", (page, key))

    def find(self, key: str) -> tuple[str, int] | None:
        """The author of a message, and its page; 0: it has none yet."""
        found = self._database.execute("SELECT author, page FROM row WHERE key = ?", (key,)).fetchone()
        return None if found is None else (found[0], found[1])

    def close(self) -> None:
        self._database.close()
