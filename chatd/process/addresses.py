"""The addresses at which a server listens: those that the service manager keeps open, or else its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from chatd.gateway.net.inherited import inherited_sockets
from chatd.gateway.net.listener import CannotListen, tcp_sockets
from chatd.settings import Settings
from chatd.store.ops.data_folder import refuse_if_held


class Address(msgspec.Struct, frozen=True, eq=False):
    """`host`: what it is called."""

    host: str
    socket: socket.socket

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.socket.getsockname()[1]}"


@contextmanager
def bound(settings: Settings) -> Iterator[list[Address]]:
    """Sockets that are bound and not open yet. Raises CannotListen, or StoreError when another server of the
    same folder has them: that says more."""
    with ExitStack() as opened:
        if kept := [opened.enter_context(sock) for sock in inherited_sockets()]:
            yield [Address(sock.getsockname()[0], sock) for sock in kept]
            return
        try:
            sockets = opened.enter_context(tcp_sockets(settings.hosts, settings.port))
        except CannotListen:
            refuse_if_held(settings.data)
            raise
        yield [Address(host, sock) for host, sock in zip(settings.hosts, sockets, strict=True)]
