"""What plain HTTP does at the moment: connections that wait for a request, and requests that are served."""

from __future__ import annotations

from typing import Final

import trio

from chatd.concurrency.bell import Bell
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import Head, read_head, without_empty_lines
from chatd.gateway.net.stream import SocketStream
from chatd.settings import Settings

LAST_WORDS: Final = 1.0  # seconds for the first request of a connection, when the server stops


class Traffic:
    """`stopping`: set when the server stops; responses without an end then end. A context in which a request
    is served."""

    def __init__(self) -> None:
        self.stopping = trio.Event()
        self._idle: dict[trio.CancelScope, None] = {}  # the longest first
        self._new: set[trio.CancelScope] = set()  # which have asked nothing yet
        self._serving = 0
        self._quiet = Bell()

    def stop(self) -> None:
        """Ends connections that wait for another request; the others end with the response they are at. Who
        has just come is about to ask, and is answered."""
        self.stopping.set()
        for waiting in self._new:
            self._hurry(waiting)
        for waiting in self._idle:
            waiting.cancel()

    def make_room(self) -> bool:
        """Ends the connection that has waited the longest for another request; whether there was one."""
        for waiting in self._idle:
            del self._idle[waiting]
            waiting.cancel()
            return True
        return False

    async def first_head(self, stream: SocketStream, settings: Settings) -> Head | None:
        """The first request of a connection; None when it ends, or the server. Raises BadHead."""
        with self, trio.move_on_after(settings.head_deadline) as waiting:
            self._new.add(waiting)
            try:
                if self.stopping.is_set():
                    self._hurry(waiting)
                return await read_head(stream, b"")
            finally:
                self._new.discard(waiting)
        if self.stopping.is_set():
            return None
        raise _late(settings.head_deadline)

    def _hurry(self, waiting: trio.CancelScope) -> None:
        waiting.deadline = min(waiting.deadline, trio.current_time() + LAST_WORDS)

    async def next_head(self, stream: SocketStream, settings: Settings) -> Head | None:
        """The next request of a connection; None when it ends, or none comes. Raises BadHead."""
        begun = b""
        if stream.unread_rest:
            await (
                trio.lowlevel.checkpoint()
            )  # who sends many requests at once does not keep the loop to itself
        with trio.move_on_after(settings.idle_deadline) as waiting:
            self._idle[waiting] = None
            try:
                while not (begun or self.stopping.is_set()) and (data := await stream.receive_some()):
                    begun = without_empty_lines(data)
            finally:
                self._idle.pop(waiting, None)
        if not begun:
            return None
        if b"\r\n\r\n" in begun:
            return await read_head(stream, begun)  # it waits for nothing
        return await _within(settings.head_deadline, stream, begun)

    def __enter__(self) -> None:
        """A request is served from now on."""
        self._serving += 1

    def __exit__(self, *_: object) -> None:
        """It is no longer."""
        self._serving -= 1
        if not self._serving and self.stopping.is_set():
            self._quiet.ring()

    async def wait_quiet(self) -> None:
        """Returns when no request is served, and none is about to come first on its connection."""
        while self._serving:
            await self._quiet.wait()


async def _within(seconds: float, stream: SocketStream, begun: bytes) -> Head | None:
    with trio.move_on_after(seconds):
        return await read_head(stream, begun)
    raise _late(seconds)


def _late(seconds: float) -> BadHead:
    return BadHead(408, f"the request head took over {seconds:g} seconds")
