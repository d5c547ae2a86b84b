"""Events over HTTP reach whoever is behind a proxy at once, and the proxy's hanging up reaches the server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from .raw import Peer
from .serving import Server
from .streaming import PATH, Streamed
from .town import Town

NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{server}; }} }}
}}
"""
CADDY = """
{{
  admin off
}}
http://127.0.0.1:{port} {{
  reverse_proxy 127.0.0.1:{server}
}}
"""
HAPROXY = """
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend in
  bind 127.0.0.1:{port}
  default_backend chatd
backend chatd
  server one 127.0.0.1:{server}
"""
COMMANDS = {
    "nginx": (NGINX, lambda file: ["nginx", "-e", "stderr", "-c", file]),
    "caddy": (CADDY, lambda file: ["caddy", "run", "--adapter", "caddyfile", "--config", file]),
    "haproxy": (HAPROXY, lambda file: ["haproxy", "-f", file]),
}


@attrs.frozen
class Proxy:
    """What a reader needs to know of one."""

    port: int


@contextmanager
def before(server: Server, program: str, folder: Path) -> Iterator[Proxy]:
    """The proxy with nothing but what it must be told; it does not know of streams."""
    if shutil.which(program, path="/usr/sbin:/usr/bin") is None:
        pytest.skip(f"{program} is missing")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text, command = COMMANDS[program]
    file = folder / program
    file.write_text(text.format(port=port, server=server.port, folder=folder))
    process = subprocess.Popen(
        command(str(file)),
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < deadline, f"{program} does not listen"
            assert process.poll() is None, f"{program} ended"
        yield Proxy(port)
    finally:
        process.terminate()
        process.wait(60)


def answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("program", COMMANDS)
def test_a_proxy_that_knows_nothing_passes_events_on_at_once(
    server: Server, town: Town, tmp_path: Path, program: str
) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    others = town.operator.ask("server.status")["sessions"]
    with before(server, program, tmp_path) as proxy:
        with Streamed(proxy, account.token) as stream:
            assert stream.status == 200
            assert stream.opened["account"]["id"] == account.id
            for n in range(5):
                stream.wait_position(poster.post(room, f"{n}")["position"])
            last = stream.id
        missed: list[str] = []
        deadline = time.monotonic() + 60
        while not missed or town.operator.ask("server.status")["sessions"] > others:
            assert time.monotonic() < deadline, "the server does not learn that the reader is gone"
            missed.append(
                f"missed {len(missed)}"
            )  # HAProxy looks at its client when there is something for it
            position = poster.post(room, missed[-1])["position"]
        with Streamed(proxy, account.token, last) as stream:
            stream.wait_position(position)
            assert stream.posted(room) == missed
        with Streamed(proxy, None) as refused:
            assert refused.status == 401


def test_a_connection_that_carried_requests_may_end_with_events(server: Server, town: Town) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    with Peer(server) as peer:
        for _ in range(3):
            peer.get("/healthz")
            assert peer.response()[0] == 200
        peer.get(PATH, headers={"Authorization": f"Bearer {account.token}"})
        assert peer.head()[0] == 200
        poster.post(room, "hello")
        town.operator.ask("account.sign_out", account=account.id)
        said = peer.rest()
    assert b"event: opened" in said
    assert b'"hello"' in said
    assert b"event: closed" in said.split(b'"hello"')[1]


def test_a_reader_whose_machine_is_gone_is_dropped(tmp_path: Path) -> None:
    command = [
        "unshare",
        "--map-root-user",
        "--net",
        sys.executable,
        "-m",
        "e2e.lost_machine",
        str(tmp_path / "data"),
    ]
    tests = Path(__file__).parents[1]
    paths = os.pathsep.join((str(tests.parent), str(tests)))
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=60
    )
    if "unshare" in done.stderr and os.environ.get("CI") != "true":
        pytest.skip("this machine gives nobody a network of their own")
    assert done.returncode == 0, done.stderr
