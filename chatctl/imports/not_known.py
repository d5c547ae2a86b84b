"""Why a file or folder is of no format that is known, if that can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from chatctl.imports.glance import Glance
from chatctl.imports.zip_members import ENCRYPTED

UNPACK: Final = "is packed in a way that is not read here: unpack it, and give the folder"
_PACKED: Final = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"\x1f\x8b",
)
# What slackdump writes for itself: a database, or pieces that are packed one by one.
_SLACKDUMP: Final = ("slackdump.sqlite", "workspace.json.gz")
_ARCHIVES: Final = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")
_PAGES: Final = (".html", ".htm")
_DUMP_ARCHIVE: Final = b"\x6d\xe2\x99\x81"  # what `mongodump --archive` begins with
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
_LOOKED_AT: Final = 20  # files whose beginning is read for this


def reason(path: Path, seen: Glance) -> str | None:
    """What is wrong with it, as the rest of a sentence that begins with its name."""
    unreadable = seen.problems.by_kind.get("unreadable")
    if unreadable is not None:
        place = unreadable.places[0]
        if place.endswith(ENCRYPTED):
            return "is encrypted: unpack it with its password, and give the folder"
        return f"is damaged ({place}): get it again, or take what is left with `--format`"
    if not seen.names:
        return "has no files in it"
    if seen.named(*_SLACKDUMP):
        return "is an archive of slackdump's own: `slackdump convert -f export` makes an export of it"
    inside = next((name for name in seen.names if name.lower().endswith(_ARCHIVES)), None)
    if inside is not None and inside != path.name:
        return f"holds another archive ({inside}): unpack it, and give that"
    page = next((name for name in seen.names if name.lower().endswith(_PAGES)), None)
    if page is not None:
        return (
            f"has pages for a browser ({page}), which are not read: export it again as JSON, as"
            " DiscordChatExporter, Element and Telegram Desktop (`machine-readable`) do when they are told to"
        )
    if any(seen.head(name).startswith(_WIDE) for name in seen.names[:_LOOKED_AT]):
        return "is written in UTF-16 or UTF-32: convert it to UTF-8"
    wrong = next(filter(None, map(seen.wrong, seen.names[:_LOOKED_AT])), None)
    if wrong is not None:
        return f"cannot be read: {wrong}"
    if path.is_file() and seen.names == (path.name,):
        head = seen.head(path.name)
        if not head:
            return "is empty"
        if head.startswith(_PACKED):
            return UNPACK
        if head.startswith(_DUMP_ARCHIVE):
            return "is one archive of mongodump's: `mongodump --out FOLDER` writes what is read here"
    return None
