"""Empty tables beside a log, into which the triggers of `schema.sql` project it again.

They are temporary tables of a read-only connection, and stand before those of the file: where a trigger names
`messages` it means the empty one, where it names `events` or `bodies` it means those of the file, which has
both. What is inserted into the view `REPLAYED` is projected as if it had just been logged.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Final

from chatd.store.connection import closed_on_error, open_reader
from chatd.store.ops import data_model

REPLAYED: Final = "replayed"
CELLS: Final = "position, stream, seq, type, at, by, data"

LOG: Final = ("events", "body_rows")  # and their indexes: those of the file are read
WRITES_LOG: Final = ("facts", "fact_logged", "body_erased", "body_preserved", "preserved_body_erased")
# they fill no table, and what they guard was let in
NAME_GUARDS: Final = ("display_name_checked", "shown_name_checked")
# indexes that a replay would only fill: the live ones hold, and nothing here looks anything up in them
UNUSED: Final = (
    *("messages_once", "messages_by_author", "messages_by_thread", "messages_replies", "messages_deleted"),
    *("messages_expiring", "members_past", "members_ever", "subscriptions_by_room", "rooms_by_space"),
    *("rooms_by_opener", "files_by_hash", "files_by_preview"),
)
LEFT_OUT: Final = (*LOG, *WRITES_LOG, *NAME_GUARDS, *UNUSED)

PREPARED: Final = f"""
    PRAGMA temp.journal_mode = MEMORY;
    PRAGMA temp.cache_size = -32000;
    CREATE TEMP VIEW {REPLAYED} AS SELECT {CELLS} FROM main.events;
    CREATE TEMP TABLE textless (position INTEGER PRIMARY KEY);
"""
# whatever the planner knows of the tables of the file, which need not be anything
HAS_STATISTICS: Final = "SELECT count(*) FROM main.sqlite_schema WHERE name = 'sqlite_stat1'"
STATISTICS: Final = """
    ANALYZE temp.sqlite_schema;
    INSERT INTO temp.sqlite_stat1 SELECT * FROM main.sqlite_stat1;
    ANALYZE temp.sqlite_schema;
"""
# whatever the log erases is erased in the file already
KEEP_BODIES: Final = """
    CREATE TEMP TRIGGER bodies_kept INSTEAD OF DELETE ON bodies BEGIN SELECT 1; END;
    CREATE TEMP TRIGGER bodies_preserved INSTEAD OF INSERT ON preserved_bodies BEGIN SELECT 1; END;
    CREATE TEMP TRIGGER preserved_kept INSTEAD OF DELETE ON preserved_bodies BEGIN SELECT 1; END;
"""
SCHEMA: Final = (
    "SELECT type, name, tbl_name, sql FROM sqlite_schema"
    " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
)
# `fact_changes` names the types that are none of its business
TRIGGERS: Final = "SELECT sql FROM temp.sqlite_schema WHERE type = 'trigger' AND name <> 'fact_changes'"


def open_scratch(path: Path) -> sqlite3.Connection:
    """The database at `path`, read-only, and over it the empty tables, in a temporary file."""
    with closed_on_error(open_reader(path)) as connection:
        connection.executescript(PREPARED)
        for sql in _schema():
            connection.execute(sql)
        connection.executescript(KEEP_BODIES)
        if connection.execute(HAS_STATISTICS).fetchone()[0]:
            connection.executescript(STATISTICS)
    return connection


def types_with_triggers(connection: sqlite3.Connection) -> str:
    """The types of events that change tables, as a list of SQL strings: no other needs to be replayed."""
    sql = " ".join(row[0] for row in connection.execute(TRIGGERS))
    return ", ".join(sorted(set(re.findall(r"'[a-z_]+\.[a-z_]+'", sql))))


def _schema() -> list[str]:
    """The statements of `schema.sql` that make the tables and the triggers that fill them."""
    model = sqlite3.connect(":memory:", isolation_level=None)
    try:
        data_model.build(model)
        return [
            _temporary(sql)
            for kind, name, table, sql in model.execute(SCHEMA)
            if name not in LEFT_OUT and (kind != "index" or table not in LOG)
        ]
    finally:
        model.close()


def _temporary(sql: str) -> str:
    """An index belongs where its table is, so it says nothing about that."""
    sql = re.sub(r"^CREATE (TABLE|VIEW|TRIGGER)", r"CREATE TEMP \1", sql)
    return sql.replace("AFTER INSERT ON events", f"INSTEAD OF INSERT ON {REPLAYED}")
