"""Messages in batches, each of which the server takes as one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from chatd.contract.import_ import ImportMessage

Batch = list[ImportMessage]

MOST_BYTES: Final = 200_000  # of a batch as it is sent; a frame may have 256 KiB
_EACH: Final = 200  # bytes of a message at most, beside its texts and keys, and of what it has several of:
_REACTION: Final = 70
_VERSION: Final = 30
_FILE: Final = 30


def batches(messages: Iterable[ImportMessage], most: int) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for message in messages:
        own = _size(message)
        if batch and (len(batch) >= most or size + own > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += own
    if batch:
        yield batch


def _size(message: ImportMessage) -> int:
    """Its bytes in MessagePack, or some more."""
    texts = (message.key, message.text, message.thread or "", message.reply_to or "")
    size = _EACH + len("".join(texts).encode())
    if message.versions:
        size += sum(_VERSION + len(version.text.encode()) for version in message.versions)
    return size + _REACTION * len(message.reactions) + _FILE * len(message.attachments or ())
