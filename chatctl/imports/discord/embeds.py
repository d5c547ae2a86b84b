"""What bots show in frames, and on buttons, as Markdown. Previews of links that the text has are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from chatctl.imports.discord.rows import Component, Embed, Forwarded, Message
from chatctl.imports.markdown import is_address, link, literal, span
from chatctl.imports.records import plain

MAX_EMBEDS: Final = 10  # of a message, as in Discord
MAX_FIELDS: Final = 25
MAX_IMAGES: Final = 10
MAX_BUTTONS: Final = 25
_DEEPEST: Final = 3  # rows in rows


def embedded(message: Message | Forwarded, markdown: Callable[[str], str]) -> Iterator[str]:
    for each in _shown(message):
        if shown := "\n\n".join(_parts(each, markdown)):
            yield shown


def linked(components: list[Component] | None, depth: int = 0) -> Iterator[str]:
    """Buttons that lead somewhere; others are for whoever was there."""
    for each in (components or [])[:MAX_BUTTONS]:
        if each.url:
            yield link(plain(each.label or ""), plain(each.url))
        if depth < _DEEPEST:
            yield from linked(each.components, depth + 1)


def pictures(message: Message | Forwarded) -> Iterator[str]:
    """Where they are."""
    for each in _shown(message):
        given = each.images or ([each.image] if each.image is not None else [])
        yield from dict.fromkeys(image.url for image in given[:MAX_IMAGES] if image.url)


def _shown(message: Message | Forwarded) -> Iterator[Embed]:
    for each in (message.embeds or [])[:MAX_EMBEDS]:
        if not each.url or each.url not in (message.content or ""):
            yield each


def _parts(embed: Embed, markdown: Callable[[str], str]) -> Iterator[str]:
    if embed.author is not None and embed.author.name:
        yield literal(plain(embed.author.name))
    title, address = plain(embed.title or ""), plain(embed.url or "")
    if title or is_address(address):
        yield span("**", link(title, address))
    if embed.description:
        yield markdown(embed.description)
    for each in (embed.fields or [])[:MAX_FIELDS]:
        name, value = markdown(each.name or ""), markdown(each.value or "")
        yield f"{span('**', name)}\n{value}".strip()
    if embed.footer is not None and embed.footer.text:
        yield literal(plain(embed.footer.text))
