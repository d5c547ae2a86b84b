"""The body of a plain HTTP request: read whole, within a size and a time, before anything is done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import attrs
import trio

from chatd.gateway.http.request_head import MAX_BODY

Receive = Callable[[], Awaitable[Any]]  # an ASGI message
_GONE: Final = "http.disconnect"


@attrs.frozen
class BadBody(Exception):
    """A body that is refused, with the HTTP status and the reason."""

    status: int
    reason: str


async def read_body(receive: Receive, seconds: float) -> bytes | None:
    """The whole body; None when the peer went away before it had come. Raises BadBody."""
    body = bytearray()
    with trio.move_on_after(seconds):
        while True:
            message = await receive()
            if message["type"] == _GONE:
                return None
            body += message.get("body", b"")
            if len(body) > MAX_BODY:
                raise BadBody(413, f"a body is at most {MAX_BODY} bytes")
            if not message.get("more_body", False):
                return bytes(body)
    raise BadBody(408, f"the request body took over {seconds:g} seconds")


def replayed(body: bytes, receive: Receive) -> Receive:
    """What an application receives whose body was read already: the body, then what follows it."""
    left: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_next() -> Any:
        return left.pop() if left else await receive()

    return receive_next
