"""Conditions that REST cannot keep (RFC 9110, 13.1). Who relies on one is refused.

`If-Match` compares strong tags, and all of these are weak: the same result may be written in other bytes.
`If-None-Match` is for queries, and kept where responses are sent. The other conditions are about dates, which
no resource has here; whoever has none ignores them (13.1.3, 13.1.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chatd.contract.errors import Refusal
from chatd.contract.spec import RequestType
from chatd.gateway.http.rest.response import Response, problem

STATUS: Final = 412
_MATCH: Final = Refusal(
    "invalid",
    "If-Match never holds here, since the tags of answers are weak ones; read what is there and send the"
    " request without it",
)
_NONE_MATCH: Final = Refusal(
    "invalid", "If-None-Match is for what is asked with GET; send the command without it"
)


def refuse_condition(headers: Mapping[bytes, bytes], row: RequestType) -> Response | None:
    if b"if-match" in headers:
        return problem(_MATCH, status=STATUS)
    if row.kind == "command" and b"if-none-match" in headers:
        return problem(_NONE_MATCH, status=STATUS)
    return None
