"""However many connect at once, those who are in get their turns between them."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import pytest
import trio

from chatd.gateway.net.flusher import Flusher
from chatd.gateway.net.listener import TOGETHER, CannotListen, Listener, admin_socket, tcp_sockets
from chatd.gateway.net.open_files import OpenFiles
from chatd.gateway.net.stream import UNSENT
from chatd.settings import Settings


async def test_others_have_a_turn_and_the_door_is_asked_while_many_connect() -> None:
    many = 6 * TOGETHER
    turns, asked = 0, 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    async def door() -> None:
        nonlocal asked
        asked += 1

    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server, Flusher(), OpenFiles(), Settings(), admin=False, door=door)
        clients = [socket.create_connection(server.getsockname()) for _ in range(many)]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(count_turns)
            streams = [await listener.accept() for _ in range(many)]
            nursery.cancel_scope.cancel()
        for end in (*streams, *clients):
            (end.socket if not isinstance(end, socket.socket) else end).close()
    assert turns >= many // TOGETHER - 2  # the first and the last may be missing
    assert asked == many // TOGETHER


async def test_the_kernel_keeps_little_for_a_peer_that_reads_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server, Flusher(), OpenFiles(), Settings(), admin=False)
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(server.getsockname())
            stream = await listener.accept()
            taken, more = 0, bytes(2 * UNSENT)
            with suppress(BlockingIOError):
                while True:
                    taken += stream.socket.send(more)
            stream.abort()
    assert taken < 2 * UNSENT


def test_a_host_that_nobody_knows_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket.socket, "bind", unknown)
    said = "^cannot listen on chat.invalid port 8400: Name or service not known; choose another"
    with pytest.raises(CannotListen, match=said), tcp_sockets(["chat.invalid"], 8400):
        pass


def test_an_admin_socket_that_cannot_be_taken_away_fails_no_stop(tmp_path: Path) -> None:
    """As on a disk that is mounted read-only by now; the next start takes it away."""
    path = tmp_path / "admin.sock"
    with admin_socket(path):
        path.unlink()
        path.mkdir()
    assert path.is_dir()
