"""The browser client is served as its build left it: kept for ever or asked for again, compressed where that
is taken, under a policy that lets nothing else in."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import served_from
from .raw import Peer, fetched
from .serving import Server

SCRIPT = b"export const tides = 'high water';\n" * 100
ZIPPED = gzip.compress(SCRIPT)
PAGE = b"<!doctype html><title>harbour</title>"
ASSET = "/assets/index-B1a2C3d4.js"


def build(folder: Path) -> Path:
    """What a build leaves; Brotli's bytes are not looked at, so any will do."""
    files = {
        "index.html": PAGE,
        "sw.js": SCRIPT,
        "sw.js.gz": ZIPPED,
        "manifest.webmanifest": b"{}",
        "manifest.json": b"{}",
        "licences.txt": b"MIT",
        "icons/icon-192.png": b"\x89PNG",
        "assets/index-B1a2C3d4.js": SCRIPT,
        "assets/index-B1a2C3d4.js.gz": ZIPPED,
        "assets/index-B1a2C3d4.js.br": b"packed",
        "assets/index-B1a2C3d4.css": b"p { color: red }",
        "assets/notes.py": b"",
        "secret.txt": b"",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def serving(tmp_path: Path, folder: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data", program=(served_from.__file__, str(folder))).start()
    yield server
    assert server.stop() == 0, server.output()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    tmp_path = tmp_path_factory.mktemp("chatd")
    yield from serving(tmp_path, build(tmp_path / "web"))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "web").mkdir()
    yield from serving(tmp_path, tmp_path / "web")


@pytest.mark.parametrize("path", ["/", "/index.html"])
def test_the_page_is_asked_for_each_time_and_sent_once(built: Server, path: str) -> None:
    status, headers, body = fetched(built, path)
    assert (status, body, headers["content-type"]) == (200, PAGE, "text/html; charset=utf-8")
    assert headers["cache-control"] == "no-cache"
    with Peer(built) as peer:
        peer.get(path, headers={"If-None-Match": headers["etag"]})
        again, fields = peer.head()
    assert (again, fields["etag"]) == (304, headers["etag"])


def test_the_page_lets_only_its_own_files_in_and_no_text_become_a_script(built: Server) -> None:
    _, headers, _ = fetched(built, "/")
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'none'",
        "img-src": "'self' blob: data:",
        "media-src": "'self' blob:",
        "connect-src": f"'self' ws://127.0.0.1:{built.port} wss://127.0.0.1:{built.port}",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "chatd",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_hashed_files_are_kept_for_ever(built: Server) -> None:
    for path, type_ in ((ASSET, "text/javascript"), ("/assets/index-B1a2C3d4.css", "text/css")):
        status, headers, _ = fetched(built, path)
        assert (status, headers["content-type"]) == (200, f"{type_}; charset=utf-8")
        assert headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("gzip;q=0.8, br;q=0.5", "gzip"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("*", "br"),
        ("gzip;q=nonsense", None),
        ("identity", None),
        ("", None),
    ],
)
def test_what_the_build_compressed_is_sent_to_who_takes_it(
    built: Server, accepts: str, coding: str | None
) -> None:
    _, headers, body = fetched(built, ASSET, {"Accept-Encoding": accepts})
    assert headers.get("content-encoding") == coding
    assert headers["vary"] == "Accept-Encoding"
    assert body == {"br": b"packed", "gzip": ZIPPED, None: SCRIPT}[coding]
    with Peer(built) as peer:
        peer.get(ASSET, headers={"Accept-Encoding": accepts, "If-None-Match": headers["etag"]})
        assert peer.head()[0] == 304


def test_each_coding_has_a_tag_of_its_own(built: Server) -> None:
    tags = {fetched(built, ASSET, {"Accept-Encoding": one})[1]["etag"] for one in ("br", "gzip", "identity")}
    assert len(tags) == 3


def test_the_service_worker_may_serve_the_whole_origin_and_is_never_stale(built: Server) -> None:
    status, headers, body = fetched(built, "/sw.js")
    assert (status, body, headers["service-worker-allowed"]) == (200, SCRIPT, "/")
    assert headers["cache-control"] == "no-cache"
    assert headers["content-security-policy"] == "default-src 'none'; script-src 'self'; connect-src 'self'"


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icons/icon-192.png", "image/png"),
        ("/licences.txt", "text/plain; charset=utf-8"),
    ],
)
def test_what_stands_beside_the_page_has_its_type(built: Server, path: str, type_: str) -> None:
    status, headers, _ = fetched(built, path)
    assert (status, headers["content-type"], headers["cache-control"]) == (200, type_, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        *("/assets/none.js", "/assets/", "/assets", "/icons/none.png", "/favicon.ico", "/web/index.html"),
        *("/manifest.json", "/secret.txt", "/assets/notes.py", f"{ASSET}.br", "/assets/index.html"),
        *("/assets/../index.html", "/assets/..%2Findex.html", "/assets/%2e%2e/sw.js", "/assets/.%2e%5csw.js"),
    ],
)
def test_nothing_else_is_served(built: Server, path: str) -> None:
    assert fetched(built, path)[0] in (400, 404)


def test_a_head_has_no_body(built: Server) -> None:
    with Peer(built) as peer:
        peer.get(ASSET, method="HEAD")
        status, headers = peer.head()
        assert (status, headers["content-length"]) == (200, str(len(SCRIPT)))
        peer.get("/healthz")
        assert peer.response()[2] == b"ok\n"


def test_an_address_that_is_not_the_servers_is_told_what_to_set(built: Server) -> None:
    with Peer(built) as peer:
        peer.host = "harbour.example"
        peer.get("/")
        status, headers, body = peer.response()
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert b"harbour.example" in body
    assert b"public_url" in body


def test_without_a_build_the_page_says_how_to_make_one(empty: Server, tmp_path: Path) -> None:
    status, headers, body = fetched(empty, "/")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert b"make web" in body
    assert fetched(empty, ASSET)[0] == 404
    build(tmp_path / "web")  # while the server runs
    assert fetched(empty, "/")[2] == PAGE
    assert fetched(empty, ASSET)[2] == SCRIPT
    (tmp_path / "web" / "assets" / "index-B1a2C3d4.js").unlink()
    assert fetched(empty, ASSET)[0] == 404
