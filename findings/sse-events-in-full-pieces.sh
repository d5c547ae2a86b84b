#!/usr/bin/env bash
# launchdarkly-eventsource 1.7.4 and requests-sse 0.5.3 for Python, which read server-sent events: without chunks, an event
# comes when 10,000 bytes of events are there, or 512.
#
# A response may have neither a length nor chunks, and then goes on until its connection ends (RFC 9112, 6.3); servers
# stream events that way, and whoever speaks HTTP/1.0. urllib3 gives out the chunks of a body as they come, and of a body
# without chunks pieces of the size that it was asked for. Both ask for large ones, so that an event waits until others
# have filled its piece, for minutes or for ever. The HTML standard (9.2.6) dispatches it with its empty line, and
# httpx-sse 0.4.3 does.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  launchdarkly-eventsource==1.7.4 requests-sse==0.5.3 httpx-sse==0.4.3 httpx==0.28.1 requests==2.34.2 urllib3==2.8.0
cat >wait.py <<'PYTHON'
import socket
import threading
from contextlib import closing, contextmanager

import httpx
from httpx_sse import connect_sse
from ld_eventsource import SSEClient
from ld_eventsource.config import ConnectStrategy
from requests_sse import EventSource

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n%bConnection: close\r\n\r\n"
EVENT = b"data: see you at noon\n\n"
PATIENCE = 3.0  # seconds


@contextmanager
def by_httpx_sse(address):
    with httpx.Client(timeout=None) as client, connect_sse(client, "GET", address) as source:
        yield source.iter_sse()


@contextmanager
def by_launchdarkly_eventsource(address):
    with closing(SSEClient(connect=ConnectStrategy.http(address))) as client:
        yield client.events


@contextmanager
def by_requests_sse(address):
    with EventSource(address) as source:
        yield source


def serve(listener, chunked, seen, found):
    """One event; the stream ends when it was seen, or nobody saw it for a while."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(HEAD % (b"Transfer-Encoding: chunked\r\n" if chunked else b""))
        connection.sendall(b"%x\r\n%b\r\n" % (len(EVENT), EVENT) if chunked else EVENT)
        found.append("at once" if seen.wait(PATIENCE) else "when the stream has ended")
        if chunked:
            connection.sendall(b"0\r\n\r\n")


for chunked in (True, False):
    for reading in (by_httpx_sse, by_launchdarkly_eventsource, by_requests_sse):
        seen, found = threading.Event(), []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = threading.Thread(target=serve, args=(listener, chunked, seen, found))
            server.start()
            with reading(f"http://127.0.0.1:{listener.getsockname()[1]}/") as events:
                event = next(iter(events))
                seen.set()
                server.join()
        name = reading.__name__.removeprefix("by_")
        print(f"{'with' if chunked else 'without'} chunks, {name}: {event.data!r} comes {found[0]}")
PYTHON
venv/bin/python wait.py | tee found
diff found - <<'SEEN'
with chunks, httpx_sse: 'see you at noon' comes at once
with chunks, launchdarkly_eventsource: 'see you at noon' comes at once
with chunks, requests_sse: 'see you at noon' comes at once
without chunks, httpx_sse: 'see you at noon' comes at once
without chunks, launchdarkly_eventsource: 'see you at noon' comes when the stream has ended
without chunks, requests_sse: 'see you at noon' comes when the stream has ended
SEEN
