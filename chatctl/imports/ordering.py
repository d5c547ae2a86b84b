"""Puts messages in order when a file has them in none: in a temporary database, so that memory is bounded.

A reader adds what it finds, room by room or mixed, and afterwards takes each room's in the order of time. The
first message of a thread comes before its replies even where its time is later; of equal times the one that
was added first.

A reader may come to one key twice. Which message counts then is decided here, too (`put`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final, Self

from msgspec import msgpack
from msgspec.structs import replace

from chatctl.imports.keys import bounded, digest
from chatctl.imports.problems import Problems
from chatctl.imports.records import Message
from chatctl.scratch_database import scratch_database

_BATCH: Final = 500

_TABLE: Final = """
CREATE TABLE item (place INTEGER PRIMARY KEY, room TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL,
  thread TEXT, file INTEGER NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX by_key ON item(room, key);
CREATE TABLE more (room TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, place INTEGER NOT NULL,
  body BLOB NOT NULL, PRIMARY KEY (room, key, at, place)) WITHOUT ROWID;"""

_ORDERED: Final = """
SELECT item.body FROM item LEFT JOIN item AS root ON root.room = item.room AND root.key = item.thread
WHERE item.room = ?
ORDER BY max(item.at, coalesce(root.at, item.at)), item.thread IS NOT NULL AND item.thread != item.key,
  item.at, item.place"""


def _state(message: Message) -> tuple[bool, int]:
    """What is later sorts behind, as far as a message tells."""
    return message.deleted, message.edited_at or 0


class Ordering:
    def __init__(self) -> None:
        self._database = scratch_database(_TABLE)
        self._decoder = msgpack.Decoder(Message)
        self._encoder = msgpack.Encoder()
        self._place = 0

    def add(self, room: str, message: Message, file: int = 0) -> Message | None:
        """Takes the message in, or gives the one that has its key already: then nothing is added, and the
        reader decides what that means. `file`: the number of the file that it is of."""
        row = (room, message.key, message.at, message.thread, file, self._encoder.encode(message))
        try:
            self._database.execute(
                "INSERT INTO item (room, key, at, thread, file, body) VALUES (?,?,?,?,?,?)", row
            )
        except sqlite3.IntegrityError:
            return self.find(room, message.key)
        return None

    def put(self, room: str, message: Message, file: int, problems: Problems, place: str) -> None:
        """The same for a format whose messages have ids: of one that stands twice the later state counts.
        Two files may be two exports. In one file that is told; and since who wrote a message, and when, never
        changes, what differs there is another message, whose key says so."""
        before = self.add(room, message, file)
        if before is None or before == message:
            return
        if self._is_of(room, message.key, file):
            problems.add("same key", f"{place}: {message.key}")
            if (before.author, before.at) != (message.author, message.at):
                own = bounded(f"{message.key}~{digest(message.author, message.at)}")
                self.add(room, replace(message, key=own), file)
                return
        if _state(before) <= _state(message):
            self.replace(room, message, file)

    def replace(self, room: str, message: Message, file: int = 0) -> None:
        """Puts it where one with its key is, which keeps its place among equals."""
        self._database.execute(
            "UPDATE item SET at = ?, thread = ?, file = ?, body = ? WHERE room = ? AND key = ?",
            (message.at, message.thread, file, self._encoder.encode(message), room, message.key),
        )

    def _is_of(self, room: str, key: str, file: int) -> bool:
        rows = self._database.execute("SELECT file FROM item WHERE room = ? AND key = ?", (room, key))
        return bool(rows.fetchone() == (file,))

    def find(self, room: str, key: str) -> Message | None:
        rows = self._database.execute("SELECT body FROM item WHERE room = ? AND key = ?", (room, key))
        row = rows.fetchone()
        return None if row is None else self._decoder.decode(row[0])

    def add_more(self, room: str, key: str, at: int, body: bytes) -> None:
        """Keeps what happened at that time for the message with the key, which need not be there yet."""
        self._place += 1
        self._database.execute("INSERT INTO more VALUES (?,?,?,?,?)", (room, key, at, self._place, body))

    def more(self, room: str, key: str) -> Iterator[bytes]:
        """What was added for the message, in the order of time."""
        rows = self._database.execute(
            "SELECT body FROM more WHERE room = ? AND key = ? ORDER BY at, place", (room, key)
        )
        return (body for (body,) in rows)

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
