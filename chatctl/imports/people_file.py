"""The file in which an admin says who is who: `chatctl import plan --people FILE` writes it, `run --people`
reads it.

A CSV table with a row for each person of the export. Whoever has a name in the column `account` is that
account; whoever has none becomes a placeholder. `-` leaves somebody out of the members: only what they wrote
comes in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from chatctl.failure import Failed
from chatctl.imports.records import Person
from chatd.path_kind import is_there

COLUMNS: Final = ("key", "name", "display_name", "address", "messages", "account")
NO_MEMBER: Final = "-"
_MOST: Final = 500_000  # rows
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t")
# Keys that a spreadsheet would take for numbers and write otherwise, and what it has made of one.
_NUMBER: Final = re.compile(r"0[0-9]+|[0-9]{12,}|[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_ROUNDED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+")
_SEPARATORS: Final = ",;\t"  # spreadsheets put other ones in other languages


def refuse_to_replace(path: Path) -> None:
    """Raises Failed where there is such a file."""
    if is_there(path):
        raise Failed(f"{path} exists already; choose another name")


def write(path: Path, people: Mapping[str, Person], written: Mapping[str, int]) -> None:
    """`written`: how many messages each wrote. Raises Failed."""
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:  # spreadsheets look for the mark
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for key, person in sorted(people.items(), key=lambda one: -written.get(one[0], 0)):
                cells = map(harmless, (person.name, person.display_name, person.address or ""))
                table.writerow((_kept(key), *cells, written.get(key, 0), ""))
    except FileExistsError:
        refuse_to_replace(path)
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error


def read(path: Path) -> dict[str, str]:
    """The names of accounts, or `-`, by the keys of people. Raises Failed."""
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            table = csv.DictReader(file, delimiter=max(_SEPARATORS, key=head.count))
            if not {"key", "account"} <= set(table.fieldnames or ()):
                raise Failed(
                    f"{path} has no columns `key` and `account`; write one with import plan --people"
                )
            for row in table:
                if len(found) >= _MOST:
                    raise Failed(f"{path} has more than {_MOST:,} people")
                key, account = row["key"] or "", (row["account"] or "").strip()
                if _ROUNDED.fullmatch(key):
                    raise Failed(
                        f"{path}, {key}: a spreadsheet has rounded this key; write the table anew with"
                        " import plan --people, and edit that"
                    )
                if account:
                    bare = key.removeprefix("'")
                    found[bare if _kept(bare) == key else key] = account
    except UnicodeError as error:
        raise Failed(f"{path} is not in UTF-8: save it as `CSV UTF-8`, as spreadsheets call it") from error
    except (OSError, csv.Error) as error:
        raise Failed(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    return found


def _kept(key: str) -> str:
    """The key, so that a spreadsheet leaves it as it is."""
    return f"'{key}" if _NUMBER.fullmatch(key) else harmless(key)


def harmless(cell: str) -> str:
    """The cell, so that a spreadsheet does not take it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
