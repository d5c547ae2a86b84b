"""A server in the test's own process: speaks the frames, keeps a log in memory, fails on demand.

It knows just enough of chatd for a client to be tried against it: sessions, resume, one room.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgpack
import trio
from msgspec import to_builtins
from samples import sample, wire
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_server_stream

from chatd.contract.account import Account
from chatd.contract.message import Posted
from chatd.contract.session import Limits, SessionOpened
from chatd.contract.sign_in import SignedIn

Data = dict[str, Any]

ADA = sample(Account, id="A1", name="ada")


def hash_at(position: int) -> str:
    return f"{position:012x}"


class No(Exception):
    """Raised by an answer: the request is refused."""

    def __init__(self, code: str, message: str = "no", **data: Any) -> None:
        super().__init__(code)
        self.error = {"code": code, "message": message, "data": data}


class Connection:
    def __init__(self, socket: WebSocketConnection, stream: trio.abc.Stream) -> None:
        self.socket = socket
        self.stream = stream
        self.binary = socket.subprotocol == "chatd.v1.msgpack"
        self.live = False
        self.messages: list[list[Data]] = []  # what the client sent, message by message

    async def send(self, *frames: Data) -> None:
        if self.binary:
            await self.socket.send_message(b"".join(msgpack.packb(frame) for frame in frames))
        else:
            await self.socket.send_message("\n".join(json.dumps(frame) for frame in frames))

    def decode(self, message: str | bytes) -> list[Data]:
        if isinstance(message, bytes):
            unpacker = msgpack.Unpacker()
            unpacker.feed(message)
            return list(unpacker)
        return [json.loads(line) for line in message.split("\n")]


class FakeServer:
    """Also the address of itself: `connect(server, token="good")` dials it over memory streams."""

    host = "fake"
    path = "/ws"
    trusted = False

    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        self.epoch = "E1"
        self.log: list[Data] = []
        self.tokens = {"good"}
        self.refresh_tokens: dict[str, str] = {}  # refresh token -> the access token that it gives
        self.nonces: dict[str, Data] = {}
        self.opens: list[Data] = []  # the data of each session.open
        self.opened = trio.Event()  # set when the first session is open
        self.dials = 0
        self.down = 0  # so many dials fail before one works
        self.connections: list[Connection] = []
        self.answers: dict[str, Callable[[Data], Data]] = {}
        self.before_reply: Callable[[Data, Connection], Any] | None = None  # async; may drop the connection
        self.subprotocol_of: Callable[[tuple[str, ...]], str | None] = lambda offered: offered[0]

    # --- being reached

    async def dial(self) -> trio.abc.Stream:
        from chatd.client import Disconnected

        await trio.lowlevel.checkpoint()
        self.dials += 1
        if self.down:
            self.down -= 1
            raise Disconnected("nobody answers at fake")
        ours, theirs = trio.testing.memory_stream_pair()
        self._nursery.start_soon(self.serve_stream, ours)
        self._theirs = theirs
        return theirs

    async def serve_stream(self, stream: trio.abc.Stream) -> None:
        async with trio.open_nursery() as nursery:
            request = await wrap_server_stream(nursery, stream)
            socket = await request.accept(subprotocol=self.subprotocol_of(request.proposed_subprotocols))
            connection = Connection(socket, stream)
            self.connections.append(connection)
            try:
                while True:
                    frames = connection.decode(await socket.get_message())
                    connection.messages.append(frames)
                    for frame in frames:
                        await self._serve(frame, connection)
            except (ConnectionClosed, trio.ClosedResourceError, trio.BrokenResourceError):
                connection.live = False
            await trio.aclose_forcefully(stream)
            nursery.cancel_scope.cancel()

    # --- what it does

    async def _serve(self, frame: Data, connection: Connection) -> None:
        name = frame.get("command") or frame.get("query")
        try:
            result = self._result(name, frame["data"])
            reply = {"id": frame["id"], "result": result}
        except No as no:
            reply = {"id": frame["id"], "error": no.error}
        if self.before_reply is not None:
            await self.before_reply(frame, connection)
        await connection.send(reply)
        if name == "session.open" and "result" in reply:
            connection.live = True
            self.opened.set()
            if reply["result"]["resumed"]:
                missed = [e for e in self.log if e["position"] > frame["data"]["cursor"]["position"]]
                if missed:
                    await connection.send(*missed)

    def _result(self, name: str, data: Data) -> Data:
        if name in self.answers:
            return self.answers[name](data)
        match name:
            case "session.open":
                return self._open(data)
            case "account.refresh":
                if data["refresh_token"] not in self.refresh_tokens:
                    raise No("unauthenticated", "this refresh token is used up")
                access = self.refresh_tokens.pop(data["refresh_token"])
                self.tokens = {access}
                self.refresh_tokens["r-after-" + access] = "next-" + access
                return wire(
                    SignedIn,
                    account=ADA,
                    access_token=access,
                    refresh_token="r-after-" + access,
                    expires_in=900,
                )
            case "message.post":
                return self._post(data)
        raise No("not_found", f"there is no {name}")

    def _open(self, data: Data) -> Data:
        self.opens.append(data)
        if data["token"] not in self.tokens:
            raise No("unauthenticated", "this token is not good")
        cursor = data.get("cursor")
        return wire(
            SessionOpened,
            account=ADA,
            epoch=self.epoch,
            position=len(self.log),
            hash=hash_at(len(self.log)),
            resumed=bool(cursor and cursor["epoch"] == self.epoch),
            limits=sample(Limits, message=65536, open_requests=32),
        )

    def _post(self, data: Data) -> Data:
        nonce = data["nonce"]
        if nonce not in self.nonces:
            event = self.happened(text=data["text"], nonce=nonce)
            posted = sample(Posted, seq=event["seq"], position=event["position"], at=event["at"])
            self.nonces[nonce] = to_builtins(posted)
            for connection in self.connections:
                if connection.live:
                    self._nursery.start_soon(self._tell, connection, event)
        return self.nonces[nonce]

    async def _tell(self, connection: Connection, *events: Data) -> None:
        try:
            await connection.send(*events)
        except ConnectionClosed:
            connection.live = False

    def happened(self, text: str, nonce: str | None = None) -> Data:
        """Logs a message; nobody is told yet."""
        position = len(self.log) + 1
        event = {
            "event": "message.posted",
            "stream": "room/R1",
            "seq": position,
            "position": position,
            "hash": hash_at(position),
            "at": 1_763_714_400_000 + position,
            "by": "A2",
            "data": {"text": text, **({"nonce": nonce} if nonce else {})},
        }
        self.log.append(event)
        return event

    async def tell(self, *events: Data) -> None:
        """Sends events to the newest connection, as one message."""
        await self.connections[-1].send(*events)

    async def drop(self) -> None:
        """Every connection breaks without a word."""
        for connection in self.connections:
            connection.live = False
            await trio.aclose_forcefully(connection.stream)

    def hear_nothing_more(self) -> None:
        """The newest connection swallows what the client sends; even its pings go unanswered."""
        self._theirs.send_stream, _ = trio.testing.memory_stream_one_way_pair()

    async def close(self, code: int, reason: str = "") -> None:
        await self.connections[-1].socket.aclose(code, reason)
