"""What nodes say to each other beside the log, as bytes. Nobody who sends what is no message ends a node."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

import msgspec

from chatd.cluster.complaints import Complaints
from chatd.cluster.net import Net, Unreachable

T = TypeVar("T")

# What reading bytes of others raises: text that is no UTF-8, and lists in lists in lists, are among it.
UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
encode: Final = msgspec.msgpack.Encoder().encode


class NodeMessage(Generic[T]):
    """One kind of message, of this type. Whatever cannot be read as one is none, and the log says so."""

    def __init__(self, type_: type[T]) -> None:
        self._decode = msgspec.msgpack.Decoder(type_).decode

    def read(self, data: bytes, complaints: Complaints) -> T | None:
        try:
            return self._decode(data)
        except UNREADABLE as error:
            complaints.say("node_message_unreadable", problem=str(error))
            return None

    async def ask(
        self, net: Net, subject: str, data: bytes, seconds: float, complaints: Complaints
    ) -> T | None:
        """What is answered within these seconds; None: nothing. An empty answer says that there is none."""
        try:
            answer = await net.ask(subject, data, seconds)
        except Unreachable:
            return None
        return self.read(answer, complaints) if answer else None
