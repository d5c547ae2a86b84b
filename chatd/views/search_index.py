"""How the view `search` follows the log: see `search_tables` for what it keeps.

Whatever is read of the log is read as it stands now, not as it stood at `upto`; a later batch that meets
the same message finds it done already. So in the end it does not matter where the batches began and ended.
"""

# ruff: noqa: S608 - statements are put together from fixed text and numbers only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from chatd.views.allowance import Allowance
from chatd.views.search_tables import PART_BITS, TAGS, WORDS, words_table
from chatd.views.tokenizer import fold

LEFT_OVER: Final = """
    SELECT json_group_array(name) FROM main.sqlite_master
    WHERE name GLOB 'search_words_*' AND sql LIKE 'CREATE VIRTUAL%'
"""

POSTED: Final = "position > :after AND position <= :upto AND type = 'message.posted'"
# Messages that were edited or deleted, by the position at which they were posted.
CHANGED: Final = """
    SELECT DISTINCT m.position, m.deleted
    FROM log_events AS e CROSS JOIN log_messages AS m
        ON m.room = substr(e.stream, 6) AND m.seq = e.data ->> 'seq'
    WHERE e.position > :after AND e.position <= :upto AND e.type IN ('message.edited', 'message.deleted')
"""
# What stands in the batch to be taken in: where each message was posted, and its text.
TAKEN: Final = f"""
    SELECT position, position AS body FROM log_events
    WHERE {POSTED} AND position NOT IN (SELECT value FROM json_each(:changed))
    UNION ALL
    SELECT e.position, m.body
    FROM json_each(:changed) AS c CROSS JOIN log_events AS e ON e.position = c.value
    CROSS JOIN log_messages AS m ON m.room = substr(e.stream, 6) AND m.seq = e.seq AND NOT m.deleted
"""
# A length counts characters, and only up to a NUL.
IS_ASCII: Final = "length(b.text) = length(CAST(b.text AS BLOB))"
IS_LINKED: Final = "(b.text LIKE '%http://_%' OR b.text LIKE '%https://_%')"

BATCH: Final = f"""
    WITH changed AS MATERIALIZED ({CHANGED})
    SELECT json_object(
        'changed', (SELECT json_group_array(position) FROM changed),
        'known', (SELECT json_group_array(position) FROM changed JOIN search_messages USING (position)),
        'erased', (SELECT json_group_array(position) FROM changed JOIN search_messages USING (position)
            WHERE deleted),
        'posted', (SELECT json_group_array(json_array(part, first_at, last_at)) FROM (
            SELECT position >> {PART_BITS} AS part, min(at) AS first_at, max(at) AS last_at
            FROM log_events WHERE {POSTED} GROUP BY part)),
        'parts', (SELECT json_group_array(part) FROM search_parts),
        'due', (SELECT json_group_array(part) FROM (
            SELECT part FROM search_erasures ORDER BY rowid LIMIT -1)))
"""
INSERT: Final = f"""
    INSERT INTO search_messages (position, room, seq, by, at, body, link, file)
    SELECT t.position, substr(e.stream, 6), e.seq, e.by, e.at, t.body, {IS_LINKED},
        e.data -> '$.attachments' IS NOT NULL
    FROM ({TAKEN}) AS t CROSS JOIN log_texts AS b ON b.position = t.body
    CROSS JOIN log_events AS e ON e.position = t.position
"""
# Of the messages m that are meant, those with texts b of one kind.
TEXTS: Final = """
    search_messages AS m CROSS JOIN log_texts AS b ON b.position = m.body WHERE {which} AND {kind}
"""
FOREIGN: Final = f"SELECT json_group_array(json_array(m.position, b.text)) FROM {TEXTS}"
INDEX: Final = f"""
    INSERT INTO {{table}} ({{table}}, rowid, words)
    SELECT :command, m.position, t.words || {TAGS}
    FROM (
        SELECT m.position, b.text AS words FROM {TEXTS}
        UNION ALL
        SELECT value ->> 0, value ->> 1 FROM json_each(:foreign)
    ) AS t CROSS JOIN search_messages AS m ON m.position = t.position
    ORDER BY m.position
"""
SINGLE: Final = "m.position IN (SELECT value FROM json_each(:positions))"
RANGE: Final = "m.position BETWEEN :first AND :last"
REFILL: Final = 8_192  # positions at a time, whose texts are in memory meanwhile
PUT_PARTS: Final = """
    INSERT INTO search_parts (part, first_at, last_at)
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
    ON CONFLICT (part) DO UPDATE SET
        first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)
"""
DROP_MESSAGES: Final = "DELETE FROM search_messages WHERE position IN (SELECT value FROM json_each(?))"

_encode = msgspec.json.Encoder().encode


class Batch(msgspec.Struct, frozen=True):
    """What there is to do. Messages stand for the positions at which they were posted."""

    changed: list[int]
    known: list[int]
    erased: list[int]
    posted: list[tuple[int, int, int]]  # parts, as in `search_parts`
    parts: list[int]
    due: list[int]  # parts, as in `search_erasures`


_batch = msgspec.json.Decoder(Batch).decode
_foreign = msgspec.json.Decoder(list[tuple[int, str]]).decode
_names = msgspec.json.Decoder(list[str]).decode


