"""A reader behind which something happens: between what a handler reads and what it writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any


class ReaderMeanwhile:
    """Answers as `reader` does, and lets `then` happen once after a question of that name was answered."""

    def __init__(self, reader: Any, question: str, then: Callable[[], Awaitable[object]]) -> None:
        self._reader, self._question, self._then = reader, question, then
        self.happened = False

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self._reader, name)
        if name != self._question:
            return ask

        async def answered(*args: Any) -> Any:
            answer = await ask(*args)
            if not self.happened:
                self.happened = True
                await self._then()
            return answer

        return answered


class ReaderBetween:
    """Answers as `reader` does, and lets `then[n]` happen after the nth question, from 0, was answered."""

    def __init__(self, reader: Any, then: Mapping[int, Callable[[], Awaitable[object]]]) -> None:
        self._reader, self._then, self._asked = reader, then, 0

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self._reader, name)

        async def answered(*args: Any) -> Any:
            answer = await ask(*args)
            nth, self._asked = self._asked, self._asked + 1
            if nth in self._then:
                await self._then[nth]()
            return answer

        return answered
