"""A large file, fetched again and again while somebody chats; beside it the same file from nginx."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import attrs

from bench.asking import Asker
from bench.community import Operator, create_community, enter_rooms
from bench.figure import Figure, at_least, at_most
from bench.load import percentile
from bench.machine import cpu_seconds, memory
from bench.process import Server, chatd_running, running
from bench.rounds import spread
from bench.setting import Setting

MEBIBYTE = 1024 * 1024
SMALL = 8 * MEBIBYTE
PAUSE = 0.02  # seconds between two posts
TARGET, CHAT, UPLOAD = at_least(0.6), at_most(30), at_most(1)
# Run on its own, so that the chat's clock does not wait for it: `-c FETCH PORT PATH TOKEN SECONDS`. What it
# reads is thrown away by the kernel (recv(2), MSG_TRUNC of TCP), so that the server is what is measured.
FETCH = """
import os, socket, sys, time
os.nice(5)  # whoever chats on this core is not kept waiting by whoever fetches
port, path, token, seconds = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
peer = socket.create_connection(("127.0.0.1", port))
request = f"GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nAuthorization: Bearer {token}\\r\\n\\r\\n".encode()
piece, taken, started = bytearray(1 << 20), 0, time.perf_counter()
while (now := time.perf_counter()) < started + seconds:
    peer.sendall(request)
    head = b""
    while b"\\r\\n\\r\\n" not in head:
        head += peer.recv(1)
    assert head.startswith(b"HTTP/1.1 200 "), head
    left = int(head.lower().partition(b"content-length:")[2].split(b"\\r\\n", 1)[0])
    taken += left
    while left:
        left -= peer.recv_into(piece, min(left, len(piece)), socket.MSG_TRUNC)
print(taken / (time.perf_counter() - started))
"""
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


@attrs.frozen
class Downloading:
    """Bytes a second; microseconds of the server for each MiB; milliseconds that posts took meanwhile."""

    rate: float
    cpu: float
    chat: float = 0.0


def download(setting: Setting) -> list[Figure]:
    size = 50 * MEBIBYTE if setting.plan.quick else 1_000_000_000
    title = f"download of {size / 1e6:,.0f} MB"
    setting.say(title)
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.server) as ours:
        operator = Operator(folder)
        community = create_community(ours, operator, 2)
        enter_rooms(ours, community)
        operator.close()
        token, room = community.members[0].token, community.rooms[0]
        _upload(ours, token, SMALL)  # loads what files need
        path, grown = _upload(ours, token, size)
        chatd, nginx, alone = [], [], []
        with _nginx(setting, size) as theirs, Asker(ours, community.members[1].token) as asker:
            for _ in range(setting.plan.rounds):
                alone.append(_chatted(lambda: asker.post(room), setting.plan.steady))
                chatd.append(_fetched(setting, ours, path, token, lambda: asker.post(room)))
                nginx.append(_fetched(setting, theirs, "/file", "none", None) if theirs else None)
    figures = [
        _figure(title, "chatd", "MiB/s", [one.rate / MEBIBYTE for one in chatd]),
        _figure(title, "chatd, server CPU per MiB", "us", [one.cpu for one in chatd]),
        _figure(title, "posts before it, p99", "ms", alone),
        Figure(
            title, "posts meanwhile, p99", "ms", statistics.median(one.chat for one in chatd), target=CHAT
        ),
        Figure(title, "growth of memory in the upload", "MiB", grown / MEBIBYTE, target=UPLOAD),
    ]
    both = [(one, other) for one, other in zip(chatd, nginx, strict=True) if other is not None]
    if both:
        ratios = [one.rate / other.rate for one, other in both]
        figures += [
            _figure(title, "nginx", "MiB/s", [other.rate / MEBIBYTE for _, other in both]),
            _figure(title, "nginx, server CPU per MiB", "us", [other.cpu for _, other in both]),
            Figure(title, "times nginx's", "x", statistics.median(ratios), None, TARGET, spread(ratios)),
        ]
    return figures


def _figure(title: str, name: str, unit: str, values: list[float]) -> Figure:
    return Figure(title, name, unit, statistics.median(values), spread=spread(values))


def _fetched(
    setting: Setting, server: Server, path: str, token: str, post: Callable[[], int] | None
) -> Downloading:
    command = [sys.executable, "-c", FETCH, str(server.port), path, token, str(setting.plan.steady)]
    before = cpu_seconds(server.pid)
    fetching = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    ages = []
    while post is not None and fetching.poll() is None:
        ages.append(post())
        time.sleep(PAUSE)
    said, _ = fetching.communicate()
    if fetching.returncode:
        raise AssertionError("the file could not be fetched")
    rate = float(said)
    cpu = (cpu_seconds(server.pid) - before) / (rate * setting.plan.steady / MEBIBYTE) * 1e6
    return Downloading(rate, cpu, percentile(ages, 99) / 1e6)


def _chatted(post: Callable[[], int], seconds: float) -> float:
    """Milliseconds that a post takes, p99."""
    ages, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        ages.append(post())
        time.sleep(PAUSE)
    return percentile(ages, 99) / 1e6


def _upload(server: Server, token: str, size: int) -> tuple[str, int]:
    """The path of a new file, and by how many bytes the server's memory grew at most while it took it in."""
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.putrequest("POST", "/files?name=large.bin")
    for name, value in (("Authorization", f"Bearer {token}"), ("Content-Length", str(size))):
        connection.putheader(name, value)
    connection.endheaders()
    before = most = memory(server.pid).rss
    for start in range(0, size, MEBIBYTE):
        connection.send(os.urandom(min(MEBIBYTE, size - start)))
        most = max(most, memory(server.pid).rss)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 201:
        raise AssertionError(f"the upload was refused: {answer.status} {body.decode()[:300]}")
    url: str = json.loads(body)["file"]["url"]
    return url.removeprefix(f"http://127.0.0.1:{server.port}"), most - before


@contextmanager
def _nginx(setting: Setting, size: int) -> Iterator[Server | None]:
    """nginx with a file of this size; None where it is not installed."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        setting.say("nginx is not installed; only chatd is measured")
        yield None
        return
    folder = setting.fresh_folder()
    (folder / "files").mkdir(parents=True)
    _write(folder / "files" / "file", size)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    command = ["sh", "-c", f'echo "listening on http://127.0.0.1:{port}"; exec "$0" "$@"', program]
    command += ["-p", str(folder), "-c", str(folder / "nginx.conf")]
    with running(command, setting.cores.server, folder / "log") as server:
        _until_it_answers(port)
        yield server


def _write(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for start in range(0, size, MEBIBYTE):
            file.write(os.urandom(min(MEBIBYTE, size - start)))
        file.flush()
        os.fsync(file.fileno())  # commits would wait for its way to the disk later


def _until_it_answers(port: int) -> None:
    end = time.perf_counter() + 10
    while time.perf_counter() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nginx does not answer")
