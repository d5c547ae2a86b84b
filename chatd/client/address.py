"""Where a server is, and how to get a stream to it: TCP, TLS, or the admin socket of a data folder."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import attrs
import trio

from chatd.client.errors import Disconnected, Untrusted
from chatd.concurrency.first_error import first_error

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


class Address(Protocol):
    """A place that can be dialled."""

    @property
    def host(self) -> str:
        """For the `Host` header."""

    @property
    def path(self) -> str:
        """What to ask for in the WebSocket handshake."""

    @property
    def trusted(self) -> bool:
        """True when whoever can connect is an operator, who needs no session."""

    async def dial(self) -> trio.abc.Stream:
        """Raises Disconnected when nobody answers there."""


@attrs.frozen
class NetworkAddress:
    """`http(s)://` or `ws(s)://`, with or without a path in front of `/ws`."""

    hostname: str
    port: int
    path: str
    secure: bool
    trusted: bool = False

    def __str__(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}"

    @property
    def host(self) -> str:
        name = f"[{self.hostname}]" if ":" in self.hostname else self.hostname
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"

    async def dial(self) -> trio.abc.Stream:
        try:
            stream = await trio.open_tcp_stream(self.hostname, self.port)
        except OSError as error:
            raise Disconnected(f"nobody answers at {self}: {_in_words(error)}") from error
        return await self._encrypted(stream) if self.secure else stream

    async def _encrypted(self, stream: trio.abc.Stream) -> trio.abc.Stream:
        encrypted = trio.SSLStream(
            stream, ssl.create_default_context(), server_hostname=self.hostname, https_compatible=True
        )
        try:
            await encrypted.do_handshake()
        except BaseException as error:
            await trio.aclose_forcefully(stream)
            if isinstance(error, trio.BrokenResourceError):
                raise _without_tls(str(self), error.__cause__) from error
            raise
        return encrypted


@attrs.frozen
class SocketAddress:
    """The admin socket: a file that only its owner may open."""

    file: Path
    host: str = "localhost"
    path: str = "/ws"
    trusted: bool = True

    def __str__(self) -> str:
        return f"unix:{self.file}"

    async def dial(self) -> trio.abc.Stream:
        try:
            return await trio.open_unix_socket(str(self.file))
        except OSError as error:
            raise Disconnected(f"nobody answers at {self}: {_in_words(error)}") from error


def parse_address(place: str | Path | Address) -> Address:
    """An address from what people write. Raises ValueError for anything else."""
    if isinstance(place, Path):
        return SocketAddress(place)
    if not isinstance(place, str):
        return place
    if place.startswith("unix:"):
        return SocketAddress(Path(place.removeprefix("unix:")))
    try:
        parts = urlsplit(place)
        port, hostname = parts.port or DEFAULT_PORTS.get(parts.scheme), parts.hostname
    except ValueError:  # a port that is no number, or a bracket too many
        port = hostname = None
    if not port or not hostname or parts.scheme not in DEFAULT_PORTS:
        raise ValueError(f"not an address: {place!r}; write http://HOST:PORT, ws://HOST:PORT or unix:FILE")
    path = parts.path.rstrip("/")
    return NetworkAddress(
        hostname=hostname,
        port=port,
        path=path if path.endswith("/ws") else f"{path}/ws",
        secure=parts.scheme in ("https", "wss"),
    )


def _without_tls(where: str, cause: BaseException | None) -> Disconnected:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Untrusted(
            f"the certificate of {where} is not trusted ({cause.verify_message}); if it is the right server, "
            "add its authority to the system's certificates, or name the authority's file in SSL_CERT_FILE"
        )
    if isinstance(cause, ssl.SSLError):
        return Disconnected(f"{where} does not speak TLS; is it http:// there?", final=True)
    return Disconnected(f"{where} hung up before the handshake")


def _in_words(error: OSError) -> str:
    """Trio tries every address of a host and reports a group; the first cause says enough."""
    if error.__cause__ is not None and isinstance(cause := first_error(error.__cause__), OSError):
        error = cause
    return error.strerror or str(error) or type(error).__name__
