"""What a search shows of a message, and which of its characters it marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.views.query_parser import Wanted, parse_query
from chatd.views.snippet import CUT, LENGTH, snippet
from chatd.views.tokenizer import fold


def shown(text: str, query: str) -> tuple[str, list[str]]:
    asked = parse_query(query)
    assert isinstance(asked, Wanted)
    found = snippet(text, asked.patterns())
    return found.text, [found.text[start:end] for start, end in found.highlights]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Hello, world", "world ", ["world"]),
        ("Hello, world", "wor", ["world"]),
        ("Hello, world", "wor ", []),
        ("one two one", "one ", ["one", "one"]),
        ("one two, three", '"two three"', ["two, three"]),
        ("one two three", '"one two" "two three"', ["one two three"]),
        ("one two three", "-two one ", ["one"]),
        ("Im Café saßen Füße", "cafe sassen fusse ", ["Café", "saßen", "Füße"]),
        ("un cafe\u0301 noir", "café ", ["cafe\u0301"]),
        ("wir ﬁnden es", "finden ", ["ﬁnden"]),
        ("👩\u200d👩\u200d👧 wir 👍🏽 ja", "wir ja ", ["wir", "ja"]),
        ("gut 👍🏽 so", "👍", ["👍🏽"]),
        ("今日は日本語です", "日", ["日", "日"]),
        ("今日は日本語です", "日本", ["日本"]),
        ("日日日", "日", ["日日日"]),
        ("ｶﾞﾗｽ と ガラス", "ガラス", ["ｶﾞﾗｽ", "ガラス"]),
        ("ไปกินข้าวกัน", "ข้าว", ["ข้าว"]),
        ("كتبَ الولدُ", "كتب ", ["كتبَ"]),
        ("İstanbul'da", "istanbul ", ["İstanbul"]),
        ("don't do it", "don't ", ["don't"]),
        ("nothing of it", "else ", []),
        ("x" * 10, "x" * 10, ["x" * 10]),
    ],
)
def test_what_was_looked_for_is_marked(text: str, query: str, marked: list[str]) -> None:
    assert shown(text, query) == (text, marked)


def test_a_long_text_is_cut_about_its_first_hit() -> None:
    text = "word " * 100 + "Nädel " + "tail " * 100
    cut, marked = shown(text, "nadel ")
    assert marked == ["Nädel"]
    assert cut.startswith((f"{CUT} ", f"{CUT}word"))
    assert cut.endswith(CUT)
    assert len(cut) <= LENGTH + 2
    assert cut[1:-1] in text


def test_a_hit_at_either_end_is_shown_with_as_much_of_the_text() -> None:
    text = "first " + "word " * 100 + "last"
    head, marked = shown(text, "first ")
    assert (marked, head[0] == CUT, head[-1] == CUT) == (["first"], False, True)
    tail, marked = shown(text, "last")
    assert (marked, tail[0] == CUT, tail[-1] == CUT) == (["last"], True, False)
    assert min(len(head), len(tail)) > LENGTH * 0.8


def test_a_text_that_was_found_by_other_things_is_shown_from_its_beginning() -> None:
    assert snippet("short", []).text == "short"
    assert snippet("word " * 100, []).text.startswith("word word")
    assert snippet("word " * 100, []).highlights == []


def test_a_cut_goes_through_no_character() -> None:
    family = "👩\u200d👩\u200d👧\u200d👦"
    cut, marked = shown(family * 60 + "needle" + family * 60, "needle")
    assert marked == ["needle"]
    assert cut.strip(CUT).replace("needle", "").replace(family, "") == ""


def test_a_word_that_is_longer_than_all_that_is_shown_is_marked_as_far_as_it_is_shown() -> None:
    cut, [marked] = shown("a" * 1000, "a" * 200)
    assert marked in cut
    assert len(marked) >= LENGTH - 1


@given(st.text(max_size=400), st.text(min_size=1, max_size=12))
def test_marks_are_in_the_snippet_in_order_and_hold_the_words(text: str, query: str) -> None:
    asked = parse_query(query + " ")
    if not isinstance(asked, Wanted):
        return
    found = snippet(text + query + text, asked.patterns())
    ends = [0]
    for start, end in found.highlights:
        assert ends[-1] <= start < end <= len(found.text)
        ends.append(end)
    if len(text + query) < LENGTH // 2 and not any(c.isalnum() or not c.isascii() for c in text):
        assert found.highlights
    for start, end in found.highlights[:-1]:
        assert fold(found.text[start:end])
