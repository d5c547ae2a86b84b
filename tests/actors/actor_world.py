"""A server without a gateway: the real store in a fresh folder, the real actors, and faults on demand."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import msgspec
import strict
import trio
from msgspec.structs import replace

from chatd.actors.runtime.bus import Bus, bus_at_head
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.envelope import Answer, Envelope
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.shared_spaces import SharedSpaces
from chatd.actors.runtime.supervisor import supervise
from chatd.contract.account_admin import CreateAccount
from chatd.contract.errors import Refusal
from chatd.contract.message import PostMessage
from chatd.contract.requests import REQUESTS
from chatd.contract.room import CreateRoom
from chatd.contract.space import CreateSpace
from chatd.domain.decision import Context
from chatd.domain.event import Event
from chatd.store.database import open_store


@attrs.define
class Faults:
    """What the disk does wrong: stages of a transaction that fail."""

    stages: set[str] = attrs.Factory(set)

    def __call__(self, stage: str, _: sqlite3.Connection | None) -> None:
        if stage in self.stages:
            raise sqlite3.OperationalError("disk I/O error")


REQUEST_NAMES = {row.request: row.name for row in REQUESTS.values()}


def check(command: Any, answer: Answer) -> None:
    """Checks what a session would send; the server's own commands have no reply."""
    name = REQUEST_NAMES.get(type(command))
    if isinstance(answer, Refusal):
        strict.check_error(answer.frame(), name)
    elif name is not None:
        strict.check_reply(name, msgspec.to_builtins(answer))


@attrs.define
class World:
    """The actors at work, asked as a session would ask them."""

    directory: Directory
    writer: LogWriter
    bus: Bus
    reader: Any
    faults: Faults
    marked: list[tuple[str, str, int]]

    async def ask(self, stream: str, command: Any, by: str, new_id: str = "", at: int = 1) -> Answer:
        (answer,) = await self.ask_all(stream, [(command, by)], new_id, at)
        return answer

    async def ask_all(
        self,
        stream: str,
        asked: list[tuple[Any, str]],
        new_id: str = "",
        at: int = 1,
        more: Mapping[int, dict[str, Any]] | None = None,
    ) -> list[Answer]:
        """All at once; the answers stand as the questions do. `more`: fields of the nth envelope."""
        answers: dict[int, Answer] = {}
        answered = trio.Event()

        def reply(index: int, answer: Answer) -> None:
            assert index not in answers, "answered twice"
            check(asked[index][0], answer)
            answers[index] = answer
            if len(answers) == len(asked):
                answered.set()

        for index, (command, by) in enumerate(asked):
            context = Context(by, at, by.startswith("operator:"), new_id)
            envelope = Envelope(command, context, partial(reply, index))
            await self.directory.tell(stream, replace(envelope, **(more or {}).get(index, {})))
        with trio.fail_after(30):
            await answered.wait()
        return [answers[index] for index in range(len(asked))]

    async def post(self, text: str, nonce: str | None = None, by: str = "ann") -> Answer:
        return await self.ask("room/r", PostMessage("r", text, nonce), by)

    async def texts(self) -> list[str]:
        page = await self.reader.history("r", before=None, after=0, around=None, limit=500)
        return [row["text"] for row in page.rows]


@asynccontextmanager
async def living(folder: Path, idle_after: float = 1000.0) -> AsyncIterator[World]:
    faults = Faults()
    async with open_store(folder, fault=faults) as store, trio.open_nursery() as writing:
        bus = await bus_at_head(store.reader)

        def publish(events: Sequence[Event]) -> None:
            for event in events:
                strict.check_event(event.frame())
            bus.publish(events)

        store.log.follow(publish)
        writer = LogWriter(store.log)
        writing.start_soon(partial(supervise, writer, vital=True))
        async with trio.open_nursery() as nursery:
            marked: list[tuple[str, str, int]] = []
            directory = Directory(
                nursery,
                store.reader,
                writer,
                lambda account, stream, seq, shown: marked.append((account, stream, seq)),
                lambda stream, frame, but: None,
                idle_after,
                SharedSpaces(store.reader, guests=False).learn,
            )
            yield World(directory, writer, bus, store.reader, faults, marked)
            await directory.close()
            nursery.cancel_scope.cancel()
        writer.mailbox.close()


async def furnish(world: World) -> None:
    """Ann and Bob in a space `s` with a room `r` that both are in."""
    for name in ("ann", "bob"):
        assert not isinstance(await world.ask(f"account/{name}", CreateAccount(name), "system"), Refusal)
    await world.ask("space/s", CreateSpace("Team"), "ann")
    await world.ask("space/s", CreateRoom("s", "general"), "ann", new_id="r")
