"""What a server asks of the system and of Python for itself: open files, memory, a calm garbage collector."""

from __future__ import annotations

import ctypes
import gc
import resource
from contextlib import suppress
from typing import Final

M_TRIM_THRESHOLD: Final = -1  # of malloc.h, as the next two
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
MIB: Final = 1024 * 1024


def raise_file_limit() -> None:
    """Every connection is an open file, and the usual limit of 1024 is made for other programs."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def shape_heaps() -> None:
    """Says what glibc does with memory (mallopt(3)).

    It gives each thread a heap of its own, a megabyte and more in all: two do where one thread of Python runs
    at a time. And it gives back at once what is free at the end of a heap, from 128 KiB on: a question of
    many parts, for which SQLite needs as much, had pages cleared and mapped anew each time, at five times the
    cost of the answer.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_ARENA_MAX, 2)
        libc.mallopt(M_TRIM_THRESHOLD, 2 * MIB)
        libc.mallopt(M_MMAP_THRESHOLD, MIB)  # else it stays at 128 KiB once the other is set


def calm_collector() -> None:
    """Nearly all that a chat server makes is freed by counting references; looking for cycles every few
    hundred objects, among all that lives, cost a tenth of the time under load."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()  # `chatd.cli` stopped it for the start
