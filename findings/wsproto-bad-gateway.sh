#!/usr/bin/env bash
# wsproto 1.3.2 beside ws 8.23.0 for Node: a client that closes with 1014 is told that it violated the protocol.
#
# IANA's registry of close codes (RFC 6455, 11.7) has had 1012, 1013 and 1014, "bad gateway", for years. ws sends all three,
# as relays between two WebSockets do when they say why the other side is gone. wsproto, on which trio-websocket stands,
# knows the first two. In place of 1014 it hands out 1002 with a reason of its own, as if the peer had said that, and the
# answer to it tells the peer 1002: both logs have a violation of the protocol, and neither has the gateway that failed.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check wsproto==1.3.2
npm install --silent --no-audit --no-fund --ignore-scripts ws@8.23.0 >/dev/null
cat >client.mjs <<'NODE'
import { WebSocket } from "ws";

const [port, code] = process.argv.slice(2).map(Number);
const client = new WebSocket(`ws://127.0.0.1:${port}`);
client.on("open", () => client.close(code, "the other side is gone"));
client.on("close", (answer) => console.log(`the client hears ${answer}`));
NODE
cat >server.py <<'PYTHON'
import socket
import subprocess

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Request

with socket.create_server(("127.0.0.1", 0)) as listener:
    for code in (1012, 1013, 1014):
        port = listener.getsockname()[1]
        command = ["node", "client.mjs", str(port), str(code)]
        client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        peer, _ = listener.accept()
        websocket = WSConnection(ConnectionType.SERVER)
        said = None
        while said is None:
            websocket.receive_data(peer.recv(65536) or None)
            for event in websocket.events():
                if isinstance(event, Request):
                    peer.sendall(websocket.send(AcceptConnection()))
                elif isinstance(event, CloseConnection):
                    said = f"{event.code}, {event.reason!r}"
                    peer.sendall(websocket.send(event.response()))
        peer.close()
        print(f"sent {code}; the server hears {said}; {client.communicate()[0].strip()}")
PYTHON
venv/bin/python server.py | tee found
diff found - <<'SEEN'
sent 1012; the server hears 1012, 'the other side is gone'; the client hears 1012
sent 1013; the server hears 1013, 'the other side is gone'; the client hears 1013
sent 1014; the server hears 1002, 'CLOSE with unknown reserved code'; the client hears 1002
SEEN
