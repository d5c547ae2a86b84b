"""One row of a day's file as a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Raw

from chatctl.imports.emoji import reaction_named
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import literal, span
from chatctl.imports.problems import Problems
from chatctl.imports.records import Message, Reaction, mention, plain
from chatctl.imports.slack import attachments
from chatctl.imports.slack.blocks import Blocks
from chatctl.imports.slack.files import Files
from chatctl.imports.slack.mrkdwn import SPECIAL, markdown, tokenless
from chatctl.imports.slack.people import Authors
from chatctl.imports.slack.rows import (
    ANYTHING,
    CALL,
    NOTHING,
    WRITTEN,
    Call,
    FileRow,
    Number,
    Row,
    microseconds,
    seconds,
    written,
)

_NULL: Final = b"null"
# A block that is no text of a person, or something in it.
_OF_APPS: Final = re.compile(
    rb'"type"\s*:\s*"(?!rich_text|(?:text|link|emoji|user|channel|broadcast|usergroup|color|date|canvas|file|'
    rb'message|team)")'
)
_REACTIONS: Final = 10_000  # of a message
# What Slack writes by itself. A kind that is not known here is an ordinary message with its text.
_SYSTEM: Final = frozenset(
    f"{place}_{what}"
    for place in ("channel", "group")
    for what in (
        *("join", "leave", "archive", "unarchive", "name", "topic", "purpose", "posting_permissions"),
        *("convert_to_private", "convert_to_public"),
    )
) | {
    *("pinned_item", "unpinned_item", "bot_add", "bot_remove", "bot_enable", "bot_disable", "reminder_add"),
    *(
        "sh_room_created",
        "huddle_thread",
        "app_conversation_join",
        "channel_canvas_updated",
        "tabbed_canvas_updated",
    ),
    *("joiner_notification", "joiner_notification_for_inviter"),
}

# What people and apps write.
_USUAL: Final = frozenset(
    {
        *(
            "bot_message",
            "me_message",
            "thread_broadcast",
            "reply_broadcast",
            "tombstone",
            "slackbot_response",
        ),
        *("file_share", "file_comment", "file_mention", "document_mention", "assistant_app_thread"),
    }
)


class Messages:
    """Of one room: `pins` says who pinned the message with a `ts`; `folders` where the room's files may
    lie."""

    def __init__(
        self,
        authors: Authors,
        files: Files,
        rooms: Mapping[str, str],
        problems: Problems,
        room: str,
        pins: Mapping[str, str],
        folders: list[str],
    ) -> None:
        self._authors, self._files, self._rooms = authors, files, rooms
        self._problems = problems
        self._room, self._pins, self._folders = room, pins, folders
        self._blocks = Blocks(rooms)

    def message(self, micro: int, row: Row, place: str) -> Message:
        """`micro`: its time; `place`: the name of the day's file."""
        key = _key(row.ts, micro)
        place = f"{place} {key}"
        author = self._authors.author(row)
        if row.subtype == "tombstone":
            return Message(key, author, micro // 1000, "", self._thread(row, micro, place), deleted=True)
        if row.subtype == "bot_add":
            self._authors.bot_was_added(row)
        if row.subtype and row.subtype not in _SYSTEM and row.subtype not in _USUAL:
            self._problems.add("unknown kind", f"{place}: {plain(row.subtype)[:40]}")
        files = row.files or ([row.file] if row.file is not None and row.subtype != "file_comment" else [])
        edited = None
        if row.edited is not None:
            edited = self._problems.edited(microseconds(row.edited.ts), row.edited.ts, place)
        return Message(
            key,
            author,
            micro // 1000,
            tokenless(self._text(row, files)),
            self._thread(row, micro, place) if row.thread_ts is not None else None,
            None,
            None if edited is None else edited // 1000,
            (),
            False,
            row.subtype in _SYSTEM or _is_call(row),
            self._pinned_by(key, row) if self._pins or row.pinned_to else None,
            self._reactions(row, place) if row.reactions else (),
            self._files.of(files, self._folders, place) if files else (),
        )

    def _thread(self, row: Row, micro: int, place: str) -> str | None:
        root = microseconds(row.thread_ts)
        if root is None and row.thread_ts:
            self._problems.add("unreadable", f"{place}: thread_ts")
        return None if root is None or root == micro else _key(row.thread_ts, root)

    def _text(self, row: Row, files: list[FileRow]) -> str:
        text = row.text or ""
        if row.subtype == "file_share" and row.file is not None:
            # The text says that a file was uploaded and repeats the comment: the file is shown anyway.
            comment = row.file.initial_comment
            return markdown(comment.comment or "", self._rooms) if comment is not None else ""
        done = self._written(row, text)
        if row.subtype == "me_message":
            done = span("*", done)
        if _has(row.attachments):
            more = attachments.rendered(_anything(row.attachments), self._rooms, alone=not done)
            done = f"{done}\n{more}" if done and more else done or more
        if _has(row.room) and (not done or row.subtype == "huddle_thread"):
            done = self._call(row)  # a huddle's text says no more than that it was
        return done

    def _written(self, row: Row, text: str) -> str:
        """By the blocks, unless there are none that are known, or a person's text has nothing that they could
        add to. An app's text is what a notification says: all else is in the blocks."""
        if _has(row.blocks) and (
            not text or SPECIAL.search(text) or "\u2022" in text or _OF_APPS.search(row.blocks)
        ):
            blocks = _anything(row.blocks)
            done = self._blocks.rendered(blocks, text) or ("" if text else self._blocks.readable(blocks))
            if done:
                return done
        return markdown(text, self._rooms) if text else ""

    def _call(self, row: Row) -> str:
        try:
            call = decoded(row.room, CALL)
        except NotJson:
            call = Call()
        begins, ends = seconds(call.date_start), seconds(call.date_end)
        name = literal(plain(call.name or ""))
        words = [f"Call: {name}" if name.strip() else "Call"]
        if begins is not None and ends is not None and ends > begins:
            words.append(f"{max(1, round((ends - begins) / 60))} min")
        people = [mention(bounded(plain(one))) for one in (call.participant_history or [])[:50]]
        return ", ".join([*words, *people])

    def _pinned_by(self, key: str, row: Row) -> str | None:
        """Where it is not told who did it, the author stands for them."""
        by = self._pins.get(key)
        if by is None and row.pinned_to and self._room in row.pinned_to:
            by = self._pinner(row.pinned_info)
        return self._authors.author(row) if by == "" else by

    def _pinner(self, raw: Raw) -> str:
        about = _anything(raw)
        here = about.get(self._room) if isinstance(about, dict) else None
        by = here.get("pinned_by") if isinstance(here, dict) else None
        return bounded(plain(by)) if isinstance(by, str) else ""

    def _reactions(self, row: Row, place: str) -> tuple[Reaction, ...]:
        found = dict.fromkeys(
            Reaction(bounded(plain(person)), reaction_named(one.name))
            for one in row.reactions or ()
            for person in one.users or ()
        )
        unnamed = sum(max(0, (one.count or 0) - len(one.users or ())) for one in row.reactions or ())
        if unnamed:
            self._problems.add("missing person", f"{place}: reactions", unnamed)
        return tuple(self._problems.first(tuple(found), _REACTIONS, place, "reactions"))


def _key(ts: Number, micro: int) -> str:
    """`ts` itself, as Slack writes it."""
    return ts if isinstance(ts, str) and len(ts) == WRITTEN else written(micro)


def _has(raw: Raw) -> bool:
    return raw is not NOTHING and bytes(raw) not in (b"", _NULL, b"[]")


def _is_call(row: Row) -> bool:
    return not row.text and row.subtype is None and _has(row.room)


def _anything(raw: Raw) -> Any:
    try:
        return decoded(raw, ANYTHING)
    except NotJson:
        return None
