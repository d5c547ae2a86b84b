"""A client that shares no code with chatd: the `websockets` package, and the protocol by hand. From the
command table it takes only which requests are queries.

It pulls: nothing is read from the connection but when a test waits for something, so that a test decides
the order of things. Made for one thread at a time.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgpack
import strict
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect, unix_connect
from websockets.typing import Subprotocol

from chatd.contract.requests import REQUESTS

from .serving import Server

Frame = dict[str, Any]

DEADLINE = 30.0  # seconds that any answer may take
JSON = Subprotocol("chatd.v1.json")
MSGPACK = Subprotocol("chatd.v1.msgpack")

QUERIES = frozenset(entry.name for entry in REQUESTS.values() if entry.kind == "query")


class Refused(Exception):
    """An error reply."""

    def __init__(self, error: Frame) -> None:
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.error = error
        self.code: str = error["code"]


def encode(frames: list[Frame], subprotocol: str = JSON) -> str | bytes:
    """Frames as one WebSocket message."""
    if subprotocol == MSGPACK:
        return b"".join(msgpack.packb(frame) for frame in frames)
    return "\n".join(json.dumps(frame, ensure_ascii=False) for frame in frames)


def decode(message: str | bytes) -> list[Frame]:
    if isinstance(message, bytes):
        unpacker = msgpack.Unpacker(max_buffer_size=0)
        unpacker.feed(message)
        return list(unpacker)
    return [json.loads(line) for line in message.split("\n") if line]


class Client:
    """One connection. `events` and `signals` hold what came, in the order in which it came."""

    def __init__(self, connection: ClientConnection, server: Server | None = None) -> None:
        self.connection = connection.__enter__()
        self._server = server
        self._commands: set[Any] = set()  # whose reply has not come
        address = connection.socket.getpeername()
        self._port = address[1] if isinstance(address, tuple) else 0
        self.subprotocol = connection.subprotocol or JSON
        self.events: list[Frame] = []
        self.signals: list[Frame] = []
        self.replies: dict[Any, Frame] = {}
        self.opened: Frame = {}
        self.polite = True  # says goodbye and waits for the answer; who does not read cannot
        self._ids = itertools.count(1)
        self._conversation = strict.Conversation()

    @classmethod
    def dial(cls, server: Server, *subprotocols: str, token: str | None = None, **options: Any) -> Client:
        """A connection that has not opened its session; `token` goes into the handshake."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return cls(
            connect(
                server.websocket,
                subprotocols=[Subprotocol(name) for name in subprotocols] or None,
                additional_headers=headers | dict(options.pop("headers", {})),
                **plain(options),
            ),
            server,
        )

    @classmethod
    def operator(cls, server: Server, **options: Any) -> Client:
        """Over the admin socket, where one is the operator at once."""
        return cls(
            unix_connect(
                str(server.admin_socket), "ws://localhost/ws", subprotocols=[JSON], **plain(options)
            ),
            server,
        )

    def open(self, token: str | None = None, cursor: Mapping[str, Any] | None = None) -> Client:
        data: Frame = {"token": token} if token else {}
        self.opened = self.ask("session.open", **data, **({"cursor": dict(cursor)} if cursor else {}))
        return self

    # --- asking ---

    def frame(self, name: str, data: Frame) -> Frame:
        kind = "query" if name in QUERIES else "command"
        id_ = next(self._ids)
        if kind == "command":
            self._commands.add(id_)
        return {"id": id_, kind: name, "data": data}

    def send(self, name: str, /, **data: Any) -> int:
        """Asks without waiting; gives the id to wait for."""
        frame = self.frame(name, data)
        self.send_frames([frame])
        return int(frame["id"])

    def send_frames(self, frames: list[Frame]) -> None:
        """All in one WebSocket message."""
        self.send_message(encode(frames, self.subprotocol))

    def send_message(self, message: str | bytes) -> None:
        """One WebSocket message as it stands, whatever is in it."""
        self._conversation.sent(strict.read(message))
        self.connection.send(message)

    def reply(self, id_: Any, seconds: float = DEADLINE) -> Frame:
        """The one reply to a request, whole."""
        self.wait(lambda: id_ in self.replies, f"the reply to {id_}", seconds)
        return self.replies.pop(id_)

    def result(self, id_: Any, seconds: float = DEADLINE) -> Any:
        frame = self.reply(id_, seconds)
        if "error" in frame:
            raise Refused(frame["error"])
        return frame["result"]

    def level(self) -> None:
        """Returns when its node knows what other nodes have answered."""
        if self._server is not None:
            self._server.levelled(self._port)

    def ask(self, name: str, /, **data: Any) -> Any:
        self.level()
        return self.result(self.send(name, **data))

    def refusal(self, name: str, /, **data: Any) -> Frame:
        """The error of a request that must be refused."""
        self.level()
        frame = self.reply(self.send(name, **data))
        assert "error" in frame, f"{name} was not refused: {frame}"
        error: Frame = frame["error"]
        return error

    def post(self, room: str, text: str, **more: Any) -> Any:
        return self.ask("message.post", room=room, text=text, **more)

    # --- receiving ---

    def receive(self, seconds: float = DEADLINE) -> None:
        """Takes in one WebSocket message."""
        frames = decode(self.connection.recv(seconds))
        self._conversation.received(frames)
        for frame in frames:
            if "event" in frame:
                self.events.append(frame)
            elif "signal" in frame:
                self.signals.append(frame)
            else:
                id_ = frame["id"]
                assert id_ is None or id_ not in self.replies, f"a second reply to {id_}"
                self.replies[id_] = frame
                if id_ in self._commands:
                    self._commands.discard(id_)
                    if self._server is not None:
                        self._server.answered(self._port)

    def wait(self, happened: Callable[[], object], what: str, seconds: float = DEADLINE) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            left = deadline - time.monotonic()
            try:
                if left <= 0:
                    raise TimeoutError
                self.receive(left)
            except TimeoutError:
                raise AssertionError(f"{what} did not come in {seconds} s") from None

    def wait_position(self, position: int, seconds: float = DEADLINE) -> None:
        """Until the event at this position, or a later one, is here."""
        self.wait(
            lambda: self.events and self.events[-1]["position"] >= position, f"event {position}", seconds
        )

    def wait_event(self, type_: str, stream: str | None = None, **data: Any) -> Frame:
        """The newest event of this type, and of this stream if one is given, whose data has these values."""
        found: list[Frame] = []
        seen = 0

        def happened() -> bool:
            nonlocal seen
            for event in self.events[seen:]:
                fits = event["event"] == type_ and stream in (None, event["stream"])
                if fits and all(event["data"].get(key) == value for key, value in data.items()):
                    found.append(event)
            seen = len(self.events)
            return bool(found)

        self.wait(happened, f"{type_} {data}")
        return found[-1]

    def catch_up(self) -> None:
        """Until everything that was logged before this call, and that this account may see, is here."""
        mark = f"mark {time.monotonic_ns()}"
        self.ask("account.update", about=mark)
        self.wait_event("account.updated", about=mark)

    def wait_closed(self, seconds: float = DEADLINE, happened: Callable[[], bool] = lambda: False) -> int:
        """The close code with which the server ends the connection; `happened` is called each time."""
        try:
            self.wait(happened, "the close", seconds)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        raise AssertionError("unreachable")

    def posted(self, room: str) -> list[Frame]:
        """The messages of a room that came as events."""
        return [e for e in self.events if e["event"] == "message.posted" and e["stream"] == f"room/{room}"]

    @property
    def cursor(self) -> Frame:
        """What to resume from: the last event that came, or where the session was opened."""
        position = self.events[-1]["position"] if self.events else self.opened["position"]
        return {"epoch": self.opened["epoch"], "position": position}

    def close(self) -> None:
        if self.polite:
            self.connection.close()
        self.connection.close_socket()


def plain(options: dict[str, Any]) -> dict[str, Any]:
    """No compression, no proxy, no keepalive of its own, no bound on what may be received."""
    usual: dict[str, Any] = {
        "compression": None,
        "proxy": None,
        "ping_interval": None,
        "close_timeout": 2,
        "max_size": None,
        "max_queue": None,
    }
    return usual | options


def history(client: Client, room: str, after: int = 0) -> list[Frame]:
    """Every message of a room with a seq above `after`, oldest first, page by page."""
    messages: list[Frame] = []
    while True:
        page = client.ask("room.history", room=room, after=after, limit=500)
        messages += page["messages"]
        if not page["more_after"]:
            return messages
        after = messages[-1]["seq"]
