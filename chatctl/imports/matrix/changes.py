"""Events that change other events: edits, reactions and redactions. Element leaves them out; files that were
made from what a server gives have them.

They are kept beside the messages until those are taken, so that a message with many of them is changed once.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Literal

from attrs import define
from msgspec import Struct, msgpack
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
_CHANGING: Final = ("m.reaction", "m.room.redaction")


class Change(Struct, frozen=True, array_like=True):
    """`text`: the reaction, or what the message says from then on."""

    kind: Literal["reaction", "redaction", "edit"]
    by: str
    at: int
    text: str = ""


@define
class Changes:
    ordering: Ordering
    problems: Problems
    _encode: Final = msgpack.Encoder().encode
    _decode: Final = msgpack.Decoder(Change).decode

    def add(self, event: Event, room: str, place: str) -> None:
        """What the event changes, if it changes any. A change that cannot be taken over is told."""
        kind, target = relation(event)
        if event.type == "m.room.redaction":
            target = text_of(event.content, "redacts") or plain(event.redacts or "") or target
        if not target or not (event.type in _CHANGING or kind == "m.replace"):
            return
        change = _change(event)
        if change is not None:
            self.ordering.add_more(room, bounded(target), change.at, self._encode(change))
        elif event.at is None:
            self.problems.add("no time", f"{place}: {event.type}")
        else:
            self.problems.add("unknown kind", f"{place}: {event.type}")

    def applied(self, message: Message, room: str, where: str) -> Message:
        """The message with all that was added of it."""
        if message.deleted:
            return message
        reactions = dict.fromkeys(message.reactions)
        versions = deque(message.versions, MAX_VERSIONS)
        more = 0
        for body in self.ordering.more(room, message.key):
            change = self._decode(body)
            match change.kind:
                case "reaction":
                    reaction = Reaction(change.by, change.text)
                    if reaction not in reactions and len(reactions) >= MAX_REACTIONS:
                        more += 1
                    else:
                        reactions[reaction] = None
                case "redaction":
                    return Message(
                        message.key, message.author, message.at, "", thread=message.thread, deleted=True
                    )
                case "edit":
                    message = _edited(message, change, versions)
        if more:
            self.problems.add("changed", f"{where}: more than {MAX_REACTIONS:,} reactions")
        return replace(message, reactions=tuple(reactions), versions=tuple(versions))


def _change(event: Event) -> Change | None:
    by = bounded(plain(event.sender or ""))
    if event.at is None:
        return None
    if event.type == "m.reaction":
        sign = text_of(event.content, "m.relates_to", "key")
        good = sign and len(sign) <= _MAX_KEY and not sign.startswith("mxc:")
        return Change("reaction", by, event.at, sign) if good else None
    if event.type == "m.room.redaction":
        return Change("redaction", by, event.at)
    new = value_of(event.content, "m.new_content")
    return Change("edit", by, event.at, written(new, answer=True)) if isinstance(new, dict) else None


def _edited(message: Message, change: Change, versions: deque[Version]) -> Message:
    """The newest of the author's own counts; what it replaces is kept."""
    before = message.edited_at or message.at
    if change.by != message.author or change.at <= before or change.text == message.text:
        return message
    versions.append(Version(message.text, before))
    return replace(message, text=change.text, edited_at=change.at)
