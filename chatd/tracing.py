"""Traces: one tree of spans for each command, from its frame to its fan-out, when a setting asks for them.

Who might trace looks at `tracing.on` first, which is all that it costs while traces are off. Nothing here
knows OpenTelemetry: `chatd.outbound.traces` does, and is loaded only where traces are on.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import time_ns
from typing import Any, Final, Protocol

Span = Any  # of the tracer; None: this request is not traced


class Tracer(Protocol):
    """Makes spans. Times are Unix nanoseconds. Nothing here waits or raises."""

    def begin(self, name: str, parent: str | None) -> Span:
        """The root of a tree, or the continuation of somebody else's: `parent` is a `traceparent` (W3C Trace
        Context). None: it is not sampled."""

    def add(self, parent: Span, name: str, begun: int, ended: int, attributes: dict[str, Any]) -> None:
        """A part of it, which is over."""

    def end(self, span: Span, outcome: str, attributes: dict[str, Any]) -> None: ...

    def traceparent(self, span: Span) -> str:
        """With what another process goes on with it."""

    @property
    def dropped(self) -> int:
        """Spans that found no place in the queue, since the start."""

    @property
    def exported(self) -> int: ...

    @property
    def failed(self) -> int:
        """Spans that the collector did not take."""


class Tracing:
    """One for the process, as the log is."""

    def __init__(self) -> None:
        self.on = False
        self._tracer: Tracer | None = None

    @property
    def tracer(self) -> Tracer | None:
        return self._tracer

    def use(self, tracer: Tracer | None) -> None:
        self._tracer = tracer
        self.on = tracer is not None

    def begin(self, name: str, parent: str | None = None) -> Span:
        return None if self._tracer is None else self._tracer.begin(name, parent)

    def traceparent(self, span: Span) -> str | None:
        """With what another process goes on with it; None: it is not traced."""
        return None if self._tracer is None or span is None else self._tracer.traceparent(span)

    def part(self, spans: Sequence[Span], name: str, begun: int, **attributes: Any) -> None:
        """What lay between `begun` and now was a part of each of these."""
        if self._tracer is not None:
            ended = time_ns()
            for span in spans:
                if span is not None:
                    self._tracer.add(span, name, begun, ended, attributes)

    def end(self, span: Span, outcome: str, **attributes: Any) -> None:
        if self._tracer is not None and span is not None:
            self._tracer.end(span, outcome, attributes)


tracing: Final = Tracing()
