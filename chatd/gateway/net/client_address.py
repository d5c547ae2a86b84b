"""The address of a client: the peer's, or behind a trusted reverse proxy the one that the proxy reports.

Every proxy appends the address of its peer to `X-Forwarded-For`. Only what trusted proxies appended counts,
so the list is read from its end: the last address that is not a trusted proxy is the client's.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# As proxies write it: 192.0.2.1, 192.0.2.1:4711, 2001:db8::1, [2001:db8::1], [2001:db8::1]:4711
_HOP: Final = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+|(.*)", re.DOTALL)


class Networks:
    """A set of IP addresses and networks."""

    def __init__(self, named: Iterable[str]) -> None:
        """Raises ValueError."""
        self._networks = tuple(ipaddress.ip_network(network, strict=False) for network in named)

    def __contains__(self, address: str | Address) -> bool:
        known = _read_peer(address) if isinstance(address, str) else address
        return known is not None and any(known in network for network in self._networks)


class Proxies:
    """The reverse proxies whose `X-Forwarded-For` is trusted."""

    def __init__(self, trusted: Iterable[str]) -> None:
        """`trusted`: addresses and networks. Raises ValueError."""
        self._trusted = Networks(trusted)

    def client(self, peer: str, forwarded: str) -> str:
        """The client's address. `forwarded`: the whole X-Forwarded-For, empty without one.

        An entry that is no address ends the search: nothing before it is trusted.
        """
        client = _read_peer(peer)
        if client is None:
            return peer
        for hop in reversed(forwarded.split(",") if forwarded else ()):
            before = _read(hop.strip()) if client in self._trusted else None
            if before is None:
                break
            client = before
        return str(client)

    def trusts(self, peer: str) -> bool:
        """Whether this address is a proxy's."""
        return peer in self._trusted


@lru_cache(maxsize=1024)
def _read_peer(text: str) -> Address | None:
    """The same of a socket's peer: that one is short, and the same ones come again."""
    return _read(text)


def _read(text: str) -> Address | None:
    """The address in `text`, an IPv4-mapped one as IPv4; None if it is no address."""
    match = _HOP.fullmatch(text)
    assert match is not None
    try:
        address = ipaddress.ip_address((match[1] or match[2] or match[3] or "").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
