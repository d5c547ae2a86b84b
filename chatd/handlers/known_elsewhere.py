"""What another node acknowledged just now may not be known here yet: who finds nothing looks once more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import trio

from chatd.ports import Freshness

CATCH_UP: Final = 5.0  # seconds

T = TypeVar("T")


async def level(fresh: Freshness) -> None:
    """Returns when this node knows what was acknowledged anywhere, and after a while in any case. Raises
    StoreUnavailable."""
    with trio.move_on_after(CATCH_UP):
        await fresh.catch_up()


async def found(look: Callable[[], Awaitable[T]], fresh: Freshness | None, lacks: Callable[[T], bool]) -> T:
    """What `look` gives, and where that `lacks` what may be there, what it gives then. `fresh`: None for a
    server that is alone. Raises StoreUnavailable."""
    seen = await look()
    if fresh is None or not lacks(seen):
        return seen
    await level(fresh)
    return await look()
