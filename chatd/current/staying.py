"""Whether the one who asked still stays for the answer: a request that waits for news waits no longer.

The edge of HTTP says how that is noticed, once for each request. Where nobody has said so, a request waits
until its time is over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import trio

Leaves = Callable[[], Awaitable[None]]  # returns when who asked has ended its side of the connection

_leaves: ContextVar[Leaves | None] = ContextVar("leaves", default=None)


def stays_until(leaves: Leaves | None) -> None:
    """From here on the current task, and every task that it starts, works for who is noticed so to leave."""
    _leaves.set(leaves)


async def while_asker_stays(wait: Callable[[], Awaitable[None]]) -> None:
    """Awaits `wait`, until who asked leaves."""
    leaves = _leaves.get()
    if leaves is None:
        await wait()
        return
    async with trio.open_nursery() as nursery:

        async def notice() -> None:
            await leaves()
            nursery.cancel_scope.cancel()

        nursery.start_soon(notice)
        await wait()
        nursery.cancel_scope.cancel()
