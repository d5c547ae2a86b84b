#!/usr/bin/env bash
# fetch-event-stream 0.1.6 and @azure/core-sse 2.3.0 for Node, which read server-sent events: code loses its indentation, a
# text its first empty line, and an event has the name of another one.
#
# The HTML standard (9.2.6) takes one space away behind the colon, and no more; joins the lines of `data` with line
# feeds, empty ones as well; and forgets the name when an event without `data` ends. fetch-event-stream takes all blanks
# away at the beginning of each line, gives out events without data, and both drop empty lines at the beginning of a text.
# @azure/core-sse keeps the name of an event without data for the next one. eventsource-parser 3.0.6 does as the standard
# says.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts \
  fetch-event-stream@0.1.6 @azure/core-sse@2.3.0 eventsource-parser@3.0.6 >/dev/null
cat >read.mjs <<'NODE'
import { createSseStream } from "@azure/core-sse";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { events } from "fetch-event-stream";

const STREAMS = {
  "indented code": "data: def hello():\ndata:     return 1\n\n",
  "an empty line first": "data:\ndata: below\n\n",
  "no data": "event: ping\n\ndata: hello\n\n",
};
const body = (text) => new Response(text).body;
const READERS = {
  "eventsource-parser": (text) =>
    body(text).pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()),
  "fetch-event-stream": (text) => events(new Response(text)),
  "@azure/core-sse": (text) => createSseStream(body(text)),
};
for (const [what, text] of Object.entries(STREAMS))
  for (const [name, read] of Object.entries(READERS)) {
    const found = [];
    for await (const { event, data } of read(text)) found.push([event || "message", data]);
    console.log(`${what}, ${name}:`, JSON.stringify(found));
  }
NODE
node read.mjs | tee found
diff found - <<'SEEN'
indented code, eventsource-parser: [["message","def hello():\n    return 1"]]
indented code, fetch-event-stream: [["message","def hello():\nreturn 1"]]
indented code, @azure/core-sse: [["message","def hello():\n    return 1"]]
an empty line first, eventsource-parser: [["message","\nbelow"]]
an empty line first, fetch-event-stream: [["message","below"]]
an empty line first, @azure/core-sse: [["message","below"]]
no data, eventsource-parser: [["message","hello"]]
no data, fetch-event-stream: [["ping",null],["message","hello"]]
no data, @azure/core-sse: [["ping","hello"]]
SEEN
