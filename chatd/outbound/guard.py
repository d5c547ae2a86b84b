"""Addresses that users name: where they lead must be a public place of the internet.

The name is resolved once. All of its addresses must be public, and the connection goes to one of these:
whoever changes the name meanwhile gains nothing. An admin may name hosts to which this does not apply.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx2
import trio

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

LOOKUPS: Final = 8  # at once; each holds a thread for as long as the resolver takes
_NAT64: Final = IPv6Network("64:ff9b::/96")
_UNICAST: Final = IPv6Network("2000::/3")  # all of it that was ever given out
_lookups = trio.CapacityLimiter(LOOKUPS)


class NotAllowed(Exception):
    """The address must not be asked. The reason names its host only."""


class NoAddress(Exception):
    """Nobody knows where the host is, now. The reason names it only."""


class Guard:
    """`allowed`: hosts, as `name` or `name:port`, that may be anywhere and be asked without TLS."""

    def __init__(self, allowed: Sequence[str] = (), resolve: Resolve | None = None) -> None:
        self._allowed = frozenset(host.lower() for host in allowed)
        self._resolve = resolve or _resolved

    def wrong(self, url: str) -> str | None:
        """What is wrong with an address by its looks alone, for people; None: nothing."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return "is no web address"
        if not url.isascii() or any(sign <= " " or sign in "\\<>\x7f" for sign in url) or not host:
            return "is no web address"
        if "@" in parts.netloc or parts.fragment:
            return "has a user or a fragment"
        if port == 0:
            return "is no web address"
        if parts.scheme == "https" or (parts.scheme == "http" and self._is_allowed(parts)):
            return None
        return "does not begin with https://"

    async def pinned(self, url: str) -> tuple[httpx2.URL, dict[str, str], dict[str, str]]:
        """Where to connect, with the headers and the extensions that keep the name: the same address, led to
        one that was looked at. Raises NotAllowed and NoAddress."""
        if (wrong := self.wrong(url)) is not None:
            raise NotAllowed(f"the address {wrong}")
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = [ip_address(text.partition("%")[0]) for text in await self._resolve(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise NoAddress(f"{host} has no address") from error
        if not found:
            raise NoAddress(f"{host} has no address")
        if not self._is_allowed(parts) and not all(map(is_public, found)):
            raise NotAllowed(f"{host} is no public host")
        target = httpx2.URL(url).copy_with(host=str(found[0]))
        return target, {"Host": parts.netloc}, {"sni_hostname": host}

    def _is_allowed(self, parts: SplitResult) -> bool:
        host = (parts.hostname or "").lower()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return host in self._allowed or f"{host}:{port}" in self._allowed


def is_public(address: Address) -> bool:
    """Whether it belongs to the open internet. What stands for an address of IPv4 is judged as that one;
    other ways in which one of IPv6 carries another (6to4, Teredo, compatible ones) have had their time."""
    if isinstance(address, IPv6Address):
        if (inner := _stands_for(address)) is not None:
            return is_public(inner)
        if address not in _UNICAST or address.sixtofour or address.teredo:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _stands_for(address: IPv6Address) -> IPv4Address | None:
    """RFC 4291 (mapped) and RFC 6052 (NAT64, which hosts without IPv4 are given by their resolver)."""
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else address.ipv4_mapped


async def _resolved(host: str, port: int) -> list[str]:
    look = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    rows = await trio.to_thread.run_sync(look, abandon_on_cancel=True, limiter=_lookups)
    return [str(row[4][0]) for row in rows]
