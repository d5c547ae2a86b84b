"""Contents of files over nodes: what one of them stores, or copies, no other takes away meanwhile.

Whoever is about to take some away asks all others first. Who has nothing against it has seen what the asker
has seen, and stores none of it before it hears that this is over. Then the asker learns what was acknowledged
anywhere: a file may have come to have that content. While one that belongs to the cluster is not heard, all
stays as it is: that node may be there for the stream still, or be again with an upload that it was at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Final, Protocol

import trio
from msgspec import Meta, Struct

from chatd.cluster.complaints import Complaints
from chatd.cluster.heartbeats import Heartbeats
from chatd.cluster.net import Net
from chatd.cluster.node_message import NodeMessage, encode
from chatd.files.pins import Pins
from chatd.ports import StoreUnavailable

ASK, OVER = "blob", "blob-over"
SECONDS: Final = 2.0  # for the answer of one node
CLAIMS: Final = 1024  # of other nodes, at once
CLAIMED_SECONDS: Final = 120.0  # after which whoever has not said that it is over has died
Hash = Annotated[str, Meta(max_length=64)]


class _Claim(Struct, frozen=True, array_like=True):
    """`sequence`: up to where the asker has applied the stream."""

    hash: Hash
    sequence: int


_CLAIM: Final = NodeMessage(_Claim)
_FREE: Final = NodeMessage(bool)
_OVER: Final = NodeMessage[str](Hash)


class Collector(Protocol):
    @property
    def paused(self) -> bool:
        """Whether contents are being copied on this node."""


class BlobsOfNodes:
    """`applied` returns when the stream has been applied up to a sequence, `sequence` says up to where, and
    `catch_up` returns when this node has applied all that was acknowledged anywhere. `members` gives the
    other nodes that belong to the cluster."""

    def __init__(
        self,
        net: Net,
        heartbeats: Heartbeats,
        nursery: trio.Nursery,
        applied: Callable[[int], Awaitable[None]],
        sequence: Callable[[], int],
        catch_up: Callable[[], Awaitable[None]],
        members: Callable[[], Awaitable[Collection[str]]],
    ) -> None:
        self._net = net
        self._heartbeats = heartbeats
        self._nursery = nursery
        self._applied = applied
        self._sequence = sequence
        self._catch_up = catch_up
        self._members = members
        self._claims: dict[str, trio.Event] = {}  # of other nodes
        self._complaints = Complaints()

    def share(self, pins: Pins, collector: Collector) -> None:
        """From now on what is stored or copied on one node is not taken away on another."""

        async def asked(data: bytes) -> bytes:
            return await self._asked(data, pins, collector)

        self._net.answer(f"{ASK}.{self._net.node}", asked)
        self._net.listen(f"{OVER}.{self._net.node}", self._heard_over)
        pins.elsewhere = self._free_elsewhere

    # --- whoever takes away

    @asynccontextmanager
    async def _free_elsewhere(self, hash_: str) -> AsyncIterator[bool]:
        """Whether no other node stores it, nor does so meanwhile."""
        nodes = [heard.heartbeat.node for heard in self._heartbeats.others()]
        asked: list[str] = []
        try:
            if not await self._are_all(nodes):
                yield False
                return
            for node in nodes:
                asked.append(node)
                if not await self._ask(node, hash_):
                    yield False
                    return
            yield await self._level() and await self._are_all(nodes)
        finally:
            for node in asked:
                self._net.publish(f"{OVER}.{node}", encode(hash_))

    async def _are_all(self, nodes: Sequence[str]) -> bool:
        """Whether no other node belongs to the cluster, as far as is known here."""
        with suppress(StoreUnavailable):
            return set(nodes).issuperset(await self._members())
        return False

    async def _level(self) -> bool:
        """Whether what was stored anywhere before has its row here."""
        with trio.move_on_after(SECONDS), suppress(StoreUnavailable):
            await self._catch_up()
            return True
        return False

    async def _ask(self, node: str, hash_: str) -> bool:
        claim = encode(_Claim(hash_, self._sequence()))
        return bool(await _FREE.ask(self._net, f"{ASK}.{node}", claim, SECONDS, self._complaints))

    # --- whoever is asked

    async def _asked(self, data: bytes, pins: Pins, collector: Collector) -> bytes:
        if (claim := _CLAIM.read(data, self._complaints)) is None:
            return b""
        free = False
        if claim.hash not in self._claims and len(self._claims) < CLAIMS:
            over = self._claims[claim.hash] = trio.Event()
            try:
                with trio.move_on_after(SECONDS):
                    await self._applied(claim.sequence)  # a copy that is begun from now on is without it
                    if not collector.paused:
                        free = await self._nursery.start(self._hold, claim.hash, over, pins)
            finally:
                if not free:
                    del self._claims[claim.hash]
        return encode(free)

    async def _hold(
        self, hash_: str, over: trio.Event, pins: Pins, *, task_status: trio.TaskStatus[bool]
    ) -> None:
        with pins.claimed(hash_) as free:
            task_status.started(free)
            if not free:
                return
            with trio.move_on_after(CLAIMED_SECONDS):
                await over.wait()
        del self._claims[hash_]

    def _heard_over(self, data: bytes) -> None:
        hash_ = _OVER.read(data, self._complaints)
        if hash_ is not None and (over := self._claims.get(hash_)) is not None:
            over.set()
