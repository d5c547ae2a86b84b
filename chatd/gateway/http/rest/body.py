"""The body of a request: one JSON object, no larger than a frame of the WebSocket, and read as one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import shorten
from chatd.frames.codec import MAX_FRAME, fault_in
from chatd.gateway.http.rest.response import Response, problem

MEDIA_TYPE: Final = b"application/json"
STRANGERS_BODY: Final = 64 * 1024  # bytes; of who shows no good token
EXPLAINED: Final = 32 * 1024  # bytes of a body that is looked at for what is wrong
_TOO_LARGE: Final = problem(Refusal("too_large", f"a body is at most {MAX_FRAME} bytes; send less at once"))
TOO_LARGE_FOR_STRANGERS: Final = problem(
    Refusal("too_large", f"a body is at most {STRANGERS_BODY} bytes where no token is needed")
)
_NO_JSON: Final = problem(
    Refusal("invalid", "the body is JSON; send it with Content-Type: application/json"), status=415
)
_NOT_HERE: Final = problem(
    Refusal("invalid", "the fields of this request stand in its address; send no body with it")
)
_NO_OBJECT: Final = Refusal("invalid", "the body is a JSON object with the fields of the request")
_decode: Final = msgspec.json.Decoder().decode


async def read_body(
    headers: Mapping[bytes, bytes], receive: Any, refuse_long: Callable[[], Awaitable[Response | None]]
) -> bytes | Response | None:
    """The body, perhaps empty; or the response to one that is not taken. None: it never came whole.

    `refuse_long` is asked once of a body that is too long for a stranger, before more of it is kept.
    """
    size = _length(headers)
    if size > MAX_FRAME:
        return _TOO_LARGE
    asked = size > STRANGERS_BODY
    if asked and (refused := await refuse_long()) is not None:
        return refused
    message = await receive()
    body = message.get("body", b"")
    if message.get("more_body"):
        body = bytearray(body)  # it may come byte by byte
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_FRAME:
            return _TOO_LARGE
        if len(body) > STRANGERS_BODY and not asked:
            asked = True
            if (refused := await refuse_long()) is not None:
                return refused
    if message["type"] != "http.request":
        return None
    if len(body) > MAX_FRAME:
        return _TOO_LARGE
    return (refuse_type(headers) if body else None) or bytes(body)


def refuse_type(headers: Mapping[bytes, bytes]) -> Response | None:
    """The response to a body that these headers say is no JSON."""
    given = headers.get(b"content-type", b"")
    return None if given == MEDIA_TYPE or given.partition(b";")[0].strip().lower() == MEDIA_TYPE else _NO_JSON


def refuse_body(headers: Mapping[bytes, bytes]) -> Response | None:
    """The response to a request that has a body and takes none."""
    return _NOT_HERE if _length(headers) or b"transfer-encoding" in headers else None


def fields_in(body: bytes) -> dict[str, Any] | Refusal:
    """What the body says."""
    if not body:
        return {}
    try:
        data = _decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Refusal("invalid", f"the body is no JSON: {why_no_json(body, error)}")
    return data if type(data) is dict else _NO_OBJECT


def why_no_json(body: bytes | bytearray, error: Exception) -> str:
    """What to mend in a body. Looking takes longer than reading, so a large one is not looked at."""
    if len(body) > EXPLAINED and not isinstance(error, RecursionError):
        return shorten(str(error))
    return fault_in(body.decode(errors="replace"), error) or shorten(str(error))


def _length(headers: Mapping[bytes, bytes]) -> int:
    said = headers.get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 20 else 0
