"""What describes the API is served to everybody, is cheap to ask for again, and lets no other host in."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from click.testing import CliRunner

from chatd.cli import main

from .raw import Peer, fetched
from .serving import Server


def asset(server: Server, name: str) -> str:
    """Where the page says that it is."""
    page = fetched(server, "/api/docs")[2].decode()
    found = re.search(rf'"(/api/docs/[0-9a-f]+/{re.escape(name)})"', page)
    assert found is not None, page
    return found[1]


def test_asyncapi_is_what_the_command_prints(server: Server) -> None:
    status, headers, body = fetched(server, "/api/asyncapi.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    document = json.loads(body)
    assert document == json.loads(CliRunner().invoke(main, ["schema", "--asyncapi"]).stdout)
    assert document["asyncapi"] == "3.0.0"


@pytest.mark.parametrize("path", ["/api/asyncapi.json", "swagger-ui-bundle.js", "swagger-ui.css"])
def test_a_document_is_compressed_for_who_takes_that_and_sent_once(server: Server, path: str) -> None:
    path = path if path.startswith("/") else asset(server, path)
    _, plain_headers, plain = fetched(server, path)
    _, headers, compressed = fetched(server, path, {"Accept-Encoding": "br, gzip;q=0.8"})
    assert headers["content-encoding"] == "gzip"
    assert "accept-encoding" in headers["vary"].lower()
    assert gzip.decompress(compressed) == plain
    assert "content-encoding" not in plain_headers
    assert headers["etag"].removeprefix("W/") == plain_headers["etag"]
    _, refused, _ = fetched(server, path, {"Accept-Encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in refused
    with Peer(server) as peer:
        peer.get(path, headers={"If-None-Match": headers["etag"]})
        assert peer.head()[0] == 304


def test_files_of_the_page_are_kept_for_ever_under_an_address_of_their_content(server: Server) -> None:
    path = asset(server, "swagger-ui-bundle.js")
    _, headers, _ = fetched(server, path)
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/javascript")
    for other in ("0" * 16, "..", ".well-known"):
        assert fetched(server, path.replace(path.split("/")[3], other))[0] in (400, 404)
    assert fetched(server, path.replace("swagger-ui-bundle.js", "__init__.py"))[0] == 404


def test_the_page_is_asked_for_each_time_and_has_no_script_of_its_own(server: Server) -> None:
    status, headers, body = fetched(server, "/api/docs")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert b"http://" not in body
    assert b"https://" not in body
    assert not re.search(rb"<script>|<style>| on[a-z]+=", body)


def test_an_address_that_is_not_the_servers_is_refused(server: Server) -> None:
    with Peer(server) as peer:
        peer.send(b"GET /api/docs HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        assert peer.head()[0] == 421
