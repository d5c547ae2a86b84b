"""A document of a message as a message."""

from __future__ import annotations

from typing import Any, Final

from chatctl.imports.app_frames import framed
from chatctl.imports.archive import Archive
from chatctl.imports.emoji import reaction_named
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import literal, quoted
from chatctl.imports.records import File, Message, Reaction, mention, plain
from chatctl.imports.rocketchat import blocks
from chatctl.imports.rocketchat.bson import Document
from chatctl.imports.rocketchat.fields import key, moment, part, parts, word, words
from chatctl.imports.rocketchat.grid import Grid
from chatctl.imports.rocketchat.people import People
from chatctl.imports.rocketchat.text import markdown, without_quote

FIELDS: Final = (
    *("_id", "rid", "t", "ts", "msg", "u", "tmid", "editedAt", "reactions", "pinned", "pinnedBy"),
    *("file", "files", "attachments", "blocks", "role", "_hidden", "parent", "alias", "token", "location"),
)
_TYPES: Final = {
    "t": str,
    "msg": str,
    "u": dict,
    "tmid": str,
    "reactions": dict,
    "file": dict,
    "files": list,
    "attachments": list,
    "blocks": list,
}
_ENCRYPTED: Final = "*The export has no key to read this message.*"
_MOST: Final = 1_000  # files, attachments of a message
_REACTIONS: Final = 10_000
# What people and apps write.
_USUAL: Final = frozenset({"", "e2e", "otr", "otr-ack"})
# What rows of the system say; `{}` is their text, and `{@}` the person whom it names.
_SYSTEM: Final = {
    "uj": "joined the room",
    "ujt": "joined the team",
    "ut": "joined the conversation",
    "ul": "left the room",
    "ult": "left the team",
    "au": "added {@}",
    "ru": "removed {@}",
    "ui": "invited {@}",
    "added-user-to-team": "added {@} to the team",
    "removed-user-from-team": "removed {@} from the team",
    "r": "renamed the room to {}",
    "room_changed_description": "changed the description to {}",
    "room_changed_announcement": "changed the announcement to {}",
    "room_changed_topic": "changed the topic to {}",
    "room_changed_privacy": "made this a {}",
    "room_changed_avatar": "changed the picture of the room",
    "room-archived": "archived the room",
    "room-unarchived": "unarchived the room",
    "room-set-read-only": "let nobody but moderators write",
    "room-removed-read-only": "let everybody write",
    "room-allowed-reacting": "allowed reactions",
    "room-disallowed-reacting": "allowed no more reactions",
    "room_e2e_enabled": "began to encrypt the room",
    "room_e2e_disabled": "ended the encryption of the room",
    "user-converted-to-team": "made {} a team",
    "user-converted-to-channel": "made {} a channel",
    "user-added-room-to-team": "added {} to the team",
    "user-removed-room-from-team": "removed {} from the team",
    "user-deleted-room-from-team": "deleted {}",
    "subscription-role-added": "made {@} {role}",
    "subscription-role-removed": "made {@} no longer {role}",
    "discussion-created": "began the discussion {}",
    "message_pinned": "pinned a message",
    "message_pinned_e2e": "pinned a message",
    "user-muted": "muted {@}",
    "user-unmuted": "unmuted {@}",
    "user-banned": "banned {@}",
    "user-unbanned": "ended the ban of {@}",
    "livechat-started": "began to talk",
    "livechat-close": "ended the talk: {}",
    "livechat_navigation_history": "went to {}",
    "livechat_transfer_history": "handed the talk over",
    "livechat_transfer_history_fallback": "handed the talk over",
    "livechat_transcript_history": "asked for a transcript",
    "livechat_video_call": "asked for a video call",
    "livechat_webrtc_video_call": "began a call",
    "omnichannel_placed_chat_on_hold": "put the talk on hold",
    "omnichannel_on_hold_chat_resumed": "went on with the talk",
    "omnichannel_priority_change_history": "changed the priority of the talk",
    "omnichannel_sla_change_history": "changed the SLA of the talk",
    "command": "{}",
    "jitsi_call_started": "began a call",
    "videoconf": "began a call",
    "wm": "{}",
}


