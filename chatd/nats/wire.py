"""The protocol of NATS clients, as bytes: https://docs.nats.io/reference/reference-protocols/nats-protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

LONGEST_LINE: Final = 64 * 1024  # bytes; INFO is the longest one
LARGEST_MESSAGE: Final = 64 * 2**20  # bytes, which is what a server may be told to allow at most
HEADER_VERSION: Final = "NATS/1.0"
END: Final = b"\r\n"
UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # of JSON that others sent
_STATUS: Final = re.compile("[0-9]{3}")
_SUBJECT: Final = re.compile(r"[!-~]+")  # no space, which would begin another field
_NAME: Final = re.compile(r"[!-9;-~]+")  # no colon
_VALUE: Final = re.compile(r"[^\r\n]*")


class ProtocolError(Exception):
    """What came is not the protocol."""


class Msg(msgspec.Struct, frozen=True):
    """A message. `status` is that of its headers, as 503 where nobody answers; 0: it has none."""

    subject: str
    sid: int
    reply: str
    data: bytes
    headers: Mapping[str, str] = {}
    status: int = 0
    described: str = ""  # what the status says


class Info(msgspec.Struct, frozen=True):
    """What a server says of itself; sizes are bytes."""

    server_name: str = ""
    version: str = ""
    max_payload: int = 2**20
    headers: bool = False
    tls_required: bool = False
    tls_available: bool = False
    nonce: str = ""
    connect_urls: list[str] = []


class Err(msgspec.Struct, frozen=True):
    text: str


class Ping(msgspec.Struct, frozen=True):
    pass


class Pong(msgspec.Struct, frozen=True):
    pass


Op = Msg | Info | Err | Ping | Pong
_info: Final = msgspec.json.Decoder(Info).decode


class Parser:
    """Takes bytes as they come, and gives what has come whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0

    @property
    def empty(self) -> bool:
        """Nothing came that is not whole yet."""
        return not self._buffer

    def feed(self, data: bytes) -> Iterator[Op]:
        """Raises ProtocolError."""
        self._buffer += data
        try:
            while (op := self._next()) is not None:
                if not isinstance(op, str):
                    yield op
        finally:
            del self._buffer[: self._at]
            self._at = 0

    def _next(self) -> Op | str | None:
        """The next operation, the name of one that says nothing, or None."""
        end = self._buffer.find(END, self._at)
        if end < 0:
            if len(self._buffer) - self._at > LONGEST_LINE:
                raise ProtocolError("a line has no end")
            return None
        line = bytes(self._buffer[self._at : end])
        name, _, rest = line.partition(b" ")
        match name.upper():
            case b"MSG" | b"HMSG":
                return self._message(rest.decode(errors="replace"), end + len(END), name.upper() == b"HMSG")
            case b"PING":
                op: Op | str = Ping()
            case b"PONG":
                op = Pong()
            case b"INFO":
                try:
                    op = _info(rest)
                except UNREADABLE as error:
                    raise ProtocolError(f"INFO is none: {error}") from error
            case b"-ERR":
                op = Err(rest.decode(errors="replace").strip().strip("'"))
            case b"+OK":
                op = "+OK"
            case _:
                raise ProtocolError(f"{line[:40]!r} is nothing that a NATS server says")
        self._at = end + len(END)
        return op

    def _message(self, rest: str, start: int, with_headers: bool) -> Msg | None:
        fields = rest.split()
        try:
            numbers = [int(field) for field in (fields[-2:] if with_headers else fields[-1:])]
            subject, sid, *reply = fields[: -len(numbers)]
            head, size = (numbers[0], numbers[1]) if with_headers else (0, numbers[0])
            if len(reply) > 1 or not 0 <= head <= size <= LARGEST_MESSAGE:
                raise ValueError
            number = int(sid)
        except ValueError:
            raise ProtocolError(f"MSG {rest[:80]!r} is none") from None
        end = start + size
        if len(self._buffer) < end + len(END):
            return None
        whole = bytes(self._buffer[start:end])
        if self._buffer[end : end + len(END)] != END:
            raise ProtocolError("a message is longer than it said")
        self._at = end + len(END)
        status, described, headers = _headers(whole[:head]) if head else (0, "", {})
        return Msg(subject, number, reply[0] if reply else "", whole[head:], headers, status, described)


def _headers(data: bytes) -> tuple[int, str, dict[str, str]]:
    """Servers carry what clients send, be it headers or not: none then."""
    first, *lines = data.decode(errors="replace").split("\r\n")
    if not first.startswith(HEADER_VERSION):
        return 0, "", {}
    status, _, described = first[len(HEADER_VERSION) :].strip().partition(" ")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip()] = value.strip()
    return int(status) if _STATUS.fullmatch(status) else 0, described, headers


def connect(options: Mapping[str, Any]) -> bytes:
    return b"CONNECT " + msgspec.json.encode(options) + END


def is_subject(text: str) -> bool:
    """Whether it can be sent as one. A server carries bytes of others that cannot."""
    return _SUBJECT.fullmatch(text) is not None


def publish(subject: str, data: bytes, reply: str = "", head: bytes = b"") -> bytes:
    """`head`: of `headers`. Raises ValueError where a subject is none."""
    target = f"{subject} {reply}" if reply else subject
    if not (is_subject(subject) and (not reply or is_subject(reply))):
        raise ValueError(f"{target!r} cannot be sent as a subject")
    if not head:
        return b"PUB %s %d\r\n%s\r\n" % (target.encode(), len(data), data)
    return b"HPUB %s %d %d\r\n%s%s\r\n" % (target.encode(), len(head), len(head) + len(data), head, data)


def headers(fields: Mapping[str, str]) -> bytes:
    """Raises ValueError where one would be another line."""
    for name, value in fields.items():
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise ValueError(f"{name!r}: {value!r} cannot be sent as a header")
    lines = [HEADER_VERSION, *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode()


def subscribe(subject: str, sid: int, queue: str = "") -> bytes:
    return f"SUB {subject} {queue + ' ' if queue else ''}{sid}\r\n".encode()


def unsubscribe(sid: int) -> bytes:
    return f"UNSUB {sid}\r\n".encode()


PING: Final = b"PING\r\n"
PONG: Final = b"PONG\r\n"
