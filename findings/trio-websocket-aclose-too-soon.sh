#!/usr/bin/env bash
# trio-websocket 0.12.2: `aclose()` returns while the answer to the peer's close frame has not been sent.
#
# Both sides may close at the same moment. The connection's reader then notes the peer's close frame and sends the answer
# (RFC 6455, 5.5.1). `aclose()` sees the note and returns at once; `closed` has a code already. A handler that ends then
# lets its nursery be cancelled, as handlers do, and the answer is lost while it waits for the network: the peer never
# gets a close frame, and reports 1006 for an orderly end. Whoever awaits `get_message()` instead is told only afterwards.
#
# Seen: "aclose returned, closed is 1000" and "the peer got nothing". The stream's sends take a fifth of a second here.
# Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check trio==0.35.0 trio-websocket==0.12.2 wsproto==1.3.2
cat >close.py <<'PYTHON'
import base64

import trio
import trio_websocket
from trio.testing import memory_stream_pair, wait_all_tasks_blocked

KEY = base64.b64encode(bytes(16)).decode()
HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
)
CLOSE = b"\x88\x82\0\0\0\0\x03\xe8"  # masked with zeros, code 1000


class Network(trio.abc.Stream):
    """The server's side of a pair of streams; `slow`: a send takes a moment."""

    def __init__(self, stream):
        self.stream = stream
        self.slow = False

    async def send_all(self, data):
        if self.slow:
            await trio.sleep(0.2)
        await self.stream.send_all(data)

    async def wait_send_all_might_not_block(self):
        await self.stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes=None):
        return await self.stream.receive_some(max_bytes)

    async def aclose(self):
        await self.stream.aclose()


async def main():
    peer, server = memory_stream_pair()
    network = Network(server)
    async with trio.open_nursery() as nursery:
        await peer.send_all(HANDSHAKE.encode())
        request = await trio_websocket.wrap_server_stream(nursery, network)
        websocket = await request.accept()
        await peer.receive_some()  # the 101
        network.slow = True
        await peer.send_all(CLOSE)
        await wait_all_tasks_blocked(0.01)
        await websocket.aclose()
        print(f"aclose returned, closed is {websocket.closed.code}")
        nursery.cancel_scope.cancel()
    with trio.move_on_after(1) as patience:
        print(f"the peer got {bytes(await peer.receive_some())!r}")
    if patience.cancelled_caught:
        print("the peer got nothing")


trio.run(main)
PYTHON
venv/bin/python close.py | tee found
diff found - <<'SEEN'
aclose returned, closed is 1000
the peer got nothing
SEEN
