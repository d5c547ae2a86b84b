"""Close frames that are ours to send: trio-websocket just hangs up on a peer that breaks the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chatd.gateway.websocket.wire import websocket_frame

if TYPE_CHECKING:
    from trio_websocket import CloseReason

_CLOSE: Final = 0x88
_REASON_BYTES: Final = 123  # RFC 6455, 5.5
_PROTOCOL_ERRORS: Final = {1002, 1007, 1009}  # close codes that say how the peer violated the protocol


def close_frame(code: int, reason: str) -> bytes:
    return websocket_frame(_CLOSE, code.to_bytes(2, "big") + reason.encode()[:_REASON_BYTES])


def protocol_error_frame(closed: CloseReason | None) -> bytes:
    """What a peer that violated the protocol is told, by why trio-websocket closed; nothing for others."""
    if closed is None or closed.code not in _PROTOCOL_ERRORS:
        return b""
    return close_frame(closed.code, closed.reason or "")
