"""People who talk on three nodes while somebody does harm to nodes, to NATS servers and to what lies between.

Each talker posts into one room with nonces, several at a time, on whatever node answers, and says everything
again there that was not acknowledged. Observers go from node to node with their cursor.
"""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import attrs
import trio
import trio_websocket
from three_nodes import ClusterNode, ThreeNodes

AT_ONCE: Final = 6  # posts of a talker without an answer
ANSWER_SECONDS: Final = 25.0
PAUSE: Final = 0.1
JSON: Final = "chatd.v1.json"


class Gone(Exception):
    """The connection, or the node."""


BROKEN: Final = (
    OSError,
    trio.TooSlowError,
    trio_websocket.HandshakeError,
    trio_websocket.ConnectionClosed,
    Gone,
)


class Talk:
    """One connection; it hands frames out as they come."""

    def __init__(self, connection: trio_websocket.WebSocketConnection) -> None:
        self._connection = connection
        self._ids = 0

    async def send(self, kind: str, name: str, **data: Any) -> int:
        self._ids += 1
        await self._connection.send_message(json.dumps({"id": self._ids, kind: name, "data": data}))
        return self._ids

    async def frames(self) -> list[dict[str, Any]]:
        message = await self._connection.get_message()
        return [json.loads(line) for line in str(message).split("\n") if line]

    async def ask(self, kind: str, name: str, **data: Any) -> dict[str, Any]:
        number = await self.send(kind, name, **data)
        while True:
            for frame in await self.frames():
                if frame.get("id") == number:
                    return frame


Play = Callable[[Talk, dict[str, Any]], Awaitable[None]]  # with what the server said of the session


@attrs.define(eq=False)
class Counts:
    acknowledged: int = 0
    reconnected: int = 0
    uncertain: int = 0
    resumed: int = 0
    not_resumed: int = 0
    refused: dict[str, int] = attrs.field(factory=dict)
    harm: dict[str, int] = attrs.field(factory=dict)


@attrs.define(eq=False)
class Soak:
    cluster: ThreeNodes
    dice: random.Random
    until: float = 0.0  # trio's time
    counts: Counts = attrs.field(factory=Counts)

    @property
    def over(self) -> bool:
        return trio.current_time() > self.until

    async def connected(self, token: str, play: Play, cursor: Any = None) -> None:
        """Plays on a connection to some node. Raises Gone."""
        node = self.dice.choice(self.cluster.nodes)
        gone: Gone | None = None
        try:
            with trio.fail_after(ANSWER_SECONDS):
                stream = await trio.open_tcp_stream("127.0.0.1", node.server.port)
            async with stream, trio.open_nursery() as nursery:
                with trio.fail_after(ANSWER_SECONDS):
                    connection = await trio_websocket.wrap_client_stream(
                        nursery, stream, f"127.0.0.1:{node.server.port}", "/ws", subprotocols=[JSON]
                    )
                    talk = Talk(connection)
                    more = {} if cursor is None else {"cursor": cursor}
                    opened = await talk.ask("command", "session.open", token=token, **more)
                if "result" in opened:
                    await play(talk, opened["result"])
                else:
                    self.refuse(opened["error"]["code"])
                nursery.cancel_scope.cancel()
        except* BROKEN as errors:
            gone = Gone(str(errors))
        if gone is not None:
            raise gone

    def refuse(self, code: str) -> None:
        self.counts.refused[code] = self.counts.refused.get(code, 0) + 1


