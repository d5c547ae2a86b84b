"""Names: which are fit to be one, and which pass for another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.contract.errors import Refusal
from chatd.domain.account.decide import validate_name
from chatd.domain.names.confusables import PROTOTYPES
from chatd.domain.names.keys import name_key, skeleton
from chatd.domain.names.spelling import fitted, spelled, well_spelled


@pytest.mark.parametrize(
    "name", ["Иван", "josé-2", "李明", "tanaka太郎カナ", "김철수", "Ἀλέξανδρος", "שלום", "ไทย", "ᏣᎳᎩ", "7.up"]
)
def test_a_name_in_one_alphabet_is_fit(name: str) -> None:
    assert validate_name(name) == unicodedata.normalize("NFKC", name)


@pytest.mark.parametrize(
    "name",
    [
        *("राम", "नेपाली", "রাহুল", "ਪੰਜਾਬੀ", "ગુજરાતી", "ଓଡ଼ିଆ", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "සිංහල"),
        *("ชัย", "น้ำ", "ລາວ", "ສຳລີ", "ស្ត្រី", "မြို့", "བསྒྲུབས", "ދިވެހި", "שָׁלוֹם", "مُحَمَّد"),
        *("Adébọ̀wálé", "q̃om", "Nguyễn"),
    ],
)
def test_a_name_has_the_marks_that_its_letters_need(name: str) -> None:
    assert name_key(str(validate_name(name))) == name_key(name)


def test_a_letter_of_thai_and_lao_that_unicode_takes_apart_stays_one() -> None:
    assert validate_name("น้ํา") == validate_name("น้ำ") == "น้ำ"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "\u0301a",
            "a\u0323\u0323b",
            "e\u0301\u0301",
            "e\u0301\u0302\u0303\u0304\u0305",
            "1\u0301",
            "_\u0301",
        ),
        *("o\u0335ak", "l\u0338ak", "a\ufe0fb", "a\u034fb", "क\u200dख", "a\u20ddb", "ᠮ\u180bᠣ", "ក\u17b4ក"),
        *("a\u093eb", "\u0905\u093eशा", "क" + "\u0903" * 7),
    ],
)
def test_marks_that_nobody_sees_or_that_make_a_letter_look_like_another_are_refused(name: str) -> None:
    assert isinstance(validate_name(name), Refusal)


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u0dbb\u0dd3"),  # Sri, in Sinhala
        ("\u0645\u06cc\u200c\u0646\u0627", "\u0645\u06cc\u0646\u0627"),  # Persian
    ],
)
def test_what_nobody_sees_does_not_take_a_name_apart(called: str, name: str) -> None:
    assert fitted(spelled(called), "-") == name
    assert well_spelled(name)


@given(st.text(alphabet="aé1_.- \u0301\u0335कआा\u200dท้ำ", min_size=1, max_size=12))
def test_what_is_fitted_is_a_name_or_none_is_made_of_it(text: str) -> None:
    made = fitted(spelled(text), ".").strip(".-")
    assert not well_spelled(spelled(text)) or made == spelled(text).strip(".-")
    assert not well_spelled(made) or spelled(made) == made


@pytest.mark.parametrize("name", ["аdmin", "pаypal", "Aлекс", "αnn", "ɑбв", "한カ", "ⲁⲛⲛ"])
def test_a_name_that_mixes_alphabets_is_refused(name: str) -> None:
    refused = validate_name(name)
    assert isinstance(refused, Refusal)
    assert refused.code == "invalid"


@pytest.mark.parametrize(
    "name",
    ["here", "room", "everyone", "system", "HERE", "Ｒoom", "r00m", "ROOM", "SYSTEM", "ѕуѕтем"],
)
def test_a_name_that_means_something_is_refused(name: str) -> None:
    refused = validate_name(name)
    assert isinstance(refused, Refusal)
    assert refused.code == "invalid"
    assert "reserved" in refused.message


@pytest.mark.parametrize("name", ["hero", "rooms", "systems", "Everyman", "here2", "комната"])
def test_a_name_that_only_begins_like_a_word_is_fit(name: str) -> None:
    assert validate_name(name) == name


def test_what_a_one_looks_like_is_decided_by_unicode_alone() -> None:
    """UTS 39 takes a one for a small L, as it does a capital I, and for no small i."""
    assert skeleton("adm1n") == skeleton("admln") == skeleton("ADMIN")
    assert skeleton("adm1n") != skeleton("admin")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("admin", "аdmin"),
        ("coco", "сосо"),
        ("COCO", "СОСО"),
        ("bob", "b0b"),
        ("lan", "Ian"),
        ("paul1", "paull"),
        ("mary", "rnary"),
        ("ok", "οκ"),
        ("MATT", "МАТТ"),
        ("xeë", "хеё"),
        ("DATE", "ᎠATE"),
        ("pass", "раѕѕ"),
        ("irma", "i\u0307rma"),
    ],
)
def test_names_that_look_alike_share_a_skeleton(name: str, other: str) -> None:
    assert name != other
    assert skeleton(name) == skeleton(other)


@pytest.mark.parametrize(
    ("name", "other"), [("ann", "anna"), ("иван", "илья"), ("jose", "josé"), ("ann2", "ann3"), ("李", "木")]
)
def test_names_that_differ_to_the_eye_have_skeletons_that_differ(name: str, other: str) -> None:
    assert skeleton(name) != skeleton(other)


@given(st.text(alphabet="abcIlO01mrn.Åéабс", min_size=1, max_size=12))
def test_who_looks_at_a_skeleton_sees_the_same(name: str) -> None:
    seen = skeleton(name)
    assert skeleton(seen) == seen


@given(st.text(min_size=1, max_size=12))
def test_a_skeleton_does_not_depend_on_how_a_name_was_typed(name: str) -> None:
    assert skeleton(unicodedata.normalize("NFKD", name)) == skeleton(name)


@given(st.text(max_size=12))
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_what_looks_like_ascii_is_none_and_survives_normalization() -> None:
    for letter, seen in PROTOTYPES.items():
        assert seen.isascii()
        assert seen == seen.casefold()
        assert unicodedata.normalize("NFKD", chr(letter)) == chr(letter)


@pytest.mark.parametrize("name", ["01JZZZZZZZ0000000000000000", "01jzzzzzzz0000000000000000"])
def test_a_name_that_looks_like_an_id_is_refused(name: str) -> None:
    """Ids and names are both understood wherever an account is named; an id means one account only."""
    refused = validate_name(name)
    assert isinstance(refused, Refusal)
    assert "looks like an id" in refused.message
