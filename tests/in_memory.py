"""Temporary files of the tests are in memory where there is room: on a disk each commit waits for it.

Whoever sets TMPDIR decides instead. What a run that was killed has left is taken away by the next one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from chatd.store.ops.scratch_folder import scratch_folder

MEMORY: Final = Path("/dev/shm")
ROOM: Final = 3 << 30  # bytes that must be free: about twice what a run takes. A container may have 64 MiB


@contextmanager
def temporary_files() -> Iterator[Path | None]:
    """Within, this process and those that it starts have them in the folder; None: where they were before."""
    if "TMPDIR" in os.environ or not roomy(MEMORY):
        yield None
        return
    with scratch_folder("chatd-tests-", MEMORY) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        try:
            yield folder
        finally:
            del os.environ["TMPDIR"]
            tempfile.tempdir = None


def roomy(place: Path) -> bool:
    """Whether programs, too, can be written there, and there is enough room."""
    try:
        found = os.statvfs(place)
    except OSError:
        return False
    programs = not found.f_flag & os.ST_NOEXEC
    return programs and os.access(place, os.W_OK) and found.f_bavail * found.f_frsize >= ROOM
