"""The tables of the view `search`.

`search_messages` has a row for each message that can be found, by the position at which it was posted.
`body` is where its text stands in the log: no text is kept here, so none has to be erased here.

The words are in FTS5 tables, `search_words_<n>`, each for one part of the log of 65,536 positions. Several
small ones are better than one: the newest is asked first, and mostly alone; and what a table has of deleted
messages only goes for good when the table is emptied and filled again, which for a full part takes half a
second, or two when all of it must be folded. They are given the words of each text as `fold` gives them, or
the text as it was written when that is ASCII, so that most of a log never passes through Python. Beside the
words each message has tags, which no text can contain: its room, its author, whether there is a link in it,
or a file with it. With them FTS5 itself looks up the messages of a few rooms.
"""

from __future__ import annotations

from typing import Final

PART_BITS: Final = 16
TAG: Final = "¶"  # `fold` makes it a space, and text in ASCII cannot have it
LINKED: Final = f'"{TAG}link"'
WITH_FILE: Final = f'"{TAG}file"'

# `first_at` and `last_at` are of all that was posted in the part, whatever became of it.
SCHEMA: Final = """
    CREATE TABLE search_messages (
        position INTEGER PRIMARY KEY,
        room TEXT NOT NULL,
        seq INTEGER NOT NULL,
        by TEXT NOT NULL,
        at INTEGER NOT NULL,
        body INTEGER NOT NULL,
        link INTEGER NOT NULL,
        file INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE search_parts (
        part INTEGER PRIMARY KEY,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE search_erasures (part INTEGER NOT NULL) STRICT;
"""
TABLES: Final = ("search_messages", "search_parts", "search_erasures")

WORDS: Final = "CREATE VIRTUAL TABLE {} USING fts5(words, content='', columnsize=0, tokenize='ascii')"
TAGS: Final = f"""
    ' {TAG}r' || m.room || ' {TAG}b' || replace(m.by, ':', '{TAG}') || iif(m.link, ' {TAG}link', '')
        || iif(m.file, ' {TAG}file', '')
"""


def words_table(part: int) -> str:
    return f"search_words_{part}"


def room_tag(room: str) -> str:
    """The expression for messages of a room."""
    return _tag("r" + room)


def author_tag(account: str) -> str:
    return _tag("b" + account.replace(":", TAG))


def _tag(name: str) -> str:
    return '"' + TAG + name.replace('"', '""') + '"'
