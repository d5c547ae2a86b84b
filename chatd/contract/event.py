"""The log itself, for operators."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from chatd.contract.fields import DEFAULT_PAGE, EventHash, Limit, Seq, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query


class ListEvents(Struct, frozen=True):
    after: Seq | None = None
    stream: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    limit: Limit = DEFAULT_PAGE
    wait: Annotated[float, Meta(ge=0, le=30)] | None = None
    hash: EventHash | None = None


class EventFrame(Struct, frozen=True, kw_only=True):
    """An event as it is sent to clients; `chatd.contract.events` says what `data` holds."""

    event: str
    stream: str
    seq: int
    position: int
    hash: str
    at: Time
    by: str
    data: dict[str, Any]


class EventPage(Struct, frozen=True, kw_only=True):
    """`position` is the `after` of the following page, `hash` its `hash`."""

    events: list[EventFrame]
    position: int
    hash: str


REQUESTS: tuple[RequestType, ...] = (
    query(
        "event.list",
        ListEvents,
        EventPage,
        doc="The log after a position; can wait for news.",
        http=Http("GET", "/log"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        notes=(
            "Without `after` it returns no events and the log's present end. With `wait` it waits that many"
            " seconds for something new. The events of a full page end at `position`; there may be more. A"
            " page may be some megabytes.",
            "`position` of the result is the next `after`, its `hash` the next `hash`. With `hash` the server"
            " checks that the event at `after` is the one that the caller knows. If it is another, or `after`"
            " lies beyond the log's end, the database was put back from an older copy: `conflict`.",
            "Operators get all of the log. An admin's account gets every event too, but no more of its data"
            " than its queries show; the rules are those for a session that resumes"
            " ([protocol.md](../protocol.md#delivery)).",
        ),
    ),
)
