"""The poller: one task that learns for all WebSockets which of their sockets can be read.

Waiting for each socket in a task of its own costs two task switches and a system call for every message.
The poller keeps the sockets in an epoll set of its own, waits for that set as a whole, and calls the reader
of each socket that holds something. Linux only, as the rest of the gateway.
"""

from __future__ import annotations

import select
from collections.abc import Callable

import trio

from chatd.log import log


class Poller:
    """Calls readers, each once a turn of the event loop while its socket can be read."""

    def __init__(self) -> None:
        self._set = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}

    def add(self, fd: int, readable: Callable[[], None]) -> None:
        """From now on `readable` is called. It must not wait."""
        if fd not in self._readers:
            self._set.register(fd, select.EPOLLIN)
        self._readers[fd] = readable

    def only_end(self, fd: int) -> None:
        """From now on its reader is called only when both directions have ended, or it broke."""
        if fd in self._readers:
            self._set.modify(fd, 0)  # the end is always told, epoll_ctl(2)

    def discard(self, fd: int) -> None:
        """No longer; to be called before the socket is closed."""
        if self._readers.pop(fd, None) is not None:
            self._set.unregister(fd)

    async def run(self) -> None:
        """Runs forever."""
        while True:
            await trio.lowlevel.wait_readable(self._set.fileno())
            for fd, _ in self._set.poll(0):
                readable = self._readers.get(fd)  # one that was called before may have let it go
                if readable is not None:
                    try:
                        readable()
                    except Exception:  # one connection that crashes must not end the others
                        log.exception("connection_crashed")
                        self.discard(fd)
