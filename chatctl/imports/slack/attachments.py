"""What apps put below a message's text (`attachments`) as chatd's Markdown. What Slack itself put there, a
look at the page that an address leads to, is left out: chatd's readers see the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatctl.imports.app_frames import Frame, framed, frames, word
from chatctl.imports.markdown import literal, quoted, span
from chatctl.imports.slack.blocks import Blocks
from chatctl.imports.slack.mrkdwn import markdown, unescaped


def rendered(attachments: Any, rooms: Mapping[str, str], *, alone: bool) -> str:
    """`alone`: the message has no text, so that something has to be shown."""
    parts = [_attachment(one, rooms) for one in frames(attachments) if alone or not _is_look(one)]
    return "\n".join(part for part in parts if part.strip())


def _is_look(one: Frame) -> bool:
    return bool(one.get("from_url") or one.get("original_url")) and not one.get("is_msg_unfurl")


def _attachment(one: Frame, rooms: Mapping[str, str]) -> str:
    if one.get("is_msg_unfurl"):
        return _shared(one, rooms)
    return framed(one, _text(one, rooms), lambda text: markdown(text, rooms), unescaped)


def _shared(one: Frame, rooms: Mapping[str, str]) -> str:
    """Another message that was shared: a quote."""
    author = literal(unescaped(word(one, "author_name") or word(one, "author_subname")))
    text = _text(one, rooms) or markdown(word(one, "fallback"), rooms)
    return quoted(f"{span('**', author)}: {text}" if author.strip() else text)


def _text(one: Frame, rooms: Mapping[str, str]) -> str:
    text = markdown(word(one, "text"), rooms)
    return text or Blocks(rooms).rendered(one.get("blocks")) or ""
