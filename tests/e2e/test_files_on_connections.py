"""Files on connections that are kept, that end, that stall, and while the server stops."""

from __future__ import annotations

import json
from contextlib import ExitStack
from random import Random

import pytest

from .conftest import Serve
from .raw import Peer
from .serving import Server
from .town import Town

CONTENT = Random(1).randbytes(8 * 1024 * 1024)
HALF = len(CONTENT) // 2


def asking(method: str, path: str, token: str, *more: str, version: str = "1.1") -> bytes:
    lines = [f"{method} {path} HTTP/{version}", "Host: 127.0.0.1", f"Authorization: Bearer {token}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def uploaded(server: Server, token: str, *how: str, asked: bool = False) -> str:
    """The path of a new file. `asked`: the body waits until it is asked for."""
    with Peer(server) as peer:
        length = f"Content-Length: {len(CONTENT)}"
        peer.send(asking("POST", "/files?name=a.bin", token, length, *how))
        if asked:
            assert peer.head()[0] == 100
        peer.send(CONTENT)
        status, _, body = peer.response()
        assert status == 201, body
        url: str = json.loads(body)["file"]["url"]
        return "/" + url.split("/", 3)[3] if "://" in url else url


@pytest.mark.parametrize("how", ["Connection: close", "Connection: keep-alive"])
def test_whoever_asks_once_sees_the_end_of_a_file_within_a_second(
    server: Server, town: Town, how: str
) -> None:
    token = town.account().token
    path = uploaded(server, token)
    for version in ("1.0", "1.1"):
        with Peer(server, seconds=1) as peer:
            peer.send(asking("GET", path, token, how, version=version))
            assert peer.head()[0] == 200
            assert peer.take(len(CONTENT)) == CONTENT
            if version == "1.0" or "close" in how:
                assert peer.rest() == b""
            else:
                peer.send(asking("HEAD", path, token))
                assert peer.head()[1]["content-length"] == str(len(CONTENT))


def test_parts_and_wholes_of_a_file_go_over_one_connection(server: Server, town: Town) -> None:
    token = town.account().token
    path = uploaded(server, token, "Expect: 100-continue", asked=True)
    with Peer(server) as peer:
        peer.send(asking("GET", path, token, f"Range: bytes={HALF}-") + asking("GET", path, token))
        peer.send(asking("GET", path, token, "Range: bytes=-5"))
        status, headers = peer.head()
        assert (status, headers["content-range"]) == (206, f"bytes {HALF}-{len(CONTENT) - 1}/{len(CONTENT)}")
        assert peer.take(len(CONTENT) - HALF) == CONTENT[HALF:]
        status, headers = peer.head()
        assert (status, "no-store" in headers["cache-control"]) == (200, True)
        assert peer.take(len(CONTENT)) == CONTENT
        assert (peer.head()[0], peer.take(5)) == (206, CONTENT[-5:])
        peer.send(asking("GET", path, token, f"If-None-Match: {headers['etag']}"))
        assert peer.head()[0] == 304
        peer.send(asking("GET", path, token, "Range: bytes=0-4", 'If-Range: "another"'))
        assert (peer.head()[0], peer.take(len(CONTENT))) == (200, CONTENT)


def test_downloads_that_stall_do_not_hold_up_the_end(serve: Serve) -> None:
    server = serve(drain_deadline=1)
    town = Town(server)
    token = town.account().token
    path = uploaded(server, token)
    town.close()
    with ExitStack() as opened:
        for _ in range(50):
            peer = opened.enter_context(Peer(server, receive_buffer=4096))
            peer.send(asking("GET", path, token))
            assert peer.head()[0] == 200
        assert server.stop() == 0
