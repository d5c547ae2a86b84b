"""One member who asks one question at a time, and how long each answer takes to come."""

from __future__ import annotations

import json
import time
from typing import Any, Self

import attrs

from bench.community import Refused, shake_hands
from bench.figure import Figure, Target
from bench.load import percentile
from bench.process import Server
from bench.speech import FILLER, STAMP_SIZE, ChatdSpeech, stamped_text

Answer = dict[str, Any]


@attrs.define
class Waits:
    """Nanoseconds from asking to the answer, as the client sees it."""

    all: list[int] = attrs.Factory(list)

    def figures(self, title: str, name: str, target: Target | None = None) -> list[Figure]:
        """The median, and the 99th percentile with its target."""
        return [
            Figure(title, f"{name}, p50", "ms", percentile(self.all, 50) / 1e6),
            Figure(title, f"{name}, p99", "ms", percentile(self.all, 99) / 1e6, target=target),
        ]


class Asker:
    """A member's session."""

    def __init__(self, server: Server, token: str) -> None:
        (self._dialogue,) = shake_hands(server, 1, ChatdSpeech.path, ChatdSpeech.headers)
        self._number = 0
        self.asked("command", "session.open", token=token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._dialogue.close()

    def ask(self, name: str, waits: Waits, **data: object) -> Answer:
        """The answer to a query; how long it took is added to `waits`."""
        answer, took = self.asked("query", name, **data)
        waits.all.append(took)
        return answer

    def post(self, room: str, filler: str = FILLER) -> int:
        """Posts a text of the usual size; the nanoseconds until it is acknowledged."""
        text = stamped_text(filler)
        return self.asked("command", "message.post", room=room, text=text, nonce=text[:STAMP_SIZE])[1]

    def asked(self, kind: str, name: str, **data: object) -> tuple[Answer, int]:
        """The answer to a `command` or `query`, and the nanoseconds until it came."""
        self._number += 1
        request = json.dumps({"id": self._number, kind: name, "data": data}).encode()
        started = time.perf_counter_ns()
        self._dialogue.send(request)
        while True:
            message = self._dialogue.receive()
            took = time.perf_counter_ns() - started
            for frame in map(json.loads, message.split(b"\n")):
                if frame.get("id") != self._number:
                    continue
                if "error" in frame:
                    raise Refused(f"{name}: {frame['error']}")
                result: Answer = frame["result"]
                return result, took
