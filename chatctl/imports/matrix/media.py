"""Where in a zip of Element the bytes of an event are. Element names files after the message and the time, as
the language of whoever exported it writes that: only minute and second are the same everywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from chatctl.imports.archive import Archive
from chatctl.imports.keys import bounded
from chatctl.imports.matrix.events import Event, text_of, value_of
from chatctl.imports.records import File

_FOLDERS: Final = {"m.image": "images", "m.video": "videos", "m.audio": "audio"}
MEDIA: Final = frozenset([*_FOLDERS, "m.file"])
MAX_ALIKE: Final = 10_000  # files with names that begin alike
_NUMBERS: Final = re.compile(r"\d+")


def file_of(event: Event, archive: Archive, folder: str) -> File:
    """`folder`: where the JSON is, such as `""` or `a/`. A file that is not there has no address from where
    it could be fetched: only who is in the room may."""
    content = event.content or {}
    body = text_of(content, "body")
    told = text_of(content, "filename") or body
    name = re.split(r"[/\\]", told)[-1][:255] or "file"
    size = value_of(content, "info", "size")
    path = _path(event, content, body, archive, folder)
    return File(
        bounded(event.event_id or ""),
        name,
        text_of(content, "info", "mimetype")[:127],
        size if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**63 else None,
        path=path,
        missing=None if path else "not in the export",
    )


def _path(event: Event, content: dict[str, Any], body: str, archive: Archive, folder: str) -> str | None:
    sticker = event.type == "m.sticker"
    kind = _FOLDERS.get(text_of(content, "msgtype"), "stickers" if sticker else "files")
    stem, dot, end = body.rpartition(".")
    if not dot:
        stem, end = body, ""
    end = ".png" if sticker else f"{dot}{end}"
    begin = f"{folder}{kind}/{stem}-"
    alike = []
    for at, name in enumerate(archive.names(begin)):
        if at == MAX_ALIKE:
            return None
        if name.endswith((end, ".ogg")) and "/" not in name[len(begin) :]:
            alike.append(name)
    if len(alike) == 1:
        return alike[0]
    at_time = [name for name in alike if _tells(name[len(begin) :], event.at)]
    return at_time[0] if len(at_time) == 1 else None


def _tells(name: str, at: int | None) -> bool:
    numbers = [int(number) for number in _NUMBERS.findall(name)]
    if at is None or len(numbers) < 2:
        return False
    time = datetime.fromtimestamp(at / 1000, UTC)
    return any(pair == (time.minute, time.second) for pair in pairwise(numbers))
