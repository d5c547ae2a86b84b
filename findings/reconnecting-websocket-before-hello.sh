#!/usr/bin/env bash
# reconnecting-websocket 4.4.0 and partysocket 1.3.0: what was written while the connection was away arrives before what
# `onopen` sends.
#
# A program that has to sign in first, as chat and graphql-transport-ws demand it, does so in its `open` handler, which
# runs for each connection. Both libraries keep what is sent in the meantime, and write it the moment the connection is
# open, before they call the handler: "hello" comes second. A server that takes nothing before it refuses those messages
# or closes. On the first connection all is well, as long as nobody writes before it is open: the order turns only after
# a loss. `maxEnqueuedMessages: 0` keeps nothing; then the program has to.
#
# Seen: for both, "hello 1, first" on the first connection and "meanwhile, hello 2" on the second. Needs node and npm.
# Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts \
  ws@8.23.0 reconnecting-websocket@4.4.0 partysocket@1.3.0 >/dev/null
cat >order.mjs <<'NODE'
import { WebSocket as Party } from "partysocket";
import Reconnecting from "reconnecting-websocket";
import { WebSocket, WebSocketServer } from "ws";

const OPTIONS = { WebSocket, minReconnectionDelay: 20, maxReconnectionDelay: 20 };
const classes = { "reconnecting-websocket": Reconnecting.default ?? Reconnecting, partysocket: Party };

function heard(Socket) {
  return new Promise((resolve) => {
    const connections = [];
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.on("connection", (connection) => {
      const texts = [];
      connections.push(texts);
      connection.on("message", (text) => {
        texts.push(String(text));
        if (texts.length < 2) return;
        if (connections.length < 2) return connection.close(1001);
        client.close();
        server.close();
        resolve(connections);
      });
    });
    let client, opened = 0;
    server.on("listening", () => {
      client = new Socket(`ws://127.0.0.1:${server.address().port}`, [], OPTIONS);
      client.onopen = () => {
        client.send(`hello ${++opened}`);
        if (opened === 1) client.send("first");
      };
      client.onclose = () => {
        if (connections.length === 1) client.send("meanwhile");
      };
    });
  });
}

for (const [name, Socket] of Object.entries(classes)) {
  const [first, second] = await heard(Socket);
  console.log(`${name}: ${first.join(", ")}; after the loss: ${second.join(", ")}`);
}
process.exit();
NODE
node order.mjs | tee found
diff found - <<'SEEN'
reconnecting-websocket: hello 1, first; after the loss: meanwhile, hello 2
partysocket: hello 1, first; after the loss: meanwhile, hello 2
SEEN
