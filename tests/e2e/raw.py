"""A peer that may break every rule: bytes on a TCP connection, RFC 6455 frames built by hand."""

from __future__ import annotations

import base64
import os
import socket
import struct
from collections.abc import Mapping
from types import TracebackType

import strict

from .serving import Server

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Ended(Exception):
    """The server ended the TCP connection."""


class Peer:
    """A TCP connection to a server. Every wait ends after `seconds` with TimeoutError. `admin`: one to its
    admin socket."""

    def __init__(
        self,
        server: Server,
        *,
        seconds: float = 30.0,
        receive_buffer: int | None = None,
        admin: bool = False,
    ) -> None:
        self.host = f"127.0.0.1:{server.port}"
        self.socket = socket.socket(socket.AF_UNIX if admin else socket.AF_INET)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(seconds)
        self.socket.connect(str(server.admin_socket) if admin else ("127.0.0.1", server.port))
        self._buffer = bytearray()
        self._conversation = strict.Conversation()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    # --- HTTP ---

    def get(self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> None:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def upgrade(self, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str]]:
        """Asks for a WebSocket; gives status and headers of the answer."""
        self.get(
            "/ws",
            headers={
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
                **(headers or {}),
            },
        )
        return self.head()

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers (names in lower case) of the next response."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        headers = dict(line.split(":", 1) for line in lines[1:])
        return int(lines[0].split()[1]), {name.lower(): value.strip() for name, value in headers.items()}

    def response(self) -> tuple[int, dict[str, str], bytes]:
        """A whole response with a Content-Length, or one that ends with the connection."""
        status, headers = self.head()
        if "content-length" in headers:
            return status, headers, self.take(int(headers["content-length"]))
        return status, headers, self.rest()

    # --- WebSocket ---

    def frame(
        self,
        opcode: int,
        payload: bytes = b"",
        *,
        fin: bool = True,
        masked: bool = True,
        length: int | None = None,
    ) -> bytes:
        """One frame; `length` lies about the payload's."""
        size = len(payload) if length is None else length
        first, bit = (0x80 if fin else 0) | opcode, 0x80 if masked else 0
        if size < 126:
            head = struct.pack("!BB", first, bit | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", first, bit | 126, size)
        else:
            head = struct.pack("!BBQ", first, bit | 127, size)
        return head + (bytes(4) if masked else b"") + payload  # a mask of zeros changes nothing

    def send_frame(self, opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True) -> None:
        if opcode == TEXT:
            self._conversation.sent(strict.read(payload.decode(errors="replace")))
        self.send(self.frame(opcode, payload, fin=fin, masked=masked))

    def send_frames(self, *frames: tuple[int, bytes]) -> None:
        """All at once: opcodes and payloads."""
        for opcode, payload in frames:
            if opcode == TEXT:
                self._conversation.sent(strict.read(payload.decode()))
        self.send(b"".join(self.frame(opcode, payload) for opcode, payload in frames))

    def read_frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the server's next frame."""
        first, second = self.take(2)
        assert not second & 0x80, "a server must not mask"
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self.take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self.take(8))
        opcode, payload = first & 0x0F, self.take(size)
        if opcode == TEXT:
            self._conversation.received(strict.read(payload.decode()))
        return opcode, payload

    def read_until(self, opcode: int) -> bytes:
        """The payload of the next frame of this kind; others are passed over."""
        while True:
            kind, payload = self.read_frame()
            if kind == opcode:
                return payload

    def read_close(self) -> int:
        """The code of the server's close frame."""
        payload = self.read_until(CLOSE)
        return int.from_bytes(payload[:2], "big")

    # --- bytes ---

    def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        try:
            while True:
                self._more()
        except (Ended, ConnectionError):
            rest, self._buffer = bytes(self._buffer), bytearray()
            return rest

    def take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _more(self) -> None:
        data = self.socket.recv(1 << 16)
        if not data:
            raise Ended
        self._buffer += data


def fetched(
    server: Server, path: str, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a GET over a connection of its own."""
    with Peer(server) as peer:
        peer.get(path, headers=headers)
        return peer.response()
