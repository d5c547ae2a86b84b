"""What the two servers speak inside a WebSocket: how a load says things and what it listens for.

A `Speech` is all that `bench.receiver` and `bench.load` know of a server. Deliveries and answers are
counted by a byte pattern that stands once in each of them, which is many times cheaper than decoding.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

TEXT_SIZE = 200
# A text begins with the moment it was sent, so that a delivery tells its own age.
STAMP = re.compile(rb"~(\d{19})~")
STAMP_SIZE = 21
FILLER_SIZE = TEXT_SIZE - STAMP_SIZE
FILLER = ("all work and no play makes jack a dull boy, " * 5)[:FILLER_SIZE]

# Gives for a room what follows the stamp: FILLER_SIZE bytes in UTF-8, escaped for a JSON string.
Texts = Callable[[str], str]


def plain(_: str) -> str:
    """A text without anything that a server would have to look at."""
    return FILLER


def stamped_text(filler: str = FILLER) -> str:
    """200 bytes with `time.perf_counter_ns()` in front."""
    return f"~{time.perf_counter_ns():019d}~{filler}"


class Speech(Protocol):
    """One server's dialect."""

    path: str
    headers: Mapping[str, str]
    delivery: bytes  # stands once in every delivered message
    answer: bytes  # stands once in every answer to a post
    describe_error: bytes  # stands in an answer that says no
    texts: Texts
    together: int  # posts that may share one WebSocket message

    def post(self, room: str, number: int) -> bytes:
        """A post of a stamped text; `number` is unique on its connection."""

    def messages(self, posts: Sequence[bytes]) -> list[bytes]:
        """The posts as WebSocket messages."""

    def reply_to_text(self, payload: bytes) -> bytes | None:
        """What must be said at once to a small text message (a heartbeat), or None."""


class ChatdSpeech:
    """chatd.v1.json: frames are JSON texts, several of them may share one WebSocket message."""

    path = "/ws"
    headers: Mapping[str, str] = {"Sec-WebSocket-Protocol": "chatd.v1.json"}
    delivery = b'"message.posted"'
    answer = b'"result":'
    describe_error = b'"error":'

    def __init__(self) -> None:
        self.texts: Texts = plain
        self.together = 16  # far below the announced message size

    def post(self, room: str, number: int) -> bytes:
        return (
            f'{{"id":{number},"command":"message.post","data":'
            f'{{"room":"{room}","text":"{stamped_text(self.texts(room))}","nonce":"{number}"}}}}'
        ).encode()

    def messages(self, posts: Sequence[bytes]) -> list[bytes]:
        return [b"\n".join(posts[i : i + self.together]) for i in range(0, len(posts), self.together)]

    def reply_to_text(self, payload: bytes) -> bytes | None:
        return None

    @staticmethod
    def request(number: int, command: str, **data: object) -> bytes:
        return json.dumps({"id": number, "command": command, "data": data}, separators=(",", ":")).encode()


class SocketIoSpeech:
    """Engine.IO 4 and Socket.IO 5 text packets: `42` an event, `43` an answer, `2` a ping, `3` a pong."""

    path = "/socket.io/?EIO=4&transport=websocket"
    headers: Mapping[str, str] = {}
    delivery = b'"message.posted"'
    answer = b'[{"seq":'
    describe_error = b"44{"
    together = 1

    def __init__(self) -> None:
        self.texts: Texts = plain

    def post(self, room: str, number: int) -> bytes:
        return f'42{number}["post","{room}","{stamped_text(self.texts(room))}","{number}"]'.encode()

    def messages(self, posts: Sequence[bytes]) -> list[bytes]:
        return list(posts)

    def reply_to_text(self, payload: bytes) -> bytes | None:
        return b"3" if payload == b"2" else None
