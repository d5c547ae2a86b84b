"""Getting there: addresses, real sockets, and servers that hang up or are something else."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import trio
from fake_server import ADA, FakeServer
from samples import wire

from chatd.client import Disconnected, connect, refresh, sign_in, sign_up
from chatd.client.address import NetworkAddress, SocketAddress, parse_address
from chatd.contract.server import ServerStatus
from chatd.contract.sign_in import SignedIn


@pytest.mark.parametrize(
    ("written", "host", "path", "secure"),
    [
        ("http://127.0.0.1:8400", "127.0.0.1:8400", "/ws", False),
        ("ws://chat.example/ws", "chat.example", "/ws", False),
        ("https://chat.example/team/", "chat.example", "/team/ws", True),
        ("wss://[::1]:9000", "[::1]:9000", "/ws", True),
    ],
)
def test_an_address_is_read_as_people_write_it(written, host, path, secure):
    address = parse_address(written)
    assert isinstance(address, NetworkAddress)
    assert (address.host, address.path, address.secure) == (host, path, secure)


@pytest.mark.parametrize("written", [Path("/x/admin.sock"), "unix:/x/admin.sock"])
def test_the_admin_socket_is_a_path(written):
    assert parse_address(written) == SocketAddress(Path("/x/admin.sock"))


@pytest.mark.parametrize(
    "written", ["", "127.0.0.1:8400", "ftp://x", "http://", "http://x:99999", "http://[x"]
)
def test_what_is_no_address_is_named(written):
    with pytest.raises(ValueError, match="write http://HOST:PORT"):
        parse_address(written)


@pytest.mark.parametrize("form", ["json", "msgpack"])
async def test_a_real_tcp_connection_works(nursery, form):
    server = FakeServer(nursery)
    listeners = await nursery.start(partial(trio.serve_tcp, server.serve_stream, 0, host="127.0.0.1"))
    port = listeners[0].socket.getsockname()[1]
    async with connect(f"http://127.0.0.1:{port}", "good", format=form) as client:
        assert (await client.post("R1", "hello")).seq == 1


async def test_the_admin_socket_needs_no_session(nursery, tmp_path):
    server = FakeServer(nursery)
    server.answers["server.status"] = lambda data: wire(ServerStatus, ready=True)
    socket = trio.socket.socket(trio.socket.AF_UNIX)
    await socket.bind(str(tmp_path / "admin.sock"))
    socket.listen()
    nursery.start_soon(trio.serve_listeners, server.serve_stream, [trio.SocketListener(socket)])
    async with connect(tmp_path / "admin.sock") as client:
        assert (await client.request("server.status"))["ready"]
        assert client.account is None
    assert server.opens == []


async def test_nobody_there_is_said_at_once(tmp_path):
    with pytest.raises(Disconnected, match="No such file"):
        async with connect(tmp_path / "admin.sock"):
            pass


async def test_a_closed_port_is_said_at_once():
    with trio.socket.socket() as taken:
        await taken.bind(("127.0.0.1", 0))  # bound and not listening: connecting is refused
        port = taken.getsockname()[1]
        with pytest.raises(Disconnected, match=f"nobody answers at http://127.0.0.1:{port}: .*refused"):
            async with connect(f"http://127.0.0.1:{port}", "good"):
                pass


async def test_a_server_that_hangs_up_in_the_handshake_is_not_waited_for(server):
    async def hang_up(stream):
        await stream.receive_some()
        await stream.aclose()

    server.serve_stream = hang_up
    with pytest.raises(Disconnected, match="hung up"):
        async with connect(server, "good"):
            pass


async def test_a_server_that_says_nothing_is_given_up(server, autojump_clock):
    async def stare(stream):
        await trio.sleep_forever()

    server.serve_stream = stare
    with pytest.raises(Disconnected, match="no handshake within 10 seconds"):
        async with connect(server, "good"):
            pass


async def test_an_http_refusal_is_told_with_its_status(server):
    async def refuse(stream):
        await stream.receive_some()
        await stream.send_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    server.serve_stream = refuse
    with pytest.raises(Disconnected, match="HTTP 403") as caught:
        async with connect(server, "good"):
            pass
    assert caught.value.final


async def test_another_kind_of_websocket_server_is_recognized(server):
    server.subprotocol_of = lambda offered: None
    with pytest.raises(Disconnected, match="is not a chatd server"):
        async with connect(server, "good"):
            pass


async def test_signing_in_up_and_refreshing_give_tokens(server):
    pair = wire(SignedIn, account=ADA, access_token="good", refresh_token="r1", expires_in=900)
    asked = []
    for name in ("account.sign_in", "account.sign_up", "account.refresh"):
        server.answers[name] = lambda data: asked.append(data) or pair
    tokens = await sign_in(server, "ada", "secret")
    assert (tokens.account, tokens.access_token, tokens.refresh_token) == ("A1", "good", "r1")
    assert await sign_up(server, "ada", "secret", invite="I1") == tokens
    assert await refresh(server, "r1") == tokens
    assert asked == [
        {"name": "ada", "password": "secret"},
        {"name": "ada", "password": "secret", "invite": "I1"},
        {"refresh_token": "r1"},
    ]
    assert "good" not in repr(tokens)
    async with connect(server, tokens) as client:
        assert client.account == "A1"
