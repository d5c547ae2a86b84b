#!/usr/bin/env bash
# trio-websocket 0.12.2: a handshake that is cancelled leaves its socket open.
#
# `connect_websocket_url()` opens a TCP connection and waits for the server's answer. A client gives that a deadline, as
# trio does it: `with trio.move_on_after(…)`. When the deadline passes, the call ends, and nobody closes the connection
# that it made. Each try against a server that accepts and does not answer costs a file, until garbage is collected and
# Python warns of an unclosed socket. Whoever opens the stream and gives it to `wrap_client_stream()` can close it.
#
# Seen: five of five sockets are open a second after five handshakes were cancelled; none with a stream of one's own.
# Needs python3 with venv, on Linux. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check trio==0.35.0 trio-websocket==0.12.2 wsproto==1.3.2
cat >cancelled.py <<'PYTHON'
import gc
import os

import trio
import trio_websocket

TRIES = 5


def open_sockets():
    found = 0
    for number in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
        except FileNotFoundError:
            pass
    return found


async def at_once(nursery, port):
    await trio_websocket.connect_websocket_url(nursery, f"ws://127.0.0.1:{port}/")


async def with_a_stream(nursery, port):
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        await trio_websocket.wrap_client_stream(nursery, stream, "127.0.0.1", "/")


async def left_open(connect):
    """Of the client's sockets, after some handshakes with a server that accepts and says nothing."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    accepted = []
    async with trio.open_nursery() as nursery:
        before = open_sockets()
        for _ in range(TRIES):
            with trio.move_on_after(0.2):
                await connect(nursery, port)
            accepted.append(await listener.accept())
        await trio.sleep(1)
        left = open_sockets() - before - len(accepted)
        nursery.cancel_scope.cancel()
    for stream in accepted:
        await stream.aclose()
    await listener.aclose()
    return left


async def main():
    gc.disable()  # what is left is left until garbage is collected
    print(f"connect_websocket_url: {await left_open(at_once)} of {TRIES} sockets left open")
    print(f"wrap_client_stream: {await left_open(with_a_stream)} of {TRIES} sockets left open")


trio.run(main)
PYTHON
venv/bin/python -W ignore cancelled.py | tee found
diff found - <<'SEEN'
connect_websocket_url: 5 of 5 sockets left open
wrap_client_stream: 0 of 5 sockets left open
SEEN
