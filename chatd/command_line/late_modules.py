"""Modules that libraries import and a server hardly ever uses: they are loaded by their first use.

trio imports `ssl` for TLS, aiosqlite `asyncio` for a loop in whose place `chatd.store.connection` has trio.
Without them an empty server needs 3.3 MiB less, and a start a fortieth fewer instructions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class LateModule(ModuleType):
    """Stands in for the module of its name where that is asked for nothing yet."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def load_libraries() -> None:
    """Loads trio and aiosqlite. Whoever imports `ssl` or `asyncio` afterwards gets them as always."""
    with _late("ssl"):
        import_module("trio")
    with _late("asyncio", Future=Any, AbstractEventLoop=Any):  # which it names in annotations
        import_module("aiosqlite")


@contextmanager
def _late(name: str, **known: Any) -> Iterator[None]:
    """What is imported meanwhile gets a late module instead of this one, if nobody has loaded it."""
    if name in sys.modules:
        yield
        return
    late = sys.modules[name] = LateModule(name)
    vars(late).update(known)
    try:
        yield
    finally:
        if sys.modules.get(name) is late:
            del sys.modules[name]
