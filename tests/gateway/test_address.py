"""The address of a client behind reverse proxies: only what a trusted proxy says is believed."""

from __future__ import annotations

import pytest

from chatd.gateway.net.client_address import Proxies
from chatd.settings import Settings

PROXIES = Proxies(("127.0.0.1", "10.0.0.0/8", "::1", "2001:db8:5::/48"))


def test_nobody_is_believed_unless_named() -> None:
    assert Proxies(()).client("127.0.0.1", "203.0.113.9") == "127.0.0.1"
    assert PROXIES.client("192.0.2.1", "203.0.113.9") == "192.0.2.1"


def test_a_peer_without_the_header_speaks_for_itself() -> None:
    assert PROXIES.client("127.0.0.1", "") == "127.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("198.51.100.1,203.0.113.9 ,10.1.2.3, 2001:db8:5::7", "203.0.113.9"),  # the first is a claim
        ("10.9.9.9, 10.1.2.3", "10.9.9.9"),  # a client inside: the farthest that is known
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0::0:1", "2001:db8::1"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_last_address_that_is_no_trusted_proxy_is_the_clients(forwarded: str, client: str) -> None:
    assert PROXIES.client("127.0.0.1", forwarded) == client


@pytest.mark.parametrize("junk", ["unknown", "_hidden", "", " ", "999.1.1.1", "a:b", "[", "\n", "::1::"])
def test_what_is_no_address_ends_the_search(junk: str) -> None:
    assert PROXIES.client("127.0.0.1", junk) == "127.0.0.1"
    assert PROXIES.client("127.0.0.1", f"203.0.113.9, {junk}, 10.1.2.3") == "10.1.2.3"


def test_an_ipv4_peer_on_an_ipv6_socket_is_known_by_its_ipv4_address() -> None:
    assert PROXIES.client("::ffff:127.0.0.1", "203.0.113.9") == "203.0.113.9"
    assert PROXIES.client("::ffff:192.0.2.1", "") == "192.0.2.1"
    assert PROXIES.trusts("::ffff:127.0.0.1")
    assert not PROXIES.trusts("192.0.2.1")


def test_a_trusted_proxy_is_an_address_or_a_network() -> None:
    Settings(trusted_proxies=("127.0.0.1", "10.0.0.0/8", "2001:db8::/32"))
    for junk in ("localhost", "", "10.0.0.0/33", "unix"):
        with pytest.raises(ValueError, match="trusted_proxies"):
            Settings(trusted_proxies=(junk,))
