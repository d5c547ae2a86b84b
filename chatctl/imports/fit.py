"""What an export says, made to fit what chatd takes: names of accounts and rooms, texts, topics."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from chatctl.imports.keys import bounded
from chatctl.imports.text_parts import parts
from chatd.contract.fields import MAX_TEXT
from chatd.contract.shown import MESSAGE, fit_name
from chatd.domain.names.spelling import fitted, spelled, well_spelled

NOTHING: Final = "*(an empty message)*"
LONGEST_ACCOUNT_NAME: Final = 32
LONGEST_NAME: Final = 80
LONGEST_TOPIC: Final = 1000
LONGEST_FILE_NAME: Final = 255
LONGEST_EMOJI: Final = 64
MOST_DIRECT: Final = 10  # people of a direct room
_ID: Final = re.compile(
    r"[0-7][0-9a-hjkmnp-tv-z]{25}", re.IGNORECASE | re.ASCII
)  # what no account may be called
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def account_name(name: str, display_name: str, key: str) -> str:
    """The name that a placeholder asks for: of letters, digits, `.` and `-`, in one alphabet."""
    for candidate in (
        name,
        display_name,
        unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode(),
    ):
        found = fitted(spelled(candidate).replace("_", " "), "-").strip("-.")
        found = found[:LONGEST_ACCOUNT_NAME].rstrip("-.")
        if len(found) >= 2 and well_spelled(found) and _single(found) and not _ID.fullmatch(found):
            return found
    return f"person-{bounded(key)[-8:].encode('ascii', 'ignore').hex()[:16] or 'x'}"


def _single(name: str) -> bool:
    from chatd.domain.names.scripts import single_script  # compiles a long pattern

    return name.isascii() or single_script(name)


def display_name(name: str) -> str | None:
    return fit_name(name, LONGEST_NAME) or None


def room_name(name: str, key: str) -> str:
    return fit_name(name, LONGEST_NAME) or fit_name(f"room {key}", LONGEST_NAME) or "room"


def topic(text: str) -> str | None:
    return fit_name(" ".join(text.split()), LONGEST_TOPIC) or None


def texts(text: str) -> list[str]:
    """The text in parts of at most `MAX_TEXT` characters, mostly one."""
    if MESSAGE.wrong(text):
        text = _TURNING.sub("", text)
        if MESSAGE.wrong(text):
            text = NOTHING
    if len(text) <= MAX_TEXT:
        return [text]
    return [part if not MESSAGE.wrong(part) else NOTHING for part in parts(text, MAX_TEXT)]


def part_key(key: str, number: int) -> str:
    """The key of a further part of a message that is too long for one."""
    return bounded(f"{key}#{number}")


def late_key(key: str) -> str:
    """The key of the message that brings files which its message was imported without."""
    return bounded(f"{key}#files")


def file_line(name: str) -> str:
    """The name of a file in a line of text."""
    return (fit_name(name, LONGEST_FILE_NAME) or "file").replace("*", "")
