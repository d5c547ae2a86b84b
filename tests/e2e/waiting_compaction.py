"""chatd whose compactions wait, once begun, until somebody opens a named pipe for writing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import trio

from chatd.store.database import Store
from chatd.store.ops.compact import Compacted

VARIABLE = "COMPACT_WHEN"  # names the pipe
_compact = Store.compact


async def compact(self: Store, told: Callable[[str, int], None]) -> Compacted:
    told("reading", 0)
    await trio.to_thread.run_sync(_wait, abandon_on_cancel=True)
    return await _compact(self, told)


def _wait() -> None:
    with open(os.environ[VARIABLE], "rb"):  # a named pipe: until somebody writes
        pass


if __name__ == "__main__":
    Store.compact = compact  # type: ignore[method-assign,assignment]
    from chatd.cli import main

    sys.argv[0] = "chatd"
    main()
