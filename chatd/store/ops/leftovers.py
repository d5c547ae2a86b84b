"""What a command or server that was killed has left in a data folder: copies of everything, of no use.

Who calls holds the folder's lock, so only a rehearsal may be under way, and it locks its scratch folder.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from chatd.database_files import PART, remove
from chatd.store.ops.scratch_folder import REHEARSING, RESTORING, clear_left
from chatd.store.ops.upgrade import UNDONE


def clear(path: Path) -> None:
    """Takes it away from beside the database at `path`, as far as that can be."""
    for prefix in (REHEARSING, RESTORING):
        clear_left(prefix, path.parent)
    with suppress(OSError):
        for part in path.parent.glob(f"{path.name}.version-*{PART}"):
            remove(part)
        for kept in path.parent.glob(f"{path.name}{UNDONE}*"):
            if path.exists() and kept.samefile(path):  # an upgrade was nearly taken back
                kept.unlink()
