"""A connection to an application behind the driver, without a server: both ends of a connection."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import h11
import trio

from chatd.gateway.http.counting.http_counts import HttpCounts
from chatd.gateway.http.server.driver import Driver
from chatd.gateway.http.server.exchange import App
from chatd.gateway.http.server.refusal import BadHead, plain_response
from chatd.gateway.http.server.traffic import Traffic
from chatd.gateway.net.flusher import Flusher
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.gateway.net.stream import SocketStream
from chatd.ports import Caller
from chatd.settings import Settings


class Answered:
    """A response as the client has it."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


class Talk:
    """The client's side. `hang_up` ends it, `ended` waits for the server's end of it."""

    def __init__(self, ours: trio.SocketStream, traffic: Traffic, driver: Driver) -> None:
        self.ours = ours
        self.traffic = traffic
        self.driver = driver
        self.parser = h11.Connection(h11.CLIENT)

    async def send(self, text: str, body: bytes = b"") -> None:
        await self.ours.send_all(text.replace("\n", "\r\n").encode() + body)

    async def get(self, path: str = "/", **headers: str) -> Answered:
        return await self.ask("GET", path, **headers)

    async def ask(self, method: str, path: str = "/", body: bytes = b"", **headers: str) -> Answered:
        """Header names are written with _ for -."""
        lines = [f"{method} {path} HTTP/1.1", "Host: a"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        await self.ours.send_all("\r\n".join([*lines, "", ""]).encode() + body)
        return await self.answer(method)

    async def answer(self, method: str = "GET", seconds: float = 5) -> Answered:
        """The next response to a request of this method."""
        parser, self.parser = self.parser, h11.Connection(h11.CLIENT)
        parser.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
        parser.send(h11.EndOfMessage())
        status, headers, body = 0, dict[str, str](), bytearray()
        with trio.fail_after(seconds):
            while True:
                event = parser.next_event()
                if event is h11.NEED_DATA:
                    parser.receive_data(await self.ours.receive_some(1 << 20))
                elif isinstance(event, h11.Response):
                    status = event.status_code
                    headers = {name.decode(): value.decode() for name, value in event.headers}
                elif isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    break
        if parser.trailing_data[0]:
            self.parser.receive_data(parser.trailing_data[0])
        return Answered(status, headers, bytes(body))

    async def ended(self, seconds: float = 5) -> bytes:
        """What comes until the end of the connection."""
        with trio.fail_after(seconds):
            return b"".join([data async for data in self.ours])


@asynccontextmanager
async def talk(app: App, patience: float = 5.0, origins: tuple[str, ...] = ()) -> AsyncIterator[Talk]:
    """`patience`: of the driver with a body."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ours = socket.create_connection(listening.getsockname())
        theirs, _ = listening.accept()
    theirs.setblocking(False)
    ours.setblocking(False)
    traffic, settings = Traffic(), Settings(origins=origins)
    own = OwnAddresses(settings)
    driver = Driver(app, traffic, HttpCounts(), lambda: own, patience)
    stream = SocketStream(theirs, Flusher(), write_deadline=2)

    async def serve() -> None:
        try:
            head = await traffic.first_head(stream, settings)
            while head is not None:
                with traffic:
                    if not await driver.serve(stream, head, Caller("192.0.2.1")):
                        break
                head = await traffic.next_head(stream, settings)
        except BadHead as bad:
            await stream.send_all(plain_response(bad))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        await stream.linger()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        client = trio.SocketStream(trio.socket.from_stdlib_socket(ours))
        async with client:
            yield Talk(client, traffic, driver)
        nursery.cancel_scope.cancel()
    stream.abort()
