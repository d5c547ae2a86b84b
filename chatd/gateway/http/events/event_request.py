"""What a request for events asks of its session; or the answer to one that asks for something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.gateway.http.events.event_wire import read_cursor
from chatd.gateway.http.server.problem import NO_TOKEN, problem_response, whole_response
from chatd.gateway.http.server.request_head import Head
from chatd.ports import Row

METHODS: Final = ("GET", "HEAD", "OPTIONS")
FIELDS: Final = 8  # of a query
TOKEN_NAMES: Final = frozenset({"token", "access_token", "bearer", "authorization"})
TOKEN_IN_ADDRESS: Final = Refusal(
    "invalid",
    "proxies and browsers write addresses down, so no token is taken from one; send it as `Authorization:"
    " Bearer …` (with fetch in a browser, since its EventSource cannot), or open the WebSocket",
)
NO_CURSOR: Final = Refusal("invalid", "cursor: not the id of an event; send the last one as it came, or none")
NO_FIELDS: Final = Refusal("invalid", "the query cannot be read; it has one field, cursor")


def read_request(head: Head, shared: Mapping[str, str]) -> Row | bytes:
    """`session.open` as the head asks for it; or the whole answer, which has the headers of `shared`."""
    if head.method == "OPTIONS":
        return whole_response(204, {"Allow": ", ".join(METHODS), **shared})
    if head.method not in METHODS:
        return problem_response(
            Refusal("invalid", f"events are read with GET, not with {quote(head.method)}"),
            status=405,
            headers={"Allow": ", ".join(METHODS), **shared},
        )
    cursor = _cursor(head)
    if isinstance(cursor, Refusal):
        return problem_response(cursor, headers=shared, shown=head.method != "HEAD")
    return {"id": 1, "command": "session.open", "data": cursor}


def _cursor(head: Head) -> Row | Refusal:
    """The data of `session.open`: its cursor, if there is one."""
    try:
        query = dict(parse_qsl(head.query, keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError:
        return NO_FIELDS
    if not TOKEN_NAMES.isdisjoint(map(str.lower, query)):
        return TOKEN_IN_ADDRESS
    if unknown := query.keys() - {"cursor"}:
        return Refusal("invalid", f"unknown field {quote(min(unknown))}; there is one, cursor")
    if head.bearer is None:
        return NO_TOKEN
    # A browser that reconnects by itself repeats the address and adds the header: the header is newer.
    text = head.headers.get("last-event-id") or query.get("cursor")
    if not text:
        return {}
    cursor = read_cursor(text)
    return NO_CURSOR if cursor is None else {"cursor": cursor}
