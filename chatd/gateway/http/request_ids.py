"""The id of a request over HTTP: the client's `X-Request-Id` if that is well formed, otherwise a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from time import perf_counter
from typing import Final

from chatd.clock import new_id
from chatd.current.request import CurrentRequest, current_request, work_at

REQUEST_ID: Final = b"x-request-id"
_WELL_FORMED: Final = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,64}")
_IN_HEAD: Final = re.compile(rb"\r\nx-request-id:[ \t]*([^\r\n]*?)[ \t]*\r\n", re.IGNORECASE)


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return _good(next((value for name, value in headers if name == REQUEST_ID), b""))


def work_at_head(head: bytes) -> None:
    """The current task works at the request that begins so and has no application. `head`:
    as far as it was read; it may be malformed."""
    found = _IN_HEAD.search(head)
    work_at(CurrentRequest("", _good(b"" if found is None else found[1]).decode(), perf_counter()))


def named() -> dict[str, str]:
    """The header that says the id of the request that the current task works at; none if it works at none."""
    request = current_request()
    return {} if request is None else {"X-Request-Id": str(request.request)}


def _good(given: bytes) -> bytes:
    return given if _WELL_FORMED.fullmatch(given) else new_id().encode()
