"""What is found, by whom, in which pages."""

from __future__ import annotations

from typing import Any

import pytest
from search_village import PART, Seeker, newest
from test_query_parser import HOSTILE
from views_village import Village

from chatd.contract.errors import Refusal
from chatd.contract.message import SearchMessages
from chatd.domain.policy.roles import RANK
from chatd.views import search_page
from chatd.views.search import BAD_CURSOR, NO_FILTER


@pytest.fixture
def seeker(village: Village) -> Seeker:
    return Seeker(village)


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "found_by", "not_by"),
    [
        ("the quick brown fox", ["QUICK fox ", "br* fox", '"brown fox"', "qui"], ["qui ", '"the fox"']),
        ("Café crème, s'il vous plaît", ["cafe ", "CREME ", "café ", '"s\'il vous"'], ["caf ", "sil "]),
        ("Über die Straße nach Köln", ["uber ", "strasse ", "STRASSE ", "koln ", "Straß"], ["koeln "]),
        ("İstanbul'da ılık bir IŞIK", ["istanbul ", "ilik ", "ISTANBUL ", "ışık ", "isik "], ["istan "]),
        ("كَتَبَ الوَلَدُ الدَّرْسَ", ["كتب ", "الولد ", "الدرس", "كَتَبَ "], ["كتاب "]),
        ("今日はとても良い天気です", ["今", "天気", "良い天気", "とても", "です"], ["天良", "昨", '"今 天"']),
        ("我们明天去北京大学", ["北", "京", "北京", "京大", "北京大学", "明天 大学"], ["京北", "上海"]),
        ("ไปกินข้าวที่บ้านกัน", ["ก", "กิน", "ข้าว", "บ้าน", "ที่บ้าน"], ["หมา", "บ้านกิน"]),
        ("오늘 한국은행에 갔다", ["은", "한국", "은행", "한국은행"], ["국한"]),
        ("ガラス と ｶﾞﾗｽ", ["ガラス", "ｶﾞﾗｽ", "ガ"], ["カラス"]),
        ("देवनागरी में हिन्दी", ["हिन्दी ", "देव"], ["हन्द "]),
        ("party 🎉 tonight 👍🏽", ["🎉", "👍", "party🎉 ", "👍🏽"], ["😀"]),
        ("see https://example.org/a_b?c=d now", ["example.org ", "https://example.org/a_b ", "a_b"], ["ab "]),
        ("mixed日本語text here", ["日本", "mixed ", "text ", "語text"], ["本text"]),
        ("a\x00nul inside", ["nul ", "inside "], ["anul "]),
    ],
)  # fmt: skip
def test_a_message_is_found_by_its_words(
    seeker: Seeker, said: str, found_by: list[str], not_by: list[str]
) -> None:
    seeker.post(said)
    seeker.post("something else entirely")
    assert {text: seeker.found(text) for text in found_by} == {text: [said] for text in found_by}
    assert {text: seeker.found(text) for text in not_by} == {text: [] for text in not_by}


