"""The guard: where an address that a user names may lead."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from chatd.outbound.guard import Guard, NoAddress, NotAllowed, is_public

PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "4000::1"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::808:808", "::7f00:1", "::808:808"),
    *("2002:7f00:1::", "2002:808:808::", "2001:0:808:808::"),
]


class Names:
    """A resolver. `looked` is what it was asked."""

    def __init__(self, *found: str) -> None:
        self.found = found
        self.looked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.looked.append(f"{host}:{port}")
        return self.found


@pytest.mark.parametrize("address", PUBLIC)
async def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(ip_address(address))
    names = Names(address)
    url, headers, extensions = await Guard(resolve=names).pinned("https://Push.Example.org:8443/a?b=c")
    host = f"[{ip_address(address)}]" if ":" in address else address
    assert str(url) == f"https://{host}:8443/a?b=c"
    assert headers == {"Host": "Push.Example.org:8443"}
    assert extensions == {"sni_hostname": "push.example.org"}
    assert names.looked == ["push.example.org:8443"]


@pytest.mark.parametrize("address", PRIVATE)
async def test_no_address_that_is_not_public_may_be_asked(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(NotAllowed, match="no public host"):
        await Guard(resolve=Names(address)).pinned("https://push.example.org/")


async def test_one_private_address_among_public_ones_is_enough_to_refuse_a_host() -> None:
    with pytest.raises(NotAllowed):
        await Guard(resolve=Names("8.8.8.8", "10.0.0.1")).pinned("https://push.example.org/")


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "localhost"]
)
async def test_other_spellings_of_this_machine_are_looked_through(host: str) -> None:
    """By the resolver of the system, which knows them."""
    with pytest.raises(NotAllowed):
        await Guard().pinned(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "https://", "https:///x", "//push.example.org/", "http://push.example.org/"),
        *("file:///etc/hosts", "https://a@push.example.org/", "https://a:b@push.example.org/"),
        *("https://push.example.org/#a", "https://push.example.org:0/", "https://push.example.org:70000/"),
        *("https://push.example.org:x/", "https://push.example.org/ a", "https://push.example.org/\r\na"),
        *(
            "https://push.example.org\\@10.0.0.1/",
            "https://pu\u0131h.example.org/",
            "https://[::1/",
            " https://a/",
        ),
    ],
)
async def test_what_is_no_plain_address_is_never_looked_up(url: str) -> None:
    names = Names("8.8.8.8")
    guard = Guard(resolve=names)
    assert guard.wrong(url)
    with pytest.raises(NotAllowed):
        await guard.pinned(url)
    assert not names.looked


@pytest.mark.parametrize("allowed", ["push.lan", "Push.LAN", "push.lan:8080"])
async def test_hosts_that_an_admin_names_may_be_anywhere(allowed: str) -> None:
    guard = Guard([allowed], Names("10.0.0.1"))
    for url in ("http://push.lan:8080/x", "https://PUSH.lan:8080/x"):
        assert guard.wrong(url) is None
        assert str((await guard.pinned(url))[0]).endswith("://10.0.0.1:8080/x")
    with pytest.raises(NotAllowed):
        await guard.pinned("https://other.lan:8080/x")


async def test_a_port_that_was_not_named_is_not_meant() -> None:
    guard = Guard(["push.lan:8080"], Names("10.0.0.1"))
    assert guard.wrong("http://push.lan/") is not None
    with pytest.raises(NotAllowed):
        await guard.pinned("https://push.lan/")


async def test_a_name_without_an_address_is_not_asked() -> None:
    with pytest.raises(NoAddress, match="no address"):
        await Guard(resolve=Names()).pinned("https://push.example.org/")
    with pytest.raises(NoAddress, match="no address"):
        await Guard().pinned(f"https://{'a' * 70}.example.org/")  # labels have 63 letters