@attrs.define(eq=False)
class Talker:
    soak: Soak
    name: str
    token: str
    room: str
    acknowledged: list[tuple[str, int]] = attrs.field(factory=list)  # nonce, seq
    _number: int = 0
    _open: list[str] = attrs.field(factory=list)  # nonces that are not acknowledged

    async def talk(self) -> None:
        soak = self.soak
        while not soak.over or self._open:
            try:
                await soak.connected(self.token, self._post)
            except Gone:
                soak.counts.reconnected += 1
                await trio.sleep(PAUSE)

    async def _post(self, talk: Talk, _: dict[str, Any]) -> None:
        """Posts what is open again, in its order, then more."""
        asked = {await self._send(talk, nonce): nonce for nonce in self._open}
        while not self.soak.over or self._open:
            while not self.soak.over and len(self._open) < AT_ONCE:
                self._number += 1
                nonce = f"{self.name}-{self._number}"
                self._open.append(nonce)
                asked[await self._send(talk, nonce)] = nonce
            if not self._open:
                return
            with trio.fail_after(ANSWER_SECONDS):
                frames = await talk.frames()
            for frame in frames:
                nonce = asked.pop(frame.get("id"), "")
                if not nonce:
                    continue
                if "error" in frame:
                    code = frame["error"]["code"]
                    self.soak.refuse(code)
                    assert code in ("unavailable", "overloaded"), frame
                    await trio.sleep(PAUSE)
                    raise Gone(code)  # later ones may have been refused as well: all is said again, in order
                self._open.remove(nonce)
                self.acknowledged.append((nonce, frame["result"]["seq"]))
                self.soak.counts.acknowledged += 1

    async def _send(self, talk: Talk, nonce: str) -> int:
        return await talk.send("command", "message.post", room=self.room, text=f"text {nonce}", nonce=nonce)


@attrs.define(eq=False)
class Observer:
    soak: Soak
    token: str
    seen: dict[str, list[int]] = attrs.field(factory=dict)  # room -> seqs of all events, as they came
    positions: list[int] = attrs.field(factory=list)
    cursor: dict[str, Any] = attrs.field(factory=dict)

    async def watch(self) -> None:
        while not self.soak.over:
            try:
                await self.soak.connected(self.token, self._watch, dict(self.cursor) or None)
            except Gone:
                await trio.sleep(PAUSE)

    async def _watch(self, talk: Talk, opened: dict[str, Any]) -> None:
        if not self.cursor:
            self.cursor = {name: opened[name] for name in ("epoch", "position", "hash")}
        elif opened["resumed"]:
            self.soak.counts.resumed += 1
        else:
            self.soak.counts.not_resumed += 1
        with trio.move_on_after(self.soak.dice.uniform(1, 4)):
            while True:
                for frame in await talk.frames():
                    if "event" not in frame:
                        continue
                    self.cursor["position"], self.cursor["hash"] = frame["position"], frame["hash"]
                    self.positions.append(frame["position"])
                    self.seen.setdefault(frame["stream"], []).append(frame["seq"])


async def do_harm(soak: Soak, kinds: list[str]) -> None:
    """One thing after another is broken and mended; at most one node and one server at a time."""
    while not soak.over:
        await trio.sleep(soak.dice.uniform(0.5, 2.5))
        kind = soak.dice.choice(kinds)
        soak.counts.harm[kind] = soak.counts.harm.get(kind, 0) + 1
        node = soak.dice.choice(soak.cluster.nodes)
        server = soak.dice.choice(soak.cluster.nats.servers)
        with trio.CancelScope(shield=True):
            match kind:
                case "kill node":
                    await trio.to_thread.run_sync(node.server.kill)
                    await trio.sleep(soak.dice.uniform(0, 2))
                    await trio.to_thread.run_sync(node.server.start)
                case "stop node":
                    await trio.to_thread.run_sync(node.server.stop)
                    await trio.to_thread.run_sync(node.server.start)
                case "freeze node":
                    await _for_a_while(soak, node.freeze, node.thaw)
                case "cut node":
                    await _for_a_while(soak, node.cut, node.mend)
                case "kill server":
                    await trio.to_thread.run_sync(server.kill)
                    await trio.sleep(soak.dice.uniform(0, 2))
                    server.start()
                    await trio.to_thread.run_sync(soak.cluster.nats.wait)
                case "freeze server":
                    await _for_a_while(
                        soak,
                        partial(server.signal, signal.SIGSTOP),
                        partial(server.signal, signal.SIGCONT),
                    )


async def _for_a_while(soak: Soak, begin: Callable[[], None], end: Callable[[], None]) -> None:
    begin()
    await trio.sleep(soak.dice.uniform(0.5, 8))
    end()


def check_tables(nodes: list[ClusterNode]) -> None:
    """All nodes that have stopped hold the same."""
    first, *others = [(node.name, node.tables()) for node in nodes]
    for name, tables in others:
        assert tables.keys() == first[1].keys()
        for table, rows in tables.items():
            assert rows == first[1][table], f"{table} of {name} is not that of {first[0]}"
