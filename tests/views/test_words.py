"""What is taken for a word: the same when a text is kept, when it is asked for, and when it is shown."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatd.views.search_tables import TAG
from chatd.views.tokenizer import KNOWN, WORD_CHARACTER, clusters, fold, read

ANY_WORD = re.compile(f"{WORD_CHARACTER}+")
# Where normalisation joins characters, or takes them apart, more often than in all of Unicode.
DIFFICULT = (
    "aZ1_ \n.éÅßıİŁﬁ½²´\u0301\u0327\u0345がｶﾞか\u3099ㄱㅏﾡￂ가\u1100\u1161\u11a8"
    "น้ำกำह्िय\u200d\u200c👩👍🏽🇩🇪1\ufe0f\u20e3¶\x00ﷺ日々ー"
)
TEXTS = st.text(st.one_of(st.sampled_from(DIFFICULT), st.characters(exclude_categories=["Cs"])))


def words_of(text: str) -> list[str]:
    return [text[start:end] for start, end in read(text).find(ANY_WORD)]


@pytest.fixture(scope="module")
def fts() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='ascii')")
    connection.execute("CREATE VIRTUAL TABLE seen USING fts5vocab(words, instance)")
    yield connection
    connection.close()


def tokens(fts: sqlite3.Connection, text: str) -> list[str]:
    """What FTS5 takes for the words of a text."""
    fts.execute("INSERT INTO words (rowid, text) VALUES (1, ?)", (text,))
    try:
        return [term for (term,) in fts.execute('SELECT term FROM seen ORDER BY "offset"')]
    finally:
        fts.rollback()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café CAFÉ cafe\u0301", "cafe cafe cafe"),
        ("Über Straße, ÜBER STRASSE", "uber strasse uber strasse"),
        ("İstanbul ISPARTA ısparta iğne", "istanbul isparta isparta igne"),
        ("Łódź Ørsted Ærø Þór", "lodz orsted aero thor"),
        ("Ελλάς ΕΛΛΑΣ ᾳ", "ελλασ ελλασ α"),
        ("Ёлка елка", "елка елка"),
        ("العَرَبِيَّةُ العربية العـــربية", "العربيه العربيه العربيه"),
        ("على علی کتاب كتاب", "عل\u064a عل\u064a \u0643تاب \u0643تاب"),
        ("שָׁלוֹם שלום", "שלום שלום"),
        ("日本語、テキスト。", "日 本 語 テ キ ス ト"),
        ("がき か\u3099き ｶﾞｷ かき", "が き が き ガ キ か き"),
        ("中文abc中文", "中 文 abc 中 文"),
        ("กาแฟ", "ก า แ ฟ"),
        ("ໄທ ខ្មែរ", "ໄ ທ ខ ្ ម ែ រ"),
        ("한국은 \u1112\u1161\u11ab", "한 국 은 한"),
        ("हिन्दी", "हिन्दी"),
        ("ﬁne Ⅻ ａｂｃ", "fine xii abc"),
        ("don't foo_bar a@b.org ü", "don t foo bar a b org u"),
        ("party🎉time 👍🏽 ❤️ 5€", "party 🎉 time 👍 ❤ 5 €"),
        ("soft\u00adhyphen zero\u200bwidth می\u200cخواهم", "softhyphen zerowidth م\u064aخواهم"),
        ("a\x00b ü\x00", "a b u"),
        (f"{TAG}r01 ü", "r01 u"),
        ("— … !? ´`", ""),
        ("", ""),
    ],
)
def test_words_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(TEXTS)
@example("ﾡￂ")
@example("a\u200db ü")
def test_what_is_shown_as_a_word_is_what_was_kept(text: str) -> None:
    assert ANY_WORD.findall(read(text).text) == fold(text).split()


@given(TEXTS)
def test_what_is_shown_of_a_text_folds_to_the_word_it_is_shown_for(text: str) -> None:
    reading = read(text)
    for word in ANY_WORD.finditer(reading.text):
        shown = text[reading.starts[word.start()] : reading.ends[word.end() - 1]]
        assert word[0] in fold(shown).split()


@given(TEXTS)
def test_fts5_reads_what_was_folded_as_it_was_meant(fts: sqlite3.Connection, text: str) -> None:
    assert tokens(fts, fold(text)) == fold(text).split()


@given(st.text(st.characters(max_codepoint=0x7F, min_codepoint=1)))
def test_fts5_reads_ascii_as_it_was_written_just_like_what_is_folded(
    fts: sqlite3.Connection, text: str
) -> None:
    assert tokens(fts, text) == fold(text).split()


@given(TEXTS)
def test_the_clusters_of_a_text_are_the_text(text: str) -> None:
    assert "".join(text[start:end] for start, end in clusters(text)) == text


@pytest.mark.parametrize(
    "whole", ["e\u0301", "👍🏽", "👩\u200d👩\u200d👧", "1\ufe0f\u20e3", "น้ำ", "ｶﾞ", "ह्", "\u1112\u1161\u11ab"]
)
def test_what_is_drawn_as_one_is_not_cut(whole: str) -> None:
    assert [whole[start:end] for start, end in clusters(whole)] == [whole]
    assert list(clusters("x" + whole + "日")) == [
        (0, 1),
        (1, 1 + len(whole)),
        (1 + len(whole), 2 + len(whole)),
    ]


def test_a_word_in_the_middle_of_another_is_not_met() -> None:
    reading = read("ban an an banana")
    assert [reading.text[start:end] for start, end in reading.find(re.compile("an(?![a-z])"))] == ["an", "an"]
    assert list(reading.find(re.compile(r"an[^a-z]+an(?![a-z])"))) == [(4, 9)]


def test_all_of_unicode_may_pass_by_and_little_is_remembered() -> None:
    from chatd.views import tokenizer as words

    for start in range(0x3400, 0xA000, 256):
        fold("".join(map(chr, range(start, start + 256))))
    assert len(words._CHARACTERS) <= KNOWN
    assert fold("ＺＷÖ") == "zwo"


def test_words_are_shown_where_they_stand_in_the_text() -> None:
    assert words_of("Ein Café, ﬁn 日本 👩\u200d👧!") == ["Ein", "Café", "ﬁn", "日", "本", *["👩\u200d👧"] * 2]
