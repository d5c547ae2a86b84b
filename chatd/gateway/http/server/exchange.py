"""One request and its response, as an ASGI application sees them (ASGI 3, HTTP 2.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import trio

from chatd.gateway.http.server.compression import Compression
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_body import RequestBody
from chatd.gateway.http.server.request_head import HEAD_BYTES, Head
from chatd.gateway.http.server.response import Response
from chatd.gateway.net.stream import SocketStream
from chatd.ports import Caller

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# 2.3 and not later: a later one says that `send` tells of a client that has gone, and then Starlette does not
# listen for that while it has nothing to send.
_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}
_EXTENSIONS: Final[dict[str, dict[str, Any]]] = {"http.response.pathsend": {}}
_GONE: Final = "http.disconnect"


class Exchange:
    """`refusal`: why the body of the request was refused. `running`: the application, where it may go on
    writing what nobody is to get, as for HEAD; it is cancelled then."""

    def __init__(
        self,
        stream: SocketStream,
        head: Head,
        compression: Compression,
        patience: float,
        stopping: trio.Event,
    ) -> None:
        self.body = RequestBody(stream, head, patience)
        self.response = Response(stream, head, compression)
        self.refusal: BadHead | None = None
        self.running: trio.CancelScope | None = None
        self._stream = stream
        self._stopping = stopping
        self._told = False  # whether the application knows that the body has ended

    async def receive(self) -> Message:
        """The next piece of the body; after its end, and after anything that ends it too early, the news
        that nobody listens any more."""
        response = self.response
        if self.refusal is not None or response.complete:
            return {"type": _GONE}
        if self._told:
            await self._stream.ended(HEAD_BYTES)
            return {"type": _GONE}
        try:
            data = await self.body.read()
        except BadHead as bad:
            self.refusal = bad
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        else:
            self._told = self.body.ended
            return {"type": "http.request", "body": data, "more_body": not self.body.ended}
        return {"type": _GONE}

    async def send(self, message: Message) -> None:
        """Raises BrokenResourceError when the client is gone, BadResponse, and OSError: there is no file."""
        response, kind = self.response, message["type"]
        if response.complete or self.refusal is not None:
            await trio.lowlevel.checkpoint()  # nobody listens, or the refusal is what is said
            return
        if kind == "http.response.start":
            response.start(message["status"], message.get("headers", ()))
            response.lasts = response.lasts and self.body.short and not self._stopping.is_set()
        elif kind == "http.response.body":
            more = message.get("more_body", False)
            complete = await response.write(message.get("body", b""), more)
            if more and complete and self.running is not None:
                self.running.cancel()
        elif kind == "http.response.pathsend":
            await response.write_file(message["path"], message.get("start", 0), message.get("count"))


def scope_of(head: Head, caller: Caller, state: dict[str, Any]) -> dict[str, Any]:
    """What the application is told of the request."""
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": head.version,
        "method": head.method,
        "scheme": "http",
        "path": head.path,
        "raw_path": head.raw_path.encode(),
        "query_string": head.query.encode(),
        "root_path": "",
        "headers": head.fields,
        "client": (caller.address, 0),
        "server": None,
        "extensions": _EXTENSIONS,
        "state": {**state, "caller": caller},
    }
