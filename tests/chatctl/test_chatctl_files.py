"""`chatctl file`: bytes in and out, over the network and as an operator."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

EVERY_BYTE = bytes(range(256)) * 5000


def test_a_file_comes_back_as_it_went_in(chatctl: Any, town: SimpleNamespace, tmp_path: Path) -> None:
    filer = town.ada
    source, copy, other = (tmp_path / name for name in ("report.bin", "copy.bin", "other.bin"))
    source.write_bytes(EVERY_BYTE)
    made = filer.json("file", "upload", str(source))
    assert (made["name"], made["size"]) == ("report.bin", len(EVERY_BYTE))
    assert "report.bin: " in filer("file", "info", made["id"])
    filer("file", "download", made["id"], str(copy))
    chatctl("file", "download", made["id"], str(other))
    assert copy.read_bytes() == other.read_bytes() == EVERY_BYTE
    assert "exists already" in filer.refused("file", "download", made["id"], str(copy))
    assert f"/files/{made['id']}?by=" in filer("file", "link", made["id"], "--expires-in", "60")
    assert "expires=" in filer("file", "link", made["id"], "--expires-in", "2h")
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in filer.refused("file", "upload", str(tmp_path / "pipe"))
    assert [file["held"] for file in filer.json("file", "list")] == [False]
    filer("file", "delete", made["id"], "--yes")
    assert "no such file" in filer.refused("file", "info", made["id"])
    assert filer("file", "list") == "no files\n"
