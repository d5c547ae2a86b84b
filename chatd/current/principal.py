"""On whose behalf the current task works: what a fair queue shares things by.

The gateway and the session say it once for a connection; tasks that they start inherit it. An actor that
others woke works for everybody, so it starts as `SERVER`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

import msgspec


class Principal(msgspec.Struct, frozen=True):
    """Who shares fairly: an account, or whoever has no session yet at an address. A bot is its owner."""

    address: str
    account: str | None = None

    @property
    def person(self) -> str:
        """The account; the strangers of an address count as one."""
        return self.account or f"a stranger at {self.address}"


SERVER: Final = Principal(
    ""
)  # the server itself and its operators: their number is small, they need no bound
_principal: ContextVar[Principal] = ContextVar("principal", default=SERVER)


def principal() -> Principal:
    """Who asks for what the current task does."""
    return _principal.get()


def work_for(principal: Principal) -> None:
    """From here on the current task, and every task that it starts, works for them."""
    _principal.set(principal)
