"""The tables of bounds in SECURITY.md: limits of the contract, limiting settings, what tests assert."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from chatd.settings import Rate, Settings
from reference_pages.markdown import code, table
from reference_pages.tables import help_of, limit_rows, shown_default

ROOT: Final = Path(__file__).parents[2]
ASSERTED: Final = ROOT / "tests" / "bounds.py"
NO_LIMITS: Final = frozenset({"port"})  # settings that are numbers and bound nothing


def bounds() -> str:
    """All that stands between the marks in SECURITY.md."""
    return "\n\n".join(
        part.strip()
        for part in (
            "What one request, connection, message or account may be:",
            table(("what", "at most"), limit_rows()),
            "What an account, an address, a connection may do; each is a\n"
            "[setting](docs/reference/settings.md), here with its default. Times are in seconds, sizes in\n"
            "bytes, rates `per second/at once`:",
            table(("what", "setting", "default"), _limiting_settings()),
            "What the tests hold the server to while it is attacked:",
            table(("attack", "bounded is", "at most"), _asserted()),
        )
    )


def is_limit(field: attrs.Attribute[Any]) -> bool:
    """Whether a setting bounds something: every number and every rate does, but for a few."""
    if field.name in NO_LIMITS or isinstance(field.default, bool):
        return False
    return isinstance(field.default, int | float) or _is_rate(field.default)


def _is_rate(value: object) -> bool:
    try:
        Rate.parse(str(value))
    except ValueError:
        return False
    return True


def _limiting_settings() -> Iterator[tuple[str, str, str]]:
    for field in attrs.fields(Settings):
        if is_limit(field):
            yield help_of(field), code(field.name), shown_default(field.default)


def _asserted() -> Iterator[tuple[str, str, str]]:
    for bound in runpy.run_path(str(ASSERTED))["BOUNDS"]:
        yield bound.attack, bound.measure, str(bound)
