"""Durations as people write them: `90s`, `30m`, `12h`, `7d`, `2w`, or plain seconds."""

from __future__ import annotations

import re

import rich_click as click

DIGITS = 30  # more than any request takes; Python reads no integer of thousands
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


class Duration(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """Gives seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = re.fullmatch(rf"(\d{{1,{DIGITS}}})([smhdw]?)", str(value))
        if match is None:
            self.fail(f"{value!r} is not a duration; write 90s, 30m, 12h, 7d or 2w", param, ctx)
        return int(match[1]) * UNITS[match[2]]
