"""What Rocket.Chat's apps show below a text (`blocks`, its UI Kit) as chatd's Markdown. Of a kind that is not
known here, the title and the text are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from chatctl.imports.markdown import link, literal, span
from chatctl.imports.rocketchat.fields import part, parts, word

_MOST: Final = 100  # blocks of a message, parts of one


def rendered(blocks: list[dict[str, Any]], markdown: Callable[[str], str]) -> str:
    """`markdown` reads Rocket.Chat's own markup."""
    lines = (line for block in blocks[:_MOST] for line in _lines(block, markdown))
    return "\n".join(line for line in lines if line.strip())


def _lines(block: dict[str, Any], markdown: Callable[[str], str]) -> Iterator[str]:
    if word(block, "type") == "image":
        label = word(part(block, "title"), "text") or word(block, "altText") or "image"
        yield link(label, word(block, "imageUrl"))
        return
    title = _text(part(block, "title"), markdown)
    yield span("**", title) if title.strip() else ""
    for text in (part(block, "text"), *parts(block, "fields")[:_MOST]):
        yield _text(text, markdown)
    for one in (part(block, "accessory"), *parts(block, "elements")[:_MOST]):
        if address := word(one, "url"):  # buttons without one are for whoever was there
            yield link(word(part(one, "text"), "text"), address)
        elif word(one, "type") in ("plain_text", "mrkdwn"):
            yield _text(one, markdown)


def _text(text: dict[str, Any], markdown: Callable[[str], str]) -> str:
    said = word(text, "text")
    return markdown(said) if word(text, "type") == "mrkdwn" else literal(said)
