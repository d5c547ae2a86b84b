"""HTML of messages reads the same as Markdown, and hostile HTML is text in the end."""

from __future__ import annotations

import time

import pytest

from chatctl.imports.html_text import html_as_markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("plain &amp; *simple* &lt;b&gt;", r"plain & \*simple\* <b>"),
        ("<strong>a</strong> <em>b</em> <del>c</del> <u>d</u>", "**a** *b* ~~c~~ d"),
        ("<b><i>both</i></b>", "***both***"),
        ("<p>one</p>\n<p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<p>\n  one\n  two </p>", "one two"),
        ("<code>x&lt;y</code> and <code>a`b</code>", "`x<y` and ``a`b``"),
        (
            '<pre><code class="language-python">def f():\n    *x*\n</code></pre>',
            "```python\ndef f():\n    *x*\n```",
        ),
        ('<pre class="language-js"><code><span>a</span><br>b</code></pre>', "```js\na\nb\n```"),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ('<ol start="9"><li>a<li>b</ol>', "9. a\n10. b"),
        ("<h2>Big\nnews</h2>rest", "## Big news\n\nrest"),
        ('<a href="https://a.example/?a=1&amp;b=2">tea</a>', "[tea](https://a.example/?a=1&b=2)"),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ('<a href="javascript:alert(1)">tea</a>', "tea"),
        ("<a href='https://a.example/\">'>x</a>", "[x](https://a.example/%22%3E)"),
        ("<span data-mx-spoiler>end</span>", "||end||"),
        ('<img alt=":leaf:" src="x">', ":leaf:"),
        ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a<hr>b", "a\n\nb"),
        ("<script>alert(1)</script><style>x</style>a<!-- no -->b", "ab"),
        ("<mx-reply><blockquote>old</blockquote></mx-reply>new", "new"),
        ("<p>&gt; no quote</p>", r"\> no quote"),
        ("a &#14;b&#15; &#0; &#xD800; c", "a b \ufffd \ufffd c"),
        ("1 < 2 <3 <", "1 < 2 <3 <"),
        ("<b>never closed", "**never closed**"),
        ("</b>never opened</p>", "never opened"),
        ("<x-unknown foo=1>kept</x-unknown>", "kept"),
        ("<!DOCTYPE html><html><body>a</body></html>", "a"),
        ("<!-- never closed <b>a</b>", "a"),
    ],
)
def test_html_is_written_as_markdown(html: str, markdown: str) -> None:
    assert html_as_markdown(html) == markdown


def test_what_is_special_is_asked_for() -> None:
    def special(tag: str, attributes: dict[str, str], text: str) -> str | None:
        return f"[{attributes['id']}:{text}]" if tag == "at" else None

    assert html_as_markdown('<p><at id="0">A <b>B</b></at> hi</p>', special) == "[0:A B] hi"


PIECES = [
    "<",
    "<a ",
    '<a "',
    "<a '\"",
    "<!--",
    "<b>",
    "</b>",
    "<a href=x>",
    "&",
    "<blockquote>",
    "<li>",
    "<p",
]


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_html_takes_little_time(piece: str) -> None:
    html = piece * (100_000 // len(piece))
    begun = time.process_time()
    html_as_markdown(html)
    assert time.process_time() - begun < 3
