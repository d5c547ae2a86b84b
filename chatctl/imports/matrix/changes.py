"""Events that change other events: edits, reactions and redactions. Element leaves them out; files that were
made from what a server gives have them."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from chatctl.imports.keys import bounded
from chatctl.imports.matrix.events import Event, relation, text_of, value_of
from chatctl.imports.matrix.texts import written
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import Problems
from chatctl.imports.records import Message, Reaction, Version, plain

MAX_REACTIONS: Final = 2_000  # of a message
MAX_VERSIONS: Final = 1_000
_MAX_KEY: Final = 64  # characters of a reaction


def change(event: Event, room: str, ordering: Ordering, problems: Problems, place: str) -> None:
    kind, target = relation(event)
    if event.type == "m.room.redaction":
        target = text_of(event.content, "redacts") or target
    found = ordering.find(room, bounded(target)) if target else None
    if found is None or event.at is None:
        return None
    changed = found
    if event.type == "m.reaction":
        if len(found.reactions) >= MAX_REACTIONS:
            return problems.add("changed", f"{place}: more than {MAX_REACTIONS:,} reactions")
        changed = _reacted(found, event)
    elif event.type == "m.room.redaction":
        changed = Message(found.key, found.author, found.at, "", thread=found.thread, deleted=True)
    elif kind == "m.replace":
        changed = _edited(found, event)
    if changed is not found:
        ordering.replace(room, changed)
    return None


def _reacted(found: Message, event: Event) -> Message:
    sign = text_of(event.content, "m.relates_to", "key")
    if not sign or len(sign) > _MAX_KEY or sign.startswith("mxc:"):
        return found
    reaction = Reaction(bounded(plain(event.sender or "")), sign)
    return found if reaction in found.reactions else replace(found, reactions=(*found.reactions, reaction))


def _edited(found: Message, event: Event) -> Message:
    """The newest of the author's own counts; what it replaces is kept."""
    new = value_of(event.content, "m.new_content")
    before = found.edited_at or found.at
    own = bounded(plain(event.sender or "")) == found.author
    if not own or not isinstance(new, dict) or event.at is None or event.at <= before or found.deleted:
        return found
    versions = (*found.versions, Version(found.text, before))[:MAX_VERSIONS]
    text = written(new, answer=True)
    return found if text == found.text else replace(found, text=text, edited_at=event.at, versions=versions)
