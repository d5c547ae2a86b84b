"""Where every reply, event and signal that a test receives is checked against the contract.

All clients of the tests pass their frames through a `Conversation`: the client of `e2e/talking.py`, the bytes
of `e2e/raw.py`, the three programs of the recorded run, and chatd's own client library (see `watch_library`)
with all that is built on it. The actors' tests, which have no wire, call the checks with what they are told.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, get_args

import msgpack
import msgspec

from chatd.contract.errors import Code
from chatd.contract.event import EventFrame
from chatd.contract.events import EVENTS
from chatd.contract.requests import REQUESTS
from chatd.contract.signals import SIGNALS

Frame = Mapping[str, Any]
Message = str | bytes


def check_reply(name: str, result: Any) -> None:
    """The result of the command or query `name`, as it came from the wire."""
    _check(REQUESTS[name].result, result, f"the result of {name}")
    if name == "event.list":
        for frame in result["events"]:
            check_event(frame)


def check_error(error: Any, name: str | None = None) -> None:
    """An error reply. `name` is None when the request could not be read or is none of the contract's."""
    assert error.keys() - {"data"} == {"code", "message"}, error
    assert isinstance(error["message"], str), error
    assert isinstance(error.get("data", {}), dict), error
    codes = REQUESTS[name].codes if name in REQUESTS else frozenset(get_args(Code))
    assert error["code"] in codes, f"{name} was refused with {error}, which its row does not say"


def check_event(frame: Frame) -> None:
    """An event, whole."""
    _check(EventFrame, frame, "an event")
    kind = frame["stream"].partition("/")[0]
    row = EVENTS.get((kind, frame["event"]))
    assert row is not None, f"no row says that {frame['event']} happens in a {kind}"
    if frame["data"] or not row.withheld:
        _check(row.payload, frame["data"], f"the payload of {frame['event']}")


def check_signal(frame: Frame) -> None:
    """A signal, whole."""
    assert frame.keys() == {"signal", "stream", "by", "data"}, frame
    row = SIGNALS[frame["signal"]]
    assert frame["stream"].startswith(f"{row.stream}/"), frame
    assert isinstance(frame["by"], str), frame
    _check(row.payload, frame["data"], f"the payload of {frame['signal']}")


def _check(declared: type[Any], came: Any, what: str) -> None:
    """Reads what came as its declared type and writes it again: nothing may be missing, nothing left over."""
    came = msgspec.json.decode(msgspec.json.encode(came))
    try:
        again = msgspec.json.decode(msgspec.json.encode(msgspec.convert(came, declared)))
    except msgspec.ValidationError as error:
        raise AssertionError(f"{what} is no {declared.__name__}: {error}: {came}") from error
    assert again == came, f"{what} has fields that {declared.__name__} does not declare: {came}"


class Conversation:
    """One connection: it knows which request each reply answers."""

    def __init__(self) -> None:
        self._asked: defaultdict[int | float | str, list[str]] = defaultdict(list)

    def sent(self, frames: Iterable[Any]) -> None:
        """Requests that leave. What no server could answer by its id is passed over."""
        for frame in frames:
            if isinstance(frame, dict) and type(id_ := frame.get("id")) in (int, float, str):
                name = frame.get("command", frame.get("query"))
                self._asked[id_].append(name if isinstance(name, str) else "")

    def received(self, frames: Iterable[Frame]) -> None:
        """Frames that came."""
        for frame in frames:
            if "event" in frame:
                check_event(frame)
            elif "signal" in frame:
                check_signal(frame)
            else:
                self._replied(frame)

    def _replied(self, frame: Frame) -> None:
        names = self._asked.get(frame["id"])
        if "error" in frame:
            check_error(frame["error"], names.pop(0) if names else None)
        else:
            assert names, f"a result that nobody asked for: {frame}"
            check_reply(names.pop(0), frame["result"])


def read(message: Message) -> list[Any]:
    """The frames of a message, as far as they can be read."""
    frames: list[Any] = []
    if isinstance(message, str):
        for line in message.split("\n"):
            with suppress(ValueError, RecursionError):
                frames.append(json.loads(line))
        return frames
    unpacker = msgpack.Unpacker(strict_map_key=False)
    unpacker.feed(message)
    with suppress(ValueError, RecursionError, msgpack.UnpackException):
        frames.extend(unpacker)
    return frames


class _Watched:
    """A format of the client library on one connection."""

    def __init__(self, form: Any) -> None:
        self._form = form
        self._conversation = Conversation()
        self.subprotocol = form.subprotocol
        self.encode = form.encode

    def join(self, frames: Iterable[bytes]) -> Message:
        message: Message = self._form.join(frames)
        self._conversation.sent(self._form.decode(message))
        return message

    def decode(self, message: Message) -> list[Frame]:
        frames: list[Frame] = self._form.decode(message)
        self._conversation.received(frames)
        return frames


def watch_library() -> None:
    """From here on, every link of `chatd.client` in this process is checked, chatctl's too."""
    from chatd.client.link import Link

    made = Link.__init__
    if made.__module__ == __name__:
        return

    def watched(link: Link, socket: Any, stream: Any, form: Any) -> None:
        made(link, socket, stream, _Watched(form))

    watched.__module__ = __name__
    Link.__init__ = watched  # type: ignore[method-assign]
