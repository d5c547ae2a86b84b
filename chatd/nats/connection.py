"""One connection to one server, from TCP to where the server has taken the credentials.

What a server says before TLS may be anybody's. It is believed as little as can be: not which other servers
there are, and nothing that comes after its INFO.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

import trio
from msgspec import Struct
from msgspec.structs import replace

from chatd.nats import wire
from chatd.nats.errors import CannotConnect
from chatd.nats.wire import Err, Info, Op, Parser, Pong

PORT: Final = 4222
CONNECT_SECONDS: Final = 5.0  # for TCP; and again for all that is said until the server has taken us
RECONNECT_SECONDS: Final = 2.0  # later: another server may be there, and this one's machine may be gone
LOOK_UP_SECONDS: Final = 1.0
READ: Final = 256 * 1024  # bytes at once


class Address(Struct, frozen=True):
    """`secure`: with TLS, whatever the server says."""

    secure: bool
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    async def near(self) -> bool:
        """Whether it is on this machine."""
        with trio.move_on_after(LOOK_UP_SECONDS), suppress(OSError):
            found = await trio.socket.getaddrinfo(self.host, None, type=trio.socket.SOCK_DGRAM)
            for family, kind, _, _, to in found:
                with suppress(OSError), trio.socket.socket(family, kind) as one:
                    await one.bind(to)  # an address of another machine cannot be had
                    return True
        return False


class Connection(Struct, frozen=True):
    """`early`: what the server said beyond its welcome already."""

    stream: trio.abc.Stream
    parser: Parser
    info: Info
    secure: bool
    early: Sequence[Op]


class SaidNothing(CannotConnect):
    """It closed before its INFO: it may wait for TLS first (`handshake_first` in its configuration)."""


class NoTls(CannotConnect):
    """No TLS came about: the certificate is another one, or the server does not speak it now."""


def address(server: str) -> Address:
    """Of `nats://HOST:PORT`, `tls://HOST:PORT` or `HOST:PORT`. Raises ValueError."""
    parts = urlsplit(server if "://" in server else f"nats://{server}")
    return Address(parts.scheme == "tls", parts.hostname or "localhost", parts.port or PORT)


@asynccontextmanager
async def connected(
    to: Address,
    tls: ssl.SSLContext | None,
    tls_first: bool,
    hello: Callable[[Info], bytes],
    seconds: float = CONNECT_SECONDS,
) -> AsyncIterator[Connection]:
    """`tls`: TLS with this, or none at all; None: as the system trusts, where the address or the server asks
    for TLS. `hello` makes the CONNECT that fits what the server said.

    Raises CannotConnect, ProtocolError, OSError, trio.TooSlowError, trio.BrokenResourceError.
    """
    context = tls or (ssl.create_default_context() if to.secure else None)
    with trio.fail_after(seconds):
        stream: trio.abc.Stream = await trio.open_tcp_stream(to.host, to.port)
    async with stream:
        with trio.fail_after(seconds):
            if tls_first and context is not None:
                stream = await _in_tls(stream, context, to.host)
            parser = Parser()
            info, ops = await _first_info(stream, parser)
            secure = tls_first or context is not None or info.tls_required
            if secure and not tls_first:
                if not (info.tls_required or info.tls_available):
                    raise CannotConnect("it speaks no TLS, which is wanted")
                if ops or not parser.empty:
                    raise CannotConnect("it said more before TLS than it may")
                stream = await _in_tls(stream, context or ssl.create_default_context(), to.host)
                info = replace(info, connect_urls=[])  # they come again in TLS, from 2.12 on
            if not info.headers:
                raise CannotConnect(f"the server of version {info.version} is too old")
            await stream.send_all(hello(info) + wire.PING)
            early = await _until_pong(stream, parser, ops)
        yield Connection(stream, parser, info, secure, early)


async def _in_tls(stream: trio.abc.Stream, context: ssl.SSLContext, host: str) -> trio.abc.Stream:
    secured = trio.SSLStream(stream, context, server_hostname=host)
    try:
        await secured.do_handshake()
    except trio.BrokenResourceError as error:
        raise NoTls(f"no TLS with it: {error.__cause__ or error}") from error
    return secured


async def _first_info(stream: trio.abc.Stream, parser: Parser) -> tuple[Info, list[Op]]:
    while True:
        data = await stream.receive_some(READ)
        if not data:
            raise SaidNothing("it closed the connection without a word; if it wants TLS first, write tls://")
        ops = list(parser.feed(bytes(data)))
        for at, op in enumerate(ops):
            if isinstance(op, Info):
                return op, ops[at + 1 :]


async def _until_pong(stream: trio.abc.Stream, parser: Parser, ops: list[Op]) -> list[Op]:
    while True:
        for at, op in enumerate(ops):
            if isinstance(op, Err):
                raise CannotConnect(f"it refuses: {op.text}")
            if isinstance(op, Pong):
                return ops[at + 1 :]
        data = await stream.receive_some(READ)
        if not data:
            raise CannotConnect("it closed the connection")
        ops = list(parser.feed(bytes(data)))
