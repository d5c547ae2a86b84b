"""Who is connected to which node. Changes are told as they come, and everything now and then: so what was
lost is made good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
import trio
from msgspec import Struct

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.chunk import Chunk, SignalFrame
from chatd.actors.workers.presence import GRACE, Presence
from chatd.cluster.complaints import Complaints
from chatd.cluster.heartbeats import Heartbeats
from chatd.cluster.net import Net
from chatd.cluster.node_message import NodeMessage, encode
from chatd.log import log
from chatd.ports import Reader, StoreUnavailable

SUBJECT: Final = "presence"
WHOLE_EVERY: Final = 20.0  # seconds
PIECE: Final = 1000  # accounts of a message
ACCOUNTS: Final = 1_000_000  # of one node
PIECES: Final = ACCOUNTS // PIECE

Short = Annotated[str, msgspec.Meta(max_length=64)]
# Account, whether all its sessions are away (None: it has none), its mode, and when that was chosen.
_One = tuple[Short, bool | None, Short | None, int]


class _Told(Struct, frozen=True, array_like=True):
    """`whole`: it is everything, in `of` pieces of which this is the one numbered `piece`, from 0. `left`: of
    a single one, when it went from a node last."""

    node: Short
    life: Short
    whole: Short
    piece: int
    of: int
    those: Annotated[list[_One], msgspec.Meta(max_length=PIECE)]
    left: int = 0


_TOLD: Final = NodeMessage(_Told)


class Elsewhere:
    """An account that is connected to another node only: follows what it belongs to (a `Subscriber`)."""

    def __init__(self, account: str, streams: set[str]) -> None:
        self.account = account
        self.streams = streams

    def offer(self, chunk: Chunk) -> None: ...
    def role_changed(self, account: str) -> None: ...
    def lag(self) -> None: ...

    def enter(self, stream: str, position: int, within: str | None) -> None:
        self.streams.add(stream)

    def leave(self, stream: str, position: int) -> None:
        self.streams.discard(stream)

    def signal(self, signal: SignalFrame) -> bool:
        return False


class PresenceOfNodes:
    """`run` it."""

    def __init__(
        self, net: Net, heartbeats: Heartbeats, life: str, presence: Presence, bus: Bus, reader: Reader
    ) -> None:
        self._net = net
        self._heartbeats = heartbeats
        self._life = life
        self._presence = presence
        self._bus = bus
        self._reader = reader
        self._complaints = Complaints()
        self._known: dict[str, dict[str, tuple[bool, str | None, int]]] = {}  # node -> account
        self._pieces: dict[str, tuple[str, dict[int, list[_One]]]] = {}  # node -> the newest whole of it
        self._followed: dict[str, Elsewhere] = {}
        self._gone: dict[str, float] = {}  # node -> trio's time at which it was missed
        self._send, self._receive = trio.open_memory_channel[tuple[str, _One, int]](ACCOUNTS)
        self._wake = trio.Event()

    async def run(self) -> None:
        """For ever."""
        self._presence.relay = self._relay
        self._net.listen(SUBJECT, self._heard)
        self._heartbeats.watch(self._wake_up)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._tell_all)
            nursery.start_soon(self._take)

    def _wake_up(self) -> None:
        self._wake.set()

    # --- telling

    def _relay(self, account: str, away: bool | None, mode: str | None, chosen_at: int, left: int) -> None:
        self._publish("", 0, 1, [(account, away, mode, chosen_at)], left)

    def _publish(self, whole: str, piece: int, of: int, those: Sequence[_One], left: int = 0) -> None:
        told = _Told(self._net.node, self._life, whole, piece, of, list(those), left)
        self._net.publish(SUBJECT, encode(told))

    async def _tell_all(self) -> None:
        number = 0
        while True:
            number += 1
            those = self._presence.sessions_here()
            pieces = [those[at : at + PIECE] for at in range(0, len(those), PIECE)] or [[]]
            for index, piece in enumerate(pieces):
                self._publish(f"{self._life}.{number}", index, len(pieces), piece)
            with trio.move_on_after(WHOLE_EVERY):
                await self._wake.wait()
            self._wake = trio.Event()
            await self._miss_nodes()

    async def _miss_nodes(self) -> None:
        """Whoever was connected to a node that is gone may come to another one within the grace."""
        gone = self._known.keys() - set(self._heartbeats.nodes)
        if gone:
            await trio.sleep(GRACE)
        for node in gone - set(self._heartbeats.nodes):
            self._pieces.pop(node, None)
            for account in self._known.pop(node, {}):
                self._offer(node, _none(account))

    # --- hearing

    def _heard(self, data: bytes) -> None:
        told = _TOLD.read(data, self._complaints)
        if told is None or told.node == self._net.node or not 0 <= told.piece < told.of <= PIECES:
            return
        if not told.whole:
            for one in told.those:
                self._learn(told.node, one, told.left)
            return
        whole, pieces = self._pieces.get(told.node, ("", {}))
        if whole != told.whole:  # of the one before some were lost
            if told.node not in self._heartbeats.nodes:
                return
            pieces = {}
            self._pieces[told.node] = told.whole, pieces
        pieces[told.piece] = told.those
        if len(pieces) < told.of:
            return
        del self._pieces[told.node]
        named = {one[0] for those in pieces.values() for one in those}
        for account in [one for one in self._known.get(told.node, {}) if one not in named]:
            self._learn(told.node, _none(account))
        for those in pieces.values():
            for one in those:
                self._learn(told.node, one)

    def _learn(self, node: str, one: _One, left: int = 0) -> None:
        account, away, mode, chosen_at = one
        known = self._known.setdefault(node, {})
        if len(known) >= ACCOUNTS and account not in known:
            return
        if away is None:
            if known.pop(account, None) is None:
                return
        elif known.get(account) == (away, mode, chosen_at) or (
            account not in known and len(known) >= ACCOUNTS
        ):
            return
        else:
            known[account] = away, mode, chosen_at
        self._offer(node, one, left)

    def _offer(self, node: str, one: _One, left: int = 0) -> None:
        try:
            self._send.send_nowait((node, one, left))
        except trio.WouldBlock:
            self._complaints.say("presence_dropped", account=one[0])

    async def _take(self) -> None:
        async for node, (account, away, mode, chosen_at), left in self._receive:
            streams = await self._follow(account) if away is not None else self._unfollow(account)
            self._presence.elsewhere(node, account, away, mode, chosen_at, left, streams)

    async def _follow(self, account: str) -> set[str]:
        followed = self._followed.get(account)
        if followed is None:
            followed = self._followed[account] = Elsewhere(account, set())
            self._bus.attach(followed)
            stored = None
            try:
                rows, _ = await self._reader.memberships(account)
                followed.streams.update(row["stream"] for row in rows)
                stored = next(iter(await self._reader.presences([account])), None)
            except StoreUnavailable as error:
                log.warning("cannot_read_log", error=str(error))
            self._presence.learn(account, stored)  # one that is invisible keeps its `last_seen`
        return followed.streams

    def _unfollow(self, account: str) -> set[str] | None:
        if any(account in known for known in self._known.values()):
            return self._followed[account].streams if account in self._followed else None
        followed = self._followed.pop(account, None)
        if followed is None:
            return None
        self._bus.detach(followed, ())
        return followed.streams


def _none(account: str) -> _One:
    return account, None, None, 0
