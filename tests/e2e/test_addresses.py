"""Where a server listens: on one address, on several, on all of both kinds."""

from __future__ import annotations

import socket

import pytest

from .conftest import Serve


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


pytestmark = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def status_of(port: int, address: str, path: str) -> bytes:
    with socket.create_connection((address, port)) as peer:
        name = f"[{address}]" if ":" in address else address
        peer.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n".encode())
        return peer.recv(64).split()[1]


@pytest.mark.parametrize("host", ["::", "127.0.0.1, ::1"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_server_answers_by_ipv4_and_by_ipv6_and_knows_who_asks(
    serve: Serve, host: str, address: str
) -> None:
    """Only this machine may read the metrics: a client of IPv4 is known by that address on both."""
    server = serve(host=host)
    assert status_of(server.port, address, "/readyz") == b"200"
    assert status_of(server.port, address, "/metrics") == b"200"
