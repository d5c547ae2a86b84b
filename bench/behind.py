"""How far the views of a server are behind its log: looked at while a load is on, and waited for."""

from __future__ import annotations

import json
import select
import time
from pathlib import Path

import attrs

from bench.community import Operator
from bench.receiver import Stalled
from bench.speech import ChatdSpeech
from bench.websocket import Dialogue

LOOK_EVERY = 0.25
WAIT_EVERY = 0.01
LONGEST_WAIT = 900.0


@attrs.frozen
class Standing:
    """Where the views stood at `at` (`time.perf_counter()` seconds): events not yet followed, by view."""

    at: float
    lags: dict[str, int]

    @property
    def events(self) -> int:
        """The events that the slowest view has not followed."""
        return max(self.lags.values(), default=0)


class Watch:
    """Looks again and again without keeping the load waiting for the answer."""

    def __init__(self, data: Path) -> None:
        self.standings: list[Standing] = []
        self._dialogue = Dialogue(str(data / "admin.sock"))
        self._dialogue.ask_upgrade(ChatdSpeech.path, ChatdSpeech.headers)
        self._dialogue.await_upgrade()
        self._asked: float | None = None
        self._due = 0.0

    def look(self) -> None:
        """To be called often: asks when it is time to, takes the answer when it is there."""
        now = time.perf_counter()
        if self._asked is None:
            if now >= self._due:
                self._dialogue.send(b'{"id":0,"query":"view.list","data":{}}')
                self._asked = now
        elif select.select([self._dialogue.sock], [], [], 0)[0]:
            frame = json.loads(self._dialogue.receive())
            self.standings.append(_standing(self._asked, frame["result"]))
            self._asked, self._due = None, now + LOOK_EVERY

    def close(self) -> None:
        self._dialogue.close()

    def most_events(self) -> int:
        """The most events that a view was behind since the last call."""
        most = max((standing.events for standing in self.standings), default=0)
        self.standings.clear()
        return most


def standing(operator: Operator) -> Standing:
    now = time.perf_counter()
    return _standing(now, operator.ask("query", "view.list", {}))


def until_followed(operator: Operator) -> dict[str, float]:
    """Waits until all views have caught up with the log; when each of them had (`time.perf_counter()`)."""
    deadline = time.perf_counter() + LONGEST_WAIT
    followed: dict[str, float] = {}
    while True:
        now = standing(operator)
        for name, lag in now.lags.items():
            if lag == 0:
                followed.setdefault(name, now.at)
        if not now.events:
            return followed
        if now.at > deadline:
            raise Stalled(f"the views did not catch up: {now.lags}")
        time.sleep(WAIT_EVERY)


def _standing(at: float, answer: dict[str, list[dict[str, int]]]) -> Standing:
    return Standing(at, {str(view["name"]): view["lag"] for view in answer["views"]})
