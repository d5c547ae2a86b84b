"""The addresses of this server: which pages may connect, and under which names private answers are given.

A browser says where its page comes from (`Origin`) and which name it looked up (`Host`). The first keeps the
pages of others away. The second stops DNS rebinding, in which a name of somebody else leads to this machine:
its pages then count as our own for the browser. An IP address cannot be rebound; loopback names are ours, and
so are those of this machine in its own network, which nobody outside can lead anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from chatd.settings import Settings
from chatd.web_origin import Authority, Origin, ip_address, is_loopback_host

KNOWN: Final = 100  # values of `Host` that need not be looked at again
KNOWN_LENGTH: Final = 100


class OwnAddresses:
    """What `public_url`, `origins` and `host` say together."""

    def __init__(self, settings: Settings) -> None:
        named = (settings.public_url, *settings.origins)
        self._known: set[str] = set()  # values of `Host` that are own
        self._origins = frozenset(Origin.parse(address) for address in named if address)
        given = (origin.host for origin in self._origins)
        self._hosts = frozenset({*given, *map(str.lower, settings.hosts), *_names_of(os.uname().nodename)})
        self._behind_tls = frozenset(origin.host for origin in self._origins if origin.scheme == "https")

    def may_connect(self, origin: str, host: str, port: int) -> bool:
        """Whether a page of `origin` may open a WebSocket here: one that is named in the settings, or
        one that came from where it now connects to. `host`: the header, empty without one; `port`: ours.

        A browser that connects to our very port, without TLS, has nothing but the name for a proof; behind a
        proxy it has asked for another port, or has seen a certificate.
        """
        try:
            page = Origin.parse(origin)
        except ValueError:
            return False  # also `null`, which many a page calls itself
        authority = _authority(host)
        if page in self._origins:
            return True
        directly = page.scheme == "http" and page.port == port
        return authority is not None and authority.serves(page) and (not directly or self.is_own(host))

    @property
    def shares(self) -> bool:
        """Whether any origin is named in the settings."""
        return bool(self._origins)

    def names(self, origin: str) -> bool:
        """Whether this origin is named in the settings."""
        try:
            return Origin.parse(origin) in self._origins
        except ValueError:
            return False

    def is_own(self, host: str) -> bool:
        """Whether a private answer may be given under this name. Without a `Host` it is no browser."""
        if not host or host in self._known:
            return True
        authority = _authority(host)
        if authority is None:
            return False
        name = authority.host
        own = name in self._hosts or is_loopback_host(name) or ip_address(name) is not None
        if own and len(self._known) < KNOWN and len(host) <= KNOWN_LENGTH:
            self._known.add(host)
        return own

    def is_public(self, host: str) -> bool:
        """Whether this is an address with TLS: only a proxy can have answered there."""
        authority = _authority(host)
        return authority is not None and authority.host in self._behind_tls


def _names_of(machine: str) -> Iterator[str]:
    """What the local network calls a machine: its host name, whole and short, and that of multicast DNS."""
    whole = machine.lower()
    short = whole.partition(".")[0]
    if short:
        yield from (whole, short, f"{short}.local")


def _authority(host: str) -> Authority | None:
    try:
        return Authority.parse(host)
    except ValueError:
        return None
