"""What nodes say to each other beside the log: nothing of it is stored, and any of it may be lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol


class Unreachable(Exception):
    """Nobody answered: it is not known whether the request arrived."""


class Net(Protocol):
    """Messages between the nodes of a cluster. Those of one sender on one subject come in order.

    Subjects are words with dots between them. What a node publishes it hears too, if it listens.
    """

    @property
    def node(self) -> str:
        """The name of this node, unique in the cluster."""

    def publish(self, subject: str, data: bytes) -> None:
        """To all nodes that listen. Never waits; what cannot be sent now is dropped."""

    def listen(self, subject: str, heard: Callable[[bytes], None]) -> None:
        """Has `heard` called for each message; it must not wait or raise."""

    def answer(self, subject: str, asked: Callable[[bytes], Awaitable[bytes]]) -> None:
        """Answers requests on this subject, each in a task of its own."""

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        """The answer of the node that answers on this subject. Raises Unreachable after `deadline` seconds,
        and at once when nobody answers there."""
