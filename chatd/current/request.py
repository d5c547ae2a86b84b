"""Which request the current task works at: what each line of the log names, and what a trace hangs under.

The session, or the edge of HTTP, says it once for each request; tasks that it starts inherit it, and an
envelope carries it to an actor, whose task works for many.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from msgspec import Struct

from chatd.frames.ids import RequestId


class CurrentRequest(Struct, frozen=True, eq=False):
    """`request`: the id of the frame within its session; without a session, the `X-Request-Id` of HTTP.
    `started`: seconds of `time.perf_counter` at which it was read. `span`: of its trace (`chatd.tracing`)."""

    session: str
    request: RequestId
    started: float
    span: Any = None

    def fields(self) -> dict[str, RequestId]:
        """What a line of the log says of it."""
        if self.session:
            return {"session": self.session, "request": self.request}
        return {"request": self.request}


_current: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)


def current_request() -> CurrentRequest | None:
    """The request that the current task works at."""
    return _current.get()


def work_at(request: CurrentRequest | None) -> None:
    """From here on the current task, and every task that it starts, works at this request."""
    _current.set(request)
