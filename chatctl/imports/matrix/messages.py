"""Events made into messages."""

from __future__ import annotations

from typing import Final

from attrs import define
from msgspec.structs import replace

from chatctl.imports.archive import Archive
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import literal
from chatctl.imports.matrix.events import Event, relation, text_of, value_of
from chatctl.imports.matrix.media import MEDIA, file_of
from chatctl.imports.matrix.room import RoomFile
from chatctl.imports.matrix.texts import POLL_ENDS, POLLS, any_text, poll, written
from chatctl.imports.problems import Problems
from chatctl.imports.records import File, Message, Version, mention, plain

# They say nothing that anybody would read.
_SILENT: Final = frozenset([
    "m.room.create", "m.room.power_levels", "m.room.join_rules", "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.canonical_alias", "m.room.aliases", "m.room.encryption", "m.room.avatar", "m.room.pinned_events",
    "m.room.server_acl", "m.room.third_party_invite", "m.room.tombstone", "m.reaction", "m.room.redaction",
    "m.space.parent", "m.space.child", "m.key.verification.request", "im.vector.modular.widgets",
    "org.matrix.msc3381.poll.response", "m.poll.response",
    "m.call.invite", "m.call.candidates", "m.call.answer", "m.call.hangup", "m.call.select_answer",
])  # fmt: skip
_ENCRYPTED: Final = "*The export has no key to read this message.*"


@define
class Reader:
    archive: Archive
    file: RoomFile
    problems: Problems

    def message(self, event: Event, place: str) -> Message | None:
        """None for an event that is no message."""
        kind, content = event.type or "", event.content or {}
        if kind in _SILENT or relation(event)[0] == "m.replace":
            return None
        sender, id_ = plain(event.sender or ""), plain(event.event_id or "")
        if not sender or not id_:
            self.problems.add("unreadable", place)
            return None
        if event.at is None:
            self.problems.add("no time", place)
            return None
        base = Message(bounded(id_), bounded(sender), event.at, "")
        if event.state_key is not None:
            return self._state(base, event)
        if not content and kind in ("m.room.message", "m.sticker", "m.room.encrypted", *POLLS):
            return _with(base, deleted=True)
        told = self._text(event, kind, place)
        if told is None:
            return None
        thread, reply = _around(event)
        files: tuple[File, ...] = ()
        if kind == "m.sticker" or (kind == "m.room.message" and text_of(content, "msgtype") in MEDIA):
            files = (file_of(event, self.archive, self.file.folder),)
            if files[0].path is None:
                self.problems.add("missing file", place)
        text, edited, versions = _edited(event, told)
        pinned = self.file.pins.get(id_)
        return _with(
            base,
            text=text,
            thread=thread,
            reply_to=reply,
            edited_at=edited,
            versions=versions,
            pinned_by=pinned,
            files=files,
        )

    def _text(self, event: Event, kind: str, place: str) -> str | None:
        content = event.content or {}
        if kind == "m.room.message":
            named = "filename" in content and value_of(content, "filename") != value_of(content, "body")
            if text_of(content, "msgtype") in MEDIA and not named:
                return ""  # the body is the name of the file
            return written(content, answer=bool(value_of(content, "m.relates_to", "m.in_reply_to")))
        if kind == "m.sticker":
            return ""
        if kind == "m.room.encrypted":
            self.problems.add("unreadable", f"{place} (encrypted)")
            return _ENCRYPTED
        if kind in POLLS:
            return poll(content)
        if kind in POLL_ENDS:  # it says which answer has won
            return literal(any_text(content)) or None
        self.problems.add("unknown kind", f"{place}: {plain(kind)[:64]}")
        return literal(any_text(content)) or None

    def _state(self, base: Message, event: Event) -> Message | None:
        content = event.content or {}
        said = None
        match event.type:
            case "m.room.name" if text_of(content, "name"):
                said = f"renamed the room to: {literal(text_of(content, 'name'))}"
            case "m.room.topic" if topic := text_of(content, "topic") or any_text(content.get("m.topic")):
                said = f"changed the topic to: {literal(topic)}"
            case "m.room.member":
                said = _membership(event)
            case _:
                pass
        return None if said is None else _with(base, text=f"{mention(base.author)} {said}", system=True)


def _with(base: Message, **fields: object) -> Message:
    return replace(base, **fields)


def _membership(event: Event) -> str | None:
    own = event.sender == event.state_key
    whom = mention(bounded(plain(event.state_key or "")))
    before = value_of(event.unsigned, "prev_content", "membership")
    reason = text_of(event.content, "reason")
    why = f": {literal(reason)}" if reason else ""
    match value_of(event.content, "membership"):
        case "join":
            return None if before == "join" else "joined"  # else only the name or picture changed
        case "leave":
            return _left(own, before, whom) + why
        case "ban":
            return f"banned {whom}{why}"
        case "invite":
            return f"invited {whom}"
        case _:
            return None


def _left(own: bool, before: object, whom: str) -> str:
    """What somebody's leaving was depends on what they were `before`."""
    if own:
        return "declined the invitation" if before == "invite" else "left"
    done = {"ban": "ended the ban of", "invite": "took back the invitation of"}
    return f"{done.get(str(before), 'removed')} {whom}"


def _around(event: Event) -> tuple[str | None, str | None]:
    """The thread, and what is answered: in threads clients name the last message for those that know none."""
    kind, root = relation(event)
    about = value_of(event.content, "m.relates_to")
    answered = text_of(about, "m.in_reply_to", "event_id")
    if kind == "m.thread" and root:
        fallback = value_of(about, "is_falling_back") is True
        return bounded(root), bounded(answered) if answered and not fallback else None
    if event.type in POLL_ENDS and kind == "m.reference":
        answered = root
    return None, bounded(answered) if answered else None


def _edited(event: Event, text: str) -> tuple[str, int | None, tuple[Version, ...]]:
    """Element gives the newest text, mostly with the event that brought it; servers also the first one. An
    edit by anybody else is none."""
    edit = value_of(event.unsigned, "m.relations", "m.replace")
    at = value_of(edit, "origin_server_ts")
    if not isinstance(at, int) or value_of(edit, "sender") != event.sender:
        return text, None, ()
    when = Event(origin_server_ts=at).at
    newest = value_of(edit, "content", "m.new_content")
    new = written(newest, answer=True) if isinstance(newest, dict) and newest else text
    if when is None or new == text or event.at is None:
        return text, when, ()
    return new, when, (Version(text, event.at),)
