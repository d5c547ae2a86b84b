"""What is scarce is shared: whoever asks for much of it does not keep the others waiting."""

from __future__ import annotations

import socket
import time

from .conftest import Serve
from .serving import Server
from .talking import Client
from .town import Town

PASSWORD = "three brown tables"
FLOOD = 16  # sign-ins; each takes a worker for a tenth of a second
CONNECTIONS, PIPELINED = 200, 15


def dial_from(server: Server, address: str) -> Client:
    """A connection that comes from another address of this machine."""
    own = socket.create_connection(("127.0.0.1", server.port), source_address=(address, 0))
    return Client.dial(server, sock=own)


def test_an_address_that_signs_in_without_end_keeps_no_other_address_waiting(serve: Serve) -> None:
    server = serve(rate_limits=True, costly_passwords=True)
    town = Town(server)
    town.operator.ask("account.create", name="ada", password=PASSWORD)
    flood = [dial_from(server, "127.0.0.2") for _ in range(FLOOD)]
    asked = [
        client.send("account.sign_in", name=f"nobody{number}", password=PASSWORD)
        for number, client in enumerate(flood)
    ]
    ada = dial_from(server, "127.0.0.3")
    begun = time.monotonic()
    ada.ask("account.sign_in", name="ada", password=PASSWORD)
    hers = time.monotonic() - begun
    for client, id_ in zip(flood, asked, strict=True):
        client.reply(id_, 30)
    theirs = time.monotonic() - begun
    assert hers < theirs / 3
    for client in (*flood, ada):
        client.close()
    town.close()


def ask_at_once(server: Server, address: str, times: int) -> socket.socket:
    """A connection from another address of this machine on which this many requests have been sent."""
    peer = socket.create_connection(("127.0.0.1", server.port), source_address=(address, 0))
    peer.settimeout(30)
    host = f"Host: 127.0.0.1:{server.port}"
    last = f"GET /healthz HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n"
    peer.sendall((f"GET /healthz HTTP/1.1\r\n{host}\r\n\r\n" * (times - 1) + last).encode())
    return peer


def read_all(peer: socket.socket) -> bytes:
    with peer:
        return b"".join(iter(lambda: peer.recv(1 << 16), b""))


def test_an_address_with_many_requests_on_many_connections_keeps_no_other_address_waiting(
    serve: Serve,
) -> None:
    server = serve()
    read_all(ask_at_once(server, "127.0.0.3", 1))  # the first request loads what serves requests
    begun = time.monotonic()
    flood = [ask_at_once(server, "127.0.0.2", PIPELINED) for _ in range(CONNECTIONS)]
    asked = time.monotonic()
    assert read_all(ask_at_once(server, "127.0.0.3", 1)).startswith(b"HTTP/1.1 200")
    hers = time.monotonic() - asked
    for peer in flood:
        assert read_all(peer).count(b"HTTP/1.1 200") == PIPELINED
    theirs = time.monotonic() - begun
    assert hers < theirs / 3
