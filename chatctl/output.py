"""Output: tables and sentences for people, or one JSON document for scripts.

Control characters in what users of the chat wrote never reach a terminal.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from chatctl.connection import Connection

WIDE = 1000  # columns, more than any line has
COPIED = re.compile(r"\(?[0-9A-HJKMNP-TV-Z]{26}\)?")  # ids, perhaps with a name before them
SEPARATOR = "\t"  # on a pipe; in what is shown a tab is \x09
# They may stand in JSON as they are, and end a line for Python's `splitlines` and readers made with it.
_LINE_ENDS = tuple((end, f"\\u{ord(end):04x}") for end in "\x85\u2028\u2029")


def print_line(text: str) -> None:
    """A line for people, or a bare value for scripts. Reaches a pipe at once."""
    sys.stdout.write(sanitized(text) + "\n")
    sys.stdout.flush()


def warn(text: str) -> None:
    sys.stderr.write(sanitized(text) + "\n")


def plain(value: Any) -> Any:
    """An object of the contract, or a list of them, as maps with the names of the wire; else the value."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not hasattr(value, "__struct_fields__"):
        return value
    from msgspec import to_builtins  # help and refusals do without

    return to_builtins(value)


def json_line(value: Any, encoding: str | None = "utf-8") -> str:
    """One JSON document on one line, with its end; in ASCII where nothing else can be written. What some
    readers take for the end of a line is escaped."""
    line = json.dumps(value, ensure_ascii="utf" not in (encoding or "").lower())
    for end, escaped in _LINE_ENDS:
        line = line.replace(end, escaped)
    return line + "\n"


def print_json(value: Any) -> None:
    """One JSON document on one line; a tail prints many."""
    sys.stdout.write(json_line(plain(value), sys.stdout.encoding))
    sys.stdout.flush()


def print_result(connection: Connection, value: Any, *sentences: str) -> None:
    """The document for scripts, the sentences for people, each on its line."""
    if connection.json:
        print_json(value)
        return
    for sentence in sentences:
        print_line(sentence)


def print_rows(
    connection: Connection,
    rows: Sequence[object],
    columns: dict[str, str],
    nothing: str = "nothing to show",
) -> None:
    """A list of objects: JSON, or a table of `columns` (field → heading)."""
    shown = plain(list(rows))
    if connection.json:
        print_json(shown)
    elif not shown:
        print_line(nothing)
    else:
        print_table(columns.values(), ([cell(row.get(field), field) for field in columns] for row in shown))


def print_object(connection: Connection, value: object) -> None:
    """One object: JSON, or its fields below each other."""
    if connection.json:
        print_json(value)
        return
    fields = [(field.replace("_", " "), cell(content, field)) for field, content in plain(value).items()]
    if not sys.stdout.isatty():
        for heading, shown in fields:
            sys.stdout.write(f"{heading}{SEPARATOR}{shown}\n")
        sys.stdout.flush()
        return
    _print_fields(fields)


def print_table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    """In columns on a terminal, or field by field if it is too narrow: an id in pieces cannot be copied.
    On a pipe one line a row, the headings first, with tabs between fields."""
    names, shown = list(headings), list(rows)
    if sys.stdout.isatty():
        _print_on_terminal(names, shown)
        return
    for row in (names, *shown):
        sys.stdout.write(SEPARATOR.join(row) + "\n")
    sys.stdout.flush()


def _print_on_terminal(headings: list[str], rows: list[Sequence[str]]) -> None:
    made, terminal = table(headings, rows), console()
    unbounded = terminal.options.update(width=WIDE)
    if terminal.measure(made, options=unbounded).minimum <= terminal.width:
        terminal.print(made)
        return
    for number, row in enumerate(rows):
        if number:
            terminal.print()
        _print_fields(list(zip(headings, row, strict=True)))


def _print_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Below each other. The terminal itself breaks what is too long, so that it is copied whole."""
    from rich.text import Text

    width = max(len(heading) for heading, _ in fields)
    for heading, shown in fields:
        console().print(Text.assemble((f"{heading:<{width}}", "bold"), f"  {shown}"), soft_wrap=True)


def table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    shown = [list(row) for row in rows]
    for number, heading in enumerate(headings):
        longest = max((len(id_) for row in shown for id_ in COPIED.findall(row[number])), default=1)
        made.add_column(heading, overflow="fold", min_width=max(longest, len(heading)))
    for row in shown:
        made.add_row(*map(Text, row))
    return made


def console() -> Console:
    """On a terminal as wide as it is; colour only there, and never with NO_COLOR."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def cell(value: Any, name: str = "") -> str:
    """A value as people read it; `name`: of its field. Times are local; what has no value shows nothing."""
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case dict():
            shown = {field.replace("_", " "): cell(content, field) for field, content in value.items()}
            return ", ".join(f"{field} {content}" for field, content in shown.items() if content)
        case list():
            nested = any(isinstance(one, dict | list) for one in value)
            return ("; " if nested else ", ").join(cell(one, name) for one in value)
    return sanitized(str(readable(value, name)))


def data_line(data: dict[str, Any]) -> str:
    """The data of an event as JSON, with local times."""
    return sanitized(json.dumps(readable(data), ensure_ascii=False))


def readable(value: Any, name: str = "") -> Any:
    """A value as it came, with local times in it."""
    match value:
        case bool():
            return value
        case int() if is_time(name):
            return local_time(value)
        case dict():
            return {field: readable(content, field) for field, content in value.items()}
        case list():
            return [readable(one, name) for one in value]
    return value


def is_time(name: str) -> bool:
    """Whether a field of this name holds Unix milliseconds."""
    return name == "at" or name.endswith(("_at", "_until")) or name in TIMES


TIMES = frozenset({"until", "last", "last_seen", "oldest"})


def local_time(at: int) -> str:
    """Unix milliseconds as local time; with its distance to UTC in an hour that the clocks pass twice."""
    local = datetime.fromtimestamp(at // 1000)
    return str(local.astimezone() if passes_twice(local) else local)


def passes_twice(local: datetime) -> bool:
    """Whether clocks that are set back show this local time twice."""
    with suppress(ValueError):  # beside the first and the last of all days, which have no neighbours
        return local.replace(fold=0).timestamp() < local.replace(fold=1).timestamp()
    return False


def size(count: float) -> str:
    """Bytes in the binary unit that fits."""
    from humanize import naturalsize

    return naturalsize(count, binary=True)


def duration(seconds: float) -> str:
    """In words, to the second."""
    from humanize import precisedelta

    return precisedelta(round(seconds))


def sanitized(text: str) -> str:
    """Control characters and direction overrides, which could fake other output, become visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char == "\n":
        return "⏎"
    if unicodedata.category(char) == "Cc" or char in OVERRIDES:
        return f"\\x{ord(char):02x}"
    return char


OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
