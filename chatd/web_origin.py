"""Web origins (RFC 6454): scheme, host and port, however people, browsers and proxies write them."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Origin(msgspec.Struct, frozen=True):
    """Where a page comes from. `host` is in lower case, a name in its ASCII form, an IPv6 address bare."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Origin:
        """The origin of a web address such as `https://Chat.example.org:443/team/`. Raises ValueError."""
        parts = urlsplit(text.strip())
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError("a web origin is written with its scheme, like https://chat.example.org")
        return cls(parts.scheme, _host(parts), parts.port or DEFAULT_PORTS[parts.scheme])


class Authority(msgspec.Struct, frozen=True):
    """What a `Host` header says (RFC 9110, 7.2). `port` is None where it names none."""

    host: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Authority:
        """Raises ValueError."""
        parts = urlsplit(f"//{text.strip()}")
        if not parts.hostname or parts.netloc != text.strip() or "@" in parts.netloc:
            raise ValueError("this is not a host with or without a port")
        return cls(_host(parts), parts.port)

    def serves(self, origin: Origin) -> bool:
        """Whether a page of this origin is one that was asked for under this authority."""
        return self.host == origin.host and (self.port or DEFAULT_PORTS[origin.scheme]) == origin.port


def is_loopback_host(host: str) -> bool:
    """Whether what is sent to this host stays on this machine."""
    address = ip_address(host)
    return address.is_loopback if address is not None else host == "localhost" or host.endswith(".localhost")


def ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `host` is, if it is not a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _host(parts: SplitResult) -> str:
    """The host as RFC 6454 compares it."""
    host = (parts.hostname or "").lower()
    if (address := ip_address(host)) is not None:
        return str(address)
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("this host is no name and no address") from None
