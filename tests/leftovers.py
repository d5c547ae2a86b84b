"""Processes that a test started and did not end: found, ended, and reported as a failure (Linux only)."""

from __future__ import annotations

import ctypes
import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


@contextmanager
def none_left() -> Iterator[None]:
    """Raises AssertionError at its end when a process that was started within still runs.

    A process whose parent has ended becomes this one's child meanwhile, so that none escapes.
    """
    adopt = ctypes.CDLL(None, use_errno=True).prctl
    adopt(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _descendants()
    try:
        yield
    finally:
        left: dict[int, str] = {}
        while still := {pid: command for pid, command in _descendants().items() if pid not in before}:
            left |= still  # again and again: one that is being ended may have just started another
            for pid in still:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        adopt(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    assert not left, f"processes that no test has ended: {sorted(left.values())}"


def _descendants() -> dict[int, str]:
    """Command lines of this process's children and theirs. One that has ended and waits to be collected runs
    no more.
    """
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if state not in ("Z", "X"):
                children[int(parent)].append(int(folder.name))
    found: dict[int, str] = {}
    above = [os.getpid()]
    while above:
        for pid in children[above.pop()]:
            with suppress(FileNotFoundError, ProcessLookupError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if words != [b""]:  # else its memory is gone already: it is ending
                    found[pid] = b" ".join(words).decode(errors="replace").strip()
                above.append(pid)
    return found
