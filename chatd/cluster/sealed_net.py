"""What nodes say to each other, sealed: whoever else speaks with the NATS servers can not read or forge it.

The key is made of the secret that all nodes have with the database, so a newcomer's request for a copy, and
the copy, go without it (`chatd.cluster.copying`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chatd.cluster.complaints import Complaints
from chatd.cluster.net import Net, Unreachable
from chatd.cluster.sealing import KEY_BYTES, Key, Unreadable


class SealedNet:
    """A `Net` over another one. `secret` is the database's."""

    def __init__(self, net: Net, secret: bytes) -> None:
        self._net = net
        self._complaints = Complaints()
        self._key = Key(0, HKDF(SHA256(), KEY_BYTES, None, b"chatd cluster messages").derive(secret))

    @property
    def node(self) -> str:
        return self._net.node

    def publish(self, subject: str, data: bytes) -> None:
        self._net.publish(subject, self._key.seal(data, subject.encode()))

    def listen(self, subject: str, heard: Callable[[bytes], None]) -> None:
        def opened(data: bytes) -> None:
            if (plain := self._open(subject, data)) is not None:
                heard(plain)

        self._net.listen(subject, opened)

    def answer(self, subject: str, asked: Callable[[bytes], Awaitable[bytes]]) -> None:
        async def opened(data: bytes) -> bytes:
            plain = self._open(subject, data)
            return b"" if plain is None else self._key.seal(await asked(plain), b"answer")

        self._net.answer(subject, opened)

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        answer = await self._net.ask(subject, self._key.seal(data, subject.encode()), deadline)
        try:
            return self._key.open(answer, b"answer")
        except Unreadable as error:
            raise Unreachable(f"{subject}: the answer is none of a node") from error

    def _open(self, subject: str, data: bytes) -> bytes | None:
        try:
            return self._key.open(data, subject.encode())
        except Unreadable:
            self._complaints.say("node_message_unreadable", subject=subject, problem="no node sent it")
            return None
