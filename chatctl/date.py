"""Moments as people write them: ISO 8601, local time unless it says otherwise."""

from __future__ import annotations

from datetime import datetime

import rich_click as click

from chatctl.output import passes_twice


class Date(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """Gives Unix milliseconds."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            given = datetime.fromisoformat(str(value))
            at = given.timestamp()
            if given.tzinfo is None and passes_twice(given):
                either = " or ".join(f"'{given.replace(fold=fold).astimezone()}'" for fold in (0, 1))
                self.fail(f"the clocks were set back, and {value!r} came twice; write {either}", param, ctx)
        except (ValueError, OverflowError, OSError):
            at = -1.0
        if at < 0:
            self.fail(f"{value!r} is not a date; write 2026-01-31, 2026-01-31T18:30 or …T18:30Z", param, ctx)
        return round(at * 1000)
