"""What the server is held to when it is attacked. The tests assert these bounds, and SECURITY.md lists them
(`docs/reference.py` writes its table), so that neither can say what the other does not.
"""

from __future__ import annotations

from typing import Final, NamedTuple

MEBIBYTE: Final = 1024 * 1024


class Bound(NamedTuple):
    """`attack`: who does what; `measure`: what is bounded, at most `most` in `unit`."""

    attack: str
    measure: str
    most: float
    unit: str

    def __str__(self) -> str:
        if self.unit == "bytes":
            return f"{self.most / MEBIBYTE:g} MiB"
        return f"{self.most:g} {self.unit}"


BROKEN_INPUT_TIME: Final = Bound(
    "any frame, request head, WebSocket frame, search, token, setting or command that `make fuzz` breaks",
    "CPU time for one",
    0.25,
    "s",
)
REFUSAL_LENGTH: Final = Bound("the same", "what a refusal says", 500, "characters")
STORM_WAIT: Final = Bound(
    "strangers or members flood, stall, lie about lengths, never read, close half",
    "the longest that another member waits, from posting to the answer and the event at another",
    1.5,
    "s",
)
STORM_MEMORY: Final = Bound("the same", "growth of memory", 64 * MEBIBYTE, "bytes")
STORM_DISK: Final = Bound("the same", "growth of the data folder and the log", MEBIBYTE, "bytes")
STRANGER_REFUSALS: Final = Bound(
    "a stranger asks what it may not", "answers until the connection is closed", 60, "refusals"
)
NEVER_READING_MEMORY: Final = Bound(
    "six members never read while 32 MB are posted for each of them",
    "growth of memory",
    40 * MEBIBYTE,
    "bytes",
)
NEVER_READING_DELAY: Final = Bound(
    "eight members never read", "what nine in ten posts of others take until they are heard", 0.25, "s"
)
UNREAD_ANSWERS_MEMORY: Final = Bound(
    "a member asks for 320 MB of history and never reads", "growth of memory", 120 * MEBIBYTE, "bytes"
)
ENDLESS_BODY_MEMORY: Final = Bound(
    "a stranger sends a body without an end for as long as it is taken",
    "growth of memory",
    19 * MEBIBYTE,
    "bytes",
)

BOUNDS: Final = tuple(value for value in globals().values() if isinstance(value, Bound))
