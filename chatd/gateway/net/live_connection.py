"""What the gateway knows of every connection that has a session, whatever is spoken on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import trio

from chatd.ports import Caller, Connection, Session
from chatd.settings import Settings


class LiveConnection(Connection, Protocol):
    """`bearer`: the token of the request with which it began; `gone` is set once it has ended."""

    caller: Caller
    bearer: str | None
    gone: trio.Event
    session: Session | None

    def check_liveness(self, now: float, settings: Settings) -> None:
        """Called every second: looks after a silent peer, and ends what takes too long."""


OpenSession = Callable[[LiveConnection], Session]


class LiveConnections(set[LiveConnection]):
    """All that have a session."""

    _closed: tuple[int, str] | None = None

    def add(self, connection: LiveConnection) -> None:
        super().add(connection)
        if self._closed is not None:
            connection.close(*self._closed)

    @contextmanager
    def present(self, connection: LiveConnection, session: Session) -> Iterator[None]:
        """The connection is one of them in the block, and gone afterwards."""
        connection.session = session
        self.add(connection)
        try:
            yield
        finally:
            self.discard(connection)
            connection.gone.set()

    def close(self, code: int, reason: str) -> None:
        """Closes every one, and those that come later as well: they were about to when the server stopped."""
        self._closed = code, reason
        for connection in tuple(self):
            connection.close(code, reason)
