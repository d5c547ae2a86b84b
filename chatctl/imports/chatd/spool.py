"""Messages and what belongs to them, in a temporary database: an export has the edits, reactions and pins of
a room behind all its messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import Factory, define
from msgspec import msgpack

from chatctl.imports.chatd.rows import EditRow, MessageRow, PinRow, ReactionRow
from chatctl.scratch_database import scratch_database

_BATCH: Final = 500

_TABLES: Final = """
CREATE TABLE message (room TEXT, seq INTEGER, body BLOB NOT NULL, PRIMARY KEY (room, seq)) WITHOUT ROWID;
CREATE TABLE more (room TEXT, seq INTEGER, place INTEGER, body BLOB NOT NULL,
    PRIMARY KEY (room, seq, place)) WITHOUT ROWID;"""

More = EditRow | ReactionRow | PinRow


@define
class Whole:
    """A message with all that belongs to it."""

    row: MessageRow
    edits: list[EditRow] = Factory(list)
    reactions: list[ReactionRow] = Factory(list)
    pin: PinRow | None = None


class Spool:
    def __init__(self) -> None:
        self._database = scratch_database(_TABLES)
        self._encode = msgpack.Encoder().encode
        self._place = 0

    def add_message(self, row: MessageRow) -> bool:
        """Whether it is new: a second message with its number is left out."""
        values = (row.room, row.seq, self._encode(row))
        return self._database.execute("INSERT OR IGNORE INTO message VALUES (?,?,?)", values).rowcount > 0

    def add_more(self, row: More) -> None:
        self._place += 1
        kind = type(row).__name__
        values = (row.room, row.seq, self._place, self._encode((kind, row)))
        self._database.execute("INSERT INTO more VALUES (?,?,?,?)", values)

    def messages(self, room: str) -> Iterator[Whole]:
        """By their numbers."""
        decode = msgpack.Decoder(MessageRow).decode
        after = 0
        while True:
            found = self._database.execute(
                "SELECT body FROM message WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?",
                (room, after, _BATCH),
            ).fetchall()
            batch = {row.seq: Whole(row) for (body,) in found if (row := decode(body))}
            if not batch:
                return
            last = max(batch)
            for seq, body in self._database.execute(
                "SELECT seq, body FROM more WHERE room = ? AND seq > ? AND seq <= ? ORDER BY seq, place",
                (room, after, last),
            ):
                if seq in batch:
                    _take(batch[seq], body)
            yield from batch.values()
            after = last

    def lost(self, rooms: Iterable[str]) -> Iterator[tuple[str, int]]:
        """How many messages are in a room that is none of these; and by the room and number of a message that
        is not there, how many edits, reactions and pins it has."""
        self._database.execute("CREATE TEMP TABLE known (room TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.executemany("INSERT INTO known VALUES (?)", ((room,) for room in rooms))
        yield from self._database.execute(
            "SELECT room, count(*) FROM message WHERE room NOT IN (SELECT room FROM known) GROUP BY room"
        )
        yield from self._database.execute(
            "SELECT room || ' message ' || seq, count(*) FROM more WHERE NOT EXISTS (SELECT 1 FROM message"
            " WHERE message.room = more.room AND message.seq = more.seq) GROUP BY room, seq"
        )

    def close(self) -> None:
        self._database.close()


_kind: Final = msgpack.Decoder(tuple[str, dict[str, object]]).decode
_edit: Final = msgpack.Decoder(tuple[str, EditRow]).decode
_reaction: Final = msgpack.Decoder(tuple[str, ReactionRow]).decode
_pin: Final = msgpack.Decoder(tuple[str, PinRow]).decode


def _take(whole: Whole, body: bytes) -> None:
    match _kind(body)[0]:
        case "EditRow":
            whole.edits.append(_edit(body)[1])
        case "ReactionRow":
            whole.reactions.append(_reaction(body)[1])
        case "PinRow":
            whole.pin = _pin(body)[1]
