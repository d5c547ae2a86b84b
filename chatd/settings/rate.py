"""How many requests are taken in a time."""

from __future__ import annotations

import re
from typing import Final

import attrs

from chatd.settings.values import shown

_RATE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)/(\d{1,9})")


@attrs.frozen
class Rate:
    """`burst` requests at once, `per_second` in the long run. Written `per_second/burst`, as in `0.5/30`."""

    per_second: float
    burst: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Raises ValueError."""
        match = _RATE.fullmatch(text)
        if match is None or not float(match[1]) or not int(match[2]):
            raise ValueError(f"must be a rate such as 0.5/30 (requests a second/at once), not {shown(text)}")
        return cls(float(match[1]), int(match[2]))
