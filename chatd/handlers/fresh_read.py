"""Fresh reads: what a handler writes because of something it read is written only while that is still so.

What was read goes with the write as conditions (`chatd.ports.conditions`), and the log checks them in the
transaction. Nobody waits for a lock: whoever comes second reads again and decides again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from chatd.actors.runtime.envelope import STALE

TRIES: Final = 16  # with n who write at once each needs at most n, because one of them is written each time

P = ParamSpec("P")
T = TypeVar("T")


def retried_when_stale(handle: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Runs `handle` again while it returns `STALE`, and returns that after `TRIES` times.

    `handle` reads, decides, and writes under the conditions of what it read; before that it changes nothing.
    """

    @wraps(handle)
    async def retried(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            answer = await handle(*args, **kwargs)
            if answer != STALE:
                return answer
        return await handle(*args, **kwargs)

    return retried
