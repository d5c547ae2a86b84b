"""Origins and hosts are compared as addresses, not as letters."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.gateway.net.warning_throttle import MOST, WarningThrottle
from chatd.settings import Settings, SettingsError
from chatd.settings.loading import load

PORT = 8400
HERE = f"127.0.0.1:{PORT}"
OWN = OwnAddresses(
    Settings(
        host="chat.lan",
        public_url="https://Public.example.org/team/",
        origins=(
            "https://Upper.example.org",
            "https://slash.example.org/",
            "https://port.example.org:443",
            "http://plain.example.org:8080",
            "https://bücher.example.org",
            "https://[2001:DB8:0::1]:8443",
        ),
    )
)


@pytest.mark.parametrize(
    "origin",
    [
        "https://upper.example.org",
        "HTTPS://UPPER.example.org",
        "https://slash.example.org",
        "https://port.example.org",
        "https://public.example.org",
        "https://public.example.org:443",
        "http://plain.example.org:8080",
        "https://xn--bcher-kva.example.org",
        "https://[2001:db8::1]:8443",
    ],
)
def test_an_origin_is_allowed_however_it_is_written(origin: str) -> None:
    assert OWN.may_connect(origin, HERE, PORT)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "upper.example.org",
        "http://upper.example.org",
        "https://upper.example.org:8443",
        "https://upper.example.org.evil.example",
        "https://evil.example",
        "https://plain.example.org:8080",
        "http://plain.example.org",
        "https://upper.example.org@evil.example",
        "https://[::1",
        "https://upper.example.org:443443",
        "chrome-extension://upper.example.org",
    ],
)
def test_another_origin_may_not_connect(origin: str) -> None:
    assert not OWN.may_connect(origin, HERE, PORT)


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("https://a.example", "a.example", True),
        ("https://a.example", "A.example:443", True),
        ("http://a.example", "a.example:80", True),
        ("http://chat.lan:8400", "chat.lan:8400", True),
        ("http://[::1]:8400", "[0:0::1]:8400", True),
        ("http://192.168.1.7:8400", "192.168.1.7:8400", True),
        ("http://app.localhost:8400", "app.localhost:8400", True),
        ("https://a.example", "a.example:444", False),
        ("https://a.example", "a.example:80", False),
        ("http://a.example", "a.example:443", False),
        ("https://a.example", "b.example", False),
        ("https://a.example", "", False),
        ("https://a.example", "user@a.example", False),
        ("https://a.example", "a.example/", False),
    ],
)
def test_the_page_of_the_host_that_was_asked_is_allowed(origin: str, host: str, allowed: bool) -> None:
    assert OWN.may_connect(origin, host, PORT) is allowed


@pytest.mark.parametrize(
    "host", ["evil.example:8400", "localhost.evil.example:8400", "127.0.0.1.evil.example:8400"]
)
def test_a_page_whose_name_somebody_else_lets_lead_here_may_not_connect(host: str) -> None:
    """DNS rebinding: the browser takes its origin for ours, and connects to our port."""
    assert not OWN.may_connect(f"http://{host}", host, PORT)
    assert not OWN.may_connect("http://evil.example", "evil.example", 80)


@pytest.mark.parametrize(
    ("machine", "names"),
    [
        ("Nas", ["nas:8400", "NAS:8400", "nas.local:8400"]),
        ("nas.example.org", ["nas:8400", "nas.example.org:8400", "nas.local:8400"]),
    ],
)
def test_the_names_of_this_machine_in_its_network_are_ours(
    monkeypatch: pytest.MonkeyPatch, machine: str, names: list[str]
) -> None:
    """Whoever tries it from another machine has set nothing yet."""
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(nodename=machine))
    own = OwnAddresses(Settings(host="0.0.0.0"))
    for name in names:
        assert own.is_own(name)
        assert own.may_connect(f"http://{name}", name, PORT)
    for name in ("other", "other.local", "nas.evil.example"):
        assert not own.is_own(name)
        assert not own.may_connect(f"http://{name}:{PORT}", f"{name}:{PORT}", PORT)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "LOCALHOST:8400",
        "chat.localhost",
        "127.0.0.1:8400",
        "[::1]:8400",
        "192.168.1.7:8400",
        "chat.lan:8400",
        "public.example.org",
        "Public.Example.org:443",
        "plain.example.org:8080",
    ],
)
def test_private_answers_are_given_under_names_of_our_own(host: str) -> None:
    assert OWN.is_own(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8400",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "notlocalhost",
        "public.example.org@evil.example",
        "[::1",
        "::1",
        " ",
    ],
)
def test_a_name_that_somebody_else_lets_lead_here_is_not_the_servers(host: str) -> None:
    assert not OWN.is_own(host)


def test_only_an_address_with_tls_is_one_of_a_proxy() -> None:
    assert OWN.is_public("public.example.org")
    assert not OWN.is_public("plain.example.org:8080")
    assert not OWN.is_public(HERE)


@pytest.mark.parametrize(
    "text", ["chat.example.org", "ftp://chat.example.org", "https://", "//chat", "https://a:b"]
)
def test_an_origin_that_could_never_match_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="origins"):
        load(None, {"origins": (text,)})


async def test_strangers_cannot_fill_the_log() -> None:
    warnings = WarningThrottle()
    assert sum(warnings.lets_through(str(number % 500)) for number in range(2000)) == MOST
