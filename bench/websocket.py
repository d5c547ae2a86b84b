"""WebSocket (RFC 6455), just what a load needs: the handshake, masked frames out, plain frames in.

`Dialogue` is the blocking connection for everything before and after the measured part. The measured part
itself reads in `bench.receiver`, which takes the socket over.
"""

from __future__ import annotations

import base64
import contextlib
import os
import socket
from collections.abc import Mapping
from typing import Self

# A client has to mask, but RFC 6455 5.3 asks for unpredictable keys only because of foreign proxies; there
# are none on the loopback. One key for all, and not zero, so that no server can skip its work.
MASK = b"\x5a\x3c\x69\x0f"

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
CONTROL = 8  # the bit that all control frames carry


class ConnectionEnded(Exception):
    """The server closed the connection, or refused the handshake."""


def masked_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One final client frame."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    elif size < 65536:
        head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 0xFF)) + size.to_bytes(8, "big")
    key = (MASK * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return head + MASK + masked.to_bytes(size, "big")


def upgrade_request(path: str, headers: Mapping[str, str]) -> bytes:
    """The client's opening handshake (RFC 6455, section 4.1)."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Dialogue:
    """A blocking WebSocket client over TCP (`address` is host and port) or a Unix socket (a path)."""

    def __init__(self, address: tuple[str, int] | str, timeout: float = 30) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        self.sock.connect(address)
        if family == socket.AF_INET:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask_upgrade(self, path: str, headers: Mapping[str, str]) -> None:
        """Sends the handshake. Apart from `await_upgrade`, so that many can be under way at once."""
        self.sock.sendall(upgrade_request(path, headers))

    def await_upgrade(self) -> None:
        while (end := self.unread.find(b"\r\n\r\n")) < 0:
            self._more()
        head = bytes(self.unread[:end])
        del self.unread[: end + 4]
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionEnded(f"the handshake was refused: {head.splitlines()[0].decode()}")

    def send(self, text: bytes) -> None:
        self.sock.sendall(masked_frame(text))

    def receive(self) -> bytes:
        """The next whole text message; pings are answered on the way."""
        parts: list[bytes] = []
        while True:
            final, opcode, payload = self._frame()
            if opcode == PING:
                self.sock.sendall(masked_frame(payload, PONG))
            elif opcode == CLOSE:
                raise ConnectionEnded(f"closed: {int.from_bytes(payload[:2], 'big')} {payload[2:].decode()}")
            elif opcode != PONG:
                parts.append(payload)
                if final:
                    return b"".join(parts)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # it may be gone already
            self.sock.sendall(masked_frame((1000).to_bytes(2, "big"), CLOSE))
        self.sock.close()

    def _frame(self) -> tuple[bool, int, bytes]:
        first, second = self._take(2)
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
        return bool(first & 0x80), first & 0x0F, self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self.unread) < size:
            self._more()
        taken = bytes(self.unread[:size])
        del self.unread[:size]
        return taken

    def _more(self) -> None:
        data = self.sock.recv(1 << 18)
        if not data:
            raise ConnectionEnded("the server hung up")
        self.unread += data
