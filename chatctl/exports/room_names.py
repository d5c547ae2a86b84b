"""What a room is called where only small letters and hyphens are: in addresses, and by other chats."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKS: Final = re.compile(r"[^\w-]+")
_LONGEST: Final = 80
_BYTES: Final = 200  # a file system takes 255 of a name, with its end
# Windows has no files of these names, whatever their end.
_NO_FILES: Final = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")


def channel_name(name: str, taken: set[str]) -> str:
    """Lower case, with `-` for all that is no letter: also the name of the folder. Each is given once."""
    plain = _MARKS.sub("-", unicodedata.normalize("NFKC", name).lower()).strip("-_")[:_LONGEST]
    plain = plain.encode()[:_BYTES].decode(errors="ignore") or "room"
    if _NO_FILES.fullmatch(plain):
        plain = f"room-{plain}"
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain}-{number}"
    taken.add(found)
    return found
