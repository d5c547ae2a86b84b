"""Messages in batches, each of which the server takes as one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from chatd.contract.import_ import ImportMessage

Batch = list[ImportMessage]

MOST_BYTES: Final = 200_000  # of a batch as it is sent, by a careful guess; a frame may have 256 KiB
_EACH: Final = 250  # bytes of a message beside its texts
_REACTION: Final = 70


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
    """An upper bound: no character takes more than 4 bytes, or 6 where JSON writes it as an escape."""
    texts = message.text if not message.versions else message.text.join(one.text for one in message.versions)
    ascii_only = texts.isascii()
    return _EACH + len(texts) * (2 if ascii_only else 4) + _REACTION * len(message.reactions)
