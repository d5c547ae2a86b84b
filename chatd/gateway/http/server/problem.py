"""A refusal as an HTTP response: `application/problem+json` (RFC 9457) with the protocol's code."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.http import STATUS
from chatd.frames.codec import json_bytes
from chatd.gateway.http.server.defaults import DEFAULTS

MEDIA_TYPE: Final = "application/problem+json"
NO_BEARER: Final = Refusal("unauthenticated", "Authorization is the word Bearer and a token")
NO_TOKEN: Final = Refusal(
    "unauthenticated", "send an access token or bearer token as `Authorization: Bearer …`"
)
PASSING_SECONDS: Final = 2  # after which to try again what is overloaded or unavailable
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


def whole_response(
    status: int, headers: Mapping[str, str], body: bytes = b"", *, shown: bool = True
) -> bytes:
    """One that ends the connection. Without `shown` the body stays away, as in the answer to HEAD."""
    return head_of(status, {**headers, "Content-Length": str(len(body))}) + (body if shown else b"")


def head_of(status: int, headers: Mapping[str, str]) -> bytes:
    """The head of a response that ends with its connection, with what every response says."""
    given = set(map(str.lower, headers))
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
        *(f"{name}: {value}" for name, value in headers.items()),
        *(f"{name}: {value}" for name, value in DEFAULTS if name not in given),
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def problem_response(
    refusal: Refusal, *, status: int = 0, headers: Mapping[str, str] | None = None, shown: bool = True
) -> bytes:
    """`status`: where it is not the one of the refusal's code."""
    status = status or STATUS[refusal.code]
    said = {"Content-Type": MEDIA_TYPE, **(headers or {})}
    if status == 401:
        said["WWW-Authenticate"] = "Bearer"
    if wait := seconds_to_wait(refusal, status):
        said["Retry-After"] = str(wait)
    return whole_response(status, said, json_bytes(problem(refusal, status)), shown=shown)


def seconds_to_wait(refusal: Refusal, status: int) -> int:
    """What the response says as `Retry-After`; 0 where it says nothing, since another try is of no use."""
    if status not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return 0
    seconds: float = (refusal.data or {}).get("retry_after", PASSING_SECONDS)
    return max(1, math.ceil(seconds))


def problem(refusal: Refusal, status: int) -> dict[str, Any]:
    """The members of one: those of RFC 9457, the code, and what the refusal says besides."""
    return {
        **(refusal.data or {}),
        "type": "about:blank",
        "title": _PHRASES[status],
        "status": status,
        "detail": refusal.message,
        "code": refusal.code,
    }
