#!/usr/bin/env bash
# send 1.2.1 and @fastify/send 4.1.1 for Node, Werkzeug 3.1.9 and WebOb 1.8.11 for Python: who asks a file of 100 bytes for
# its last 1000 is refused.
#
# RFC 9110, 14.1.2: where a file is shorter than the suffix that is asked for, all of it is meant. So a client reads the
# end of a log, or the directory at the end of a zip, without asking for the size first. All four say 416, that no such
# bytes are there, so that one reads the end of every log but a new one, and opens every zip but a small one. An end that
# lies behind that of the file (0-999) they move to it. httprange 1.0.0 and Starlette 1.3.0 for Python give the whole file.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  webob==1.8.11 werkzeug==3.1.9 starlette==1.3.0 httprange==1.0.0
npm install --silent --no-audit --no-fund --ignore-scripts send@1.2.1 @fastify/send@4.1.1 >/dev/null
head -c 100 /dev/zero >file.bin
cat >ranges <<'RANGES'
bytes=-50
bytes=-1000
bytes=0-999
RANGES
cat >serve.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { send as fastify } from "@fastify/send";
import send from "send";

const servers = {
  send: (request, response) => send(request, "file.bin", { root: "." }).pipe(response),
  "@fastify/send": async (request, response) => {
    const { statusCode, headers, stream } = await fastify(request, "file.bin", { root: "." });
    response.writeHead(statusCode, headers);
    stream.pipe(response);
  },
};
for (const [name, handler] of Object.entries(servers)) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (const range of readFileSync("ranges", "utf8").trim().split("\n")) {
    const { status, headers } = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers: { range } });
    console.log(`${name}, ${range}: ${status} ${headers.get("content-range") ?? "all"}`);
  }
  server.close();
  server.closeAllConnections();
}
NODE
node serve.mjs >found
venv/bin/python >>found <<'PYTHON'
import asyncio

import httprange
import webob
from starlette.responses import FileResponse
from webob.static import FileApp
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client
from werkzeug.utils import send_file


def starlette(line):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"range", line.encode())]}
    asyncio.run(FileResponse("file.bin")(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"content-range", b"all").decode()


def werkzeug(line):
    def app(environ, start):
        try:
            answer = send_file("file.bin", environ, conditional=True)
        except HTTPException as error:  # as Flask does it
            answer = error
        return answer(environ, start)

    answer = Client(app).get("/", headers={"Range": line})
    return answer.status_code, answer.headers.get("content-range", "all")


def webob_(line):
    answer = webob.Request.blank("/", headers={"Range": line}).get_response(FileApp("file.bin"))
    return answer.status_int, answer.headers.get("content-range", "all")


SERVERS = {"Werkzeug": werkzeug, "WebOb": webob_, "Starlette": starlette}
for line in open("ranges").read().splitlines():
    for name, answer in SERVERS.items():
        print(f"{name}, {line}:", *answer(line))
    print(f"httprange, {line}:", httprange.resolve_ranges(httprange.parse_range(line), 100))
PYTHON
cat found
diff found - <<'SEEN'
send, bytes=-50: 206 bytes 50-99/100
send, bytes=-1000: 416 bytes */100
send, bytes=0-999: 206 bytes 0-99/100
@fastify/send, bytes=-50: 206 bytes 50-99/100
@fastify/send, bytes=-1000: 416 bytes */100
@fastify/send, bytes=0-999: 206 bytes 0-99/100
Werkzeug, bytes=-50: 206 bytes 50-99/100
WebOb, bytes=-50: 206 bytes 50-99/100
Starlette, bytes=-50: 206 bytes 50-99/100
httprange, bytes=-50: (ByteRange(first=50, last=99),)
Werkzeug, bytes=-1000: 416 bytes */100
WebOb, bytes=-1000: 416 bytes */100
Starlette, bytes=-1000: 206 bytes 0-99/100
httprange, bytes=-1000: (ByteRange(first=0, last=99),)
Werkzeug, bytes=0-999: 206 bytes 0-99/100
WebOb, bytes=0-999: 206 bytes 0-99/100
Starlette, bytes=0-999: 206 bytes 0-99/100
httprange, bytes=0-999: (ByteRange(first=0, last=99),)
SEEN
