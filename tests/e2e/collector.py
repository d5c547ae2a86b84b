"""A collector of OpenTelemetry that takes spans over OTLP/HTTP, as protobuf, and keeps them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from loopback import Answering, Loopback
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SECONDS = 10


class Collector(Loopback):
    """`url` is where it takes spans."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self._arrived = threading.Condition()
        super().__init__(self._handler())
        self.url = f"http://127.0.0.1:{self.port}/v1/traces"

    def wait(self, found: Callable[[list[Span]], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        with self._arrived:
            while not found(self.spans):
                left = deadline - time.monotonic()
                assert left > 0, f"only these came: {sorted({span.name for span in self.spans})}"
                self._arrived.wait(left)

    def _take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._arrived:
            for resource in request.resource_spans:
                self.services |= {
                    attribute.value.string_value
                    for attribute in resource.resource.attributes
                    if attribute.key == "service.name"
                }
                for scope in resource.scope_spans:
                    self.spans += scope.spans
            self._arrived.notify_all()

    def _handler(self) -> type[Answering]:
        take = self._take

        class Handler(Answering):
            def do_POST(self) -> None:
                take(self.body())
                self.answer(200, headers={"Content-Type": "application/x-protobuf"})

        return Handler
