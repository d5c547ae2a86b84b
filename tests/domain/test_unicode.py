"""Words and identities follow Unicode's rules (UAX 15, 29, 31), by tables that are not the interpreter's."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.domain.emoji import is_character, qualified
from chatd.domain.names.mentions import MAX_CANDIDATES, mention_candidates


def names(text: str) -> list[str]:
    """The shortest candidate of each mention."""
    return [candidates[-1] for candidates in mention_candidates(text)]


@pytest.mark.parametrize(
    "text",
    [
        "@annさん、お願いします",
        "この件は@annに聞いて",
        "交给@ann处理",
        "你好@ann",
        "@ann님 확인 부탁드려요",
        "안녕@ann",
        "＠ann",
        "﹫ann",
        "ขอบคุณ@annครับ",
        "_@ann_ please",
        "__@ann__",
        "**@ann**",
        "cc/@ann",
        "(@ann)",
        "@ann's",
        "@ann：好",
        "@annа",  # the last letter is Cyrillic
    ],
)
def test_a_mention_is_found_in_every_script(text: str) -> None:
    assert names(text) == ["ann"]


@pytest.mark.parametrize(
    "text",
    [
        "write to me@ann.example",
        "josé@ann.example",
        "почта@ann.example",
        "me_@ann.example",
        "me.@ann.example",
        "`@ann`",
        "https://social.example/@ann",
        "social.example/@ann",
        "www.social.example/@ann",
        "@@ann",
        "@",
    ],
)
def test_code_and_addresses_mention_nobody(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("@ann-bob", ("ann-bob",)),
        ("@7up", ("7up",)),
        ("@tanaka太郎カナ.", ("tanaka太郎カナ.", "tanaka太郎カナ", "tanaka太郎", "tanaka")),
        ("@ann.さん", ("ann.さん", "ann.", "ann")),
        ("@李明さん", ("李明さん", "李明")),
        ("@लक्ष्मी", ("लक्ष्मी",)),
        ("@ラーメン", ("ラーメン",)),
    ],
)
def test_the_longest_name_is_tried_first_and_then_where_the_script_changes(
    text: str, candidates: tuple[str, ...]
) -> None:
    assert mention_candidates(text) == [candidates]


def test_a_name_that_changes_its_script_all_the_time_has_few_candidates() -> None:
    (candidates,) = mention_candidates("@" + "aあ" * 32)
    assert len(candidates) == MAX_CANDIDATES


@given(st.text("@ab1._-/:`'wW\n\x1f(", max_size=40))
def test_a_text_in_ascii_mentions_what_it_would_beside_other_letters(text: str) -> None:
    assert mention_candidates(text) == mention_candidates(text + " é")


@pytest.mark.parametrize("text", ["@www.ann", "(@www.ann", "é ＠www.ann", "@WWW.Ann, hello"])
def test_a_name_may_begin_like_an_address(text: str) -> None:
    assert [candidates[0] for candidates in mention_candidates(text)] == ["www.ann"]


@pytest.mark.parametrize(
    "text",
    ["@" * 16_000, "a.b." * 4_000 + "@", "x-" * 8_000 + "@a", "_" * 16_000 + "@a", "a." * 8_000 + "/@x"],
)
def test_looking_for_mentions_takes_linear_time(text: str) -> None:
    begun = time.process_time()
    mention_candidates(text)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u2764", "\u2764\ufe0f"),
        ("\U0001f44d", "\U0001f44d\ufe0f"),
        ("\u2600\ufe0e", "\u2600\ufe0f"),
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("\u00e9", "e\u0301"),
        ("\U0001f3f3\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308"),
        ("\U0001f469\u200d\u2764\u200d\U0001f468", "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468"),
        ("\u261d\U0001f3fd", "\u261d\ufe0f\U0001f3fd"),
    ],
)
def test_one_picture_has_one_form(one: str, other: str) -> None:
    assert is_character(one)
    assert is_character(other)
    assert qualified(one) == qualified(other) == qualified(qualified(one))


def test_a_digit_stays_a_digit() -> None:
    assert qualified("1") == "1"
    assert qualified(":party_1:") == ":party_1:"


@pytest.mark.parametrize(
    "emoji", ["\U0001fa77", "\U0001fae8", "\U0001fabf", "\U0001fae9", "\U0001fabe", "\U0001fae0"]
)
def test_an_emoji_that_is_newer_than_the_interpreter_is_a_character(emoji: str) -> None:
    assert is_character(emoji)


HIDDEN = [
    "\ufe0f",
    "\ufe0e",
    "\u0301",
    "\u20e3",
    "\u034f",
    "\u115f",
    "\u2800",
    "\u3164",
    "\uffa0",
    "\U000e0067",
]
JOINED_TO_NOTHING = ["\U0001f468\u200d", "a\u200d", "a\u200c"]  # they look like what has no joiner


@pytest.mark.parametrize(
    "text",
    [
        *(" ", "\u200b", "ab", "\n", "\ud83d", "\x00", "", "\u2003", "\ue000"),
        *(*HIDDEN, *JOINED_TO_NOTHING),
    ],
)
def test_what_shows_nothing_or_too_much_is_no_character(text: str) -> None:
    assert not is_character(text)


@given(st.text(max_size=4))
def test_what_is_a_character_still_is_one_in_the_form_that_is_kept(text: str) -> None:
    if is_character(text):
        assert is_character(qualified(text))
