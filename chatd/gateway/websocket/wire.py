"""Encodes frames into WebSocket messages (RFC 6455, server side: not masked).

Each event is encoded once for each format, and each batch is framed once, however many sessions get it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

from chatd.domain.event import Event
from chatd.frames.codec import FORMATS, Format
from chatd.ports import Render

MESSAGE_BYTES: Final = 256 * 1024  # a longer batch is split; many clients refuse longer messages
_FIN_TEXT, _FIN_BINARY = 0x81, 0x82


def websocket_frame(opcode: int, payload: bytes) -> bytes:
    """A whole, final, unmasked frame; `opcode` with the FIN bit set."""
    size = len(payload)
    if size < 126:
        header = struct.pack("!BB", opcode, size)
    elif size < 65536:
        header = struct.pack("!BBH", opcode, 126, size)
    else:
        header = struct.pack("!BBQ", opcode, 127, size)
    return header + payload


class Wire:
    """One subprotocol on the wire."""

    def __init__(self, form: Format) -> None:
        self.form = form
        self._opcode = _FIN_TEXT if form.text else _FIN_BINARY
        self._between = len(form.join([b"", b""]))
        self.render: Render = self.events  # one object, because `Chunk` uses it as a key

    def frames(self, frames: Iterable[dict[str, Any]]) -> bytes:
        """Frames as one or more whole messages."""
        return self._messages([self.form.encode(frame) for frame in frames])

    def events(self, events: Sequence[Event]) -> bytes:
        encode = self.form.encode
        return self._messages([encode(event.frame()) for event in events])

    def _messages(self, encoded: list[bytes]) -> bytes:
        messages, start, size = [], 0, 0
        for index, frame in enumerate(encoded):
            if size and size + len(frame) > MESSAGE_BYTES:
                messages.append(websocket_frame(self._opcode, self.form.join(encoded[start:index])))
                start, size = index, 0
            size += len(frame) + self._between
        messages.append(websocket_frame(self._opcode, self.form.join(encoded[start:])))
        return b"".join(messages)


WIRES: Final = {subprotocol: Wire(form) for subprotocol, form in FORMATS.items()}
