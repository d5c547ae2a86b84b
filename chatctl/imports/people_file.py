"""The file in which an admin says who is who: `chatctl import plan --people FILE` writes it, `run --people`
reads it.

A CSV table with a row for each person of the export. Whoever has a name in the column `account` is that
account; whoever has none becomes a placeholder. `-` leaves somebody out of the members: only what they wrote
comes in.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from chatctl.failure import Failed
from chatctl.imports.records import Person

COLUMNS: Final = ("key", "name", "display_name", "address", "messages", "account")
NO_MEMBER: Final = "-"
_MOST: Final = 500_000  # rows
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t")


def write(path: Path, people: Mapping[str, Person], written: Mapping[str, int]) -> None:
    """`written`: how many messages each wrote. Raises Failed."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for key, person in sorted(people.items(), key=lambda one: -written.get(one[0], 0)):
                cells = (key, person.name, person.display_name, person.address or "")
                table.writerow((*map(harmless, cells), written.get(key, 0), ""))
    except FileExistsError as error:
        raise Failed(f"{path} exists already; choose another name") from error
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error


def read(path: Path) -> dict[str, str]:
    """The names of accounts, or `-`, by the keys of people. Raises Failed."""
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if not {"key", "account"} <= set(table.fieldnames or ()):
                raise Failed(
                    f"{path} has no columns `key` and `account`; write one with import plan --people"
                )
            for row in table:
                if len(found) >= _MOST:
                    raise Failed(f"{path} has more than {_MOST:,} people")
                key, account = row["key"] or "", (row["account"] or "").strip()
                if account:
                    found[key.removeprefix("'") if key[1:2] in _FORMULA else key] = account
    except (OSError, UnicodeError, csv.Error) as error:
        raise Failed(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    return found


def harmless(cell: str) -> str:
    """The cell, so that a spreadsheet does not take it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
