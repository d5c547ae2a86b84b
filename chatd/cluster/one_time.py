"""One-time secrets that another node gave out: it is asked for them, so each is still good once.

A browser that was sent to single sign-on, or a client that was given a passkey's challenge, may come back to
whatever node. Should the node that knows of it be gone, the user begins again, as after a restart.
"""

from __future__ import annotations

from functools import partial
from typing import Final, TypeVar

from chatd.auth.one_time_tokens import OneTimeTokens
from chatd.cluster.complaints import Complaints
from chatd.cluster.heartbeats import Heartbeats
from chatd.cluster.net import Net
from chatd.cluster.node_message import NodeMessage, encode

SUBJECT: Final = "once"
SECONDS: Final = 2.0  # for the answer of one node
T = TypeVar("T")


class OneTimeOfNodes:
    def __init__(self, net: Net, heartbeats: Heartbeats) -> None:
        self._net = net
        self._heartbeats = heartbeats
        self._complaints = Complaints()

    def share(self, name: str, tokens: OneTimeTokens[T], type_: type[T]) -> None:
        """What one node keeps can be taken on each, once. `name`: one word, the same on all nodes."""

        async def asked(data: bytes) -> bytes:
            value = tokens.take_hashed(data)
            return b"" if value is None else encode(value)

        self._net.answer(f"{SUBJECT}.{name}.{self._net.node}", asked)
        tokens.elsewhere = partial(self._ask, name, NodeMessage(type_))

    async def _ask(self, name: str, kept: NodeMessage[T], digest: bytes) -> T | None:
        for node in self._heartbeats.nodes:
            if node == self._net.node:
                continue
            asked = self._net, f"{SUBJECT}.{name}.{node}", digest, SECONDS
            if (found := await kept.ask(*asked, self._complaints)) is not None:
                return found
        return None
