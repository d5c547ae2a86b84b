"""The process's output: the log on stderr, announcements on stdout. It may fail; the server goes on.

Whoever reads the log may end or stop reading, and its disk may be full. A line that cannot be written at
once is lost and counted.
"""

from __future__ import annotations

import os
import select
import stat
from typing import Final

PIPE_BUF: Final = select.PIPE_BUF  # bytes that a pipe takes at once when it says that it is writable


class Output:
    """Writes whole lines to a file descriptor."""

    def __init__(self, fd: int) -> None:
        self.lost = 0  # lines
        self.fd = fd
        self.absent = False  # the descriptor was closed when the process started: every line is lost
        self._cut = False  # the last line was written in part

    def write(self, text: str) -> int:
        """Never raises and never waits."""
        if self.absent:
            self.lost += 1
            return len(text)
        line = ("\n" if self._cut else "").encode() + text.encode(errors="backslashreplace")
        left = memoryview(line)
        try:
            while left and self._takes_more():
                left = left[os.write(self.fd, left[:PIPE_BUF]) :]
        except OSError:  # no reader, no space, no such descriptor
            pass
        if left:
            self.lost += 1
        self._cut = 0 < len(left) < len(line) or (self._cut and len(left) == len(line))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def _takes_more(self) -> bool:
        if not _may_block(self.fd):
            return True
        poll = select.poll()
        poll.register(self.fd, select.POLLOUT)
        return any(event & select.POLLOUT for _, event in poll.poll(0))


def _may_block(fd: int) -> bool:
    """Pipes, sockets and terminals have readers; files have not."""
    mode = os.fstat(fd).st_mode
    return not stat.S_ISREG(mode)


def open_standard_files() -> None:
    """Puts `/dev/null` where a standard file is closed, so that no other file gets its number."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
            for output in (STDOUT, STDERR):
                output.absent |= output.fd == fd


STDOUT: Final = Output(1)
STDERR: Final = Output(2)
