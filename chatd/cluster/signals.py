"""Signals for sessions on other nodes: typing, receipts, read markers, drafts. Some may be lost."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from chatd.actors.runtime.bus import Bus
from chatd.cluster.complaints import Complaints
from chatd.cluster.net import Net
from chatd.cluster.node_message import NodeMessage, encode
from chatd.ports import Row

SUBJECT: Final = "signal"
LONGEST: Final = 256 * 1024  # bytes


class _Signal(Struct, frozen=True, array_like=True):
    node: str
    account: str | None
    stream: str | None
    frame: dict[str, Any]
    but: str | None


_SIGNAL: Final = NodeMessage(_Signal)


class Signals:
    def __init__(self, net: Net, bus: Bus) -> None:
        self._net = net
        self._bus = bus
        self._complaints = Complaints()

    def open(self) -> None:
        self._bus.relay = self._relay
        self._net.listen(SUBJECT, self._heard)

    def _relay(self, account: str | None, stream: str | None, frame: Row, but: str | None) -> None:
        encoded = encode([self._net.node, account, stream, frame, but])
        if len(encoded) <= LONGEST:
            self._net.publish(SUBJECT, encoded)

    def _heard(self, data: bytes) -> None:
        signal = _SIGNAL.read(data, self._complaints)
        if signal is None or signal.node == self._net.node:
            return
        if signal.account is not None:
            self._bus.show(signal.account, signal.frame)
        elif signal.stream is not None:
            self._bus.show_in(signal.stream, signal.frame, signal.but)
