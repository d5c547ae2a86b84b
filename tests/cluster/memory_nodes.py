"""Nodes of a cluster in one process, each with a database of its own in memory, on virtual time."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import trio
from memory_stream import Link, MemoryStream
from store_facts import Sheet

from chatd.actors.runtime.bus import Bus, bus_at_head
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.shared_spaces import SharedSpaces
from chatd.actors.runtime.supervisor import supervise
from chatd.clock import new_id
from chatd.cluster.log import ClusterLog
from chatd.cluster.sealing import Key
from chatd.contract.errors import Refusal
from chatd.domain.decision import Context
from chatd.ports import Append, Appended, Made, Taken

LOCAL = {"snapshots", "meta"}


class SheetCommit:
    def __init__(self, outcomes: list[Appended | Taken]) -> None:
        self._outcomes = outcomes

    async def wait(self) -> list[Appended | Taken]:
        await trio.lowlevel.checkpoint()
        return self._outcomes

    def publish(self) -> None:
        pass


class SheetLog:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def submit(self, appends: Sequence[Append], made: Sequence[Made] | None = None) -> SheetCommit:
        return SheetCommit(self._sheet.journal.commit(appends, made))


class Node:
    """`live` it; to end that is to kill it. What it has written stays, and it can live again."""

    def __init__(self, name: str, stream: MemoryStream, world: trio.Nursery, key: Key) -> None:
        self.name = name
        self.sheet = Sheet()
        self.link = Link(stream, world)
        self.key = key
        self.commands: CommandBus | None = None
        self.log: ClusterLog | None = None
        self.bus: Bus | None = None
        self.diverged: list[str] = []

    async def live(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        reader = self.sheet.reader
        self.sheet.journal.open(self.sheet.connection)
        bus = self.bus = await bus_at_head(reader)
        found = await reader.cluster_key()
        key = self.key if found is None else Key(*found)
        log = self.log = ClusterLog(
            SheetLog(self.sheet),
            reader,
            self.link,
            new_id(),
            key,
            await reader.proposed(),
            bus.head,
            bus.hash,
        )
        log.watch(lambda header, hash: self.diverged.append(header.proposer))
        log.follow(bus.publish)
        writer = LogWriter(log)
        try:
            async with trio.open_nursery() as nursery:
                directory = Directory(
                    nursery,
                    reader,
                    writer,
                    lambda *_: None,
                    lambda *_: None,
                    1000.0,
                    SharedSpaces(reader, guests=False).learn,
                )
                log.follow_others(lambda appends, events: directory.absorb(events), directory.give_way)
                nursery.start_soon(partial(supervise, writer, vital=True))
                nursery.start_soon(log.run)
                self.commands = CommandBus(directory, writer)
                task_status.started()
                await trio.sleep_forever()
        finally:
            self.commands = None

    async def ask(self, stream: str, command: Any, by: str, at: int = 1, new_id: str = "") -> Any:
        """The answer, or a refusal; a node that is dead or dies gives `None` after a while."""
        if (commands := self.commands) is None:
            return None
        with trio.move_on_after(30):
            return await commands.ask(stream, command, Context(by, at, new_id=new_id), object)
        return None

    def tables(self) -> dict[str, list[Any]]:
        """All rows that nodes share."""
        return tables(self.sheet.connection)


def tables(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {
        name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
        for (name,) in connection.execute(names).fetchall()
        if name not in LOCAL
    }


class Cluster:
    def __init__(self, stream: MemoryStream, nursery: trio.Nursery, count: int) -> None:
        self.stream = stream
        self._nursery = nursery
        key = Key.new()
        self.nodes = [Node(f"n{number}", stream, nursery, key) for number in range(count)]
        self._lives: dict[str, trio.CancelScope] = {}

    async def start(self, node: Node) -> None:
        scope = self._lives[node.name] = trio.CancelScope()

        async def live(*, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
            with scope:
                await node.live(task_status=task_status)

        await self._nursery.start(live)

    def kill(self, node: Node) -> None:
        self._lives[node.name].cancel()
        node.commands = None

    async def settled(self) -> None:
        """All nodes have applied all that is in the stream, and nothing is on its way."""
        while True:
            await trio.sleep(60)
            last = len(self.stream.messages)
            logs = [node.log for node in self.nodes]
            if all(log is not None and log.sequence == last for log in logs):
                return


@asynccontextmanager
async def cluster(stream: MemoryStream, count: int = 3) -> AsyncIterator[Cluster]:
    async with trio.open_nursery() as nursery:
        made = Cluster(stream, nursery, count)
        for node in made.nodes:
            await made.start(node)
        yield made
        nursery.cancel_scope.cancel()


def refused(answer: Any) -> str | None:
    return answer.code if isinstance(answer, Refusal) else None
