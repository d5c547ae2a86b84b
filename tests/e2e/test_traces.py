"""A real server sends its traces to a collector, and does not care whether there is one."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from .collector import Collector
from .conftest import Serve
from .raw import Peer
from .scraping import families, value
from .serving import Server
from .talking import Frame
from .town import Town

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def started_with(collector: Collector) -> dict[str, Any]:
    return {"traces": collector.url, "log_level": "debug"}


def attributes(span: Span) -> Frame:
    return {it.key: it.value.string_value or it.value.int_value for it in span.attributes}


def tree(collector: Collector, **wanted: object) -> tuple[Span, dict[str, Span]]:
    """The root with these attributes, and its parts by name."""

    def roots() -> list[Span]:
        return [span for span in collector.spans if wanted.items() <= attributes(span).items()]

    collector.wait(lambda spans: bool(roots()))
    (root,) = roots()
    return root, {span.name: span for span in collector.spans if span.parent_span_id == root.span_id}


def test_a_post_is_one_tree_with_the_ids_of_its_frame(server: Server, collector: Collector) -> None:
    town = Town(server)
    ann = town.open(town.owner)
    room = town.room()
    sent = ann.send("message.post", room=room, text="a secret")
    ann.result(sent)
    root, parts = tree(collector, session=ann.opened["session"], request=sent)
    assert (root.name, attributes(root)["outcome"]) == ("message.post", "done")
    assert set(parts) == {"decide", "commit", "fan-out"}
    order = [parts[name].start_time_unix_nano for name in ("decide", "commit", "fan-out")]
    assert order == sorted(order)
    assert root.start_time_unix_nano <= order[0]
    assert parts["fan-out"].end_time_unix_nano <= root.end_time_unix_nano
    assert {span.trace_id for span in parts.values()} == {root.trace_id}
    assert collector.services == {"chatd"}
    assert all(b"a secret" not in span.SerializeToString() for span in collector.spans)
    town.close()


def test_what_a_handler_has_decided_hangs_under_its_command_too(server: Server, collector: Collector) -> None:
    town = Town(server)
    ann = town.open(town.owner)
    sent = ann.send("room.create", space=town.space, name="Square")
    ann.result(sent)
    _, parts = tree(collector, session=ann.opened["session"], request=sent)
    assert set(parts) == {"decide", "commit", "fan-out"}
    town.close()


def test_a_refused_frame_has_a_span_that_says_why(server: Server, collector: Collector) -> None:
    town = Town(server)
    ann = town.open(town.owner)
    sent = ann.send("room.paint")
    assert "error" in ann.reply(sent)
    root, parts = tree(collector, session=ann.opened["session"], request=sent)
    assert (root.name, attributes(root)["outcome"], parts) == ("unknown request", "invalid", {})
    town.close()


def test_a_trace_goes_on_over_http(server: Server, collector: Collector) -> None:
    with Peer(server) as peer:
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-Id": "mine"}
        peer.get("/healthz", headers=headers)
        assert peer.response()[0] == 200
    root, _ = tree(collector, request="mine")
    assert (root.name, attributes(root)["outcome"]) == ("GET /healthz", "200")
    assert (root.trace_id.hex(), root.parent_span_id.hex()) == (TRACE, PARENT)


def test_spans_are_counted(server: Server, collector: Collector) -> None:
    collector.wait(lambda spans: bool(spans))
    found = families(server)
    assert value(found, "chatd_trace_spans", "_total", outcome="exported") > 0
    assert value(found, "chatd_trace_spans", "_total", outcome="dropped") == 0


def test_a_collector_that_does_not_answer_is_not_noticed_by_those_who_chat(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = serve(traces=f"http://127.0.0.1:{silent.getsockname()[1]}/v1/traces")
        town = Town(server)
        ann = town.open(town.owner)
        room = town.room()
        begun = time.monotonic()
        for number in range(50):
            ann.post(room, f"hello {number}")
        assert time.monotonic() - begun < 60  # ten seconds each, if they waited
        town.close()
        assert server.stop() == 0
