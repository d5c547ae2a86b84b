"""How far something has come, in one line that is written anew on a terminal; now and then a line
elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, Self

from chatctl.count import counted
from chatctl.ctrl_c import by_ctrl_c
from chatctl.imports.moved import Moved
from chatctl.output import duration, sanitized

ON_A_TERMINAL: Final = 0.25  # seconds between two
ELSEWHERE: Final = 10.0
WIDTH: Final = 78


class Progress:
    """Speaks on standard error, so that what a command prints stays whole.

    `done`: how much of what the same command goes on with; whoever presses Ctrl-C is told.
    """

    def __init__(self) -> None:
        self.done = ""
        self._waiting = ""  # the line that says what is waited for
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + (0 if self._terminal else ELSEWHERE)
        self._shown = False
        self.began = time.monotonic()

    def show(self, line: str) -> None:
        self._waiting = ""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (ON_A_TERMINAL if self._terminal else ELSEWHERE)
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{sanitized(line)[:WIDTH]}")
            self._shown = True
        else:
            sys.stderr.write(f"{sanitized(line)}\n")
        sys.stderr.flush()

    def lost(self, why: Exception) -> None:
        """The server does not answer, or has no disk left, say, and is asked until it does. Several clients
        may notice; it is said once until something has come in again."""
        from chatd.client import Refused

        if isinstance(why, Refused):
            what, back = f"cannot go on ({why.message})", "can"
        else:
            what, back = f"is gone ({why})", "is back"
        line = f"the server {what}; waiting until it {back}. If you stop this, the same command goes on later"
        if line != self._waiting:
            self._waiting = line
            self.warn(line)

    def warn(self, line: str) -> None:
        """A line that stays."""
        begin = "\r\x1b[K" if self._shown else ""
        sys.stderr.write(f"{begin}{sanitized(line)}\n")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        if self.done and by_ctrl_c(error):
            self.warn(f"stopped: {self.done}; the same command goes on from there")
        elif self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def moving(progress: Progress) -> Callable[[Moved, str], None]:
    """Shows how far a move is: people, who come first; then rooms, messages, how many in a second, and what
    is left by the rooms. A clock that is behind is told at once, while less has come in with wrong times."""
    warned, began = False, progress.began

    def told(moved: Moved, room: str) -> None:
        nonlocal warned, began
        progress.done = f"{counted(moved.added, 'message')} came in"
        if moved.future and not warned:
            warned = True
            progress.warn("messages come in that are from later than the server's clock: they get its time")
        if not moved.rooms:
            began = time.monotonic()
            progress.show(f"people: {counted(moved.people, 'new placeholder')}")
            return
        seconds = time.monotonic() - began
        left = ""
        if moved.rooms_done:
            rest = seconds * (moved.rooms - moved.rooms_done) / moved.rooms_done
            left = f", about {duration(max(1, round(rest)))} left" if rest else ""
        rate = f"{moved.read / max(seconds, 0.1):,.0f} a second"
        done = f"room {moved.rooms_done} of {moved.rooms}: {moved.read:,} messages"
        progress.show(f"{done}, {rate}{left} ({room or 'a direct room'})")

    return told
