"""What answers plain HTTP is loaded when the first client asks."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import trio
from trio.testing import wait_all_tasks_blocked

from chatd.gateway.gateway import Gateway
from chatd.gateway.net.listener import Listener
from chatd.gateway.net.open_files import OpenFiles
from chatd.gateway.net.stream import SocketStream
from chatd.settings import Settings

CLIENTS = 5


async def test_http_is_loaded_once_however_many_ask_first(tmp_path: Path, nursery: trio.Nursery) -> None:
    loaded = []

    async def load() -> Any:
        loaded.append("http")
        await wait_all_tasks_blocked()  # all have asked
        return SimpleNamespace(serve=serve)

    async def serve(stream: SocketStream, *_: object) -> bool:
        await stream.send_all(b"served")
        return False

    settings, files = Settings(data=tmp_path), OpenFiles()
    gateway = Gateway(settings, cast(Any, None), load, files)
    server = socket.create_server(("127.0.0.1", 0))
    address = server.getsockname()
    listener = Listener(server, gateway.flusher, files, settings, admin=False)
    nursery.start_soon(gateway.turns.run)
    nursery.start_soon(gateway.flusher.run)
    nursery.start_soon(gateway.serve, listener, nursery)

    async def ask() -> None:
        async with await trio.open_tcp_stream(*address) as client:
            await client.send_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert await client.receive_some() == b"served"

    async with trio.open_nursery() as asking:
        for _ in range(CLIENTS):
            asking.start_soon(ask)
    assert loaded == ["http"]
    nursery.cancel_scope.cancel()
