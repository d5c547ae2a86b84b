"""The text of a message: HTML in which people, pictures and other messages stand as elements of their own."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from attrs import define, field

from chatctl.imports.addresses import without_secrets
from chatctl.imports.html_text import html_as_markdown
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import literal, quoted, span
from chatctl.imports.records import File, mention, plain
from chatctl.imports.teams.rows import Attachment, Row, shown

MAX_ATTACHMENTS: Final = 50
MAX_CARD_TEXTS: Final = 30
MAX_DEPTH: Final = 20  # of a card
_REFERENCE: Final = "messageReference"
_FORWARDED: Final = "forwardedMessageReference"
_CARD: Final = ("application/vnd.microsoft.card", "application/vnd.microsoft.teams.card")
# Each word of a name is a mention of its own.
_REPEATED: Final = re.compile("(\x0e[^\x0f]*\x0f)(?:[ \u00a0]*\\1)+")


@define
class Text:
    """`answered`: key of the message that is quoted."""

    row: Row
    markdown: str = ""
    answered: str | None = None
    files: list[File] = field(factory=list)
    _pictures: int = 0

    @classmethod
    def of(cls, row: Row) -> Text:
        found = cls(row)
        body = row.body
        content = (body.content if body else None) or ""
        html = body is not None and (body.content_type or "html").lower() == "html"
        text = html_as_markdown(content, found._special) if html else literal(plain(content))
        parts = [_REPEATED.sub(r"\1", text)]
        for at, each in enumerate((row.attachments or [])[:MAX_ATTACHMENTS]):
            parts.append(found._attached(each, at))
        if row.subject:
            parts.insert(0, span("**", literal(plain(row.subject)[:1000])))
        found.markdown = "\n\n".join(part for part in parts if part)
        return found

    def _special(self, tag: str, attributes: dict[str, str], text: str) -> str | None:
        match tag:
            case "at":
                return self._mention(attributes.get("id", ""), text)
            case "attachment":
                return ""  # it is in the list
            case "emoji" | "customemoji":
                return literal(attributes.get("alt") or text)
            case "img" if "hostedcontents" in attributes.get("src", "").lower():
                self._pictures += 1
                missing = "only Microsoft has it, for whoever has a token"
                self.files.append(File(f"picture{self._pictures}", "picture", missing=missing))
                return ""
            case _:
                return None

    def _mention(self, id_: str, text: str) -> str:
        for each in self.row.mentions or ():
            if shown(each.id) == id_ and each.mentioned is not None and each.mentioned.user is not None:
                key = shown(each.mentioned.user.id)
                return mention(key) if key else literal(f"@{text}")
        return literal(f"@{text}")

    def _attached(self, attachment: Attachment, at: int) -> str:
        """What is shown of it as text; a file is kept as one."""
        kind = attachment.content_type or ""
        if kind == "reference":
            name = plain(attachment.name or "")[:255] or "file"
            url = without_secrets(attachment.content_url)
            self.files.append(
                File(bounded(shown(attachment.id) or str(at)), name, url=url, missing=_gone(url))
            )
            return ""
        content = _parsed(attachment.content)
        if kind == _REFERENCE:
            self.answered = shown(_string(content.get("messageId"))) or None
            return ""
        if kind == _FORWARDED:
            said = html_as_markdown(_string(content.get("originalMessageContent")))
            return quoted(said) if said else ""
        if kind.startswith(_CARD):
            name = plain(attachment.name or _string(content.get("name")))[:255]
            texts = _texts(content, 0) or [literal(name)]
            return quoted("\n\n".join(texts)) if any(texts) else ""
        return literal(plain(attachment.name or "")[:255])


def _gone(url: str | None) -> str | None:
    return None if url else "not in the export"


def _parsed(content: str | None) -> dict[str, Any]:
    try:
        found = json.loads(content or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(card: Any, depth: int) -> list[str]:
    """All that a card says, in its order."""
    found: list[str] = []
    if depth > MAX_DEPTH:
        return found
    if isinstance(card, list):
        for each in card[:MAX_CARD_TEXTS]:
            found += _texts(each, depth + 1)
    elif isinstance(card, dict):
        for name in ("title", "subtitle", "subTitle", "text", "value"):
            if isinstance(card.get(name), str) and card[name].strip():
                found.append(literal(plain(card[name])[:5000]))
        for name in ("body", "items", "columns", "facts", "sections"):
            found += _texts(card.get(name), depth + 1)
    return found[:MAX_CARD_TEXTS]
