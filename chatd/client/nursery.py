"""Nurseries that do not show: what goes wrong inside leaves as itself, not wrapped in a group."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import trio


@asynccontextmanager
async def quiet_nursery() -> AsyncGenerator[trio.Nursery, None]:
    """Cancels its children when the body ends, and raises what the body or the only failed child raised."""
    failed: BaseException | None = None
    try:
        async with trio.open_nursery() as nursery:
            try:
                yield nursery
            except (Exception, KeyboardInterrupt, BaseExceptionGroup) as error:
                failed = error
            nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        if len(group.exceptions) > 1:
            raise
        raise group.exceptions[0] from group.exceptions[0].__cause__
    if failed is not None:
        raise failed


async def all_of(works: Iterable[Callable[[], Awaitable[object]]]) -> None:
    """Returns when all of them are done, at once; raises what the first one to fail raised, which ends the
    others."""
    try:
        async with trio.open_nursery() as nursery:
            for work in works:
                nursery.start_soon(work)
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from group.exceptions[0].__cause__
