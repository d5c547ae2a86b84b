"""A reader of server-sent events that shares no code with chatd: bytes on a TCP connection, and the rules of
the standard by hand (HTML Living Standard, 9.2.6). Like `talking.Client` it reads only when a test waits.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import strict

from .talking import DEADLINE, Frame

PATH = "/api/v1/events"


class Listening(Protocol):
    """A server, or a proxy before it."""

    @property
    def port(self) -> int: ...


class Streamed:
    """One request for events and its answer. `seen` are all events as (kind, id, data); `id` is the last
    one's, which an event without its own keeps."""

    def __init__(
        self,
        server: Listening,
        token: str | None,
        last: str | None = None,
        *,
        path: str = PATH,
        method: str = "GET",
        version: str = "1.1",
        headers: Mapping[str, str] | None = None,
        receive_buffer: int | None = None,
    ) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", server.port))
        lines = [f"{method} {path} HTTP/{version}", f"Host: 127.0.0.1:{server.port}"]
        lines += [f"Authorization: Bearer {token}"] if token else []
        lines += [f"Last-Event-ID: {last}"] if last else []
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.seen: list[tuple[str, str, Any]] = []
        self.comments = 0
        self.retry = 0
        self.id = last or ""
        self.ended = False
        self._buffer = bytearray()
        self._chunks = bytearray()  # what is not decoded yet
        self.chunks: list[bytes] = []  # an empty one says that the answer is whole
        self._conversation = strict.Conversation()
        self.status, self.headers = self._head()

    def __enter__(self) -> Streamed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    @property
    def opened(self) -> Frame:
        """The snapshot with which the stream began."""
        self.wait(lambda: self.seen, "the opening")
        kind, _, data = self.seen[0]
        assert kind == "opened", self.seen[0]
        return data  # type: ignore[no-any-return]

    @property
    def events(self) -> list[Frame]:
        return [data for kind, _, data in self.seen if kind == "event"]

    @property
    def signals(self) -> list[Frame]:
        return [data for kind, _, data in self.seen if kind == "signal"]

    @property
    def ids(self) -> list[str]:
        """Of the events of the log."""
        return [id_ for kind, id_, _ in self.seen if kind == "event"]

    def posted(self, room: str) -> list[str]:
        """The texts of the messages of a room that came."""
        stream = f"room/{room}"
        events = [event for event in self.events if event["stream"] == stream]
        return [event["data"]["text"] for event in events if event["event"] == "message.posted"]

    def wait(self, happened: Callable[[], object], what: str, seconds: float = DEADLINE) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            left = deadline - time.monotonic()
            assert left > 0, f"{what} did not come in {seconds} s"
            assert not self.ended, f"the stream ended without {what}: {self.seen[-1:]}"
            self.receive(left)

    def wait_position(self, position: int, seconds: float = DEADLINE) -> None:
        self.wait(lambda: self.events and self.events[-1]["position"] >= position, f"{position}", seconds)

    def wait_kind(self, kind: str, seconds: float = DEADLINE) -> Any:
        """The data of the newest event of a kind, once there is one."""
        self.wait(lambda: any(seen == kind for seen, _, _ in self.seen), kind, seconds)
        return [data for seen, _, data in self.seen if seen == kind][-1]

    def wait_ended(self, seconds: float = DEADLINE) -> None:
        deadline = time.monotonic() + seconds
        while not self.ended:
            left = deadline - time.monotonic()
            assert left > 0, f"the stream did not end in {seconds} s"
            self.receive(left)

    def body(self) -> Any:
        """The JSON of an answer that is no stream."""
        size = int(self.headers["content-length"])
        self.wait(lambda: len(self._buffer) >= size, "the body")
        return json.loads(bytes(self._buffer[:size]))

    def receive(self, seconds: float, most: int = 1 << 16) -> int:
        """Reads once; gives how many bytes came."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(most)
        except TimeoutError:
            return 0
        except ConnectionError:
            data = b""
        self.ended = not data
        self._take(data)
        return len(data)

    def _take(self, data: bytes) -> None:
        """Bytes of the body."""
        if self.headers.get("transfer-encoding") == "chunked":
            data = self._decoded(data)
        self._buffer += data
        self._dispatch()

    def _decoded(self, data: bytes) -> bytes:
        """The chunks that are whole now (RFC 9112, section 7.1)."""
        self._chunks += data
        whole = b""
        while (line := self._chunks.find(b"\r\n")) >= 0:
            end = line + 2 + int(self._chunks[:line], 16)
            if len(self._chunks) < end + 2:
                break
            self.chunks.append(bytes(self._chunks[line + 2 : end]))
            whole += self.chunks[-1]
            del self._chunks[: end + 2]
        return whole

    def _head(self) -> tuple[int, dict[str, str]]:
        self.headers: dict[str, str] = {}
        self.wait(lambda: b"\r\n\r\n" in self._buffer, "the head")
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer.clear()
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        self.headers = {name.lower(): value for name, value in headers.items()}
        self._take(rest)
        return int(lines[0].split()[1]), self.headers

    def _dispatch(self) -> None:
        """Every whole event; half of one waits for its rest, and is lost with the connection."""
        if self.headers.get("content-type") != "text/event-stream":
            return
        while self._buffer.startswith(b":") and b"\n" in self._buffer:
            self.comments += 1  # a line of its own, between events
            del self._buffer[: self._buffer.index(b"\n") + 1]
        *blocks, rest = bytes(self._buffer).split(b"\n\n")
        self._buffer = bytearray(rest)
        for block in blocks:
            self._one(block.decode().split("\n"))

    def _one(self, lines: list[str]) -> None:
        fields: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not name:
                self.comments += 1
            else:
                assert name in ("id", "event", "data", "retry"), line
                assert name not in fields, lines
                fields[name] = value
        self.retry = int(fields.get("retry", self.retry))
        self.id = fields.get("id", self.id)
        if "data" in fields:
            data = json.loads(fields["data"])
            self._check(fields["event"], data)
            assert ("id" in fields) == (fields["event"] in ("opened", "event")), fields
            self.seen.append((fields["event"], self.id, data))

    def _check(self, kind: str, data: Any) -> None:
        if kind in ("event", "signal"):
            self._conversation.received([data])
        elif kind == "opened":
            strict.check_reply("session.open", data)
        else:
            assert kind == "closed", kind
            assert data.keys() == {"code", "reason", "reconnect"}
