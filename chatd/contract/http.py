"""How a request is asked over HTTP: the column `http` of the table of requests.

What is a good resource is one; of the others, a command is a `POST` to its noun and verb. Under `GET` and
`DELETE` the fields that are not in the path stand in the query string, otherwise in a JSON object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from chatd.contract.errors import Code

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

API: Final = "/api/v1"  # paths of the table stand under it
GRAPHQL: Final = "/api/graphql"
EVENTS: Final = "/events"  # the stream of events, which is no request

# Of the response to a request that was refused (RFC 9110, 15; RFC 6585 for 429).
STATUS: Final[Mapping[Code, int]] = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "rate_limited": 429,
    "internal": 500,
    "overloaded": 503,
    "unavailable": 503,
    "uncertain": 504,
}
_FIELD: Final = re.compile(r"\{(\w+)\}")


class Http(Struct, frozen=True):
    """`path`: with fields of the request in braces. `status`: of an answer that is no refusal."""

    method: Method
    path: str
    status: Literal[200, 201] = 200

    @property
    def fields(self) -> tuple[str, ...]:
        """Those that stand in the path."""
        return tuple(_FIELD.findall(self.path))

    @property
    def has_body(self) -> bool:
        return self.method in ("POST", "PUT", "PATCH")
