"""The gateway: reads the head of every request, checks it, and passes it on.

An upgrade on `/ws` makes a WebSocket of the connection, whatever it carried before: a proxy keeps connections
and uses them for whoever comes. A request for events gets a stream of them, up to the end of the connection.
Everything else is answered over HTTP, one request after another.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import trio
from msgspec.structs import replace

from chatd.auth.rate_limits import network
from chatd.contract.http import GRAPHQL
from chatd.current.principal import Principal, work_for
from chatd.gateway.head_checks import HeadChecks
from chatd.gateway.http.counting.http_counts import HttpCounts
from chatd.gateway.http.events import event_stream
from chatd.gateway.http.request_ids import named, work_at_head
from chatd.gateway.http.server import cors
from chatd.gateway.http.server.refusal import BadHead, plain_response
from chatd.gateway.http.server.request_head import WEBSOCKET, Head
from chatd.gateway.http.server.traffic import Traffic
from chatd.gateway.http.server.turns import Turns
from chatd.gateway.net.address_places import AddressPlace, AddressPlaces
from chatd.gateway.net.client_address import Proxies
from chatd.gateway.net.flusher import Flusher
from chatd.gateway.net.listener import Listener
from chatd.gateway.net.live_connection import LiveConnections, OpenSession
from chatd.gateway.net.open_files import OpenFiles
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.gateway.net.poller import Poller
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.net.warning_throttle import WarningThrottle
from chatd.gateway.websocket.connection import serve_websocket
from chatd.log import log
from chatd.ports import Caller
from chatd.settings import Settings

if TYPE_CHECKING:
    from chatd.gateway.http.app import Http

KEEPALIVE_SECONDS: Final = 1.0  # between two checks of all connections
LATE_LOOKS: Final = 5  # the first of so many in a row are left out; a server that is always late still looks
NO_PROXIES: Final = Proxies(())
_LATER: Final = (("Retry-After", "5"),)  # seconds; connections end now and then
_PEER: Final = struct.Struct("3i")  # struct ucred: pid, uid, gid

LoadHttp = Callable[[], Awaitable["Http"]]


class Gateway:
    """Serves every connection of this server."""

    def __init__(
        self, settings: Settings, open_session: OpenSession, load_http: LoadHttp, open_files: OpenFiles
    ) -> None:
        self.flusher = Flusher()
        self.open_files = open_files
        self.poller = Poller()
        self.connections = LiveConnections()
        self.traffic = Traffic()
        self.turns = Turns()
        self.counts = HttpCounts()
        self.ready = False  # whether it takes requests
        self._settings = settings
        self._load_http = load_http
        self._http: Http | None = None
        self._loading = trio.Lock()  # a server that starts has many clients at once
        self._open_session = open_session
        self._proxies = Proxies(settings.trusted_proxies)
        self._places = AddressPlaces(settings.quota_connections if settings.limits else None)
        self._warnings = WarningThrottle()
        self._checks = HeadChecks(OwnAddresses(settings), self._warnings)
        self._refusals = WarningThrottle()
        self._served = 0

    def reload(self, settings: Settings) -> None:
        """Uses the origins and trusted proxies of these settings from now on."""
        self._checks.own = OwnAddresses(settings)
        self._proxies = Proxies(settings.trusted_proxies)

    @property
    def own(self) -> OwnAddresses:
        """As reloaded last."""
        return self._checks.own

    async def serve(self, listener: Listener, handlers: trio.Nursery) -> None:
        """Accepts until cancelled. Accepted connections run in `handlers`."""

        async def handle(stream: SocketStream) -> None:
            await self._handle(stream, listener.admin)

        await trio.serve_listeners(handle, [listener], handler_nursery=handlers)

    async def keep_alive(self) -> None:
        """Checks every connection now and then, forever: pings silent peers, drops dead ones."""
        late = 0  # looks in a row
        while True:
            due = trio.current_time() + KEEPALIVE_SECONDS
            await trio.sleep(KEEPALIVE_SECONDS)
            now = trio.current_time()
            late = late + 1 if now - due > KEEPALIVE_SECONDS else 0
            if late % LATE_LOOKS:
                continue  # what peers have said meanwhile is read first
            for connection in tuple(self.connections):
                connection.check_liveness(now, self._settings)

    def close(self, code: int, reason: str) -> None:
        """Closes every connection that has a session, and the others as soon as they have their response."""
        self.traffic.stop()
        self.connections.close(code, reason)

    def send_away(self, code: int, reason: str) -> None:
        """Closes every connection that has a session, also those that wait for a reply; others may come.
        Operators get theirs: what they may do nobody takes from them, and it may be a backup."""
        for connection in tuple(self.connections):
            connection.close(code, reason)
            if connection.session is not None and not connection.caller.operator:
                connection.session.cut()

    async def wait_gone(self) -> None:
        """Returns when no session is open and no request is served any more."""
        while True:
            while self.connections:
                await next(iter(self.connections)).gone.wait()
            await self.traffic.wait_quiet()
            if not self.connections:  # else the last request was for one
                return

    async def _handle(self, stream: SocketStream, admin: bool) -> None:
        self._served += 1
        try:
            await self._serve(stream, admin)
        except Exception as error:  # one connection that crashes must not end the others
            if not self.open_files.explain(error):
                log.exception("connection_crashed")
        finally:
            self._served -= 1
            stream.abort()

    async def _serve(self, stream: SocketStream, admin: bool) -> None:
        with self._places.connection() as place:
            await self._serve_within(stream, admin, place)

    async def _serve_within(self, stream: SocketStream, admin: bool, place: AddressPlace) -> None:
        try:
            peer = _peer(stream.socket) if admin else Caller(_address(stream.socket))
        except OSError:
            return  # the peer is gone already
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            try:
                if peer is None:
                    raise BadHead(403, "the admin socket serves the user who runs the server, and root")
                self._admit(peer, place)
                head = await self.traffic.first_head(stream, self._settings)
                while head is not None and await self._serve_one(stream, head, peer, place):
                    if head.forwarded and self._proxies.trusts(peer.address):
                        place.leave()  # nobody is served on it
                    head = await self.traffic.next_head(stream, self._settings)
            except BadHead as bad:
                self.counts.refused[bad.status] += 1
                if not bad.logged:
                    work_at_head(stream.unread_head)
                self._refused(peer, bad)
                with trio.move_on_after(1):
                    await stream.send_all(plain_response(bad, method=_method(stream.unread_head)))
            await stream.linger()

    def _admit(self, peer: Caller, place: AddressPlace) -> None:
        """Raises BadHead."""
        if peer.operator:
            return
        if self._served > self._settings.max_connections and not self.traffic.make_room():
            raise BadHead(503, "too many connections; try again later", headers=_LATER)
        if not self._proxies.trusts(peer.address):
            self._take_place(place, peer.address)

    async def _serve_one(self, stream: SocketStream, head: Head, peer: Caller, place: AddressPlace) -> bool:
        """Whether another request may follow on this connection. Raises BadHead."""
        caller = self._behind_proxies(peer, head) if head.forwarded else peer
        self._checks.check(head, stream, peer.operator)
        if not peer.operator:
            self._take_place(place, caller.address)
            if self._settings.limits:
                work_for(Principal(network(caller.address)))
        if head.path == "/ws":
            await serve_websocket(
                stream, caller, head, self._settings, self._open_session, self.connections, self.poller
            )
            return False
        if head.path == event_stream.PATH and not cors.is_preflight(head):
            await self._serve_events(stream, head, caller)
            return False
        return await self._serve_http(stream, head, caller, peer)

    async def _serve_events(self, stream: SocketStream, head: Head, caller: Caller) -> None:
        work_at_head(stream.unread_head)
        fields = {name.decode(): value.decode() for name, value in cors.response_fields(head, self.own)}
        await event_stream.serve_events(
            stream,
            caller,
            head,
            self._settings,
            self._open_session,
            self.connections,
            self.poller,
            {**named(), **fields},
        )

    async def _serve_http(self, stream: SocketStream, head: Head, caller: Caller, peer: Caller) -> bool:
        with self.traffic:
            http = self._http or await self._loaded_http()
            if not peer.operator:
                await self.turns.take(network(caller.address), bool(stream.unread_rest))
            if head.path == GRAPHQL and WEBSOCKET in head.upgrade:
                work_at_head(stream.unread_head)
                await http.serve_graphql(stream, head, caller)
                return False
            return await http.serve(stream, head, caller)

    async def _loaded_http(self) -> Http:
        async with self._loading:
            if self._http is None:
                self._http = await self._load_http()
        return self._http

    def _refused(self, peer: Caller | None, bad: BadHead) -> None:
        address = "admin socket" if peer is None else peer.address
        if not bad.logged and self._refusals.lets_through(f"{address} {bad.status}"):
            log.info("request_refused", address=address, status=bad.status, reason=bad.reason)

    def _take_place(self, place: AddressPlace, address: str) -> None:
        """Raises BadHead."""
        if not place.take(address):
            raise BadHead(
                429,
                f"your address has {self._places.most} connections here, and no more are allowed",
                headers=_LATER,
            )

    def _behind_proxies(self, peer: Caller, head: Head) -> Caller:
        if peer.operator:
            return peer
        if not self._proxies.trusts(peer.address):
            mend = "if it is yours, name it in `trusted_proxies`"
            self._warnings.warn("proxy_not_trusted", peer=peer.address, mend=mend)
        return replace(peer, address=self._proxies.client(peer.address, head.forwarded))


def _method(head: bytes) -> str:
    """Of a request that is refused, as far as it was read."""
    return head[: head.find(b" ")].decode("latin-1")


def _address(sock: socket.socket) -> str:
    """The peer's, one of IPv4 always as such. Raises OSError: it is gone."""
    return NO_PROXIES.client(sock.getpeername()[0], "")


def _peer(sock: socket.socket) -> Caller | None:
    """The operator behind a Unix connection, by the kernel's word."""
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _, uid, _ = _PEER.unpack(credentials)
    if uid not in (0, os.getuid()):
        return None
    return Caller("admin socket", f"operator:{uid}", operator=True)
