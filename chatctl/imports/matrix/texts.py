"""The text of an event as Markdown."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

from chatctl.imports.html_text import html_as_markdown
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import literal, span
from chatctl.imports.matrix.events import text_of, value_of
from chatctl.imports.records import mention

_HTML: Final = "org.matrix.custom.html"
_PERSON: Final = re.compile(r"https://matrix\.to/#/(@[^/?#]{1,255}:[^/?#]{1,255})(?:[?#].*)?")
# What older clients put before a reply: lines of the message that is answered.
# It names who wrote that; what somebody quoted does not.
_FALLBACK: Final = re.compile(r"\A> (?:\* )?<@[^>\n]{1,255}>.*\n(?:>.*\n)*\n?")
POLLS: Final = ("org.matrix.msc3381.poll.start", "m.poll.start")
POLL_ENDS: Final = ("org.matrix.msc3381.poll.end", "m.poll.end")
_TEXTS: Final = ("org.matrix.msc1767.text", "m.text", "body")


def written(content: dict[str, Any], *, answer: bool) -> str:
    """Of a message; `answer`: it is one, and may begin with what is answered."""
    body = text_of(content, "body")
    html = text_of(content, "formatted_body")
    if html and value_of(content, "format") == _HTML:
        text = html_as_markdown(html, _special)
    else:
        text = literal(_FALLBACK.sub("", body, count=1) if answer else body)
    return span("*", text) if value_of(content, "msgtype") == "m.emote" else text


def _special(tag: str, attributes: dict[str, str], text: str) -> str | None:
    if tag != "a":
        return None
    person = _PERSON.fullmatch(unquote(attributes.get("href", "")))
    return None if person is None else mention(bounded(person[1]))


def poll(content: dict[str, Any]) -> str:
    """Question and answers; what was voted is not in exports."""
    about = next((found for name in POLLS if (found := value_of(content, name))), None)
    question = any_text(value_of(about, "question")) or any_text(content)
    answers = value_of(about, "answers")
    lines = [span("**", literal(question))] if question else []
    for number, each in enumerate(answers[:20] if isinstance(answers, list) else (), 1):
        lines.append(f"{number}. {literal(any_text(each))}")
    return "\n".join(lines)


def any_text(of: object) -> str:
    """The first of the texts that newer events have."""
    for name in _TEXTS:
        found = value_of(of, name)
        if isinstance(found, list):  # forms of the same text, the best first
            found = next((value_of(each, "body") for each in found), None)
        if isinstance(found, str) and found:
            return text_of({"": found}, "")
    return ""
