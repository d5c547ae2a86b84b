#!/usr/bin/env bash
# aiotus 1.1.0 beside tuspy 1.1.0: an upload by tus to a server that answers with a relative address fails or goes
# elsewhere.
#
# A server of tus (protocol 1.0, extension "creation") says in `Location` where an upload that was begun takes its bytes;
# the address may be absolute or relative. RFC 3986, 5.2, resolves a relative one against that of the request. aiotus sees
# that there is one, and then adds its path behind the endpoint. A path from the root, which is what most servers behind
# a proxy say, raises a ValueError of yarl, of which `upload` makes a line in the log and None. One without a slash gets
# one segment too many, and a query, which may be a key, is dropped. tuspy resolves all of them.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  aiotus==1.1.0 tuspy==1.1.0 aiohttp==3.14.5 yarl==1.25.1
cat >uploads.py <<'PYTHON'
import asyncio
import io
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiotus
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

BYTES = b"see you at noon"
LOCATIONS = ("http://{host}/up/7", "/up/7", "up/7", "/up/7?key=secret")
logging.disable(logging.CRITICAL)


class Tus(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, **headers):
        self.send_response(status)
        for name, value in {"Tus-Resumable": "1.0.0", "Content-Length": 0, **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def do_POST(self):
        host = f"127.0.0.1:{self.server.server_port}"
        self.answer(201, Location=self.server.location.format(host=host))

    def do_HEAD(self):
        at = self.path.startswith("/up/7")
        self.answer(200 if at else 404, Upload_Offset=0, Upload_Length=len(BYTES))

    def do_PATCH(self):
        size = len(self.rfile.read(int(self.headers["content-length"])))
        self.server.came.append(self.path)
        self.answer(204, Upload_Offset=size)


def by_tuspy(endpoint):
    TusClient(endpoint).uploader(file_stream=io.BytesIO(BYTES)).upload()
    return "done"


def by_aiotus(endpoint):
    config = aiotus.RetryConfiguration(retry_attempts=0)
    return "done" if asyncio.run(aiotus.upload(endpoint, io.BytesIO(BYTES), config=config)) else "None"


server = ThreadingHTTPServer(("127.0.0.1", 0), Tus)
threading.Thread(target=server.serve_forever, daemon=True).start()
for location in LOCATIONS:
    for upload in (by_tuspy, by_aiotus):
        server.location, server.came = location, []
        try:
            said = upload(f"http://127.0.0.1:{server.server_port}/files")
        except TusCommunicationError as error:
            said = str(error)
        name = upload.__name__.removeprefix("by_")
        print(f"{location} {name}: {said}, bytes at {', '.join(server.came) or 'none'}")
server.shutdown()
PYTHON
venv/bin/python uploads.py | tee found
diff found - <<'SEEN'
http://{host}/up/7 tuspy: done, bytes at /up/7
http://{host}/up/7 aiotus: done, bytes at /up/7
/up/7 tuspy: done, bytes at /up/7
/up/7 aiotus: None, bytes at none
up/7 tuspy: done, bytes at /up/7
up/7 aiotus: None, bytes at none
/up/7?key=secret tuspy: done, bytes at /up/7?key=secret
/up/7?key=secret aiotus: None, bytes at none
SEEN
