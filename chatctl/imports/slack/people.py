"""Who wrote in a Slack workspace: those whom the export lists, and those whom only messages tell of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.keys import bounded
from chatctl.imports.records import Person, plain
from chatctl.imports.slack.mrkdwn import unescaped
from chatctl.imports.slack.rows import PROFILE, Profile, Row, UserRow

SLACKBOT: Final = "USLACKBOT"
NOBODY: Final = "username:unknown"  # a message that says in no way who wrote it
_LINKED: Final = re.compile(r"<https?://[^<>|]{1,500}\|([^<>]{1,80})>\s*$")
_UNLISTED: Final = 100_000  # people of whom only messages tell, that are kept


def person_of(row: UserRow) -> Person:
    profile = row.profile or Profile()
    name = plain(row.name or "") or row.id
    shown = profile.display_name or profile.real_name or row.real_name or ""
    return Person(
        bounded(plain(row.id)),
        name,
        plain(shown) or name,
        plain(profile.email) if profile.email else None,
        bool(row.is_bot) or row.id == SLACKBOT,
        bool(row.deleted),
    )


class Authors:
    def __init__(self) -> None:
        self.listed: set[str] = set()
        self._unlisted: dict[str, Person] = {}

    def author(self, row: Row) -> str:
        """The key of who wrote a message."""
        if row.user in self.listed:
            return str(row.user)
        if row.subtype == "file_comment" and row.comment is not None and row.comment.user:
            return self._known(row.comment.user, row)
        if row.user:
            return self._known(row.user, row)
        if row.bot_id:
            return self._bot(row.bot_id, row)
        if row.username:
            return self._known(f"username:{row.username}", row)
        return NOBODY

    def _bot(self, id_: str, row: Row) -> str:
        """An app is as many people as it has names, the first of which is that of its id."""
        key, name = self._known(id_, row), plain(row.username or "").strip()
        app = self._unlisted.get(key)
        if app is None or name in ("", app.name, app.display_name):
            return key
        own = Person(bounded(f"{key}/{name}"), name, name, bot=True)
        self._keep(own)
        return own.key

    def bot_was_added(self, row: Row) -> None:
        """The row that says so ends with a link with the bot's name, which its own messages may not have."""
        found = _LINKED.search(row.text or "")
        if found is not None and row.bot_id and row.bot_id not in self.listed:
            name = unescaped(plain(found[1]))
            self._keep(Person(bounded(plain(row.bot_id)), name, name, bot=True))

    def person(self, key: str) -> Person:
        if key == SLACKBOT:
            return Person(SLACKBOT, "slackbot", "Slackbot", bot=True)
        found = self._unlisted.get(key)
        if found is not None:
            return found
        return Person(key, key.removeprefix("username:"), bot=key.startswith(("B", "username:")))

    def keep(self, people: Iterable[Person]) -> None:
        self.listed.update(one.key for one in people)

    def _known(self, key: str, row: Row) -> str:
        key = bounded(plain(key))
        if key not in self.listed and (key not in self._unlisted or not self._unlisted[key].display_name):
            self._keep(_as_told(key, row))
        return key

    def _keep(self, person: Person) -> None:
        earlier = self._unlisted.get(person.key)
        if earlier is not None and (earlier.display_name or not person.display_name):
            return
        if earlier is not None or len(self._unlisted) < _UNLISTED:
            self._unlisted[person.key] = person


def _as_told(key: str, row: Row) -> Person:
    """What a message says of its author: Slack's own look at them when it exported, or what a bot called
    itself."""
    bot = row.user is None
    profile = _profile(row.bot_profile if bot else row.user_profile)
    shown = profile.display_name or profile.real_name or profile.name or row.username or ""
    name = plain(profile.name or row.username or key.removeprefix("username:"))
    return Person(key, name or key, plain(shown), bot=bot or bool(row.bot_id))


def _profile(raw: bytes) -> Profile:
    try:
        return decoded(raw, PROFILE) if raw else Profile()
    except NotJson:
        return Profile()
