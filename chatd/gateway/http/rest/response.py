"""Responses, ready to be sent: results as JSON, refusals as problems (RFC 9457)."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.http import STATUS
from chatd.frames.codec import json_bytes
from chatd.gateway.http.server.problem import MEDIA_TYPE, seconds_to_wait
from chatd.gateway.http.server.problem import problem as members

Header = tuple[bytes, bytes]

TAG_BYTES: Final = 12
_JSON: Final[Header] = (b"content-type", b"application/json")
_PROBLEM: Final[Header] = (b"content-type", MEDIA_TYPE.encode())
_PRIVATE: Final[Header] = (b"cache-control", b"no-store")


class Response(msgspec.Struct, frozen=True, eq=False):
    status: int
    headers: list[Header]
    body: bytes


def result_response(status: int, result: object, tagged: bool) -> Response:
    """`tagged`: with an ETag, by which a client that has the same already is told so."""
    body = json_bytes(result)
    headers = [_JSON, _PRIVATE]
    if tagged:
        headers.append((b"etag", b'W/"%s"' % blake2b(body, digest_size=TAG_BYTES).hexdigest().encode()))
    return Response(status, headers, body)


def problem(
    refusal: Refusal, *, status: int | None = None, headers: tuple[Header, ...] = (), shown: bool = False
) -> Response:
    """`status`: where it is another than that of the refusal's code; `shown`: a token was."""
    code = STATUS[refusal.code] if status is None else status
    said = members(refusal, code)
    more = [_PROBLEM, _PRIVATE, *headers]
    if code == 401:
        error = b', error="invalid_token"' if shown else b""
        more.append((b"www-authenticate", b'Bearer realm="chatd"' + error))
    if wait := seconds_to_wait(refusal, code):
        more.append((b"retry-after", b"%d" % wait))
    return Response(code, more, json_bytes(said))
