"""Work that can wait: its threads take what processor time the others leave."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import Final

NICE: Final = 10


def step_back() -> None:
    """For the rest of this thread's life: a thread that is used for other things must not call it."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