class Messages:
    def __init__(self, archive: Archive, base: str, people: People, uploads: Grid) -> None:
        self._archive, self._problems = archive, archive.problems
        self._base = base
        self._people = people
        self._uploads = uploads

    def message(self, row: Document, place: str) -> Message | None:
        """None where there is nothing that could be kept."""
        at, name = moment(row, "ts"), key(row)
        if at is None or not name:
            self._problems.add("no time" if name else "unreadable", place)
            return None
        for field, type_ in _TYPES.items():
            if not isinstance(row.get(field), type_ | None):
                self._problems.add("unreadable", f"{place}: {field}")
        user = part(row, "u")
        author = self._people.author(user, word(row, "alias").strip(), guest=bool(word(row, "token")))
        if key(user) not in self._people.listed:
            self._problems.add("missing person", f"{place}: {author}")
        kind = word(row, "t")
        thread = key(row, "tmid") or None
        if kind == "rm":
            return Message(name, author, at, "", thread, deleted=True)
        if kind in _SYSTEM:
            return Message(name, author, at, self._system(row, kind), thread, system=True)
        if kind not in _USUAL:
            self._problems.add("unknown kind", f"{place}: {kind[:40]}")
        msg, quotes = without_quote(word(row, "msg"))
        text = self._read(msg)
        if kind == "e2e":
            self._problems.add("unreadable", f"{place} (encrypted)")
            text = _ENCRYPTED
        files = self._files(row, place)
        shown = blocks.rendered(parts(row, "blocks"), self._read)
        below = (shown, *self._attached(row, quotes is not None), _location(row))
        text = "\n".join(one for one in (text, *below) if one.strip())
        return Message(
            name,
            author,
            at,
            text,
            thread,
            quotes if quotes != thread else None,
            self._problems.edited(moment(row, "editedAt"), row.get("editedAt"), place),
            (),
            False,
            False,
            (key(part(row, "pinnedBy")) or author) if row.get("pinned") is True else None,
            self._reactions(row, place),
            files,
        )

    def _system(self, row: Document, kind: str) -> str:
        said = word(row, "msg")
        text = _SYSTEM[kind].replace("{role}", literal(word(row, "role")))
        if "{@}" in text:
            return text.replace("{@}", mention(bounded(self._people.named(said))))
        return text.replace("{}", literal(said))

    def _reactions(self, row: Document, place: str) -> tuple[Reaction, ...]:
        """By user names, and so wrong where somebody was renamed since."""
        told = part(row, "reactions")
        for by in told.values():
            names = by.get("usernames") if isinstance(by, dict) else None
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                self._problems.add("unreadable", f"{place}: reactions")
        found = dict.fromkeys(
            Reaction(bounded(self._people.named(name)), reaction_named(plain(emoji).strip(":"), more=True))
            for emoji, by in told.items()
            for name in words(by, "usernames")
        )
        return tuple(self._problems.first(tuple(found), _REACTIONS, place, "reactions"))

    def _attached(self, row: Document, quoting: bool) -> list[str]:
        """What is below the text: descriptions of files, what apps put there, quotes from elsewhere."""
        found = []
        for one in parts(row, "attachments")[:_MOST]:
            description = self._read(word(one, "description"))
            if word(one, "title_link").startswith("/file-upload/"):
                found.append(description)
            elif word(one, "message_link"):
                author, said = literal(word(one, "author_name")), self._said(one)
                if not quoting and said:
                    found.append(quoted(f"**{author}**: {said}" if author else said))
            else:
                found += [framed(one, self._said(one), self._read), description]
        return found

    def _said(self, one: dict[str, Any]) -> str:
        return self._read(without_quote(word(one, "text"))[0])

    def _read(self, text: str) -> str:
        return markdown(text, self._people.key_of)

    def _files(self, row: Document, place: str) -> tuple[File, ...]:
        rows = parts(row, "files") or [one for one in (part(row, "file"),) if one]
        # A thumbnail is a file of its own, made by the server.
        kept = [one for one in rows if word(one, "typeGroup") != "thumb"]
        return tuple(self._file(one, place) for one in self._problems.first(kept, _MOST, place, "files"))

    def _file(self, row: dict[str, Any], place: str) -> File:
        file, kind = key(row), word(row, "type")
        name = word(row, "name").replace("\\", "/").rpartition("/")[2] or "file"
        size = self._uploads.size(file) if file else None
        if size is not None:
            return File(file, name, kind, size, f"grid:uploads:{file}")
        beside = f"{self._base}uploads/{file}"
        if file and beside in self._archive:
            return File(file, name, kind, self._archive.size(beside), beside)
        self._problems.add("missing file", f"{place}: {name}")
        return File(file or place, name, kind, missing="the dump has no bytes of it")


def _location(row: Document) -> str:
    """Where somebody was, which stands longitude first."""
    at = part(row, "location").get("coordinates")
    if not isinstance(at, list) or len(at) != 2 or not all(isinstance(one, int | float) for one in at):
        return ""
    return f"Location: {at[1]}, {at[0]}"
