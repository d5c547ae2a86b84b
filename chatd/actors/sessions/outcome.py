"""What became of a request: counted, and said in the log and its trace where they listen."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.actors.runtime.request_counts import DONE, RequestCounts
from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.current.request import CurrentRequest
from chatd.log import log
from chatd.ports import Caller
from chatd.tracing import tracing

NO_REQUEST: Final = "unknown request"  # what the log calls a frame that names none


def conclude(counts: RequestCounts, name: str, asked: CurrentRequest, caller: Caller, answer: Answer) -> None:
    """One request has its answer. `name` is a request's."""
    seconds = perf_counter() - asked.started
    counts.count(name, seconds, answer)
    if log.debugs or tracing.on:
        _say(name, asked, caller, seconds, answer)


def conclude_unread(
    counts: RequestCounts, frame: Mapping[str, Any], asked: CurrentRequest, caller: Caller, refusal: Refusal
) -> None:
    """A frame was refused before it was a request, or its request crashed."""
    name = frame_name(frame)
    if name != NO_REQUEST:
        conclude(counts, name, asked, caller, refusal)
    elif log.debugs or tracing.on:
        _say(name, asked, caller, perf_counter() - asked.started, refusal)


def frame_name(frame: Mapping[str, Any]) -> str:
    """The request that a frame names."""
    name = frame.get("command", frame.get("query"))
    return name if isinstance(name, str) and name in REQUESTS else NO_REQUEST


def _say(name: str, asked: CurrentRequest, caller: Caller, seconds: float, answer: Answer) -> None:
    outcome = answer.code if isinstance(answer, Refusal) else DONE
    if log.debugs:
        log.debug(name, outcome=outcome, ms=round(seconds * 1000, 3), by=caller.by, **asked.fields())
    tracing.end(asked.span, outcome, by=caller.by, **asked.fields())
