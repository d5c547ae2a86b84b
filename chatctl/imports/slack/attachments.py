"""What apps put below a message's text (`attachments`) as chatd's Markdown. What Slack itself put there, a
look at the page that an address leads to, is left out: chatd's readers see the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chatctl.imports.markdown import link, literal, quoted, span
from chatctl.imports.records import plain
from chatctl.imports.slack.blocks import Blocks
from chatctl.imports.slack.mrkdwn import markdown, unescaped

_MOST: Final = 100  # attachments of a message, fields of one


def rendered(attachments: Any, rooms: Mapping[str, str], *, alone: bool) -> str:
    """`alone`: the message has no text, so that something has to be shown."""
    if not isinstance(attachments, list):
        return ""
    found = [one for one in attachments[:_MOST] if isinstance(one, dict)]
    parts = [_attachment(one, rooms) for one in found if alone or not _is_look(one)]
    return "\n".join(part for part in parts if part.strip())


def _is_look(one: dict[str, Any]) -> bool:
    return bool(one.get("from_url") or one.get("original_url")) and not one.get("is_msg_unfurl")


def _attachment(one: dict[str, Any], rooms: Mapping[str, str]) -> str:
    if one.get("is_msg_unfurl"):
        return _shared(one, rooms)
    lines = [markdown(_word(one, "pretext"), rooms), _title(one), _text(one, rooms)]
    fields = one.get("fields")
    for field in fields[:_MOST] if isinstance(fields, list) else ():
        if isinstance(field, dict):
            title, value = literal(_word(field, "title")), markdown(_word(field, "value"), rooms)
            lines.append(f"{span('**', title)}: {value}" if title.strip() else value)
    whole = "\n".join(line for line in lines if line.strip())
    return whole or markdown(_word(one, "fallback"), rooms)


def _shared(one: dict[str, Any], rooms: Mapping[str, str]) -> str:
    """Another message that was shared: a quote."""
    author = literal(_word(one, "author_name") or _word(one, "author_subname"))
    text = _text(one, rooms) or markdown(_word(one, "fallback"), rooms)
    return quoted(f"{span('**', author)}: {text}" if author.strip() else text)


def _title(one: dict[str, Any]) -> str:
    title = unescaped(_word(one, "title"))
    return link(title, unescaped(_word(one, "title_link"))) if title else ""


def _text(one: dict[str, Any], rooms: Mapping[str, str]) -> str:
    text = markdown(_word(one, "text"), rooms)
    return text or Blocks(rooms).rendered(one.get("blocks")) or ""


def _word(of: dict[str, Any], name: str) -> str:
    value = of.get(name)
    return plain(value) if isinstance(value, str) else ""
