"""A room in which much has been said, written into the store of a server that does not run."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import trio

from chatd.domain.event import Data, Fact, room_stream
from chatd.ports import Append, Appended, MarkRead
from chatd.store.database import open_store

SEED: Final = 14
SECONDS_APART: Final = 300  # in the mean; 100,000 messages are about a year
APPENDED_TOGETHER: Final = 10_000
WORDS: Final = "anchor basin current dock ebb flood gale harbour inlet jetty keel lock mast nets oars"


def fill(
    folder: Path, room: str, head: int, people: Sequence[str], messages: int, files: Sequence[str] = ()
) -> list[int]:
    """Appends messages to the room, whose newest event is `head`, up to now; gives their times in order.

    Every hundredth has one of `files`. The first of `people` has read all but the last thousand.
    """
    story = _story(room, head, people, messages, files)
    facts = list(story)
    trio.run(_append, folder, facts)
    trio.run(_mark, folder, MarkRead(people[0], room, head + max(1, messages - 1000)))
    return [fact.at for fact in facts]


def _story(
    room: str, head: int, people: Sequence[str], messages: int, files: Sequence[str]
) -> Iterator[Fact]:
    chance, words = random.Random(SEED), WORDS.split()
    at = time.time_ns() // 1_000_000 - messages * SECONDS_APART * 500
    by = people[0]
    for number in range(1, messages + 1):
        at += chance.randrange(SECONDS_APART * 1000)
        if chance.random() < 0.4:
            by = chance.choice(people)
        text = f"{number}: {' '.join(chance.choices(words, k=chance.choice((1, 4, 9, 30, 90))))}"
        if number % 37 == 0:
            text += "\n```python\ndef tide(hour):\n    return high - hour\n```"
        if number % 53 == 0:
            text = f"{number} **bold** _soft_ `code` https://example.org/a\n> quoted\n- one\n- two"
        data: Data = {"nonce": str(number)}
        if files and number % 100 == 0:
            data["attachments"] = [files[number // 100 % len(files)]]
        yield Fact(room_stream(room), head + number, "message.posted", at, by, data, text)


async def _append(folder: Path, facts: Sequence[Fact]) -> None:
    async with open_store(folder) as store:
        for start in range(0, len(facts), APPENDED_TOGETHER):
            part = [Append((fact,)) for fact in facts[start : start + APPENDED_TOGETHER]]
            for outcome in await store.log.submit(part).wait():
                assert isinstance(outcome, Appended), outcome


async def _mark(folder: Path, marker: MarkRead) -> None:
    async with open_store(folder) as store:
        await store.log.submit([Append((), (marker,))]).wait()
