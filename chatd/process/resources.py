"""What a server asks of the system and of Python for itself: open files, memory, a calm garbage collector."""

from __future__ import annotations

import ctypes
import gc
import resource
from contextlib import suppress
from typing import Final

M_ARENA_MAX: Final = -8  # of malloc.h


def raise_file_limit() -> None:
    """Every connection is an open file, and the usual limit of 1024 is made for other programs."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def limit_heaps() -> None:
    """glibc gives each thread a heap of its own, a megabyte and more in all. Two do where one thread of
    Python runs at a time (mallopt(3))."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_ARENA_MAX, 2)


def calm_collector() -> None:
    """Nearly all that a chat server makes is freed by counting references; looking for cycles every few
    hundred objects, among all that lives, cost a tenth of the time under load."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()  # `chatd.cli` stopped it for the start
