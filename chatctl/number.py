"""Numbers on the command line, of messages among them. What is none is said in words."""

from __future__ import annotations

from typing import Any

import rich_click as click


class Number(click.IntRange):
    """A whole number, from `min` to `max`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            int(value)
        except ValueError:
            self.fail(self._not_one(value), param, ctx)
        return super().convert(value, param, ctx)

    def _not_one(self, value: str) -> str:
        return f"{value!r} is not a whole number"


class MessageNumber(Number):
    """The number of a message in its room."""

    def __init__(self) -> None:
        super().__init__(min=1)

    def _not_one(self, value: str) -> str:
        return f"{value!r} is not the number of a message; `chatctl message list` shows the numbers"
