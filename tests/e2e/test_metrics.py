"""`/metrics` says what the server does: everything in the table, and the truth."""

from __future__ import annotations

import pytest
from promtool import promtool

from chatd.gateway.http.counting.metric_table import BY_NAME

from .conftest import Serve
from .raw import Peer
from .scraping import families, scraped, value
from .serving import Server
from .town import Town
from .uploads import UPLOADING, upload


def test_prometheus_finds_nothing_wrong_with_it(server: Server, town: Town) -> None:
    town.room()
    assert promtool("check", "metrics", text=scraped(server)) == ""


def test_metrics_are_what_the_table_says_and_what_a_process_has(server: Server, town: Town) -> None:
    found = families(server)
    assert {name for name in found if name.startswith("chatd_")} == set(BY_NAME)
    for name, row in BY_NAME.items():
        assert (found[name].type, found[name].documentation) == (row.type, row.help)
        assert all(set(one.labels) - {"le"} == set(row.labels) for one in found[name].samples)
    assert {"process_cpu_seconds", "process_open_fds", "python_gc_collections"} <= set(found)


def test_a_request_counts_under_its_name_by_what_became_of_it(server: Server, town: Town) -> None:
    ann = town.open(town.owner)
    room = town.room()
    before = families(server)
    for number in range(3):
        ann.post(room, f"hello {number}")
    assert ann.refusal("message.post", room=room, text=7)["code"] == "invalid"
    assert ann.refusal("room.get", room="nowhere")["code"] == "not_found"
    assert ann.refusal("room.paint", room=room)["code"] == "invalid"
    after = families(server)

    def more(family: str, sample: str, **labels: str) -> float:
        return value(after, family, sample, **labels) - value(before, family, sample, **labels)

    posts = {"kind": "command", "name": "message.post"}
    assert more("chatd_requests", "_total", **posts, outcome="done") == 3
    assert more("chatd_requests", "_total", **posts, outcome="invalid") == 1
    assert more("chatd_requests", "_total", kind="query", name="room.get", outcome="not_found") == 1
    assert more("chatd_request_seconds", "_count", name="message.post") == 4
    assert more("chatd_request_seconds", "_bucket", name="message.post", le="+Inf") == 4
    assert 0 < more("chatd_request_seconds", "_sum", name="message.post") < 40
    assert more("chatd_refused_frames", "_total", code="invalid") == 2
    assert 1 <= more("chatd_commits", "_total", outcome="done") == more("chatd_commit_seconds", "_count")
    assert more("chatd_commit_facts", "_sum") >= 3
    assert more("chatd_actor_messages", "_total", kind="room") >= 3  # workers may tell a room something, too
    assert "room.paint" not in scraped(server).decode()


def test_a_session_counts_while_it_is_there_and_what_it_did_afterwards(server: Server, town: Town) -> None:
    before = families(server)
    ann = town.open(town.owner)
    ann.ask("space.list")
    during = families(server)
    assert value(during, "chatd_sessions") == value(before, "chatd_sessions") + 1
    ann.close()
    for found in (during, families(server)):
        handled = value(found, "chatd_actor_messages", "_total", kind="session")
        assert handled >= value(before, "chatd_actor_messages", "_total", kind="session") + 2
        assert (
            value(found, "chatd_connections_begun", "_total")
            >= value(before, "chatd_connections_begun", "_total") + 1
        )


@pytest.mark.parametrize(
    ("method", "path", "label", "route", "status"),
    [
        ("GET", "/healthz", "GET", "/healthz", "200"),
        ("GET", "/no/such/page", "GET", "none", "404"),
        ("BREW", "/readyz", "other", "/readyz", "405"),
    ],
)
def test_a_request_of_http_counts_under_its_route(
    server: Server, method: str, path: str, label: str, route: str, status: str
) -> None:
    labels = {"method": label, "route": route, "status": status}
    before = families(server)
    with Peer(server) as peer:
        peer.get(path, method=method)
        assert peer.response()[0] == int(status)
    after = families(server)
    counted = "chatd_http_requests"
    assert value(after, counted, "_total", **labels) == value(before, counted, "_total", **labels) + 1
    assert value(after, "chatd_http_request_seconds", "_count", route=route) >= 1
    assert value(after, "chatd_http_body_bytes", "_total", direction="sent") > 0


def test_a_head_that_is_refused_counts_too(server: Server) -> None:
    before = families(server)
    with Peer(server) as peer:
        peer.send(b"GET / HTTP/1.0\r\nHost: evil.example\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert peer.head()[0] == 400
    after, refused = families(server), "chatd_http_refused_heads"
    assert value(after, refused, "_total", status="400") == (
        (value(before, refused, "_total", status="400") if before[refused].samples else 0) + 1
    )


def test_files_count_while_they_are_there(serve: Serve) -> None:
    server = serve(program=UPLOADING)
    town = Town(server)
    ann = town.open(town.owner)
    sizes = [upload(ann)["size"] for _ in range(2)]
    found = families(server)
    assert (value(found, "chatd_files"), value(found, "chatd_file_bytes")) == (2, sum(sizes))
    town.close()
