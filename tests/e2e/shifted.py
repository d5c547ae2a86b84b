"""chatd under a clock that is wrong: runs `chatd.cli` with a wall clock that a file moves by seconds."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

VARIABLE = "SHIFTED_CLOCK"  # names the file; an empty one leaves the clock right
_time, _time_ns = time.time, time.time_ns


def _seconds() -> int:
    try:
        return int(Path(os.environ[VARIABLE]).read_text() or 0)
    except FileNotFoundError:
        return 0


if __name__ == "__main__":
    time.time = lambda: _time() + _seconds()
    time.time_ns = lambda: _time_ns() + _seconds() * 1_000_000_000
    from chatd.cli import main

    sys.argv[0] = "chatd"
    main()
