"""chatd on a disk that answers no more: once there is a certain file, a commit never ends."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

from chatd.store.log.journal import Journal

VARIABLE = "STUCK_WRITER"  # names the file
_commit = Journal.commit


def commit(self: Journal, *given: Any) -> Any:
    if Path(os.environ[VARIABLE]).exists():
        threading.Event().wait()
    return _commit(self, *given)


if __name__ == "__main__":
    Journal.commit = commit  # type: ignore[method-assign]
    from chatd.cli import main

    sys.argv[0] = "chatd"
    main()
