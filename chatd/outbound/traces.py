"""Traces for OpenTelemetry: spans are made on the loop, queued, and sent by a thread of their own.

Loaded only where the setting `traces` names a collector; needs `chatd[otel]`. The queue is bounded: a
collector that is slow or down costs spans, which are counted, and never anybody's time.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from chatd import __version__
from chatd.log import log
from chatd.settings import Settings

QUEUE: Final = 4096  # spans that wait for the collector
BATCH: Final = 128  # spans in one message: encoding more would keep the interpreter from the loop
EVERY: Final = 1.0  # seconds after which a batch goes, full or not
TIMEOUT: Final = 10.0  # seconds for the collector to take one
LAST_WORDS: Final = 2.0  # seconds for what is left when the server stops
_FAULTS: Final = frozenset(
    {"internal", "unavailable", "uncertain", "overloaded"}
)  # outcomes that are the server's fault


class OtelTracer:
    """See `chatd.tracing.Tracer`."""

    def __init__(self, exporter: SpanExporter, name: str, share: float) -> None:
        """`name`: what the server is called; `share`: of the requests, from 0 to 1, is traced."""
        ratio = TraceIdRatioBased(share)
        # whoever asks may keep a request out of the traces, and not more of them in than the setting says
        sampler = ParentBased(ratio, remote_parent_sampled=ratio, remote_parent_not_sampled=ALWAYS_OFF)
        resource = Resource.create(
            {"service.name": "chatd", "service.version": __version__, "service.instance.id": name}
        )
        self._spans = SpanQueue(exporter)
        self._provider = TracerProvider(sampler, resource, shutdown_on_exit=False)
        self._provider.add_span_processor(self._spans)
        self._tracer = self._provider.get_tracer("chatd", __version__)
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, name: str, parent: str | None) -> Span | None:
        around = Context() if parent is None else self._propagator.extract({"traceparent": parent}, Context())
        span = self._tracer.start_span(name, around, SpanKind.SERVER)
        return span if isinstance(span, Span) and span.is_recording() else None

    def add(self, parent: Span, name: str, begun: int, ended: int, attributes: dict[str, Any]) -> None:
        around = set_span_in_context(parent, Context())
        self._tracer.start_span(name, around, attributes=attributes, start_time=begun).end(ended)

    def end(self, span: Span, outcome: str, attributes: dict[str, Any]) -> None:
        span.set_attributes({**attributes, "outcome": outcome})
        if outcome in _FAULTS or outcome.startswith("5"):
            span.set_status(Status(StatusCode.ERROR, outcome))
        if "http.route" in attributes:
            span.update_name(f"{attributes['http.request.method']} {attributes['http.route']}")
        span.end()

    def traceparent(self, span: Span) -> str:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, set_span_in_context(span, Context()))
        return carrier["traceparent"]

    @property
    def dropped(self) -> int:
        return self._spans.dropped

    @property
    def exported(self) -> int:
        return self._spans.exported

    @property
    def failed(self) -> int:
        return self._spans.failed

    def close(self) -> None:
        """Sends what is left, for a moment; waits."""
        self._spans.shutdown()


class SpanQueue(SpanProcessor):
    """Takes spans that are over, without waiting, and hands them to the exporter on its thread."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exported = self.failed = self.dropped = 0
        self._exporter = exporter
        self._waiting: deque[ReadableSpan] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)
        self._thread.start()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Nothing: only what is over is sent."""

    def on_end(self, span: ReadableSpan) -> None:
        if len(self._waiting) >= QUEUE:
            self.dropped += 1
            return
        self._waiting.append(span)
        if len(self._waiting) == BATCH:
            self._wake.set()

    def shutdown(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(LAST_WORDS)
        self._exporter.shutdown()
        self.dropped += len(self._waiting)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        self._wake.set()
        return True

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(EVERY)
            self._wake.clear()
            while self._waiting:
                self._send([self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))])

    def _send(self, spans: Sequence[ReadableSpan]) -> None:
        result = SpanExportResult.FAILURE
        with suppress(Exception):  # whatever the exporter does, the next batch gets its turn
            result = self._exporter.export(spans)
        taken = result is SpanExportResult.SUCCESS
        if taken:
            self.exported += len(spans)
        else:
            self.failed += len(spans)
        if taken is self._failing:
            self._failing = not taken
            if taken:
                log.info("traces_taken_again", lost=self.failed)
            else:
                log.warning("traces_not_taken", spans=len(spans))


def open_tracer(settings: Settings) -> OtelTracer:
    """For the collector that the settings name."""
    for name in ("opentelemetry", "urllib3"):  # which would write lines of their own to stderr
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())
    exporter = OTLPSpanExporter(settings.traces, timeout=TIMEOUT)
    return OtelTracer(exporter, settings.server_name, settings.traces_share)