def test_all_words_must_be_there_and_none_of_those_that_must_not(seeker: Seeker) -> None:
    for text in ("red apple", "green apple", "red pear", "red apple pie"):
        seeker.post(text)
    assert seeker.found("red apple ") == ["red apple pie", "red apple"]
    assert seeker.found("red -apple") == ["red pear"]
    assert seeker.found('apple -"apple pie"') == ["green apple", "red apple"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_finds_something_or_nothing_or_is_refused(seeker: Seeker, text: str) -> None:
    seeker.post("a b ¶rhall OR NEAR é 日 🎉")
    seeker.village.catch_up(seeker.view)
    for fields in ({}, {"by": text[:64].replace("\0", "x")}):
        answer = seeker.view.find("ann", False, SearchMessages(text, **fields))
        if isinstance(answer, Refusal):
            assert answer.code == "invalid"
        else:
            assert len(answer(seeker.village.reader).hits) <= 1


def test_a_hit_says_where_it_is_and_what_of_it_was_looked_for(seeker: Seeker) -> None:
    seq = seeker.post("Grüße aus Köln", by="bob")
    [hit] = seeker.page("koln ").hits
    at = hit.pop("at")
    position = hit.pop("position")
    assert hit == {
        "room": "hall",
        "seq": seq,
        "by": "bob",
        "snippet": "Grüße aus Köln",
        "highlights": [(10, 14)],
    }
    assert seeker.page("koln ", after=at, before=at + 1).hits[0]["position"] == position


def test_the_words_of_people_and_rooms_are_not_those_of_messages(seeker: Seeker) -> None:
    seeker.post("plain words")
    assert (
        seeker.found("hall ") == seeker.found("ann ") == seeker.found("rhall ") == seeker.found("link ") == []
    )


# --- filters ------------------------------------------------------------------------------------------------


@pytest.fixture
def talk(seeker: Seeker) -> Seeker:
    village = seeker.village
    village.write(village.room_of("yard") if hasattr(village, "room_of") else village.pen.room("yard"))
    village.write(village.pen.join("room/yard", "ann"), village.pen.join("room/yard", "bob"))
    village.write(
        village.pen.space("work"), village.pen.room("desk", "work"), village.pen.join("room/desk", "ann")
    )
    seeker.post("word one")
    seeker.post("word two", by="bob")
    seeker.post("word three http://example.org", room="yard", by="bob")
    seeker.post("word four HTTPS://example.org/x", room="desk")
    seeker.post("word five http", room="yard")
    return seeker


@pytest.mark.parametrize("few_rooms", [64, 0])
@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        ({}, "five four three two one"),
        ({"room": "hall"}, "two one"),
        ({"room": "yard", "by": "bob"}, "three"),
        ({"space": "home"}, "five three two one"),
        ({"space": "work"}, "four"),
        ({"space": "home", "room": "desk"}, ""),
        ({"by": "bob"}, "three two"),
        ({"by": "nobody"}, ""),
        ({"by": 'x" OR "y'}, ""),
        ({"by": "operator:0"}, ""),
        ({"has_link": True}, "four three"),
        ({"has_link": False}, "five two one"),
        ({"has_link": True, "by": "ann"}, "four"),
        ({"has_file": True}, ""),
        ({"has_file": False}, "five four three two one"),
    ],
)
def test_what_is_found_is_narrowed_by_filters(
    talk: Seeker, monkeypatch: pytest.MonkeyPatch, few_rooms: int, fields: dict[str, Any], numbers: str
) -> None:
    monkeypatch.setattr(search_page, "FEW_ROOMS", few_rooms)
    assert [text.split()[1] for text in talk.found("word ", **fields)] == numbers.split()
    if fields:
        without_text = [text.split()[1] for text in talk.found(None, **fields) if text.startswith("word ")]
        assert without_text == numbers.split()


@pytest.mark.parametrize("text", ["word ", None])
def test_dates_bound_what_is_found(talk: Seeker, text: str | None) -> None:
    talk.skip_to(3 * PART)
    talk.post("word six")
    talk.skip_to(5 * PART)
    talk.post("word seven")
    hits = talk.page("word ").hits
    assert [hit["snippet"].split()[1] for hit in hits][:3] == ["seven", "six", "five"]
    times = [hit["at"] for hit in hits]
    for first, last in ((0, 2), (1, 2), (1, 5), (2, 4), (6, 7)):
        expected = [hit["snippet"] for hit in hits[first:last]]
        assert talk.found(text, after=times[last - 1], before=times[first] + 1) == expected


def test_an_operator_is_an_author_like_others(seeker: Seeker) -> None:
    seeker.post("word from above", by="operator:0")
    assert (
        seeker.found("word ", by="operator:0") == seeker.found(None, by="operator:0") == ["word from above"]
    )
    assert seeker.found("0 ") == seeker.found("operator ") == []


@pytest.mark.parametrize("fields", [{}, {"limit": 3}, {"cursor": "1f"}])
def test_a_search_for_nothing_is_refused(seeker: Seeker, fields: dict[str, Any]) -> None:
    assert seeker.refused(None, **fields) == NO_FILTER


# --- rights -------------------------------------------------------------------------------------------------


@pytest.fixture
def town(seeker: Seeker) -> Seeker:
    """A public room, a private one, a direct one; each with a message about a secret."""
    village, pen = seeker.village, seeker.village.pen
    village.write(pen.room("open"), pen.room("closed", private=True))
    village.write(pen.room("direct", None, kind="direct", private=True))
    for room in ("closed", "direct"):
        village.write(pen.join(f"room/{room}", "ann"), pen.join(f"room/{room}", "eve"))
    for room in ("open", "closed", "direct"):
        seeker.post(f"secret in {room}", room)
    return seeker


def rooms_found(seeker: Seeker, account: str, **fields: Any) -> set[str]:
    return {text.split()[-1] for text in seeker.found("secret ", account, **fields)}


