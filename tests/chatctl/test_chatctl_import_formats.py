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


@pytest.mark.parametrize(("kind", "files"), ALL, ids=[kind.format for kind, _ in ALL])
def test_an_export_of_each_format_comes_in_once_and_goes(
    kind: type[Export], files: dict[str, Any], chatctl: Any, town: SimpleNamespace, tmp_path: Path
) -> None:
    path = str(folder(tmp_path / "export", written(files)))
    planned = chatctl.json("import", "plan", path, *OPTIONS)
    assert planned["format"] == kind.format
    space = town.space["id"]
    before = {room["name"] for room in chatctl.json("room", "list", "--space", space)}
    first = chatctl("import", "run", path, "--space", space, *OPTIONS)
    added = int(re.search(r"(\d+) messages? added", first)[1])  # type: ignore[index]
    assert added >= planned["messages"] > 0
    again = chatctl("import", "run", path, "--space", space, *OPTIONS)
    assert f"0 messages added, {added} there already" in again, again
    assert "edited" not in again
    assert "deleted" not in again
    runs = chatctl.json("import", "list", "--space", space)
    assert {each["format"] for each in runs} == {kind.format}
    for each in runs:
        chatctl("import", "undo", each["id"], "--yes")
    assert {room["name"] for room in chatctl.json("room", "list", "--space", space)} == before
