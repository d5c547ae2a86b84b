#!/usr/bin/env bash
# ndjson 0.3.1 reads JSON Lines, sseclient 0.0.27 and aiosseclient 0.1.8 read server-sent events: U+2028 in a text becomes
# a comma with the first, and cuts the text off with the others.
#
# Lines of JSON end at "\n", those of an event stream (HTML standard, 9.2.5) at "\r" as well. A JSON string may hold
# U+2028, U+2029 and U+0085 as they are (RFC 8259, 7); texts that come from word processors do. All three readers cut with
# Python's `str.splitlines`, which ends lines at each of them. `ndjson.load` and `loads` put commas between the lines, to
# make one list of them: within a string that is a comma more, a line end less, and no error; between digits it makes
# another number, and what its own `dumps` wrote does not come back. The other two take what follows for a field that they do
# not know, and drop it: what is left is no JSON, or a shorter text. jsonlines 4.0.0 and httpx-sse 0.4.3 read all of it.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  ndjson==0.3.1 jsonlines==4.0.0 sseclient==0.0.27 aiosseclient==0.1.8 httpx==0.28.1 httpx-sse==0.4.3
cat >separators.py <<'PYTHON'
import io
import logging

import aiosseclient
import httpx
import jsonlines
import ndjson
import sseclient
from httpx_sse import EventSource

logging.disable()  # aiosseclient warns in the log
TEXTS = ("see\u2028below", "it costs 3\u2028500 came", "next\u0085line", "plain")

rows = [{"text": text} for text in TEXTS]
written = ndjson.dumps(rows, ensure_ascii=False)
for name, read in (
    ("jsonlines", list(jsonlines.Reader(io.StringIO(written, newline="\n")))),
    ("ndjson", ndjson.loads(written)),
):
    print(f"{name}:", "as written" if read == rows else ascii([row["text"] for row in read]))

stream = "".join(f"data: {text}\n\n" for text in TEXTS)
answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream.encode())
events = stream.removesuffix("\n\n").split("\n\n")
for name, data in (
    ("httpx-sse", [event.data for event in EventSource(answer).iter_sse()]),
    ("sseclient", [sseclient.Event.parse(event).data for event in events]),
    ("aiosseclient", [aiosseclient.Event.parse(event).data for event in events]),
):
    print(f"{name}:", "as written" if data == list(TEXTS) else ascii(data))
PYTHON
venv/bin/python separators.py | tee found
diff found - <<'SEEN'
jsonlines: as written
ndjson: ['see,below', 'it costs 3,500 came', 'next,line', 'plain']
httpx-sse: as written
sseclient: ['see', 'it costs 3', 'next', 'plain']
aiosseclient: ['see', 'it costs 3', 'next', 'plain']
SEEN
