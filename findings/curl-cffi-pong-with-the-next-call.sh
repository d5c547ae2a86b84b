#!/usr/bin/env bash
# curl_cffi 0.17.0 (libcurl 8.23): a client that only listens answers no ping.
#
# A server pings a WebSocket that is silent, and takes one that sends no pong for dead (RFC 6455, 5.5.2: the pong comes
# "as soon as is practical"). While `recv()` of curl_cffi waits for a message, the pong of libcurl stays in its buffer;
# it goes out with the next thing that is sent, or when a message has come. So a client of a quiet room is
# dropped by every server that pings, each time after the server's limit. That is so of the asynchronous one, too;
# websocket-client 1.9.2 answers at once. Who listens with the first sends something of its own more often than the
# server pings.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check curl_cffi==0.17.0 websocket-client==1.9.2 websockets==17.4
cat >quiet.py <<'PYTHON'
import asyncio
import os
import threading

import websocket
from curl_cffi import AsyncSession, Session
from websockets.sync.server import serve

SECONDS = 3
answered = []


def handle(connection):
    answered.append(connection.ping().wait(SECONDS))
    connection.send("the end")


def listening(url):
    with Session() as session:
        assert session.ws_connect(url).recv()[0] == b"the end"


def listening_async(url):
    async def listen():
        async with AsyncSession() as session:
            socket = await session.ws_connect(url)
            assert (await socket.recv())[0] == b"the end"
            await socket.close()

    asyncio.run(listen())


def listening_otherwise(url):
    assert websocket.create_connection(url).recv() == "the end"


with serve(handle, "127.0.0.1", 0, ping_interval=None) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "ws://127.0.0.1:%d/" % server.socket.getsockname()[1]
    for name, listen in (
        ("curl_cffi", listening),
        ("curl_cffi, asynchronous", listening_async),
        ("websocket-client", listening_otherwise),
    ):
        listen(url)
        print(f"{name}: {'a pong' if answered.pop() else f'no pong in {SECONDS} seconds'}", flush=True)
    os._exit(0)
PYTHON
venv/bin/python quiet.py | tee found
diff found - <<'SEEN'
curl_cffi: no pong in 3 seconds
curl_cffi, asynchronous: no pong in 3 seconds
websocket-client: a pong
SEEN
