#!/usr/bin/env bash
# httpx-sse 0.4.3 and @microsoft/fetch-event-source 2.0.1: a comment with an empty line behind it arrives as an event.
#
# The HTML standard (9.2.6) hands out nothing at an empty line while no data has come. Servers send a comment now and then,
# so that a proxy does not end a quiet stream, and many end it with an empty line. fetch-event-source makes a message
# of every empty line. httpx-sse does so once the stream has given an id, which it keeps from one event to the next:
# the same heartbeat does nothing before the first id and is an event without data after it, with the old id once
# more. Who reads `data` as JSON fails at the first quiet minute. A comment without the empty line has no effect on either.
#
# Seen: the table at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check httpx==0.28.1 httpx-sse==0.4.3
npm install --silent --no-audit --no-fund --ignore-scripts @microsoft/fetch-event-source@2.0.1 >/dev/null
cat >streams.json <<'JSON'
{
  "no id, an empty line": "data: {}\n\n:\n\n",
  "an id, an empty line": "id: 7\ndata: {}\n\n:\n\n",
  "an id, a line alone": "id: 7\ndata: {}\n\n:\ndata: {}\n\n"
}
JSON

venv/bin/python >found <<'PYTHON'
import json

import httpx
from httpx_sse import EventSource

for name, stream in json.load(open("streams.json")).items():
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream.encode())
    print(f"httpx-sse, {name}:", *(repr(event.data) for event in EventSource(answer).iter_sse()))
PYTHON

cat >read.cjs <<'NODE'
const { readFileSync } = require("node:fs");
const { getLines, getMessages } = require("@microsoft/fetch-event-source/lib/cjs/parse.js");
for (const [name, stream] of Object.entries(JSON.parse(readFileSync("streams.json", "utf8")))) {
  const found = [];
  const ignore = () => {};
  getLines(getMessages(ignore, ignore, ({ data }) => found.push(`'${data}'`)))(new TextEncoder().encode(stream));
  console.log(`fetch-event-source, ${name}:`, ...found);
}
NODE
node read.cjs >>found

cat found
diff found - <<'SEEN'
httpx-sse, no id, an empty line: '{}'
httpx-sse, an id, an empty line: '{}' ''
httpx-sse, an id, a line alone: '{}' '{}'
fetch-event-source, no id, an empty line: '{}' ''
fetch-event-source, an id, an empty line: '{}' ''
fetch-event-source, an id, a line alone: '{}' '{}'
SEEN
