"""What every response says, whoever makes it: its request's id, and that nobody keeps, frames or runs it."""

from __future__ import annotations

import socket

import pytest

from chatd.gateway.http.server.defaults import DEFAULTS

from .raw import Peer
from .serving import Server
from .town import Town

SAYS_HOST = "Host: 127.0.0.1\r\n"
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
SPEAKS_GRAPHQL = "Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
ODD = "Sec-WebSocket-Protocol: chatd.v9.xml\r\nSec-WebSocket-Protocol: soap\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (f"GET /healthz HTTP/1.1\r\n{SAYS_HOST}", 200),
        (f"TRACE /healthz HTTP/1.1\r\n{SAYS_HOST}", 405),
        (f"GET /no/such/page HTTP/1.1\r\n{SAYS_HOST}", 404),
        (f"GET /api/v1/spaces HTTP/1.1\r\n{SAYS_HOST}", 401),
        (f"OPTIONS /api/v1/spaces HTTP/1.1\r\n{SAYS_HOST}", 204),
        ("GET /api/v1/spaces HTTP/1.1\r\nHost: evil.example\r\n", 421),
        (f"GET /healthz HTTP/3.0\r\n{SAYS_HOST}", 505),
        (f"GET /api/../x HTTP/1.1\r\n{SAYS_HOST}", 400),
        (f"GET /healthz HTTP/1.1\r\n{SAYS_HOST}X: {'x' * 20_000}\r\n", 431),
        (f"POST /setup HTTP/1.1\r\n{SAYS_HOST}Content-Length: 10\r\n", 400),  # its body is cut off
        (f"GET /ws HTTP/1.1\r\n{SAYS_HOST}", 426),
        (f"GET /ws HTTP/1.1\r\n{SAYS_HOST}{UPGRADE}Origin: http://evil.example\r\n", 403),
        (f"GET /ws HTTP/1.1\r\n{SAYS_HOST}{UPGRADE}Sec-WebSocket-Protocol: soap\r\n", 400),
        (f"GET /ws HTTP/1.1\r\n{SAYS_HOST}{UPGRADE}Sec-WebSocket-Protocol: \r\n", 400),
        (f"GET /ws HTTP/1.1\r\n{SAYS_HOST}{UPGRADE}{ODD}", 400),
        (f"GET /api/graphql HTTP/1.1\r\n{SAYS_HOST}{UPGRADE}Sec-WebSocket-Protocol: soap\r\n", 400),
        *(
            (f"{method} /api/graphql HTTP/1.1\r\n{SAYS_HOST}{UPGRADE}{SPEAKS_GRAPHQL}", 405)
            for method in ("POST", "HEAD", "OPTIONS", "BREW")
        ),
        (f"GET /api/v1/events HTTP/1.1\r\n{SAYS_HOST}", 401),
        (f"GET /api/v1/events?cursor=x HTTP/1.1\r\n{SAYS_HOST}Authorization: Bearer {{token}}\r\n", 400),
        (f"GET /api/v1/events HTTP/1.1\r\n{SAYS_HOST}Authorization: Bearer none\r\n", 401),
        (f"GET /api/v1/events HTTP/1.1\r\n{SAYS_HOST}Authorization: Bearer {{token}}\r\n", 200),
        (f"HEAD /api/v1/events HTTP/1.1\r\n{SAYS_HOST}Authorization: Bearer {{token}}\r\n", 200),
        (f"POST /api/v1/events HTTP/1.1\r\n{SAYS_HOST}", 405),
        (f"OPTIONS /api/v1/events HTTP/1.1\r\n{SAYS_HOST}", 204),
    ],
)
def test_every_response_says_whose_it_is_and_is_kept_framed_and_run_by_nobody(
    server: Server, town: Town, request_: str, status: int
) -> None:
    named = f"asked-{status}-{len(request_)}"
    line, rest = request_.replace("{token}", town.owner.token).split("\r\n", 1)
    with Peer(server) as peer:
        peer.send(f"{line}\r\nX-Request-Id: {named}\r\n{rest}\r\n".encode())
        if "Content-Length" in rest:
            peer.socket.shutdown(socket.SHUT_WR)
        answered, headers = peer.head()
    assert (answered, headers["x-request-id"]) == (status, named)
    assert {name: headers.get(name) for name, _ in DEFAULTS} == dict(DEFAULTS)
    assert "date" in headers


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ("GET /\r\n\r\n", "illegal request line: 'GET /'"),
        ("GET / HTTP/1.1\r\nfoo\r\n\r\n", "illegal header line: 'foo'"),
        (
            "POST /api/v1/spaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "illegal chunk header: 'xyz",
        ),
    ],
)
def test_what_cannot_be_read_is_quoted_as_it_came(server: Server, request_: str, why: str) -> None:
    with Peer(server) as peer:
        peer.send(request_.replace("Host: x", f"Host: {peer.host}").encode())
        assert why in peer.response()[2].decode()
