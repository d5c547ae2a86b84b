"""`chatctl file`: bytes in and out, over the network and as an operator."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatctl import transfer

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


def test_a_download_touches_no_file_that_is_there_or_comes_meanwhile(
    chatctl: Any, town: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, copy, beside = (tmp_path / name for name in ("report.bin", "copy.bin", "copy.bin.part"))
    source.write_bytes(EVERY_BYTE)
    beside.write_text("of somebody else")
    made = town.ada.json("file", "upload", str(source))
    chatctl("file", "download", made["id"], str(copy))
    assert beside.read_text() == "of somebody else"
    copy.unlink()
    first = transfer.download

    def slowly(*words: Any) -> int:
        copy.write_text("came meanwhile")
        return first(*words)

    monkeypatch.setattr(transfer, "download", slowly)
    assert f"{copy} exists already" in chatctl.refused("file", "download", made["id"], str(copy))
    assert copy.read_text() == "came meanwhile"
    assert {file.name for file in tmp_path.iterdir()} == {source.name, copy.name, beside.name}
