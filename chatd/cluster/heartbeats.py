"""Heartbeats: which nodes there are, and how far each has applied the stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Annotated, Final

import msgspec
import trio

from chatd.clock import now
from chatd.cluster.complaints import Complaints
from chatd.cluster.net import Net
from chatd.cluster.node_message import NodeMessage, encode
from chatd.log import log

EVERY: Final = 0.5  # seconds
GONE_AFTER: Final = 1.5  # seconds
ECHO: Final = 0.5  # seconds in which what lay on this machine while the process stood still has come
NODES: Final = 64  # that are known at most
SUBJECT: Final = "beat"  # as nodes of older versions have it
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

_Standing = tuple[str, bool, bool]  # life, whether it leaves, whether it serves


class Heartbeat(msgspec.Struct, frozen=True, array_like=True):
    """`life` is another with each start. Up to `sequence` the node has applied the stream, which gave its log
    the hash `hash`; up to `durable` all of that is on its disk. `leaving`: it owns nothing from now on.
    `serving`: it knows what the others know; if it leaves, it still answers what it was given."""

    node: Name
    life: Name
    level: int
    sequence: int
    hash: Annotated[str, msgspec.Meta(max_length=128)]
    durable: int
    leaving: bool = False
    serving: bool = True
    url: Annotated[str, msgspec.Meta(max_length=512)] = ""
    version: Annotated[str, msgspec.Meta(max_length=64)] = ""
    at: int = 0  # Unix milliseconds


class Heard(msgspec.Struct):
    heartbeat: Heartbeat
    at: float  # trio's time

    @property
    def ahead(self) -> int:
        """Milliseconds by which its clock is before this node's, less the heartbeat's time on its way."""
        if not self.heartbeat.at:  # an older chatd says no time
            return 0
        return self.heartbeat.at + int((trio.current_time() - self.at) * 1000) - now()


class SameName(Exception):
    """Another process calls itself as this node does."""


class _Rival(msgspec.Struct):
    """A life of this node's name that began before this one. What a killed process said last may come late,
    all of it at once: one that is heard for longer lives. Times are trio's."""

    life: str
    since: float
    at: float

    @property
    def lives(self) -> bool:
        return self.at - self.since >= GONE_AFTER


_HEARTBEAT: Final = NodeMessage(Heartbeat)


