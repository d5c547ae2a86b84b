"""What a search text asks for, and that nothing in it can be more than words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.contract.errors import Refusal
from chatd.views.query_parser import MOST_CLAUSES, NOTHING, ONLY_EXCLUDED, TOO_MANY, Wanted, parse_query
from chatd.views.search_tables import author_tag, room_tag

# Each of these has a meaning in FTS5, in SQL, or in neither but for a careless reader.
HOSTILE = [
    '"', '""', '"""', '"a', 'a"', 'a"b"c', '"a""b"', "'", "''", "' OR 1=1 --",
    "a'; DROP TABLE search_parts; --", "*", "**", "* *", "a*b", "*a", '"a"*', '"" *', "a^b", "^a",
    "a:b", "words:a", "words : a", "-words : a", "{words} : a", "a AND", "AND", "OR", "NOT", "NOT a",
    "a NOT", "a AND OR b", "AND AND AND", "NEAR", "NEAR(a b)", "NEAR(a b, 2", "near(", "(", ")", "()",
    "(a", "a)", "((((((((((a", "a + b", "+", "-", "--", "- a", "-a", "-\"", "a -", "a --b", "a -\"b",
    "a,b", ",", ";", "\\", "a\\", "%", "_", "?", "?1", ":a", "@a", "$a", "#", "\x00", "a\x00b",
    "\x00\x00", "\x01\x1f\x7f", "\ufeff", "\u200b", "\u202e", "\ud7ff", "\U0010ffff", "¶", "¶rhall",
    "¶link", "“", "„a“", "«»", "\n\t\r", "a\nb", "é", "ß", "İ", "日", "日*", "*日", "ก", "🎉",
    "👩\u200d👧", "\u0301", "a\u0301", "0", "1e9", "0x41", "NULL", "rowid", "search_words_0",
    "optimize", "rank", "*" * 200, '"' * 200, "(" * 200, "-" * 200, "a" * 200, "日" * 200, "a " * 100,
    "ﷺ" * 200, "\x00" * 200, '" ' * 100, "NOT " * 50,
]  # fmt: skip


@pytest.fixture(scope="module")
def fts() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE kept USING fts5(words, content='', tokenize='ascii')")
    connection.execute("INSERT INTO kept (rowid, words) VALUES (1, 'a b'), (2, 'or not ¶rhall')")
    yield connection
    connection.close()


def holds(fts: sqlite3.Connection, match: str) -> list[int]:
    return [row for (row,) in fts.execute("SELECT rowid FROM kept WHERE words MATCH ?", (match,))]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_words_or_refused(fts: sqlite3.Connection, text: str) -> None:
    asked = parse_query(text)
    if isinstance(asked, Refusal):
        assert asked.code == "invalid"
    else:
        match = asked.match()
        assert match is not None
        holds(fts, match)
        asked.patterns()


@given(st.text(max_size=200))
def test_any_text_is_words_or_refused(fts: sqlite3.Connection, text: str) -> None:
    test_a_hostile_text_is_words_or_refused(fts, text)


@given(
    st.lists(
        st.sampled_from(
            ['"', "*", "-", "(", ")", " ", "a", "OR", "NOT", "NEAR", ":", "^", "+", "é", "日", "\0"]
        )
    )
)
def test_any_play_of_signs_is_words_or_refused(fts: sqlite3.Connection, pieces: list[str]) -> None:
    test_a_hostile_text_is_words_or_refused(fts, "".join(pieces))


@given(st.text(min_size=1, max_size=64))
def test_a_tag_of_any_id_is_no_syntax(fts: sqlite3.Connection, id: str) -> None:
    asked = parse_query("a ")
    assert isinstance(asked, Wanted)
    match = asked.match(room_tag(id.replace("\0", "")), author_tag(id.replace("\0", "")))
    assert match is not None
    holds(fts, match)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("one two ", '"one" AND "two"'),
        ("one two", '"one" AND "two" *'),
        ("One TWO one ", '"one" AND "two"'),
        ("t", '"t"'),
        ("t*", '"t"'),
        ("tw* three ", '"tw" * AND "three"'),
        ('"one two"', '"one two"'),
        ('"one two', '"one two"'),
        ('"one tw"*', '"one tw" *'),
        ("“one two”", '"one two"'),
        ("don't ", '"don t"'),
        ("日本", '"日 本"'),
        ("日本abc", '"日 本 abc" *'),
        ("one -two", '("one") NOT ("two")'),
        ('one -"two three" -four', '("one") NOT ("two three" OR "four")'),
        ("one-two ", '"one two"'),
        ("--one ", '"one"'),
        ("one - two ", '"one" AND "two"'),
        ("AND NEAR(a ", '"and" AND "near a"'),
        ("¶link ", '"link"'),
    ],
)
def test_a_text_is_read_as_people_mean_it(text: str, match: str) -> None:
    asked = parse_query(text)
    assert isinstance(asked, Wanted)
    assert asked.match() == match


def test_the_last_word_may_go_on_only_while_nothing_follows_it() -> None:
    def begins(text: str) -> bool:
        asked = parse_query(text)
        assert isinstance(asked, Wanted)
        return asked.clauses[-1].begins

    assert [begins(text) for text in ("one two", "tw*")] == [True] * 2
    assert [begins(text) for text in ("one two ", 'one "two"', "one t", "日")] == [False] * 4


@pytest.mark.parametrize("text", ["*", "...", '""', "\0", " ", "— !"])
def test_a_text_without_words_is_refused(text: str) -> None:
    assert parse_query(text) == NOTHING


def test_what_must_not_be_there_is_not_enough() -> None:
    assert parse_query("-one") == parse_query('-"one two"') == ONLY_EXCLUDED


def test_the_words_that_are_asked_for_at_once_are_bounded() -> None:
    assert isinstance(parse_query(" ".join(f"w{n}" for n in range(MOST_CLAUSES))), Wanted)
    assert parse_query(" ".join(f"w{n}" for n in range(MOST_CLAUSES + 1))) == TOO_MANY


def test_without_words_the_tags_are_what_is_asked() -> None:
    assert Wanted().match() is None
    assert Wanted().match("a", "b") == "a AND b"


def test_no_text_reaches_a_tag(fts: sqlite3.Connection) -> None:
    asked = parse_query("¶rhall ")
    assert isinstance(asked, Wanted)
    match = asked.match()
    assert match is not None
    assert holds(fts, match) == []
    assert holds(fts, room_tag("hall")) == [2]
