"""What apps and incoming webhooks put into a post beside its text (`props`): frames, and another name than
that of the account that they post with, which is a person's: whoever made the webhook."""

from __future__ import annotations

from typing import Any, Final

from attrs import Factory, define
from msgspec import Raw

from chatctl.imports.app_frames import framed, frames, word
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.keys import bounded
from chatctl.imports.mattermost.rows import ANYTHING
from chatctl.imports.mattermost.text import markdown
from chatctl.imports.records import Person

_WEBHOOKS: Final = 100_000
_MARK: Final = "webhook:"  # no user name has a colon

Props = dict[str, Any]


@define
class Apps:
    people: dict[str, Person]
    _webhooks: dict[str, Person] = Factory(dict)

    def webhook(self, props: Props) -> str | None:
        """The key of whom the post names as its author, as many as there are names."""
        name = word(props, "override_username").strip()
        if not name or props.get("from_webhook") not in ("true", True):
            return None
        key = bounded(f"{_MARK}{name}")
        if len(self._webhooks) < _WEBHOOKS:
            self._webhooks.setdefault(key, Person(key, name, name, bot=True))
        return key

    def person(self, key: str) -> Person | None:
        return self._webhooks.get(key)

    def below(self, props: Props) -> str:
        """Below the text."""
        parts = [self._frame(one) for one in frames(props.get("attachments"))]
        return "\n".join(part for part in parts if part)

    def _frame(self, one: Props) -> str:
        return framed(one, self._read(word(one, "text")), self._read)

    def _read(self, text: str) -> str:
        return markdown(text, self.people)


def read_props(raw: Raw) -> Props:
    if bytes(raw) in (b"", b"null", b"{}"):
        return {}
    try:
        found = decoded(raw, ANYTHING)
    except NotJson:
        return {}
    return found if isinstance(found, dict) else {}
