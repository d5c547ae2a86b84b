"""Writes `docs/reference/`: what the tables of the code say, for people to look up.

`python docs/reference.py` writes the pages that are not current; `--check` changes nothing and ends with
status 1 when there is one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from reference_pages.command_line import command_line
from reference_pages.news import events, signals
from reference_pages.requests import commands_and_queries
from reference_pages.tables import errors, limits, rights, settings

REFERENCE = Path(__file__).parent / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "commands-and-queries.md": commands_and_queries,
    "events.md": events,
    "signals.md": signals,
    "errors.md": errors,
    "limits.md": limits,
    "rights.md": rights,
    "settings.md": settings,
    "command-line.md": command_line,
}


def stale() -> dict[str, str]:
    """The pages that are not as the code says, with their text as it should be."""
    texts = {name: make() for name, make in PAGES.items()}
    return {name: text for name, text in texts.items() if _written(name) != text}


def _written(name: str) -> str:
    page = REFERENCE / name
    return page.read_text() if page.exists() else ""


def main(arguments: list[str]) -> int:
    found = stale()
    if "--check" in arguments:
        for name in found:
            sys.stderr.write(f"docs/reference/{name} is not current; run: python docs/reference.py\n")
        return 1 if found else 0
    for name, text in found.items():
        (REFERENCE / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