@pytest.fixture(params=[64, 0], ids=["rooms by their tags", "rooms by their messages"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_page, "FEW_ROOMS", request.param)


@pytest.mark.usefixtures("ways")
def test_members_find_what_is_in_their_rooms_and_in_public_ones(town: Seeker) -> None:
    assert rooms_found(town, "ann") == {"open", "closed", "direct"}
    assert rooms_found(town, "bob") == {"open"}
    assert rooms_found(town, "nobody") == set()


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("role", RANK)
def test_public_rooms_are_for_those_who_may_see_them(town: Seeker, role: str) -> None:
    town.village.write(town.village.pen.account("new"), town.village.pen.join("space/home", "new", role))
    assert rooms_found(town, "new") == (set() if role == "guest" else {"open"})


@pytest.mark.usefixtures("ways")
def test_a_guest_finds_what_is_in_the_rooms_it_is_in(town: Seeker) -> None:
    pen = town.village.pen
    town.village.write(
        pen.account("new"), pen.join("space/home", "new", "guest"), pen.join("room/open", "new")
    )
    assert rooms_found(town, "new") == {"open"}


@pytest.mark.usefixtures("ways")
def test_who_left_a_room_or_space_finds_nothing_of_it(town: Seeker) -> None:
    pen = town.village.pen
    town.village.write(pen.leave("room/closed", "ann"), pen.leave("room/direct", "eve", "member.kicked"))
    assert rooms_found(town, "ann") == {"open", "direct"}
    assert rooms_found(town, "eve") == {"closed"}
    town.village.write(pen.leave("space/home", "bob", "member.banned"))
    assert rooms_found(town, "bob") == set()
    assert rooms_found(town, "ann", room="closed") == set()


@pytest.mark.usefixtures("ways")
def test_an_operator_finds_all_but_what_is_in_deleted_rooms_and_spaces(town: Seeker) -> None:
    assert rooms_found(town, "operator:0", operator=True) == {"open", "closed", "direct"}
    town.village.write(town.village.pen.append("room/closed", "room.deleted", {}))
    assert rooms_found(town, "operator:0", operator=True) == {"open", "direct"}
    assert rooms_found(town, "ann") == {"open", "direct"}
    town.village.write(town.village.pen.append("space/home", "space.deleted", {}))
    assert rooms_found(town, "ann") == rooms_found(town, "operator:0", operator=True) == {"direct"}


# --- pages --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("text", ["word ", None])
def test_pages_are_full_whatever_stands_between_that_others_may_not_see(
    seeker: Seeker, text: str | None
) -> None:
    pen = seeker.village.pen
    seeker.village.write(pen.room("closed", private=True))
    said = []
    for number in range(25):
        if number in (8, 17):
            seeker.skip_to(number * PART)
        said.append(f"word {number}")
        seeker.post(said[-1], by="bob")
        seeker.post("word unseen", "closed", by="bob")
    found: list[str] = []
    sizes, cursor = [], None
    while True:
        page = seeker.page(text, by="bob", limit=10, cursor=cursor)
        found += [hit["snippet"] for hit in page.hits]
        sizes.append(len(page.hits))
        if (cursor := page.next) is None:
            break
    assert [text for text in found if text.startswith("word")] == newest(said)
    assert sizes == [10, 10, len(found) - 20]


def test_a_page_that_holds_all_there_is_has_no_next(seeker: Seeker) -> None:
    for number in range(3):
        seeker.post(f"word {number}")
    assert seeker.page("word ", limit=3).next is None
    assert seeker.page("word ", limit=2).next is not None
    assert seeker.page("absent ").next is None


def test_a_cursor_stays_where_it_is_while_others_write_and_delete(seeker: Seeker) -> None:
    seqs = [seeker.post(f"word {number}") for number in range(6)]
    first = seeker.page("word ", limit=2)
    seeker.post("word new")
    seeker.delete(seqs[4], seqs[2])
    assert [hit["snippet"] for hit in first.hits] == ["word 5", "word 4"]
    assert seeker.found("word ", limit=2, cursor=first.next) == ["word 3", "word 1"]
    assert seeker.found("word ", limit=2, cursor=first.next) == ["word 3", "word 1"]


@pytest.mark.parametrize("cursor", ["", "-1", "x", "1 ", "0", "f" * 16, "1\n", "¹", "9'"])
def test_a_made_up_cursor_is_refused(seeker: Seeker, cursor: str) -> None:
    assert seeker.refused("word ", cursor=cursor) == BAD_CURSOR


def test_more_parts_than_one_statement_takes_make_one_page(
    seeker: Seeker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_page, "PARTS_AT_ONCE", 2)
    for number in range(7):
        seeker.skip_to(number * PART + 100)
        seeker.post(f"word {number}")
    assert seeker.found("word ") == [f"word {number}" for number in reversed(range(7))]
    assert seeker.found("word ", limit=4) == ["word 6", "word 5", "word 4", "word 3"]


# --- how ----------------------------------------------------------------------------------------------------


def test_fts5_is_asked_from_the_newest_on_and_nothing_is_sorted(seeker: Seeker) -> None:
    seeker.post("word")
    seeker.page("word ")
    for sql in (search_page._MATCHING.format(table="search_words_0"), search_page._ALL):
        names = ("rooms", "by", "link", "file", "since", "before", "match", "below", "most", "first")
        plan = seeker.village.reader.execute(f"EXPLAIN QUERY PLAN {sql}", dict.fromkeys(names))
        steps = [step for *_, step in plan]
        assert not any("SORT" in step or "TEMP B-TREE" in step for step in steps), steps
        assert any("m USING INTEGER PRIMARY KEY" in step for step in steps), steps
