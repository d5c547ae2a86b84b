"""What Slack's markup, blocks and attachments read as in chatd."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chatctl.imports.records import mention
from chatctl.imports.slack import attachments
from chatctl.imports.slack.blocks import Blocks
from chatctl.imports.slack.mrkdwn import markdown

ROOMS = {"C1": "general"}


@pytest.mark.parametrize(
    ("slack", "chatd"),
    [
        ("plain text, with: colons", "plain text, with: colons"),
        ("*bold* and _italic_ and ~gone~", "**bold** and *italic* and ~~gone~~"),
        ("*bold with _italic_ in it*", "**bold with *italic* in it**"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2\\*3\\*4"),
        ("_a snake_case b_ _b_c_ d_e _f", "*a snake_case b* *b_c* d_e \\_f"),
        ("`a *b* &lt;c&gt;`", "`a *b* <c>`"),
        ("see ```x = 1\ny &amp; z``` there", "see \n```\nx = 1\ny & z\n```\n there"),
        ("```one```", "```\none\n```"),
        ("<@U1> and <@U2|old> hi", f"{mention('U1')} and {mention('U2')} hi"),
        ("*<@U1> did it*", f"**{mention('U1')} did it**"),
        ("<#C1|former> <#C9|other> <#C8|>", "#general #other #C8"),
        ("<!here> <!channel> <!subteam^S1|@ops> <!subteam^S2>", "@here @channel @ops @S2"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("<https://a.example/?b=1&amp;c=2>", "https://a.example/?b=1&c=2"),
        ("<https://a.example/|the *page*>", "[the \\*page\\*](https://a.example/)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<tel:+4930|030>", "030"),
        ("<javascript:alert(1)|click>", "click"),
        ("<skype:someone?call>", "skype:someone?call"),
        ("&lt;b&gt; &amp;amp; &amp;lt;", "<b> &amp; &lt;"),
        ("&gt; quoted\nnot", "> quoted\nnot"),
        ("a\n&gt;&gt;&gt; one\ntwo", "a\n> one\n> two"),
        (":tada: :custom_one: 10:30:20", "🎉 :custom_one: 10:30:20"),
        ("`:tada:`", "`:tada:`"),
        ("# no heading", "\\# no heading"),
        ("[no](https://link.example)", "\\[no](https://link.example)"),
        ("nul\x00\x01\x0eU1\x0f \ud800", "nulU1 "),
        ("two\n\nlines", "two\n\nlines"),
    ],
)
def test_mrkdwn_reads_the_same(slack: str, chatd: str) -> None:
    assert markdown(slack, ROOMS) == chatd


def section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, "style": style} if style else {"type": "text", "text": words}


@pytest.mark.parametrize(
    ("parts", "chatd"),
    [
        ([section(text("a "), text("b", bold=True), text(" c_d*e"))], "a **b** c_d\\*e"),
        ([section(text("x ", bold=True, italic=True), text("y", strike=True))], "***x*** ~~y~~"),
        ([section(text("a*b", code=True))], "`a*b`"),
        ([section(text("a", code=True), text("`b", code=True))], "``a`b``"),
        ([section(text("c:\\"), text("d\\", bold=True))], "c:\\\\**d\\\\**"),
        ([section(text("~5", strike=True), text("x~ ", strike=True, bold=True))], "~~\\~5~~**~~x\\~~~** "),
        ([section(text("1 &lt; 2 &amp; 3"))], "1 < 2 & 3"),
        ([section(text("a < b"), text(" &amp; is an entity"))], "a < b &amp; is an entity"),
        (
            [
                section(
                    {"type": "user", "user_id": "U1"}, text(" in "), {"type": "channel", "channel_id": "C1"}
                )
            ],
            f"{mention('U1')} in #general",
        ),
        (
            [section({"type": "link", "url": "https://a.example/", "text": "here"})],
            "[here](https://a.example/)",
        ),
        ([section({"type": "link", "url": "ftp://a.example/", "text": "here"})], "here"),
        ([section({"type": "emoji", "name": "wave", "skin_tone": 3}, text(" "))], "👋🏼 "),
        ([section({"type": "emoji", "name": "our_own"})], ":our_own:"),
        ([section({"type": "broadcast", "range": "here"}, text("!"))], "@here!"),
        (
            [section({"type": "color", "value": "#aabbcc"}, {"type": "canvas", "file_id": "F1"})],
            "#aabbcc(canvas)",
        ),
        (
            [
                section(text("list:")),
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [section(text("a")), section(text("b"))],
                },
                {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [section(text("c"))]},
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 4,
                    "elements": [section(text("d\ne"))],
                },
            ],
            "list:\n- a\n- b\n  1. c\n5. d\n  e",
        ),
        ([{"type": "rich_text_quote", "elements": [text("a\nb")]}, section(text("c"))], "> a\n> b\nc"),
        ([{"type": "rich_text_preformatted", "elements": [text("if x:\n  *y*")]}], "```\nif x:\n  *y*\n```"),
        ([section({"type": "hologram"})], None),
        ([{"type": "rich_text_hologram"}], None),
        (["odd", 5, None], ""),
    ],
)
def test_rich_text_reads_the_same(parts: list[Any], chatd: str | None) -> None:
    assert Blocks(ROOMS).rendered([{"type": "rich_text", "elements": parts}]) == chatd


def test_the_blocks_of_apps_are_read() -> None:
    def button(label: str, url: str) -> dict[str, Any]:
        return {"type": "button", "text": {"type": "plain_text", "text": label}, "url": url}

    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Build"}},
        {"type": "divider"},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*failed* in <https://ci.example|CI>"},
            "fields": [{"type": "mrkdwn", "text": "one"}, {"type": "plain_text", "text": "*two*"}],
        },
        {"type": "context", "elements": [{"type": "image"}, {"type": "plain_text", "text": "now"}]},
        {"type": "image", "alt_text": "graph", "image_url": "https://a.example/g.png"},
        {"type": "actions", "elements": [{"type": "button"}, button("Open", "https://ci.example/1")]},
        {
            "type": "section",
            "text": {"type": "plain_text", "text": "x"},
            "accessory": button("Go", "https://b.example"),
        },
        {"type": "call", "call": {"v1": {"name": "Zoom", "join_url": "https://z.example/j/1"}}},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
        {"type": "markdown", "text": "**as** ||it|| is"},
    ]
    assert Blocks(ROOMS).rendered(blocks) == (
        "**Build**\n**failed** in [CI](https://ci.example)\none\n\\*two\\*\nnow\n"
        "[graph](https://a.example/g.png)\n[Open](https://ci.example/1)\nx\n[Go](https://b.example)\n"
        "Call: [Zoom](https://z.example/j/1)\na · b\n**as** \\|\\|it\\|\\| is"
    )
    assert Blocks(ROOMS).rendered([{"type": "video"}]) is None


def test_attachments_are_read_but_for_looks_at_addresses() -> None:
    found: list[Any] = [
        {"pretext": "*New*", "title": "Issue", "title_link": "https://a.example/1", "text": "it <@U1>"},
        {"fields": [{"title": "State &amp; sum", "value": "open"}], "fallback": "not shown"},
        {"author_name": "Zoe &lt;3", "title": "Pushed", "footer": "<https://a.example/r|repository>"},
        {"fallback": "only this"},
        {
            "text": "deploy?",
            "actions": [{"text": "Yes", "value": "y"}, {"text": "See", "url": "https://a.example/d"}],
        },
        {"is_msg_unfurl": True, "author_name": "Ann", "text": "what I said", "from_url": "https://x.example"},
        {"from_url": "https://a.example", "title": "A page"},
        "odd",
    ]
    assert attachments.rendered(found, ROOMS, alone=False) == (
        f"**New**\n[Issue](https://a.example/1)\nit {mention('U1')}\n**State & sum**: open\n"
        "Zoe <3\nPushed\n[repository](https://a.example/r)\nonly this\ndeploy?\n[See](https://a.example/d)\n"
        "> **Ann**: what I said"
    )
    assert attachments.rendered(found[6:], ROOMS, alone=True) == "A page"
    assert attachments.rendered({"text": "odd"}, ROOMS, alone=True) == ""


@pytest.mark.parametrize(
    "piece", ["*a", "_a_b", "`", "```", "<", "<@", "&gt;", "~*_", ":a", "[a](", "<a|*b*>\n"]
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    markdown(piece * 20_000, ROOMS)
    assert time.process_time() - started < 3
