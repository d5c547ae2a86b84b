"""The table that says who is who, as it comes back from a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatctl.failure import Failed
from chatctl.imports import people_file
from chatctl.imports.records import Person

KEYS = ("1012224565567721552", "007", "12e3", "=U1", "-", "'x", "U1", "12")


def test_keys_that_a_spreadsheet_would_change_are_no_numbers_to_it_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    people_file.write(path, {key: Person(key, "Zoë") for key in KEYS}, {})
    text = path.read_text("utf-8")
    assert text.startswith("\ufeffkey,")  # else it takes the letters for others
    quoted = {line.partition(",")[0] for line in text.splitlines() if line.startswith("'")}
    assert quoted == {f"'{key}" for key in KEYS[:5]} | {"'x"}
    filled = text.replace(",0,", ",0,zoe")
    for separator in ",;\t":
        path.write_text(filled.replace(",", separator), "utf-8")
        assert people_file.read(path) == dict.fromkeys(KEYS, "zoe")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"key,account\n1.01222E+18,zoe\n", "1.01222E[+]18: a spreadsheet has rounded this key"),
        ("key,account\nZoë,zoe\n".encode("cp1252"), "not in UTF-8: save it as `CSV UTF-8`"),
        ("key,account\nZoë,zoe\n".encode("utf-16"), "not in UTF-8"),
    ],
)
def test_what_a_spreadsheet_has_broken_is_told(tmp_path: Path, written: bytes, told: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(written)
    with pytest.raises(Failed, match=told):
        people_file.read(path)
