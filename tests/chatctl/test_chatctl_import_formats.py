"""`chatctl import` with an export of every format that has its own reader's tests: it comes in, once."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from imports.reading import folder
from imports.small_exports import JSON, TEXT
from imports.test_broken_exports import written

from chatctl.imports.export import Export

ALL = JSON + TEXT
OPTIONS = ("--zone", "Europe/Berlin", "--day-first")


def around(chatctl: Any, space: str) -> dict[str, set[str]]:
    """What an import may change besides messages. Placeholders go a moment later."""
    asked = {
        "rooms": ("room", "list", "--space", space),
        "members": ("space", "members", space),
        "emoji": ("space", "emoji", space),
    }
    waiting = {one["id"] for one in chatctl.json("account", "list") if one["placeholder"]}
    return {
        what: {row.get("account", row["name"]) for row in chatctl.json(*words)} - waiting
        for what, words in asked.items()
    }


@pytest.mark.parametrize(("kind", "files"), ALL, ids=[kind.format for kind, _ in ALL])
def test_an_export_of_each_format_comes_in_once_and_goes(
    kind: type[Export], files: dict[str, Any], chatctl: Any, town: SimpleNamespace, tmp_path: Path
) -> None:
    path = str(folder(tmp_path / "export", written(files)))
    planned = chatctl.json("import", "plan", path, *OPTIONS)
    assert planned["format"] == kind.format
    space = town.space["id"]
    before = around(chatctl, space)
    here = chatctl.json("account", "create", f"{kind.format}-here", "--no-password")["name"]
    people = tmp_path / "people.csv"
    who = sorted(one["key"] for one in planned["people"] if not one["bot"])
    people.write_text("".join(("key,account\n", f'"{who[0]}",{here}\n')))
    words = ("import", "run", path, "--space", space, "--people", str(people), *OPTIONS)
    first = chatctl(*words)
    added = int(re.search(r"(\d+) messages? added", first)[1])  # type: ignore[index]
    assert added >= planned["messages"] > 0
    again = chatctl(*words)
    assert f"0 messages added, {added} there already" in again, again
    assert "edited" not in again
    assert "deleted" not in again
    runs = chatctl.json("import", "list", "--space", space)
    assert {each["format"] for each in runs} == {kind.format}
    for each in runs:
        assert "left, since" not in chatctl("import", "undo", each["id"], "--yes")
    assert around(chatctl, space) == before
