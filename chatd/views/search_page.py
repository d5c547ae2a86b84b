"""The question to the view `search`: a page of messages that somebody may see, newest first.

Rights are part of the question, so that every page is full when there is more: which rooms the asker may
read is looked up first, and each message is held against them before it counts. With few rooms FTS5 looks
up their messages itself, by the rooms' tags; with many, the messages that have the words are met so often
in one of them that it is quicker to meet and ask.

The parts are asked one after the other, all in one statement: SQLite goes on to an older part only as long
as the page is not full.
"""

# ruff: noqa: S608 - statements are put together from fixed text and numbers only; values are bound

from __future__ import annotations

import re
import sqlite3
from typing import Any, Final

import msgspec

from chatd.contract.message import SearchMessages
from chatd.ports import SearchPage
from chatd.views.query_parser import Wanted
from chatd.views.search_tables import LINKED, PART_BITS, WITH_FILE, author_tag, room_tag, words_table
from chatd.views.snippet import snippet

FEW_ROOMS: Final = 64
PARTS_AT_ONCE: Final = 100  # SQLite takes up to 500 SELECTs in one statement
NEWEST: Final = 2**63 - 1

_MAY_READ: Final = """
    SELECT substr(stream, 6) AS id FROM log_members
    WHERE account = :account AND until IS NULL AND stream > 'room/' AND stream < 'room0'
    UNION
    SELECT r.id FROM log_public_rooms AS p CROSS JOIN log_rooms AS r ON r.space = p.space
    WHERE p.account = :account AND NOT r.private
    UNION
    SELECT id FROM log_rooms WHERE :operator
"""
PLACES: Final = f"""
    SELECT json_object(
        'rooms', (
            SELECT json_group_array(r.id) FROM ({_MAY_READ}) AS may JOIN log_rooms AS r USING (id)
            WHERE NOT r.deleted
                AND (:space IS NULL OR r.space = :space) AND (:room IS NULL OR r.id = :room)
        ),
        'parts', (
            SELECT json_group_array(part) FROM (
                SELECT part FROM search_parts
                WHERE part <= :below >> {PART_BITS} AND (:since IS NULL OR last_at >= :since)
                    AND (:before IS NULL OR first_at < :before)
                ORDER BY part DESC LIMIT -1
            )
        )
    )
"""
_HITS: Final = "SELECT m.position, m.room, m.seq, m.by, m.at, b.text FROM "
# The text may be gone already while the view has not heard of it.
_ALLOWED: Final = """
    CROSS JOIN log_texts AS b ON b.position = m.body
    WHERE m.room IN (SELECT value FROM json_each(:rooms))
        AND (:by IS NULL OR m.by = :by) AND (:link IS NULL OR m.link = :link)
        AND (:file IS NULL OR m.file = :file)
        AND (:since IS NULL OR m.at >= :since) AND (:before IS NULL OR m.at < :before)
"""
_MATCHING: Final = f"""
    SELECT * FROM ({_HITS} {{table}} AS w CROSS JOIN search_messages AS m ON m.position = w.rowid {_ALLOWED}
        AND {{table}} MATCH :match AND w.rowid < :below ORDER BY w.rowid DESC LIMIT :most)
"""
_ALL: Final = f"""
    {_HITS} search_messages AS m {_ALLOWED} AND m.position < :below AND m.position >= :first
    ORDER BY m.position DESC LIMIT :most
"""
_FOLDED: Final = "SELECT json_group_array(json_array(position, room, seq, by, at, text)) FROM ({})"


class _Places(msgspec.Struct, frozen=True):
    """Where to look: the rooms that the asker may read, the parts from the newest on."""

    rooms: list[str]
    parts: list[int]


_Hit = tuple[int, str, int, str, int, str]
_places = msgspec.json.Decoder(_Places).decode
_hits = msgspec.json.Decoder(list[_Hit]).decode


def page(
    connection: sqlite3.Connection,
    account: str | None,
    operator: bool,
    query: SearchMessages,
    wanted: Wanted,
    below: int,
) -> SearchPage:
    """Messages from before the position `below`."""
    asked: dict[str, Any] = {
        "account": account,
        "operator": operator,
        "space": query.space,
        "room": query.room,
        "by": query.by,
        "link": query.has_link,
        "file": query.has_file,
        "since": query.after,
        "before": query.before,
        "below": below,
        "most": query.limit + 1,
    }
    places = _places(connection.execute(PLACES, asked).fetchone()[0])
    if not places.rooms or not places.parts:
        return SearchPage([], None)
    asked["rooms"] = msgspec.json.encode(places.rooms).decode()
    asked["match"] = _match(query, wanted, places.rooms)
    found = _search(connection, asked, places.parts)
    patterns = wanted.patterns()
    hits = [_frame(hit, patterns) for hit in found[: query.limit]]
    return SearchPage(hits, f"{hits[-1]['position']:x}" if len(found) > query.limit else None)


def _search(connection: sqlite3.Connection, asked: dict[str, Any], parts: list[int]) -> list[_Hit]:
    if asked["match"] is None:
        # all that is in these parts: their gaps, if there are any, have been left out for their dates
        asked["first"] = parts[-1] << PART_BITS
        asked["below"] = min(asked["below"], (parts[0] + 1) << PART_BITS)
        return _hits(connection.execute(_FOLDED.format(_ALL), asked).fetchone()[0])
    found: list[_Hit] = []
    most = asked["most"]
    for start in range(0, len(parts), PARTS_AT_ONCE):
        tables = map(words_table, parts[start : start + PARTS_AT_ONCE])
        arms = " UNION ALL ".join(_MATCHING.format(table=table) for table in tables)
        asked["most"] = most - len(found)
        found += _hits(connection.execute(_FOLDED.format(f"{arms} LIMIT :most"), asked).fetchone()[0])
        if len(found) == most:
            break
    return found


def _match(query: SearchMessages, wanted: Wanted, rooms: list[str]) -> str | None:
    tags = []
    if len(rooms) <= FEW_ROOMS:
        tags.append(f"({' OR '.join(map(room_tag, rooms))})")
    if query.by is not None:
        tags.append(author_tag(query.by))
    if query.has_link:
        tags.append(LINKED)
    if query.has_file:
        tags.append(WITH_FILE)
    return wanted.match(*tags)


def _frame(hit: _Hit, patterns: list[re.Pattern[str]]) -> dict[str, Any]:
    position, room, seq, by, at, text = hit
    shown = snippet(text, patterns)
    return {
        "room": room,
        "seq": seq,
        "position": position,
        "at": at,
        "by": by,
        "snippet": shown.text,
        "highlights": shown.highlights,
    }
