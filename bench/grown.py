"""A database as a team has it after years, written through chatd's own store: accounts, rooms, messages."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import trio
from ulid import ULID

from chatd.domain.event import Data, Fact, account_stream, room_stream, space_stream
from chatd.ports import Append, Appended
from chatd.store.database import open_store

ACCOUNTS = 200
ROOMS = 1000
CONVERSATION = 32  # messages of a room that follow one another
APPENDED_TOGETHER = 4096
TEXT = "All work and no play makes Jack a dull boy. " * 2


def grow(folder: Path, events: int) -> None:
    """Makes the data folder with a log of `events` events."""
    trio.run(_grow, folder, events)


async def _grow(folder: Path, events: int) -> None:
    facts = itertools.islice(_facts(), events)
    async with open_store(folder) as store:
        while batch := [Append((fact,)) for fact in itertools.islice(facts, APPENDED_TOGETHER)]:
            outcomes = await store.log.submit(batch).wait()
            if not all(isinstance(outcome, Appended) for outcome in outcomes):
                raise AssertionError("the log took not all of the facts")


def _facts() -> Iterator[Fact]:
    """A community that is founded, and then talks for ever."""
    now = time.time_ns() // 1_000_000
    accounts = [str(ULID()) for _ in range(ACCOUNTS)]
    rooms = [str(ULID()) for _ in range(ROOMS)]
    space = str(ULID())
    heads: dict[str, int] = {}

    def fact(stream: str, type_: str, by: str, data: Data, text: str | None = None) -> Fact:
        heads[stream] = seq = heads.get(stream, 0) + 1
        return Fact(stream, seq, type_, now, by, data, text)

    for i, account in enumerate(accounts):
        founded: Data = {"account": account, "name": f"member{i:05}", "display_name": f"Member {i}"}
        yield fact(account_stream(account), "account.created", "system", founded)
    yield fact(space_stream(space), "space.created", accounts[0], {"name": "Years of talk"})
    for i, account in enumerate(accounts):
        role = "member" if i else "owner"
        yield fact(space_stream(space), "member.joined", account, {"account": account, "role": role})
    for i, room in enumerate(rooms):
        opened: Data = {"space": space, "name": f"room{i:05}", "kind": "text", "private": False}
        yield fact(room_stream(room), "room.created", accounts[0], opened)
    for i, room in enumerate(rooms):
        account = accounts[i % ACCOUNTS]
        yield fact(room_stream(room), "member.joined", account, {"account": account})
    for i in itertools.count():
        at = i // CONVERSATION % ROOMS
        yield fact(room_stream(rooms[at]), "message.posted", accounts[at % ACCOUNTS], {"nonce": str(i)}, TEXT)
