"""Notices that the peer of a connection is gone on which it has nothing more to say."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

import trio

from chatd.gateway.net.poller import Poller
from chatd.gateway.net.stream import SocketStream

RECEIVE_BYTES: Final = 4 * 1024
UNASKED_BYTES: Final = 64 * 1024  # that a peer may send nevertheless; they are not looked at


class PeerWatch:
    """Reads the socket of `stream` (its `chatd.gateway.net.stream.Reader`), and aborts the stream when the
    peer is gone, or says too much. `over` is called once, when nothing is read any more.

    A peer that has ended its side may still read (RFC 9112, section 9.6). Whether it does, the answer of its
    kernel to the next bytes tells: `ended` is called once, and should write some.
    """

    def __init__(
        self, stream: SocketStream, poller: Poller, over: Callable[[], None], ended: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._poller = poller
        self._over = over
        self._ended = ended
        self._half = False  # whether the peer has ended its side
        self._fd = stream.socket.fileno()
        self._unasked = 0

    def start(self, lost_after: float) -> None:
        """`lost_after`: seconds after which a peer is lost whose machine does not confirm what was sent; no
        other sign comes from one that lost its power."""
        sock = self._stream.socket
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(lost_after * 1000))
        self._unasked = len(self._stream.unread_rest)
        self._stream.unread_rest = b""
        self._poller.add(self._fd, self.readable)

    def readable(self) -> None:
        """Called by the poller."""
        if self._half:
            self._stream.abort()
            return
        try:
            data = self._stream.socket.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._stream.abort()
            return
        self._unasked += len(data)
        if self._unasked > UNASKED_BYTES:
            self._stream.abort()
        elif not data:
            self._half = True
            self._poller.only_end(self._fd)
            self._ended()

    async def forwarded(self) -> bytes:
        """Nobody is to read what comes."""
        await trio.lowlevel.checkpoint()
        return b""

    def end(self) -> None:
        self._poller.discard(self._fd)
        self._over()
