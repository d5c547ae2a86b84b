"""chatd whose compactions wait, once begun, until there is a certain file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import trio

from chatd.store.database import Store
from chatd.store.ops.compact import Compacted

VARIABLE = "COMPACT_WHEN"  # names the file
_compact = Store.compact


async def compact(self: Store, told: Callable[[str, int], None]) -> Compacted:
    told("reading", 0)
    while not Path(os.environ[VARIABLE]).exists():
        await trio.sleep(0.01)
    return await _compact(self, told)


if __name__ == "__main__":
    Store.compact = compact  # type: ignore[method-assign,assignment]
    from chatd.cli import main

    sys.argv[0] = "chatd"
    main()
