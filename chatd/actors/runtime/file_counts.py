"""What became of files since the start: counted where they come in and where they go."""

from __future__ import annotations

from collections import Counter

from chatd.contract.errors import Code


class FileCounts:
    """One for the server. `refused` uploads, by code, before their bytes came or after."""

    def __init__(self) -> None:
        self.uploaded = 0
        self.uploaded_bytes = 0
        self.collected = 0  # blobs whose bytes were taken away
        self.refused: Counter[Code] = Counter()
