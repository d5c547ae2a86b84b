"""Parts of a file (RFC 9110, section 14). Of several at once the whole file is sent, as the RFC allows."""

from __future__ import annotations

import re
from typing import Final

ONE_RANGE: Final = re.compile(r"bytes=\s*(\d{0,20})-(\d{0,20})\s*", re.IGNORECASE)


class NotSatisfiable(Exception):
    """The range lies behind the end of the file."""


def wanted_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Start and length of what is asked for; None for the whole file. Raises NotSatisfiable."""
    match = ONE_RANGE.fullmatch(header or "")
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        if not length:
            raise NotSatisfiable
        return size - length, length
    start = int(match[1])
    end = min(int(match[2]), size - 1) if match[2] else size - 1
    if match[2] and int(match[2]) < start:
        return None  # no valid range: it is as if it was not there
    if start >= size:
        raise NotSatisfiable
    return start, end - start + 1
