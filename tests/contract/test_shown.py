"""What people are shown: names, texts, messages and links, each field by the rule of its kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.contract.shown import NAME, PICTURE, PICTURE_OR_EMPTY, TEXT, fit_name, plain, rules_of

# What people are shown, wherever a request brings it; `name` of an account has rules of its own.
NAMES = (
    *(
        ("account.sign_up", "display_name"),
        ("account.create", "display_name"),
        ("bot.create", "display_name"),
    ),
    *(("account.update", "display_name"), ("account.sign_in", "device"), ("account.exchange", "device")),
    *(("account.token", "name"), ("space.create", "name"), ("space.update", "name"), ("room.create", "name")),
    *(("room.update", "name"), ("room.create", "topic"), ("room.update", "topic"), ("bookmark.add", "note")),
)
TEXTS = (
    *(("account.update", "about"), ("space.create", "description"), ("space.update", "description")),
    *(("member.kick", "reason"), ("room.delete", "reason"), ("message.report", "reason")),
)
MESSAGES = (("message.post", "text"), ("message.edit", "text"), ("message.schedule", "text"))
LINKS = (
    ("account.update", "avatar"),
    ("space.create", "icon"),
    ("space.update", "icon"),
    ("emoji.add", "image"),
)
REST = {
    "account": "a",
    "room": "r",
    "space": "s",
    "seq": 1,
    "name": "ab",
    "password": "x",
    "code": "c",
    "post_at": 1,
    "scopes": [],
    "reason": "why",
    "image": "https://a.example/b",
}

BLANK = {
    "space": " ",
    "no-break space": "\u00a0",
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "braille blank": "\u2800",
    "Hangul filler": "\u3164",
    "variation selector": "\ufe0f",
    "joiner": "\u200d",
    "override": "\u202e",
    "soft hyphen": "\u00ad",
    "line breaks": "\n\n",
    "ideographic space": "\u3000",
    "tag": "\U000e0041",
}
UNFIT = {
    "hides": "Server\u200b Admin",
    "turns around": "\u202enimdA revreS",
    "turns, closed": "a\u202eb\u202c",
    "isolates": "\u2067a\u2069",
    "breaks the line": "a\nServer Admin: hi",
    "separates lines": "a\u2028b",
    "is an escape": "a\x1b]0;b\x07",
    "is a NUL": "a\0b",
    "joins Latin letters": "ad\u200dmin",
    "joins nothing": "علی\u200c",
    "selects a variant of a Latin letter": "a\ufe0f",
    "is a C1 control": "a\x9bb",
}
FIT = (
    *("Ann", "Anna-Lena O’Neil (she)", "李 明", "علی\u200cرضا", "क्\u200dष", "👨\u200d👩\u200d👧 family"),
    *("❤\ufe0f\u200d🔥", "1\ufe0f\u20e3", "葛\U000e0100城", "general", "  spaced  ", "C++ & C#"),
    *("🏴\U000e0067\U000e0062\U000e007f", "ᠮᠣᠩ\u180bᠭᠣᠯ"),
)


def read(request: str, field: str, value: str) -> object:
    row = REQUESTS[request]
    return row.read({**{name: REST[name] for name in row.fields if name in REST}, field: value})


def refused(request: str, field: str, value: str) -> str:
    outcome = read(request, field, value)
    assert isinstance(outcome, Refusal), (request, field, value)
    assert outcome.code == "invalid"
    assert outcome.message.startswith(f"{field}: ")
    assert "\n" not in outcome.message
    return outcome.message


@pytest.mark.parametrize("what", BLANK)
@pytest.mark.parametrize(("request_", "field"), [*NAMES, *TEXTS, *MESSAGES])
def test_what_nobody_can_see_is_no_name_and_no_text(request_: str, field: str, what: str) -> None:
    refused(request_, field, BLANK[what])
    refused(request_, field, f" {BLANK[what]} ")


@pytest.mark.parametrize("what", UNFIT)
@pytest.mark.parametrize(("request_", "field"), NAMES)
def test_a_name_hides_breaks_and_turns_nothing(request_: str, field: str, what: str) -> None:
    message = refused(request_, field, UNFIT[what])
    assert "U+" in message


@pytest.mark.parametrize("name", FIT)
@pytest.mark.parametrize(("request_", "field"), NAMES)
def test_names_of_all_scripts_are_fit(request_: str, field: str, name: str) -> None:
    assert not isinstance(read(request_, field, name), Refusal)


@pytest.mark.parametrize(("request_", "field"), TEXTS)
def test_a_text_has_lines_and_closes_what_turns_them(request_: str, field: str) -> None:
    for text in ("one\ntwo\r\n\tthree", "\u2067שלום\u2069, he said", "\u202babc\u202c", "שלום\u200f!"):
        assert not isinstance(read(request_, field, text), Refusal)
    for text in ("a\u202e", "\u2067a\n\u2069", "\u2067\u202ea\u202c", "\x1b[31mred", "\0"):
        refused(request_, field, text)


@pytest.mark.parametrize("text", ["‮turned", "\x1b[31mred", "a\u200bb", "\n\nx", ".", "\x00\x01"])
@pytest.mark.parametrize(("request_", "field"), MESSAGES)
def test_a_message_is_anything_in_which_something_can_be_seen(request_: str, field: str, text: str) -> None:
    assert not isinstance(read(request_, field, text), Refusal)


@pytest.mark.parametrize(
    "link",
    [
        *("https://example.org/a.png", "http://localhost:8400/x?y=1#z", "HTTPS://bücher.example/ä"),
        *("https://[::1]:80/a", "https://192.0.2.1", "https://example.org?x"),
    ],
)
@pytest.mark.parametrize(("request_", "field"), LINKS)
def test_pictures_come_from_the_web(request_: str, field: str, link: str) -> None:
    assert not isinstance(read(request_, field, link), Refusal)


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "data:text/html,<script>1</script>", "file:///etc/passwd", "vbscript:x"),
        *(
            "not an address",
            "https://",
            "http://x y/",
            "https:///path",
            " https://example.org",
            "//example.org",
        ),
        *(
            "https://example.org/a\nb",
            'https://example.org/"onload=x',
            "https://user:pw@example.org/",
            "blob:x",
        ),
        *("https://example.org/\u202egnp.exe", "https://a\\b/", "ftp://example.org/", "https:example.org"),
        *("java\nscript:alert(1)", "\x01javascript:alert(1)", "https://exa\u200bmple.org/", "https://a:b/"),
    ],
)
@pytest.mark.parametrize(("request_", "field"), LINKS)
def test_nothing_else_is_a_link(request_: str, field: str, link: str) -> None:
    assert "https://" in refused(request_, field, link)


def test_an_avatar_and_an_icon_can_be_emptied_and_an_emoji_cannot() -> None:
    assert PICTURE_OR_EMPTY.wrong("") is None
    assert PICTURE.wrong("") is not None
    assert read("account.update", "about", "") == read("account.update", "about", "")
    assert TEXT.wrong("") is None


def test_every_field_that_people_are_shown_has_a_rule() -> None:
    """A new field of such a name is one of them, unless it is listed here with the reason."""
    others = {
        *(("account.create", "name"), ("account.sign_up", "name")),  # `validate_name` says what these may be
        *(("account.rename", "name"), ("account.set_name", "name")),
        *(("bot.create", "name"), ("emoji.add", "name"), ("emoji.remove", "name")),  # have patterns
        ("import.add_emoji", "name"),  # has one, too
        *(("account.sign_in", "name"), ("account.get", "name"), ("view.rebuild", "name")),
        ("account.list", "name"),  # only looked up
        *(("message.search", "text"), ("draft.set", "text")),  # for whoever wrote them alone
    }
    words = {
        "name",
        "display_name",
        "about",
        "topic",
        "description",
        "reason",
        "note",
        "text",
        "avatar",
        "icon",
    }
    shown = {
        (row.name, field) for row in REQUESTS.values() for field in row.fields if field in words | {"image"}
    }
    ruled = {(row.name, field) for row in REQUESTS.values() for field, _ in rules_of(row.request)}
    assert shown - ruled == others


@given(st.text())
def test_what_is_left_of_a_foreign_name_is_one_or_nothing(text: str) -> None:
    name = fit_name(text, 80)
    assert name == "" or NAME.wrong(name) is None
    assert plain(name) == name


def test_foreign_names_keep_what_can_be_seen() -> None:
    assert fit_name(" Ann\u200b \n Smith\0", 80) == "Ann Smith"
    assert fit_name("x" * 100, 80) == "x" * 80
    assert fit_name("\u200b\u2800", 80) == ""
