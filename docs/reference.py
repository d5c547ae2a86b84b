"""Writes `docs/reference/`, the bounds in SECURITY.md and the browser client's types: what the tables say.

`python docs/reference.py` writes the pages that are not current; `--check` changes nothing and ends with
status 1 when there is one. A page that nothing writes is not current either: it is removed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from reference_pages.bounds import bounds
from reference_pages.command_line import command_line
from reference_pages.markdown import page, table
from reference_pages.metrics import metrics
from reference_pages.news import events, signals
from reference_pages.requests import commands_and_queries
from reference_pages.rest import rest
from reference_pages.tables import errors, limits, rights, settings

from chatd.contract.typescript import typescript

REFERENCE = Path(__file__).parent / "reference"
ROOT = Path(__file__).parents[1]
SECURITY = ROOT / "SECURITY.md"
TYPES = ROOT / "web" / "src" / "wire" / "contract.ts"
BEGIN = "<!-- Made by `python docs/reference.py`, up to the end of the bounds. -->"
END = "<!-- The end of the bounds. -->"
INTRODUCTION = """\
What the code says, page by page. [protocol.md](../protocol.md) explains how requests, events and signals
travel."""
SCHEMA = """\
`chatd schema` prints the protocol as JSON Schema (2020-12), `chatd schema --asyncapi` as an AsyncAPI 3
document, `chatd schema --openapi` what of it is asked over HTTP as an OpenAPI 3.1 document, and
`chatd schema --typescript` the types of TypeScript that the browser client is written with."""


class Page(NamedTuple):
    make: Callable[[], str]
    about: str


PAGES: Mapping[str, Page] = {
    "commands-and-queries.md": Page(
        commands_and_queries, "every command and query: who may ask, its fields, its result, its refusals"
    ),
    "rest.md": Page(rest, "where each request stands over HTTP"),
    "events.md": Page(events, "every event: its data, and what a client does with it"),
    "signals.md": Page(signals, "every signal: its data, and who hears it"),
    "errors.md": Page(errors, "every error code and close code"),
    "limits.md": Page(limits, "sizes and counts"),
    "rights.md": Page(rights, "what each role allows, and what each scope of a bot covers"),
    "settings.md": Page(settings, "the settings of a server"),
    "metrics.md": Page(metrics, "everything that `/metrics` says"),
    "command-line.md": Page(command_line, "every command of `chatd` and `chatctl`"),
}


def index() -> str:
    rows = ((f"[{name}]({name})", row.about) for name, row in PAGES.items())
    return page("Reference", INTRODUCTION, table(("page", ""), rows), SCHEMA)


def stale() -> dict[str, str | None]:
    """The pages that are not as the code says, with their text as it should be; None: to be removed."""
    texts = {"README.md": index(), **{name: row.make() for name, row in PAGES.items()}}
    extra = sorted(file.name for file in REFERENCE.iterdir() if file.name not in texts)
    changed = {name: text for name, text in texts.items() if _written(name) != text}
    return {**changed, **dict.fromkeys(extra)}


def security() -> str:
    """SECURITY.md with the bounds as the code says. Raises ValueError when its marks are missing."""
    before, begin, rest = SECURITY.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{SECURITY} has no marks for the bounds")
    return f"{before}{BEGIN}\n\n{bounds()}\n\n{END}{after}"


def elsewhere() -> dict[Path, str]:
    """What is made outside of `docs/reference/` and not as the code says, with its text as it should be."""
    texts = {SECURITY: security(), **({TYPES: typescript()} if TYPES.exists() else {})}
    return {file: text for file, text in texts.items() if file.read_text() != text}


def _written(name: str) -> str:
    file = REFERENCE / name
    return file.read_text() if file.exists() else ""


def main(arguments: list[str]) -> int:
    found, others = stale(), elsewhere()
    if "--check" in arguments:
        names = [f"docs/reference/{name}" for name in found]
        names += [file.relative_to(ROOT).as_posix() for file in others]
        for name in names:
            sys.stderr.write(f"{name} is not current; run: python docs/reference.py\n")
        return 1 if names else 0
    for name, text in found.items():
        if text is None:
            (REFERENCE / name).unlink()
        else:
            (REFERENCE / name).write_text(text)
    for file, text in others.items():
        file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
