"""Names of files: what a client says, made harmless; and how clients are told them (RFC 6266, RFC 8187)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from chatd.contract.file import MAX_NAME
from chatd.contract.shown import plain

UNNAMED: Final = "file"
LONGEST_END: Final = 20  # characters of an extension that is kept when a name is cut
_FOLDERS: Final = re.compile(r"[/\\]")
_ATTR_CHARS: Final = "!#$&+-.^_`|~"  # of RFC 8187, besides letters and digits
_QUOTED: Final = re.compile(r"[^ !#-\[\]-~]|%")  # what stands in no plain `filename`


def file_name(said: str) -> str:
    """The last part of a path, on one line, without characters that hide how a name ends."""
    name = plain(_FOLDERS.split(said)[-1]).strip(". ") or UNNAMED
    if len(name) <= MAX_NAME:
        return name
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > LONGEST_END:
        return name[:MAX_NAME]
    return stem[: MAX_NAME - len(end) - 1] + dot + end


def disposition(kind: str, name: str) -> str:
    """`kind`: inline or attachment."""
    plain = _QUOTED.sub("_", name)
    if plain == name:
        return f'{kind}; filename="{name}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"
