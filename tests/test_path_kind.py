"""What cannot be looked at is not said to be missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chatd.path_kind import is_file, is_folder, is_there


def test_what_stands_at_a_path_is_told_through_links(tmp_path: Path) -> None:
    file, link, loop = tmp_path / "file", tmp_path / "link", tmp_path / "loop"
    file.touch()
    link.symlink_to(tmp_path)
    loop.symlink_to(loop)
    assert [is_there(path) for path in (file, link, loop, file / "below", tmp_path / "\0")] == [1, 1, 0, 0, 0]
    assert [is_folder(path) for path in (file, link, tmp_path / "nothing")] == [0, 1, 0]
    assert [is_file(path) for path in (file, link, Path("/dev/null"))] == [1, 0, 0]


@pytest.mark.parametrize("ask", [is_there, is_folder, is_file])
def test_what_cannot_be_looked_at_raises(tmp_path: Path, ask: Callable[[Path], bool]) -> None:
    with pytest.raises(OSError, match="too long"):
        ask(tmp_path / ("a" * 300))
