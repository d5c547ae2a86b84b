"""What became of uploads and pictures, counted where it happens; `/metrics` collects."""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct, field

DONE: Final = "done"  # of an upload that is a file now; what is refused is counted by its code
FULL: Final = "full"  # there was no space
CUT_OFF: Final = "cut_off"  # the client went away before all had come
ENDED, EXPIRED = "ended", "expired"  # of uploads in several requests: by the client, by the time
PREVIEW, NO_PREVIEW, PLAIN = "preview", "no_preview", "plain"  # of a picture


class FileCounts(Struct, eq=False):
    """One for the server. `uploads`: those that came to their end, by what became of them, and each failed
    request of an upload in several. `bytes`: of those that are files now. `pictures`: those with a preview,
    those without, and those that are stored as plain files."""

    uploads: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    pictures: Counter[str] = field(default_factory=Counter)
    unfinished: int = 0  # uploads in several requests that wait for more