def follow(connection: sqlite3.Connection, after: int, upto: int, allowance: Allowance) -> tuple[bool, bool]:
    """Whether words were erased, and whether there are still some to erase: see `_erase`."""
    left_over = after == 0 and _drop_words(connection)
    window = {"after": after, "upto": upto}
    batch = _batch(_cell(connection, BATCH, window))
    if batch.posted:
        _make_parts(connection, batch)
    if batch.known:
        _take_out(connection, batch)
    if batch.posted or batch.changed:
        _take_in(connection, batch, window)
    done, put_off = _erase(connection, batch, allowance)
    return left_over or done, put_off


def _make_parts(connection: sqlite3.Connection, batch: Batch) -> None:
    known = set(batch.parts)
    for part in sorted({part for part, *_ in batch.posted} - known):
        connection.execute(WORDS.format(words_table(part)))
        if known:
            _merge(connection, max(known))  # it is complete now
        known.add(part)
    connection.execute(PUT_PARTS, (_text(batch.posted),))


def _take_out(connection: sqlite3.Connection, batch: Batch) -> None:
    """Of an edited message FTS5 wants to be told the words that it had. Those of a deleted one are known to
    nobody any more, and stay until its part is filled again; with its row here gone, no search meets it."""
    for part, positions in _by_part(set(batch.known) - set(batch.erased)):
        _index(connection, part, SINGLE, "delete", positions=_text(positions))
    connection.execute(DROP_MESSAGES, (_text(batch.known),))


def _take_in(connection: sqlite3.Connection, batch: Batch, window: dict[str, int]) -> None:
    connection.execute(INSERT, {**window, "changed": _text(batch.changed)})
    after, upto = window["after"], window["upto"]
    for part, positions in _by_part(position for position in batch.changed if position <= after):
        _index(connection, part, SINGLE, positions=_text(positions))
    for part, *_ in batch.posted:
        first = max(after + 1, part << PART_BITS)
        last = min(upto, ((part + 1) << PART_BITS) - 1)
        _index(connection, part, RANGE, first=first, last=last)


def _index(
    connection: sqlite3.Connection, part: int, which: str, command: str | None = None, **what: Any
) -> None:
    """Gives FTS5 the words of messages, to take them in or for another `command`."""
    foreign = _foreign(_cell(connection, FOREIGN.format(which=which, kind=f"NOT {IS_ASCII}"), what))
    what["foreign"] = _text([(position, fold(text)) for position, text in foreign])
    what["command"] = command
    connection.execute(INDEX.format(table=words_table(part), which=which, kind=IS_ASCII), what)


def _erase(connection: sqlite3.Connection, batch: Batch, allowance: Allowance) -> tuple[bool, bool]:
    """Makes the words of deleted messages go for good, in one part at a time, since all who wait for a view
    wait for this too. Whether it did so, and whether there are more parts.

    That is done at once, until many deletions in many parts have used up the allowance: each part then
    waits until twenty times what the last one took has passed. Those that wait stand in `search_erasures`,
    in the order in which they came. Meanwhile no search finds such a message, but who holds the file may
    still read its words there. A text that was edited needs none of this: the log itself keeps its versions
    until the message is deleted.
    """
    due = list(dict.fromkeys([*batch.due, *(position >> PART_BITS for position in batch.erased)]))
    done = bool(due) and allowance.left()
    if done:
        with allowance.spending():
            _refill(connection, due.pop(0))
    if due != batch.due:
        connection.execute("DELETE FROM search_erasures")
        connection.execute("INSERT INTO search_erasures (part) SELECT value FROM json_each(?)", (_text(due),))
    return done, bool(due)


def _refill(connection: sqlite3.Connection, part: int) -> None:
    """Makes a part anew. `optimize` alone would make FTS5 forget, but SQLite moves rows between pages when
    others go, and `secure_delete` does not know of the copies that stay in a page's gaps. A table that is
    emptied as a whole gives up its pages, and these it fills with zeros from end to end."""
    table = words_table(part)
    connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    for first in range(part << PART_BITS, (part + 1) << PART_BITS, REFILL):
        _index(connection, part, RANGE, first=first, last=first + REFILL - 1)
    _merge(connection, part)


def _merge(connection: sqlite3.Connection, part: int) -> None:
    table = words_table(part)
    connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def _drop_words(connection: sqlite3.Connection) -> bool:
    """Ends the parts of a view that was dropped. Whether there were any."""
    names = _names(_cell(connection, LEFT_OVER, {}))
    for name in names:
        connection.execute(f'DROP TABLE "{name}"')
    return bool(names)


def _by_part(positions: Iterable[int]) -> list[tuple[int, list[int]]]:
    parts: dict[int, list[int]] = {}
    for position in sorted(positions):
        parts.setdefault(position >> PART_BITS, []).append(position)
    return list(parts.items())


def _cell(connection: sqlite3.Connection, sql: str, parameters: dict[str, Any]) -> Any:
    return connection.execute(sql, parameters).fetchone()[0]


def _text(value: Any) -> str:
    found: str = _encode(value).decode()
    return found
