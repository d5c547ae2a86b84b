#!/usr/bin/env bash
# ws 8.23.0 for Node: who refuses a message as too large tells the peer 1009 and itself 1006.
#
# `maxPayload` has the receiver answer a longer message with close code 1009 (RFC 6455, 7.4.1), as it should; the peer
# gets that. But the `close` event of the side that refused says 1006, "no close frame came", the code of a lost network.
# Whoever counts close codes in the server's log never sees a 1009, and takes a client with large frames for one with a
# bad line. The reason stands only in the `error` event before, as WS_ERR_UNSUPPORTED_MESSAGE_LENGTH.
#
# Seen: "server: WS_ERR_UNSUPPORTED_MESSAGE_LENGTH, then close 1006" and "client: close 1009".
# Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts ws@8.23.0 >/dev/null
cat >close.mjs <<'NODE'
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 1000 });
await once(server, "listening");
const serverSide = new Promise((resolve) =>
  server.on("connection", (socket) => {
    let said = "no error";
    socket.on("error", ({ code }) => (said = code));
    socket.on("close", (code) => resolve(`server: ${said}, then close ${code}`));
  }),
);
const client = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
await once(client, "open");
client.send("x".repeat(1001));
const [code] = await once(client, "close");
console.log(await serverSide);
console.log(`client: close ${code}`);
server.close();
NODE
node close.mjs | tee found
diff found - <<'SEEN'
server: WS_ERR_UNSUPPORTED_MESSAGE_LENGTH, then close 1006
client: close 1009
SEEN
