"""Files of people who cannot sign in here any more: they hold up nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_chatctl_import import messages, said, slack

NOTES = {"id": "F1", "name": "notes.txt", "mimetype": "text/plain", "size": 5, "mode": "hosted"}


def export(path: Path, team: str, number: int) -> Path:
    talk = [said(f"160000000{n}.000000", f"text {n}", files=[NOTES]) for n in range(number)]
    last = said("1600000009.000000", "last", "U2")
    return slack(path, *talk, last, team=team, **{"__uploads/F1/notes.txt": b"hello"})


@pytest.mark.parametrize(
    ("how", "shown"),
    [("disable", {"text 0": 1, "text 1": 1, "last": 0}), ("delete", {None: 0, "last": 0})],
    ids=["disabled", "deleted"],
)
def test_files_of_who_was_shut_out_here_hold_up_nothing(
    chatctl: Any, town: SimpleNamespace, tmp_path: Path, how: str, shown: dict[str | None, int]
) -> None:
    space = town.space["id"]
    team = f"T{space[-8:]}"
    chatctl("import", "run", str(export(tmp_path / "old.zip", team, 1)), "--space", space)
    zoe = messages(chatctl, space)[0]["by"]
    chatctl("account", how, zoe, *(["--yes"] if how == "delete" else []))
    newer = "import", "run", str(export(tmp_path / "new.zip", team, 2)), "--space", space
    assert "1 message added, 2 there already" in chatctl(*newer)
    assert {one["text"]: len(one["files"]) for one in messages(chatctl, space)} == shown
    assert "0 messages added, 3 there already; 0 reactions, 0 files" in chatctl(*newer)


def test_a_table_that_names_an_account_which_is_gone_is_refused_in_words_that_help(
    chatctl: Any, town: SimpleNamespace, tmp_path: Path
) -> None:
    space = town.space["id"]
    team = f"T{space[-8:]}"
    file, people = export(tmp_path / "a.zip", team, 2), tmp_path / "people.csv"
    zoe = chatctl.json("account", "create", f"zoe{team[-4:].lower()}", "--no-password")
    chatctl("import", "plan", str(file), "--people", str(people))
    header, *rows = csv.reader(people.read_text().splitlines())

    def write(account: str) -> None:
        filled = [[*row[:-1], account if row[0] == "U1" else ""] for row in rows]
        with people.open("w", newline="") as table:
            csv.writer(table).writerows([header, *filled])

    run = "import", "run", str(file), "--space", space, "--people", str(people)
    write(zoe["name"])
    chatctl(*run)
    chatctl("account", "delete", zoe["id"], "--yes")
    assert f"people.csv, U1: there is no account '{zoe['name']}'" in chatctl.refused(*run)
    write("")
    assert "0 messages added, 3 there already" in chatctl(*run)
    assert [one["text"] for one in messages(chatctl, space)] == [None, None, "last"]
