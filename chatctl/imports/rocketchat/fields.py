"""Fields of documents whose types nobody vouches for."""

from __future__ import annotations

from typing import Any, Final

from chatctl.imports.keys import bounded
from chatctl.imports.records import plain

_LATEST: Final = 4_102_444_800_000  # the year 2100


def word(of: Any, name: str) -> str:
    """A text, or nothing."""
    value = of.get(name) if isinstance(of, dict) else None
    return plain(value) if isinstance(value, str) else ""


def key(of: Any, name: str = "_id") -> str:
    return bounded(word(of, name))


def moment(of: Any, name: str) -> int | None:
    """A time in milliseconds; none where there is none, or one out of every range."""
    value = of.get(name) if isinstance(of, dict) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value < _LATEST else None


def part(of: Any, name: str) -> dict[str, Any]:
    value = of.get(name) if isinstance(of, dict) else None
    return value if isinstance(value, dict) else {}


def words(of: Any, name: str) -> list[str]:
    value = of.get(name) if isinstance(of, dict) else None
    return [plain(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def parts(of: Any, name: str) -> list[dict[str, Any]]:
    value = of.get(name) if isinstance(of, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
