"""What is of no known format is refused in words that say what to do, where that can be told."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from imports.reading import folder, zipped

from chatctl.imports.export import Unreadable
from chatctl.imports.formats import recognise

LISTS: dict[str, str | bytes] = {"users.json": json.dumps([]), "channels.json": json.dumps([])}


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as why:
        recognise(path)
    return str(why.value)


@pytest.mark.parametrize("name", ["export.zip", "inner/Export.ZIP", "2021.tar.gz", "all.7z"])
def test_an_archive_in_an_archive_is_to_be_unpacked(tmp_path: Path, name: str) -> None:
    inside = zipped(tmp_path / "inside.zip", LISTS).read_bytes()
    packed: dict[str, str | bytes] = {name: inside, "read me.txt": "hello"}
    for path in (zipped(tmp_path / "outside.zip", packed), folder(tmp_path / "outside", packed)):
        line = refused(path)
        assert f"holds another archive ({name}): unpack it, and give that" in line


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_text_in_two_bytes_a_letter_is_to_be_converted(tmp_path: Path, encoding: str) -> None:
    marked = "\ufeff" if encoding.endswith("be") else ""
    files: dict[str, str | bytes] = {
        name: f"{marked}{text}".encode(encoding) for name, text in LISTS.items() if isinstance(text, str)
    }
    single = folder(tmp_path / "single", {"posts.jsonl": files["users.json"]}) / "posts.jsonl"
    for path in (zipped(tmp_path / "export.zip", files), folder(tmp_path / "export", files), single):
        assert "is written in UTF-16 or UTF-32: convert it to UTF-8" in refused(path)


@pytest.mark.parametrize("name", ["slackdump.sqlite", "slackdump_20260301/workspace.json.gz"])
def test_an_archive_of_slackdump_is_to_be_made_an_export(tmp_path: Path, name: str) -> None:
    path = folder(tmp_path / "archive", {name: b"SQLite format 3\0", "__uploads/F1/a.txt": "one"})
    assert "`slackdump convert -f export`" in refused(path)


@pytest.mark.parametrize("name", ["ChatExport_2026-03-01/messages.html", "Tea - general [100].html"])
def test_pages_for_a_browser_are_to_be_exported_as_json(tmp_path: Path, name: str) -> None:
    path = folder(tmp_path / "pages", {name: "<!DOCTYPE html>", "photos/a.jpg": b"x"})
    assert f"has pages for a browser ({name}), which are not read: export it again as JSON" in refused(path)


def test_an_archive_of_mongodump_is_to_be_a_folder(tmp_path: Path) -> None:
    path = folder(tmp_path, {"dump.archive": b"\x6d\xe2\x99\x81\0\0"}) / "dump.archive"
    assert "`mongodump --out FOLDER`" in refused(path)


def test_a_zip_whose_files_are_packed_in_another_way_is_to_be_packed_again(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("data/posts.jsonl", json.dumps({"type": "version", "version": 1}))
    assert "posts.jsonl in export.zip is packed in a way that is not known: pack it again as zip" in refused(
        path
    )
