"""Whatever is typed into a search is words for FTS5 or refused, and what it finds can be shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from random import Random

from hypothesis import strategies as st

from chatd.contract.errors import Refusal
from chatd.contract.fields import MAX_TEXT
from chatd.views.query_parser import parse_query
from chatd.views.snippet import snippet

from .budget import check_refusal
from .mutation import cut_up

MUTANTS = 15
LONGEST = 200  # characters of a query, as the contract has it
TOKENS = (
    '"', "'", "*", "-", "^", ":", "(", ")", "+", ",", "\\", "\0", "\n", " ", " AND ", " OR ", " NOT ",
    "NEAR(", "“",
    "«", "¶", "\u0301", "\u200d", "\u202e", "\ufeff", "日本", "ก", "👩\u200d👧", "ß", "İ", "a@b.org",
    "don't", "_", "%",
    "aaaaaaaaaa", "\U0010ffff", "\x7f", "1e9", "½", "ﷺ",
)  # fmt: skip
WORDS = st.one_of(
    st.text(max_size=12), st.sampled_from(["wine", "cellar", '"two words"', "-none", "wor*", "日本語"])
)
SEEDED = st.tuples(st.lists(WORDS, max_size=12), st.text(max_size=200), st.integers(0, 2**32))
Search = tuple[str, str]  # what is searched for, and a message


def searches(drawn: tuple[list[str], str, int]) -> Iterator[Search]:
    words, text, seed = drawn
    random = Random(seed)
    query = " ".join(words)
    yield query[:LONGEST], text
    for _ in range(MUTANTS):
        broken = cut_up(query, TOKENS, random)[:LONGEST]
        message = text + broken if random.random() < 0.5 else cut_up(text, TOKENS, random)
        yield broken, (message * 60)[:MAX_TEXT] if random.random() < 0.05 else message[:MAX_TEXT]


def test_no_query_is_more_than_words_and_whatever_is_found_can_be_shown(attack: Callable[..., None]) -> None:
    fts = sqlite3.connect(":memory:")
    fts.execute("CREATE VIRTUAL TABLE kept USING fts5(words, content='', tokenize='ascii')")
    fts.execute("INSERT INTO kept (rowid, words) VALUES (1, 'wine cellar'), (2, 'or not ¶rhall')")

    def search(asked: Search) -> None:
        query, text = asked
        wanted = parse_query(query)
        if isinstance(wanted, Refusal):
            check_refusal(wanted)
            return
        fts.execute("SELECT rowid FROM kept WHERE words MATCH ?", (wanted.match(),)).fetchall()
        shown = snippet(text, wanted.patterns())
        assert all(0 <= begin < end <= len(shown.text) for begin, end in shown.highlights)

    try:
        attack(SEEDED, searches, search)
    finally:
        fts.close()
