"""Examples of what fields hold, by their names: for documents that describe requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ID: Final = "01JD8Q4V7Z3M9K5R2W6XTYB0CE"

EXAMPLES: Final[Mapping[str, object]] = {
    **dict.fromkeys(("space", "room", "account", "device", "report", "scheduled", "stream"), _ID),
    "accounts": [_ID],
    "ids": [_ID],
    "seq": 12,
    "limit": 50,
    "name": "harbour",
    "display_name": "Ann of the Harbour",
    "text": "good morning",
    "topic": "ships and tides",
    "reason": "as agreed",
    "emoji": "👍",
    "code": "492039",
    "image": "https://example.org/party.png",
    "password": "a right horse with a battery",
    "new": "a left horse with a battery",
    "old": "a right horse with a battery",
    "role": "member",
    "right": "message.post",
    "state": "away",
    "admin": True,
    "scopes": ["read", "post"],
    "post_at": 1_900_000_000_000,
    "issuer": "https://accounts.example.org",
    "subject": "ann",
    "path": "/var/backups/chatd.db",
}
