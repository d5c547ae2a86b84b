"""What is pushed to a device about one notification."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from chatd.ports import Push, Row, Urgency

EXCERPT: Final = 300  # characters
TEST_LIFETIME: Final = 60  # seconds
_URGENT: Final = frozenset({"direct", "mention"})
# As they are in a row of `PushReader.notified`.
_AS_THEY_ARE: Final = (
    *("account", "notification", "kind", "room", "seq", "thread", "author"),
    *("room_name", "space", "space_name", "files", "at"),
)


def payload(row: Row) -> bytes:
    """A JSON object, for the service worker. With names of 80 characters and this excerpt it is far below
    what one push may hold."""
    said = row["reason"] if row["kind"] == "scheduled" else row["text"]
    text = excerpt(said) if said and row["preview"] else None
    pushed = {name: row[name] for name in _AS_THEY_ARE}
    return msgspec.json.encode({**pushed, "from": row["by"], "title": title(row), "text": text})


def test_push(account: str, device: Row, at: int) -> Push:
    """A message that says nothing but whose it is, for a row of `PushReader.pushes`."""
    said = msgspec.json.encode({"account": account, "kind": "test", "at": at})
    where = (device["endpoint"], device["p256dh"], device["auth"])
    return Push(*where, said, TEST_LIFETIME, "high", topic(device["auth"], ""))


def title(row: Row) -> str:
    """Who wrote, and where; of a message that could not be posted, where."""
    names = (row["room_name"],) if row["kind"] == "scheduled" else (row["author"], row["room_name"])
    return " · ".join(filter(None, names))


def excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"


def urgency(row: Row) -> Urgency:
    return "high" if row["kind"] in _URGENT else "normal"


def topic(auth: bytes, room: str) -> str:
    """32 letters that are the same for the same room and device, and tell the push service nothing else."""
    return sha256(auth + room.encode()).hexdigest()[:32]
