"""How the search follows the log: whatever the batches, and nothing is kept of what was deleted."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_village import PART, Seeker
from views_village import Village, new_village

from chatd.contract.errors import Refusal
from chatd.contract.message import SearchMessages
from chatd.views.allowance import Allowance
from chatd.views.search import ERASING, ERASING_AT_ONCE, SearchView
from chatd.views.search_tables import words_table
from chatd.views.tokenizer import fold

SENTINELS = ("quetzalcoatl", "Zürichseeufer", "鬱")


@pytest.fixture
def seeker(village: Village) -> Seeker:
    return Seeker(village)


def traces(seeker: Seeker) -> set[str]:
    """Which of the sentinels stand in the files, as they were said or folded."""
    held = seeker.bytes().lower()
    # of a word FTS5 keeps only how it differs from the one before it
    return {
        text for text in (*SENTINELS, "zurichseeufer") if text.lower()[text.isascii() * 2 :].encode() in held
    }


# --- edits and deletions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("follow_between", [True, False])
def test_an_edited_message_is_found_by_what_it_says_now(seeker: Seeker, follow_between: bool) -> None:
    seq = seeker.post("first wördíng")
    other = seeker.post("first other")
    if follow_between:
        assert seeker.found("wording ") == ["first wördíng"]
    seeker.edit(seq, "second http://example.org")
    seeker.edit(seq, "third http://example.org")
    assert seeker.found("wording ") == seeker.found("second ") == []
    assert seeker.found("third ", has_link=True) == ["third http://example.org"]
    assert seeker.found("first ") == ["first other"]
    seeker.edit(other, "日本語")
    assert seeker.found("本") == ["日本語"]


@pytest.mark.parametrize("follow_between", [True, False])
def test_a_deleted_message_is_found_no_more(seeker: Seeker, follow_between: bool) -> None:
    seq = seeker.post("gone soon")
    edited = seeker.post("gone later")
    seeker.edit(edited, "gone now")
    seeker.post("gone not")
    if follow_between:
        assert len(seeker.found("gone ")) == 3
    seeker.delete(seq, edited)
    assert seeker.found("gone ") == ["gone not"]


def test_a_message_deleted_while_the_view_is_behind_is_found_no_more(seeker: Seeker) -> None:
    seqs = [seeker.post(f"word {number}") for number in range(5)]
    seeker.village.catch_up(seeker.view)
    seeker.delete(seqs[4], seqs[2])
    question = seeker.view.find("ann", False, SearchMessages("word ", limit=2))
    assert not isinstance(question, Refusal)
    page = question(seeker.village.reader)
    assert [hit["snippet"] for hit in page.hits] == ["word 3", "word 1"]
    assert page.next is not None


def test_of_a_deleted_text_no_byte_is_left(seeker: Seeker) -> None:
    for number in range(300):
        seeker.post(f"word {number} {'abcdefgh'[number % 8] * 20} ünd")
    seqs = [seeker.post(f"say {sentinel} once") for sentinel in SENTINELS]
    edited = seeker.post("harmless")
    seeker.village.catch_up(seeker.view)
    seeker.edit(edited, " ".join(SENTINELS))
    seeker.village.catch_up(seeker.view)
    assert traces(seeker) == {"quetzalcoatl", "zurichseeufer", "鬱"}
    seeker.edit(edited, "harmless again")
    seeker.village.catch_up(seeker.view)
    seeker.delete(*seqs, edited)
    seeker.village.catch_up(seeker.view)
    assert traces(seeker) == set()
    assert len(seeker.found("word ", limit=500)) == 300


def test_of_a_view_that_is_dropped_no_word_is_left(seeker: Seeker) -> None:
    seqs = [seeker.post(f"say {sentinel} once") for sentinel in SENTINELS]
    seeker.skip_to(PART)
    seeker.post("say quetzalcoatl twice")
    seeker.village.catch_up(seeker.view)
    seeker.village.write(seeker.village.pen.delete("hall", seqs[0]))
    seeker.delete(*seqs[1:], seqs[-1] + 1)
    seeker.village.rebuild(seeker.view)
    assert traces(seeker) == set()
    assert seeker.found("say ") == []


# --- no copy is left behind by the moves of a page's other rows ---------------------------------------------


def secret_words(dice: Random, count: int) -> list[str]:
    """Words of which nobody says two, half of them folded to other letters that are not in ASCII either."""
    alphabets = ("abcdefghijklmnopqrstuvwxyz", "АБВГДЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")
    return ["".join(dice.choices(alphabets[number % 2], k=12)) for number in range(count)]


def standing(seeker: Seeker, words: Iterable[str]) -> list[str]:
    held = seeker.bytes()
    # of a word FTS5 keeps only how it differs from the one before it
    return [word for word in words if any(form[4:].encode() in held for form in (word, fold(word)))]


def test_no_word_of_many_stays_when_they_go_one_after_another(seeker: Seeker) -> None:
    """Rows that are deleted make SQLite move others, whose old places `secure_delete` does not know."""
    dice = Random(1)
    words = secret_words(dice, 1_700)
    said: dict[int, list[str]] = {}
    for number, word in enumerate(words[:1_500]):
        others = " ".join(f"{dice.randrange(9_999)}" for _ in range(int(dice.paretovariate(1.1) * 5) % 900))
        said[seeker.post(f"{word} {others}")] = [word]
        if number % 20 == 0:
            seeker.village.follow(seeker.view)
    for number, word in enumerate(words[1_500:]):
        seq = dice.choice(list(said))
        said[seq].append(word)
        seeker.edit(seq, f"{word} instead")
        if number % 20 == 0:
            seeker.village.follow(seeker.view)
    seeker.village.catch_up(seeker.view)
    doomed = [seq for seq in said if seq // 50 % 3 == 0]  # whole pages of them
    dice.shuffle(doomed)
    for start in range(0, len(doomed), 10):
        seeker.delete(*doomed[start : start + 10])
        seeker.village.follow(seeker.view)
    gone = [word for seq in doomed for word in said.pop(seq)]
    assert standing(seeker, gone) == []
    kept = [words[-1] for words in said.values()]
    assert standing(seeker, kept) == kept


# --- when there is too much to erase ------------------------------------------------------------------------


def test_erasures_that_take_too_long_are_put_off_and_done_later(village: Village) -> None:
    seeker = Seeker(village)

    def clock() -> float:  # every look at it, and so every part, takes a second
        seeker.seconds += 1.0
        return seeker.seconds

    seeker.view = SearchView(clock)
    seqs = []
    for part in range(6):
        seeker.skip_to(part * PART + 100)
        seqs.append(seeker.post(f"say {SENTINELS[0]} in {part}"))
    seeker.village.catch_up(seeker.view)
    seeker.delete(*seqs)
    for _ in seqs:
        seeker.village.follow(seeker.view)
    assert seeker.found("say ") == []
    assert seeker.view.unfinished
    assert traces(seeker) == {SENTINELS[0]}
    put_off = village.rows("search_erasures")
    assert 0 < len(put_off) < 6
    seeker.view = SearchView(clock)  # a restart
    assert seeker.view.unfinished
    looks = 0
    while seeker.view.unfinished:
        seeker.village.follow(seeker.view)
        seeker.seconds += 1.0 / ERASING
        looks += 1
        assert looks < 10
    assert traces(seeker) == set()
    assert village.rows("search_erasures") == []


def test_parts_are_erased_one_in_a_batch_in_the_order_in_which_they_came(seeker: Seeker) -> None:
    seqs = []
    for part in range(3):
        seeker.skip_to(part * PART + 100)
        seqs += [seeker.post(f"say {SENTINELS[0]}"), seeker.post("say more")]
    seeker.village.catch_up(seeker.view, PART)

    def deleted(*seqs: int) -> list[object]:
        """The parts that are put off."""
        seeker.delete(*seqs)
        seeker.village.follow(seeker.view)
        return [part for (part,) in seeker.village.reader.execute("SELECT part FROM search_erasures")]

    assert deleted(seqs[2], seqs[4]) == [2]
    assert deleted(seqs[0], seqs[3], seqs[5]) == [0, 1]
    assert deleted() == [1]
    assert traces(seeker) == set()
    assert deleted() == []
    assert not seeker.view.unfinished
    assert seeker.found("say ") == ["say more"]


def test_a_few_deletions_are_erased_at_once(seeker: Seeker) -> None:
    for part in range(3):
        seeker.skip_to(part * PART + 100)
        seq = seeker.post(f"say {SENTINELS[0]}")
        seeker.village.catch_up(seeker.view, PART)
        assert traces(seeker) == {SENTINELS[0]}
        seeker.delete(seq)
        seeker.village.catch_up(seeker.view)
        assert not seeker.view.unfinished
        assert traces(seeker) == set()


def test_an_allowance_is_saved_up_to_its_bound() -> None:
    now = 0.0
    allowance = Allowance(ERASING, ERASING_AT_ONCE, lambda: now)
    with allowance.spending():
        now += ERASING_AT_ONCE + 1
    assert not allowance.left()
    now += 1 / ERASING
    assert allowance.left()
    now += 1e9
    assert allowance.left()
    with allowance.spending():
        now += ERASING_AT_ONCE * 2
    assert not allowance.left()


# --- batches, parts, rebuilding -----------------------------------------------------------------------------

WORDS = ["one", "two", "Grüße", "日本", "http://x.org", "🎉", "a\x00b", "…"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.integers(0, 0), TEXTS),
        st.tuples(st.just("edit"), st.integers(0, 30), TEXTS),
        st.tuples(st.just("delete"), st.integers(0, 30), st.just("")),
        st.tuples(st.just("part"), st.integers(0, 0), st.just("")),
    ),
    max_size=25,
)


@settings(max_examples=20)
@given(ACTS, st.lists(st.booleans(), min_size=25, max_size=25), st.integers(1, 9))
def test_what_is_kept_does_not_depend_on_the_batches(
    acts: list[tuple[str, int, str]], looks: list[bool], most: int
) -> None:
    for village in new_village():
        seeker = Seeker(village)
        alive: list[int] = []
        parts = 0
        for (act, which, text), look in zip(acts, looks, strict=False):
            if act == "post":
                alive.append(seeker.post(text))
            elif act == "part" and parts < 3:
                parts += 1
                seeker.skip_to(parts * PART - 2)
            elif act == "edit" and alive:
                seeker.edit(alive[which % len(alive)], text)
            elif act == "delete" and alive:
                seeker.delete(alive.pop(which % len(alive)))
            if look:
                seeker.village.follow(seeker.view, most)
        village.catch_up(seeker.view, 4 * PART)
        while seeker.view.unfinished:
            village.follow(seeker.view)
        live = seeker.state()
        village.rebuild(seeker.view, 4 * PART)
        assert seeker.state() == live
        village.rebuild(seeker.view, 40_000)
        assert seeker.state() == live
        found = {hit["seq"] for hit in seeker.page(None, room="hall", limit=500).hits}
        assert found == {*alive, *first_seqs(village)}


def first_seqs(village: Village) -> set[int]:
    """Of what was said before the test."""
    rows = village.reader.execute("SELECT seq FROM log.messages WHERE room = 'hall' ORDER BY seq LIMIT 3")
    return {seq for (seq,) in rows}


def test_a_part_is_merged_when_it_is_complete(seeker: Seeker) -> None:
    for number in range(10):
        seeker.post(f"word {number}")
        seeker.village.follow(seeker.view)
    table = words_table(0)
    count = f"SELECT count(DISTINCT segid) FROM main.{table}_idx"
    [before] = seeker.village.reader.execute(count).fetchone()
    seeker.skip_to(PART)
    seeker.post("word in the next part")
    seeker.village.catch_up(seeker.view)
    [after] = seeker.village.reader.execute(count).fetchone()
    assert before > after == 1
    assert len(seeker.found("word ")) == 11


def test_what_is_not_about_messages_changes_nothing(seeker: Seeker) -> None:
    seq = seeker.post("word")
    seeker.village.catch_up(seeker.view)
    before = seeker.state()
    pen = seeker.village.pen
    seeker.village.write(
        pen.react("hall", seq, "👍"),
        pen.append("room/hall", "pin.added", {"seq": seq}),
        pen.leave("room/hall", "eve"),
    )
    seeker.village.catch_up(seeker.view)
    assert seeker.state() == before
