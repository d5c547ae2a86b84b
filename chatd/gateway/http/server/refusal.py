"""Requests that are refused before, or in place of, what would serve them."""

from __future__ import annotations

from typing import Final

import attrs
import msgspec

from chatd.contract.errors import Code, Refusal
from chatd.gateway.http.request_ids import named
from chatd.gateway.http.server.problem import MEDIA_TYPE, problem, whole_response

PROBLEM_PATHS: Final = ("/api/", "/files", "/hooks/")  # whose refusals are read by programs
_CODES: Final[dict[int, Code]] = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
    431: "too_large",
    500: "internal",
    503: "unavailable",
}


@attrs.frozen
class BadHead(Exception):
    """A request that is refused, with the HTTP status and the reason. `path`: as far as it is known.
    `logged`: the log has been told. `headers`: that the response has besides."""

    status: int
    reason: str
    path: str = ""
    logged: bool = False
    headers: tuple[tuple[str, str], ...] = ()


def refusal_body(status: int, reason: str, path: str) -> tuple[str, bytes]:
    """Media type and body: a problem for those who ask the API, a line of text for everybody else."""
    if not path.startswith(PROBLEM_PATHS):
        return "text/plain; charset=utf-8", f"{reason}\n".encode()
    refusal = Refusal(_CODES.get(status, "invalid"), reason)
    return MEDIA_TYPE, msgspec.json.encode(problem(refusal, status))


def plain_response(bad: BadHead, path: str = "", method: str = "") -> bytes:
    """A whole response that ends the connection. It names the request that the current task works at."""
    media_type, body = refusal_body(bad.status, bad.reason, path or bad.path)
    headers = {**dict(bad.headers), **named(), "Content-Type": media_type}
    return whole_response(bad.status, headers, body, shown=method != "HEAD")