class Heartbeats:
    """`mine` gives what this node says of itself. `run` it."""

    def __init__(self, net: Net, mine: Callable[[], Heartbeat]) -> None:
        self._net = net
        self._complaints = Complaints()
        self.mine = mine
        self._heard: dict[str, Heard] = {}
        self._there: tuple[tuple[str, _Standing], ...] = ()
        self._nodes: tuple[str, ...] = ()
        self._able: tuple[str, ...] = ()
        self._watchers: list[Callable[[], None]] = []
        self._rival: _Rival | None = None
        self._said_at, self._missed_at = inf, -inf  # trio's times
        self._leaving = self._gone = False
        self.changes = 0

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of those that are there, this one included unless it leaves."""
        return self._nodes

    @property
    def able(self) -> tuple[str, ...]:
        """The names of those that can decide for all: one whose disk is full only hears what there is."""
        return self._able

    def others(self) -> Iterator[Heard]:
        """What was heard last of each other node that is there."""
        return iter(tuple(self._heard.values()))

    def life(self, node: str) -> str | None:
        """Which life of the node this is; None: it is not there."""
        if node == self._net.node:
            return self.mine().life
        heard = self._heard.get(node)
        return None if heard is None else heard.heartbeat.life

    def there(self, node: str) -> bool:
        """Whether the node was heard of lately, and has not said good-bye since."""
        heard = self._heard.get(node)
        return node == self._net.node or (
            heard is not None and (heard.heartbeat.serving or not heard.heartbeat.leaving)
        )

    def at_work(self, node: str, life: str) -> bool:
        """Whether this life of another node answers what it was given, be it about to leave or not."""
        heard = self._heard.get(node)
        return heard is not None and heard.heartbeat.life == life and heard.heartbeat.serving

    @property
    def missed(self) -> bool:
        """Whether others may have missed this node until just now, because its process stood still. Whoever
        sent something to it meanwhile has asked another node by now, or said that nobody knows."""
        self._look_at_silence()
        return trio.current_time() - self._missed_at < ECHO

    def _look_at_silence(self) -> None:
        now = trio.current_time()
        if now - self._said_at > GONE_AFTER:
            self._said_at = self._missed_at = now

    def watch(self, changed: Callable[[], None]) -> None:
        """From now on `changed` is called when nodes come or go, or can decide or not, or have answered all
        before they go; it must not wait or raise."""
        self._watchers.append(changed)

    async def run(self) -> None:
        """For ever. Raises SameName."""
        self._net.listen(SUBJECT, self._take)
        self._look()
        while True:
            self._heartbeat()
            await trio.sleep(EVERY)
            if self._rival is not None and self._rival.lives:
                raise SameName(
                    f"another process calls itself the node {self._net.node}; give each its own cluster_node"
                )
            before = trio.current_time() - GONE_AFTER
            for node, heard in tuple(self._heard.items()):
                if heard.at < before:
                    del self._heard[node]
            self._look()

    def say(self) -> None:
        """Says at once what has changed with this node."""
        self._look()
        self._heartbeat()

    def retire(self) -> None:
        """Says good-bye: others take over at once, but for what this node was given before."""
        self._leaving = True
        self.say()

    def leave(self) -> None:
        """Says that nobody need wait for this node."""
        self._gone = True
        self.retire()

    def _heartbeat(self) -> None:
        mine = self.mine()
        serving = mine.serving and not self._gone
        said = msgspec.structs.replace(mine, leaving=self._leaving, serving=serving, at=now())
        self._net.publish(SUBJECT, encode(said))
        self._look_at_silence()
        self._said_at = trio.current_time()

    def _take(self, data: bytes) -> None:
        if (heartbeat := _HEARTBEAT.read(data, self._complaints)) is None:
            return
        if heartbeat.node == self._net.node:
            if heartbeat.life < self.mine().life and not heartbeat.leaving:  # the younger one goes
                self._meet(heartbeat.life)
            return
        known = self._heard.get(heartbeat.node)
        if known is None and (len(self._heard) >= NODES or heartbeat.leaving):
            return
        self._heard[heartbeat.node] = Heard(heartbeat, trio.current_time())
        if known is None:
            self._heartbeat()  # so that a newcomer knows of this one at once
        if known is None or _standing(known.heartbeat) != _standing(heartbeat):
            self._look()

    def _meet(self, life: str) -> None:
        at = trio.current_time()
        if self._rival is None or self._rival.life != life or at - self._rival.at > GONE_AFTER:
            self._rival = _Rival(life, at, at)
        self._rival.at = at

    def _look(self) -> None:
        own = () if self._leaving else (self.mine(),)
        heard = (one.heartbeat for one in self._heard.values())
        heartbeats = (*own, *(heartbeat for heartbeat in heard if heartbeat.serving or not heartbeat.leaving))
        there = tuple(sorted((heartbeat.node, _standing(heartbeat)) for heartbeat in heartbeats))
        if there == self._there:
            return
        before, self._there = self._there, there
        self._nodes = tuple(node for node, (_, leaving, _) in there if not leaving)
        self._able = tuple(node for node, (_, leaving, serving) in there if serving and not leaving)
        if _staying(there) != _staying(before):
            self.changes += 1
            log.info("nodes_changed", nodes=list(self._nodes), able=list(self._able))
        for changed in self._watchers:
            changed()


def _staying(there: tuple[tuple[str, _Standing], ...]) -> list[tuple[str, _Standing]]:
    return [(node, standing) for node, standing in there if not standing[1]]


def _standing(heartbeat: Heartbeat) -> _Standing:
    return heartbeat.life, heartbeat.leaving, heartbeat.serving
