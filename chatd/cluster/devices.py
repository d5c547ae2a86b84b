"""Which devices of an account are connected: each node knows its own, and is asked when somebody looks."""

from __future__ import annotations

from typing import Final

import trio

from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.cluster.complaints import Complaints
from chatd.cluster.heartbeats import Heartbeats
from chatd.cluster.net import Net
from chatd.cluster.node_message import NodeMessage, encode

SUBJECT: Final = "devices"
SECONDS: Final = 1.0  # for the answers; who is late is not waited for

_DEVICES: Final = NodeMessage(list[str])


class DevicesOfNodes:
    def __init__(self, net: Net, heartbeats: Heartbeats, live: LiveSessions) -> None:
        self._net = net
        self._heartbeats = heartbeats
        self._live = live
        self._complaints = Complaints()
        net.answer(f"{SUBJECT}.{net.node}", self._asked)
        live.elsewhere = self._ask_all

    async def _asked(self, data: bytes) -> bytes:
        return encode(sorted(self._live.devices(data.decode(errors="replace"))))

    async def _ask_all(self, account: str) -> set[str]:
        found = set[str]()

        async def ask(node: str) -> None:
            asked = self._net, f"{SUBJECT}.{node}", account.encode(), SECONDS
            found.update(await _DEVICES.ask(*asked, self._complaints) or ())

        async with trio.open_nursery() as nursery:
            for node in self._heartbeats.nodes:
                if node != self._net.node:
                    nursery.start_soon(ask, node)
        return found
