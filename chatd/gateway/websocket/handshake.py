"""The answer to an ordinary opening handshake (RFC 6455, section 4.2). Odd ones are trio-websocket's."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from typing import Final

import msgspec

from chatd.frames.codec import JSON
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.websocket.wire import WIRES, Wire

VERSION: Final = "13"
TO_WEBSOCKET: Final = ("Upgrade", "websocket")  # what a 426 says (RFC 9110, section 15.5.22)
_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_SUBPROTOCOLS: Final = b"sec-websocket-protocol"
_KEY: Final = re.compile(r"[A-Za-z0-9+/]{21}[AQgw]==")  # 16 bytes in base64


class Handshake(msgspec.Struct, frozen=True):
    """What to say, and what is spoken from then on."""

    response: bytes
    wire: Wire


def chosen(proposed: Iterable[str]) -> str | None:
    """The first of the subprotocols that is known here."""
    return next((name for name in proposed if name in WIRES), None)


def check_subprotocols(head: Head) -> None:
    """Refuses who speaks nothing that is known here. Raises BadHead."""
    values = [value.decode("latin-1") for name, value in head.fields if name == _SUBPROTOCOLS]
    if values and chosen(_tokens(",".join(values))) is None:
        known = ", ".join(WIRES)
        raise BadHead(400, f"none of the offered subprotocols is known here; known are: {known}", head.path)


def check_upgrade(head: Head) -> None:
    """Refuses what begins no WebSocket (RFC 6455, sections 4.2.1 and 4.4). Raises BadHead."""
    headers, path = head.headers, head.path
    if head.version == "1.0":
        raise BadHead(400, "a WebSocket begins with a request of HTTP/1.1", path)
    if head.method != "GET":
        raise BadHead(405, "a WebSocket begins with GET", path, headers=(("Allow", "GET"),))
    if head.has_body:
        raise BadHead(400, "a request for a WebSocket has no body", path)
    if headers.get("sec-websocket-version") != VERSION:
        reason = f"this server speaks version {VERSION} of the WebSocket protocol"
        raise BadHead(426, reason, path, headers=(TO_WEBSOCKET, ("Sec-WebSocket-Version", VERSION)))
    if "upgrade" not in _tokens(headers.get("connection", "").lower()):
        raise BadHead(400, "a request for a WebSocket has Connection: Upgrade", path)
    if _KEY.fullmatch(headers.get("sec-websocket-key", "")) is None:
        raise BadHead(400, "Sec-WebSocket-Key is 16 bytes in base64", path)


def ordinary_handshake(head: Head) -> Handshake | None:
    """None where something is unusual."""
    headers = head.headers
    key = headers.get("sec-websocket-key", "")
    if (
        not head.plain
        or headers.get("sec-websocket-version") != VERSION
        or "upgrade" not in _tokens(headers.get("connection", "").lower())
        or _KEY.fullmatch(key) is None
    ):
        return None
    protocol = headers.get("sec-websocket-protocol")
    subprotocol = None if protocol is None else chosen(_tokens(protocol))
    if protocol is not None and subprotocol is None:
        return None
    accept = b64encode(sha1(f"{key}{_GUID}".encode(), usedforsecurity=False).digest()).decode()
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: WebSocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept}",
        *([f"Sec-WebSocket-Protocol: {subprotocol}"] if subprotocol else []),
    ]
    response = "\r\n".join([*lines, "", ""]).encode()
    return Handshake(response, WIRES[subprotocol or JSON.subprotocol])


def _tokens(value: str) -> list[str]:
    return [token.strip() for token in value.split(",")]
