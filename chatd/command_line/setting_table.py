"""Settings as `chatd check` prints them: name, value, where it came from. A secret is never shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chatd.settings.loading import Chosen

MASK = "********"


def setting_lines(chosen: Iterable[Chosen], aligned: bool) -> list[str]:
    """One line a setting, `aligned` in columns or else with tabs. Values are written as in TOML.

    One that is refused stands as it is written, and says so.
    """
    rows = [(one.name, _value(one), _origin(one)) for one in chosen]
    if not aligned:
        return ["\t".join(row) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for name, value, origin in rows]


def _origin(one: Chosen) -> str:
    where = one.label.removeprefix(f"{one.name} in ")
    origin = one.source if one.label == one.name else f"{one.source} ({where})"
    return f"{origin}, refused" if one.refused else origin


def _value(one: Chosen) -> str:
    if one.secret:
        return MASK if one.value or one.refused else '""'
    if one.written is not None:
        return one.written
    return in_toml(one.value)


def in_toml(value: Any) -> str:
    """The value as a file of settings has it; `none` for what no file can say."""
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case float():
            return f"{value:g}"
        case tuple():
            return f"[{', '.join(in_toml(part) for part in value)}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
