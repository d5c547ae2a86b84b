"""Puts messages in order when a file has them in none: in a temporary database, so that memory is bounded.

A reader adds what it finds, room by room or mixed, and afterwards takes each room's in the order of time. The
first message of a thread comes before its replies even where its time is later; of equal times the one that
was added first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final, Self

from msgspec import msgpack

from chatctl.imports.records import Message

_CACHE: Final = 16 * 1024  # KiB of the database in memory; beyond it SQLite uses a file without a name
_BATCH: Final = 500

_TABLE: Final = """
CREATE TABLE item (place INTEGER PRIMARY KEY, room TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL,
  thread TEXT, body BLOB NOT NULL);
CREATE UNIQUE INDEX by_key ON item(room, key);"""

_ORDERED: Final = """
SELECT item.body FROM item LEFT JOIN item AS root ON root.room = item.room AND root.key = item.thread
WHERE item.room = ?
ORDER BY max(item.at, coalesce(root.at, item.at)), item.thread IS NOT NULL AND item.thread != item.key,
  item.at, item.place"""


class Ordering:
    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA temp_store=FILE; PRAGMA cache_size=-{_CACHE}; {_TABLE} BEGIN"
        )
        self._decoder = msgpack.Decoder(Message)
        self._encoder = msgpack.Encoder()

    def add(self, room: str, message: Message) -> Message | None:
        """Takes the message in, or gives the one that has its key already: then nothing is added, and the
        reader decides what that means."""
        row = (room, message.key, message.at, message.thread, self._encoder.encode(message))
        try:
            self._database.execute("INSERT INTO item (room, key, at, thread, body) VALUES (?,?,?,?,?)", row)
        except sqlite3.IntegrityError:
            return self.find(room, message.key)
        return None

    def replace(self, room: str, message: Message) -> None:
        """Puts it where one with its key is, which keeps its place among equals."""
        self._database.execute(
            "UPDATE item SET at = ?, thread = ?, body = ? WHERE room = ? AND key = ?",
            (message.at, message.thread, self._encoder.encode(message), room, message.key),
        )

    def find(self, room: str, key: str) -> Message | None:
        rows = self._database.execute("SELECT body FROM item WHERE room = ? AND key = ?", (room, key))
        row = rows.fetchone()
        return None if row is None else self._decoder.decode(row[0])

    def rooms(self) -> list[str]:
        return [room for (room,) in self._database.execute("SELECT DISTINCT room FROM item ORDER BY room")]

    def messages(self, room: str) -> Iterator[Message]:
        found = self._database.execute(_ORDERED, (room,))
        found.arraysize = _BATCH
        while rows := found.fetchmany():
            for (body,) in rows:
                yield self._decoder.decode(body)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
