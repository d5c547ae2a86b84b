"""One tree of spans for each command, from its frame to its fan-out; and a queue that makes nobody wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic, perf_counter

import pytest
import trio
from actor_world import furnish, living
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chatd.actors.runtime.envelope import Envelope
from chatd.contract.message import PostMessage
from chatd.current.request import CurrentRequest
from chatd.domain.decision import Context
from chatd.log import log
from chatd.outbound.traces import BATCH, QUEUE, OtelTracer, SpanQueue
from chatd.tracing import tracing

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


def settled(tracer: OtelTracer, exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """What was exported, by name, once the queue is empty."""
    tracer.close()
    return {span.name: span for span in exporter.get_finished_spans()}


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter) -> Iterator[OtelTracer]:
    tracer = OtelTracer(exporter, "here", 1.0)
    tracing.use(tracer)
    yield tracer
    tracing.use(None)
    tracer.close()


async def test_a_command_is_one_tree_from_frame_to_fan_out(
    tmp_path: Path, tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    async with living(tmp_path) as world:
        await furnish(world)
        asked = CurrentRequest("session", 7, perf_counter(), tracing.begin("message.post"))
        answered = trio.Event()

        def reply(answer: object) -> None:
            tracing.end(asked.span, "done", **asked.fields())
            answered.set()

        told = Envelope(PostMessage("r", "hello"), Context("ann", 1), reply, asked=asked)
        await world.directory.tell("room/r", told)
        with trio.fail_after(30):
            await answered.wait()
    found = settled(tracer, exporter)
    assert set(found) == {"message.post", "decide", "commit", "fan-out"}
    root = found.pop("message.post")
    assert root.parent is None
    assert root.attributes == {"session": "session", "request": 7, "outcome": "done"}
    for part in found.values():
        assert part.parent is not None
        assert root.context is not None
        assert part.parent.span_id == root.context.span_id
        assert root.start_time is not None
        assert part.start_time is not None
        assert part.end_time is not None
        assert root.end_time is not None
        assert root.start_time <= part.start_time <= part.end_time <= root.end_time
    assert found["decide"].attributes == {"actor": "room/r", "commands": 1}
    assert found["fan-out"].attributes == {"events": 1}


def test_a_trace_goes_on_where_another_program_began_it(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    tracing.end(tracing.begin("HTTP", f"00-{TRACE}-{PARENT}-01"), "200")
    span = settled(tracer, exporter)["HTTP"]
    assert span.context is not None
    assert span.parent is not None
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, PARENT)


@pytest.mark.parametrize("bad", ["", "00-xyz", f"00-{'0' * 32}-{PARENT}-01", "ü" * 5000])
def test_a_traceparent_that_is_none_begins_a_new_trace(
    tracer: OtelTracer, exporter: InMemorySpanExporter, bad: str
) -> None:
    tracing.end(tracing.begin("HTTP", bad), "200")
    assert settled(tracer, exporter)["HTTP"].parent is None


def test_who_asks_may_keep_a_request_out_of_the_traces(tracer: OtelTracer) -> None:
    assert tracing.begin("HTTP", f"00-{TRACE}-{PARENT}-00") is None


def test_who_asks_brings_no_more_into_the_traces_than_the_setting_says(
    exporter: InMemorySpanExporter,
) -> None:
    tracer = OtelTracer(exporter, "here", 1e-9)
    assert tracer.begin("HTTP", f"00-{'f' * 32}-{PARENT}-01") is None
    tracer.close()


class Stuck(SpanExporter):
    """A collector that takes nothing until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.free.wait(60)
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self.free.set()


def test_a_collector_that_hangs_costs_spans_which_are_counted_and_nobodys_time() -> None:
    collector = Stuck()
    queue = SpanQueue(collector)
    span = TracerProvider(shutdown_on_exit=False).get_tracer("test").start_span("span")
    assert isinstance(span, ReadableSpan)
    begun = monotonic()
    for _ in range(2 * QUEUE):
        queue.on_end(span)
    assert monotonic() - begun < 30  # the collector takes nothing for a minute
    assert QUEUE - BATCH <= queue.dropped <= QUEUE
    with log.captured() as said:
        collector.free.set()
        queue.shutdown()
    assert queue.dropped + queue.failed == 2 * QUEUE
    assert [entry["event"] for entry in said] == ["traces_not_taken"]
