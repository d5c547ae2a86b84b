"""Keys for what an export gives none, or one that is too long."""

from __future__ import annotations

import hashlib
from typing import Final

from attrs import define, field

MAX_KEY: Final = 200  # characters
MAX_EQUALS: Final = 100_000  # keys that are remembered
_NONE: Final = "(no key)"


def digest(*parts: object) -> str:
    """The same for the same parts, and for no others."""
    whole = "\x00".join(str(part) for part in parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def bounded(key: str) -> str:
    """The key itself, or where it is too long its beginning and a digest of all of it."""
    return key if len(key) <= MAX_KEY else f"{key[: MAX_KEY - 17]}~{digest(key)}"


def sent(key: str) -> str:
    """As the server takes it: an export may have a person or room without any key."""
    return key or _NONE


def received(key: str) -> str:
    """What `sent` was made of."""
    return "" if key == _NONE else key


@define
class MomentKeys:
    """Keys by what was said when, for exports that have no ids: the place in a file would not do, since files
    are cut, moved and packed. Equals of one moment are counted."""

    _equals: dict[str, int] = field(factory=dict)

    def key(self, moment: str, *said: object) -> str:
        """Never the same twice, for moments that come in any order, as long as no more than `MAX_EQUALS` lie
        between equals."""
        first = f"{moment}:{digest(*said)}"
        if len(self._equals) >= MAX_EQUALS and first not in self._equals:
            self._equals.clear()
        self._equals[first] = count = self._equals.get(first, 0) + 1
        return first + (f":{count}" if count > 1 else "")
