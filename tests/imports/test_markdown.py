"""Plain text reads in chatd's Markdown as it read before."""

from __future__ import annotations

import pytest

from chatctl.imports.markdown import code, fenced, link, literal, quoted, span


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("nothing to see: a < b & c", "nothing to see: a < b & c"),
        ("snake_case and 2 * 3", "snake_case and 2 * 3"),
        ("*not bold* _nor this_", r"\*not bold\* \_nor this\_"),
        ("**kwargs", r"\*\*kwargs"),
        ("`x` ~~y~~ ||z||", r"\`x\` \~\~y\~\~ \|\|z\|\|"),
        ("a ~ b | c", "a ~ b | c"),
        (r"\o/ and \*", r"\o/ and \\\*"),
        ("[words](https://a.example)", r"\[words](https://a.example)"),
        ("[brackets] alone", "[brackets] alone"),
        ("# no heading\n> no quote", "\\# no heading\n\\> no quote"),
        ("one\n  > two\n* three", "one\n  \\> two\n\\* three"),
        ("#channel", "#channel"),
        ("see https://a.example/_x_/*y*, *z*", r"see <https://a.example/_x_/*y>\*, \*z\*"),
        ("see https://a.example/_x_/y, *z*", r"see https://a.example/_x_/y, \*z\*"),
        ("*https://a.example* (https://a.example/x_(y)).", r"\*<https://a.example>\* (https://a.example/x_(y))."),
        ("`https://a.example`", r"\`<https://a.example>\`"),
        ("https://a.example/[b](https://c.example)", r"<https://a.example/>\[b](https://c.example)"),
        ("1. > no quote\n- # no heading", "1. \\> no quote\n- \\# no heading"),
        ("[[x](https://a.example)", r"\[\[x](https://a.example)"),
        ("xhttps://a.example/_x_", r"xhttps://a.example/\_x\_"),
    ],
)  # fmt: skip
def test_plain_text_is_no_markup(text: str, written: str) -> None:
    assert literal(text) == written


def test_marks_stand_at_words() -> None:
    assert span("**", " two words ") == " **two words** "
    assert span("*", "one\n\ntwo") == "*one*\n\n*two*"
    assert span("~~", "  ") == "  "


def test_code_is_not_ended_by_what_is_in_it() -> None:
    assert code("a`b") == "``a`b``"
    assert code("`") == "`` ` ``"
    assert code("") == ""
    assert code("a\nb") == "\n```\na\nb\n```\n"
    assert fenced("```\nx", "python") == "````python\n```\nx\n````"
    assert fenced("x", "no language") == "```\nx\n```"


def test_links_lead_to_the_web_or_to_mail_only() -> None:
    assert link("tea", "https://a.example/b(c) d") == "[tea](https://a.example/b%28c%29%20d)"
    assert link("tea", "javascript:alert(1)") == "tea"
    assert link("*tea*", " data:text/html,x") == r"\*tea\*"
    assert link("[a] b", "mailto:a@b.example") == r"[\[a\] b](mailto:a@b.example)"
    assert link("", "https://a.example") == "https://a.example"
    assert link("https://a.example", "https://a.example") == "https://a.example"
    assert link("https://a.example", "https://evil.example") == "[https://a.example](https://evil.example)"
    assert link("long", "https://a.example/" + "x" * 3000) == "long"


def test_quotes_have_their_sign_on_each_line() -> None:
    assert quoted("a\n\n> b\n") == "> a\n>\n> > b"
