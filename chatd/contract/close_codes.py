"""Why the server closes a WebSocket connection, and whether a client should connect again."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class CloseCode(Struct, frozen=True):
    """`code` as in RFC 6455; 4000 and above are chatd's own."""

    code: int
    meaning: str
    reconnect: str


CLOSE_CODES: Final = (
    CloseCode(1000, "the client closed", "as it likes"),
    CloseCode(1001, "the server is going away, or a bot has new scopes", "yes, after a random wait"),
    CloseCode(1002, "the client broke the WebSocket protocol", "after correction"),
    CloseCode(1003, "the client broke the WebSocket protocol", "after correction"),
    CloseCode(1007, "a text message was not UTF-8", "after correction"),
    CloseCode(1008, "over a thousand control frames without a message between them", "after correction"),
    CloseCode(1009, "a message was too long, or in too many pieces", "after correction"),
    CloseCode(4001, "no session was opened in time", "yes"),
    CloseCode(
        4002, "the device was revoked: signed out, password changed, account disabled", "no: sign in again"
    ),
    CloseCode(
        4003,
        "16 frames could not be read or had no id, or 50 requests were refused before a session was open",
        "after correction",
    ),
    CloseCode(4004, "reserved for a session that another one replaces; not sent today", "no"),
)
