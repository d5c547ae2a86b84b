"""Which requests may come in at all: as which kind of connection, under which name, from which page."""

from __future__ import annotations

from typing import Final

from chatd.contract.field_errors import shorten
from chatd.contract.http import GRAPHQL
from chatd.gateway.http.request_ids import work_at_head
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import WEBSOCKET, Head
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.net.warning_throttle import WarningThrottle
from chatd.gateway.websocket.handshake import TO_WEBSOCKET, check_subprotocols, check_upgrade

FOR_ANY_HOST: Final = frozenset({"/", "/healthz", "/readyz"})  # what they answer is no secret
_MEND: Final = "`public_url` or `origins` would allow it"


class HeadChecks:
    """`own`: as reloaded last. The admin socket, which no page reaches, may use every name."""

    def __init__(self, own: OwnAddresses, warnings: WarningThrottle) -> None:
        self.own = own
        self._warnings = warnings

    def check(self, head: Head, stream: SocketStream, admin: bool) -> None:
        """Raises BadHead: it may be neither a WebSocket nor plain HTTP."""
        if head.path == "/ws":
            _check_websocket(head)
        else:
            self._check_http(head, stream, admin)
        if WEBSOCKET in head.upgrade and not admin:
            self._check_origin(head, stream)

    def _check_http(self, head: Head, stream: SocketStream, admin: bool) -> None:
        websocket = WEBSOCKET in head.upgrade
        if websocket and head.path != GRAPHQL:
            raise BadHead(404, "the WebSocket is at /ws")
        host = head.headers.get("host", "")
        if not (admin or head.path in FOR_ANY_HOST or self.own.is_own(host)):
            host = shorten(host)
            work_at_head(stream.unread_head)
            self._warnings.warn("host_refused", host=host, mend=_MEND)
            raise BadHead(
                421,
                f"this server is not {host}; if it should be, add that to `public_url` or `origins`",
                head.path,
                logged=True,
            )
        if websocket:
            check_upgrade(head)

    def _check_origin(self, head: Head, stream: SocketStream) -> None:
        """Refuses the WebSocket of a foreign page."""
        host, origin = head.headers.get("host", ""), head.headers.get("origin")
        if origin is None:
            return  # not a browser: it must show a token, in the handshake or in its first frames
        if not self.own.may_connect(origin, host, stream.socket.getsockname()[1]):
            origin = shorten(origin)
            work_at_head(stream.unread_head)
            self._warnings.warn("origin_refused", origin=origin, host=shorten(host), mend=_MEND)
            raise BadHead(
                403,
                f"origin {origin} may not connect; the server's setting `public_url`, if people open that"
                " address, or else `origins` would allow it",
                logged=True,
            )


def _check_websocket(head: Head) -> None:
    if WEBSOCKET not in head.upgrade or head.method != "GET":
        raise BadHead(
            426,
            "/ws is a WebSocket: upgrade with subprotocol chatd.v1.json or chatd.v1.msgpack",
            headers=(TO_WEBSOCKET,),
        )
    check_upgrade(head)
    check_subprotocols(head)
