#!/usr/bin/env bash
# sockette 2.0.6 and robust-websocket 1.0.0, which connect again when a WebSocket was lost: a server that restarts loses
# the clients of one for ever, and a server that failed those of the other.
#
# A server that goes down closes with 1001, "going away" (RFC 6455, 7.4.1); one that met a condition that it did not
# expect closes with 1011. Both are no faults of the client, and both pass. The page of sockette says that it stays away
# after 1000 and 1005; it does so after 1001 as well. robust-websocket comes back after 1001, but never after 1011.
# reconnecting-websocket 4.4.0 comes back after each of the three, also after 1000, with which a server says that all is
# done. So who chooses close codes for one of them sends the others away, or calls them back.
#
# Seen: the table at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts \
  ws@8.23.0 sockette@2.0.6 robust-websocket@1.0.0 reconnecting-websocket@4.4.0 >/dev/null
cat >restart.js <<'NODE'
const { WebSocket, WebSocketServer } = require("ws");

globalThis.WebSocket = WebSocket;
globalThis.navigator ??= { onLine: true };
globalThis.CustomEvent ??= class extends Event {};
const Sockette = require("sockette");
const Reconnecting = require("reconnecting-websocket").default ?? require("reconnecting-websocket");
const Robust = require("robust-websocket");

const WAIT = { timeout: 20, minReconnectionDelay: 20, maxReconnectionDelay: 20 };
const clients = {
  sockette: (url) => new Sockette(url, WAIT),
  "robust-websocket": (url) => {
    const options = { ignoreConnectivityEvents: true, shouldReconnect: Robust.defaultOptions.shouldReconnect };
    return new Robust(url, null, options);
  },
  "reconnecting-websocket": (url) => new Reconnecting(url, [], WAIT),
};

// Closes the first connection with the code; tells whether a second one comes within a second and a half.
function comesBack(open, code) {
  return new Promise((resolve) => {
    let connections = 0;
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.on("listening", () => {
      const client = open(`ws://127.0.0.1:${server.address().port}`);
      const end = (found) => {
        clearTimeout(timer);
        client.close();
        server.close();
        for (const left of server.clients) left.terminate();
        resolve(found);
      };
      const timer = setTimeout(end, 1500, "stays away");
      server.on("connection", (connection) => {
        if (++connections === 1) connection.close(code);
        else end("comes back");
      });
    });
  });
}

(async () => {
  for (const [name, open] of Object.entries(clients)) {
    for (const code of [1000, 1001, 1011]) console.log(`${name}, ${code}: ${await comesBack(open, code)}`);
  }
  process.exit();
})();
NODE
node restart.js | tee found
diff found - <<'SEEN'
sockette, 1000: stays away
sockette, 1001: stays away
sockette, 1011: comes back
robust-websocket, 1000: stays away
robust-websocket, 1001: comes back
robust-websocket, 1011: stays away
reconnecting-websocket, 1000: comes back
reconnecting-websocket, 1001: comes back
reconnecting-websocket, 1011: comes back
SEEN
