"""A message of an export of chatd as `records` have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chatctl.imports.chatd.exported_files import ExportedFiles
from chatctl.imports.chatd.rows import EditRow, FileRow, MessageRow, is_time
from chatctl.imports.chatd.spool import Whole
from chatctl.imports.code_spans import with_mentions
from chatctl.imports.keys import bounded
from chatctl.imports.problems import Problems
from chatctl.imports.records import File, Message, Reaction, Version, plain
from chatd.domain.names.keys import name_key

_FILES: Final = 1_000  # of a message
_REACTIONS: Final = 10_000
_NOT_EXPORTED: Final = "the export has no files: make it with --files"


class Messages:
    """`names`: keys of people by `name_key`."""

    def __init__(self, files: ExportedFiles, names: Mapping[str, str], problems: Problems) -> None:
        self._exported, self._names, self._problems = files, names, problems

    def message(self, whole: Whole) -> Message:
        row = whole.row
        author = bounded(plain(row.by))
        thread = row.thread if row.thread != row.seq else None
        if row.deleted or row.text is None:
            return Message(str(row.seq), author, row.at, "", _key(thread), _key(row.reply_to), deleted=True)
        pin = whole.pin
        return Message(
            str(row.seq),
            author,
            row.at,
            self._text(row.text),
            _key(thread),
            _key(row.reply_to),
            row.edited_at if is_time(row.edited_at) else None,
            self._versions(row, whole.edits),
            pinned_by=None if pin is None else _person(pin.by, author),
            reactions=tuple(
                Reaction(bounded(plain(one.account)), plain(one.emoji))
                for one in self._problems.first(
                    whole.reactions, _REACTIONS, f"message {row.seq} of {plain(row.room)}", "reactions"
                )
            ),
            files=self._files(row),
        )

    def _text(self, text: str) -> str:
        return with_mentions(plain(text), lambda name: self._names.get(name_key(name)))

    def _versions(self, row: MessageRow, edits: list[EditRow]) -> tuple[Version, ...]:
        """The texts before that of now, each with the time from which it stood."""
        if row.original is None:
            return ()
        earlier = [
            (row.original, row.at),
            *((edit.text, edit.at if is_time(edit.at) else row.at) for edit in edits[:-1]),
        ]
        return tuple(Version(self._text(text), at) for text, at in earlier if text is not None)

    def _files(self, row: MessageRow) -> tuple[File, ...]:
        known = {file.id: file for file in row.files or ()}
        ids = list(dict.fromkeys([*(row.attachments or ()), *known]))[:_FILES]
        return tuple(self._file(row, id_, known.get(id_)) for id_ in ids)

    def _file(self, row: MessageRow, id_: str, about: FileRow | None) -> File:
        key = bounded(plain(id_))
        if about is None:
            return File(key, "file", missing="it was deleted")
        path = self._exported.path(key) if "/" not in key else None
        name = plain(about.name).replace("\n", " ") or key
        if path is None:
            self._problems.add("missing file", f"message {row.seq} of {plain(row.room)}: {name}")
        return File(key, name, plain(about.type), about.size, path, missing=None if path else _NOT_EXPORTED)


def _key(seq: int | None) -> str | None:
    return None if seq is None else str(seq)


def _person(by: str, otherwise: str) -> str:
    """Operators and the server itself are no people."""
    return otherwise if ":" in by or by == "system" else bounded(plain(by))
