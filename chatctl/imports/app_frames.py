"""What apps show in a frame below a message, in the shape that Slack gave it and others took over
(`attachments`), as chatd's Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from chatctl.imports.markdown import link, literal, span
from chatctl.imports.records import plain

MOST: Final = 100  # frames of a message, fields of one

Frame = dict[str, Any]


def frames(given: Any) -> list[Frame]:
    return [one for one in given[:MOST] if isinstance(one, dict)] if isinstance(given, list) else []


def framed(
    frame: Frame, text: str, markdown: Callable[[str], str], unescaped: Callable[[str], str] = str
) -> str:
    """`text`: the words of the frame, read already, as `markdown` reads the other markup of the format;
    `unescaped`: what has no markup there."""
    lines = _lines(frame, text, markdown, unescaped)
    whole = "\n".join(line for line in lines if line.strip())
    return whole or markdown(word(frame, "fallback"))


def _lines(
    frame: Frame, text: str, markdown: Callable[[str], str], unescaped: Callable[[str], str]
) -> Iterator[str]:
    yield markdown(word(frame, "pretext"))
    for words, address in (("author_name", "author_link"), ("title", "title_link")):
        if label := unescaped(word(frame, words)):
            yield link(label, unescaped(word(frame, address)))
    yield text
    for field in frames(frame.get("fields")):
        name, value = literal(unescaped(word(field, "title"))), markdown(word(field, "value"))
        yield f"{span('**', name)}: {value}" if name.strip() else value
    for button in frames(frame.get("actions")):
        if address := unescaped(word(button, "url")):  # others are for whoever was there
            yield link(unescaped(word(button, "text")), address)
    yield markdown(word(frame, "footer"))


def word(of: Frame, name: str) -> str:
    """A number is one, too: a field's value may be."""
    value = of.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return plain(value) if isinstance(value, str) else ""
