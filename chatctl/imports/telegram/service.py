"""What service messages say. The list of actions grows: one that is not known is told by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chatctl.imports.markdown import literal
from chatctl.imports.records import mention, plain
from chatctl.imports.telegram.rows import Row

TOPIC: Final = "topic_created"  # what a topic of a forum hangs on
PINNED: Final = "pin_message"
_SAID: Final[Mapping[str, str]] = {
    "create_group": "created the group:",
    "create_channel": "created the channel:",
    "invite_members": "added:",
    "remove_members": "removed:",
    "join_group_by_link": "joined",
    "join_group_by_request": "joined",
    "edit_group_title": "renamed the group to:",
    "edit_group_photo": "changed the picture of the group",
    "delete_group_photo": "removed the picture of the group",
    PINNED: "pinned a message",
    "phone_call": "called",
    "group_call": "called",
    TOPIC: "began the topic:",
    "topic_edit": "changed the topic to:",
    "migrate_from_group": "made this group of:",
    "migrate_to_supergroup": "moved the group",
}
# Where the one whom it is about did it.
_BY_ONESELF: Final[Mapping[str, str]] = {"invite_members": "joined", "remove_members": "left"}
MAX_MEMBERS: Final = 100


def told(row: Row, author: str) -> str:
    action = plain(row.action or "")[:64]
    if action in _BY_ONESELF and row.actor and row.members == [row.actor]:
        return f"{mention(author)} {_BY_ONESELF[action]}"
    information = literal(plain(row.information_text or "").strip())
    known = _SAID.get(action) or literal(action.replace("_", " "))
    said = [mention(author), known or information or "did something"]
    if title := row.title or row.new_title:
        said.append(literal(plain(title)))
    names = [plain(each) for each in (row.members or [])[:MAX_MEMBERS] if isinstance(each, str)]
    if names:
        said.append(literal(f"({', '.join(names)})" if title else ", ".join(names)))
    return " ".join(said).rstrip(":")
