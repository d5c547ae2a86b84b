"""The answer to an opening handshake (RFC 6455, section 4.2)."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha1
from typing import Final

import msgspec

from chatd.frames.codec import JSON
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import Head, tokens
from chatd.gateway.websocket.wire import WIRES, Wire

VERSION: Final = "13"
TO_WEBSOCKET: Final = ("Upgrade", "websocket")  # what a 426 says (RFC 9110, section 15.5.22)
_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_SUBPROTOCOLS: Final = "sec-websocket-protocol"
_KEY: Final = re.compile(r"[A-Za-z0-9+/]{21}[AQgw]==")  # 16 bytes in base64


class Handshake(msgspec.Struct, frozen=True):
    """What to say, and what is spoken from then on."""

    response: bytes
    wire: Wire


def proposed(head: Head) -> list[str]:
    """The subprotocols that the client offers, in its order."""
    return [name.strip() for name in head.headers.get(_SUBPROTOCOLS, "").split(",")]


def check_subprotocols(head: Head) -> None:
    """Refuses who speaks nothing that is known here. Raises BadHead."""
    if _SUBPROTOCOLS in head.headers and _chosen(head) is None:
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
    if "upgrade" not in tokens(headers.get("connection", "")):
        raise BadHead(400, "a request for a WebSocket has Connection: Upgrade", path)
    if _KEY.fullmatch(headers.get("sec-websocket-key", "")) is None:
        raise BadHead(400, "Sec-WebSocket-Key is 16 bytes in base64", path)


def answer_handshake(head: Head) -> Handshake:
    """`head` has passed both checks."""
    subprotocol = _chosen(head)
    key = head.headers["sec-websocket-key"]
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


def retold(head: Head, subprotocol: str) -> bytes:
    """The same handshake for a library that reads of each header one line, with one value."""
    lines = (
        f"GET {head.raw_path} HTTP/1.1",
        "Host: chatd",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Version: {VERSION}",
        f"Sec-WebSocket-Key: {head.headers['sec-websocket-key']}",
        f"Sec-WebSocket-Protocol: {subprotocol}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def _chosen(head: Head) -> str | None:
    return next((name for name in proposed(head) if name in WIRES), None)
