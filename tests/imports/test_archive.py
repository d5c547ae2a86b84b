"""What an archive gives of good, damaged and hostile files: the same from a folder, a zip and a tar."""

from __future__ import annotations

import collections
import gzip
import io
import os
import struct
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from imports.memory import at_most

from chatctl.imports import glance, member_index
from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.formats import recognise
from chatctl.imports.problems import Problems
from chatctl.imports.zulip.realm import ZulipRealm

FILES = {"users.json": b"[]", "general/2024-01-01.json": b"[{}]" * 5000, "général/a b.txt": b"x"}


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            packed.addfile(entry, io.BytesIO(data))
    return path


def folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def everything(path: Path, problems: Problems | None = None) -> dict[str, bytes]:
    with Archive(path, problems if problems is not None else Problems()) as archive:
        return {name: archive.read(name) for name in archive.names()}


def test_a_folder_a_zip_and_a_tar_are_read_alike(tmp_path: Path) -> None:
    paths = (
        folder(tmp_path / "folder", FILES),
        zipped(tmp_path / "a.zip", FILES),
        zipped(tmp_path / "b.zip", FILES, zipfile.ZIP_STORED),
        tarred(tmp_path / "c.tar.gz", FILES),
    )
    for path in paths:
        assert everything(path) == FILES
        with Archive(path, Problems()) as archive:
            assert list(archive.names("general/")) == ["general/2024-01-01.json"]
            assert archive.size("users.json") == 2
            assert "nobody.json" not in archive
            assert archive.base("users.json") == ""
            with archive.open("general/2024-01-01.json") as stream:
                assert b"".join(iter(lambda: stream.read1(7), b"")) == FILES["general/2024-01-01.json"]


def test_another_export_beside_the_first_is_told(tmp_path: Path) -> None:
    names = ("2021", "2022", "2022/old", "2023/teams", "2023/users")
    files = {f"{name}/users.json": b"[]" for name in names}
    problems = Problems()
    with Archive(folder(tmp_path, files), problems) as archive:
        found = archive.base("users.json", of=lambda name: name.removesuffix("teams/").removesuffix("users/"))
    assert (found, problems.by_kind["skipped"].places) == (
        "2021/",
        [f"{year}/ (another export: import it by itself)" for year in ("2022", "2023")],
    )


def test_a_single_file_is_an_archive_of_one(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_bytes(b"{}\n")
    assert everything(tmp_path / "posts.jsonl") == {"posts.jsonl": b"{}\n"}


def test_names_without_the_flag_for_utf8_are_read_as_it(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"dév/x": b"1"})
    raw = path.read_bytes().replace(b"\x00\x08", b"\x00\x00")
    path.write_bytes(raw)
    assert list(everything(path)) == ["dév/x"]


def test_names_that_begin_at_the_folder_itself_are_read_as_others(tmp_path: Path) -> None:
    problems = Problems()
    written = {f"./{name}": data for name, data in FILES.items()}
    for path in (zipped(tmp_path / "a.zip", written), tarred(tmp_path / "a.tar.gz", written)):
        assert everything(path, problems) == FILES
    assert problems.by_kind == {}


def test_a_name_in_another_normal_form_is_found(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"de\u0301v/x": b"1"})
    with Archive(path, Problems()) as archive:
        assert archive.read("d\u00e9v/x") == b"1"


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/../../x", "C:/x", "a//x", "..\\x", "a/./x", "a\x1b[2J", "a" * 2000]
)
def test_a_name_that_leads_out_is_skipped(tmp_path: Path, name: str) -> None:
    for path in (
        zipped(tmp_path / "a.zip", {name: b"1", "b": b"2"}),
        tarred(tmp_path / "a.tgz", {name: b"1", "b": b"2"}),
    ):
        problems = Problems()
        assert everything(path, problems) in ({"b": b"2"}, {"b": b"2", name.lstrip("/"): b"1"})
        assert problems.by_kind["skipped"].count == 1 or path.suffix == ".tgz"
        assert not any("\x1b" in place for place in problems.by_kind["skipped"].places)


def test_symlinks_and_pipes_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    path = folder(tmp_path / "export", {"a": b"1"})
    (path / "link").symlink_to(tmp_path / "secret")
    (path / "away").symlink_to(tmp_path)
    os.mkfifo(path / "pipe")
    problems = Problems()
    assert everything(path, problems) == {"a": b"1"}
    assert problems.by_kind["skipped"].count == 3

    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(link, str(tmp_path / "secret"))
        packed.writestr("a", b"1")
    problems = Problems()
    assert everything(tmp_path / "a.zip", problems) == {"a": b"1"}
    assert problems.by_kind["skipped"].places == ["link"]
    with pytest.raises(Unreadable, match="neither"):
        Archive(path / "pipe", Problems())


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "export", {"a/x": b"1", "b/y": b"2"})
    scandir = os.scandir

    def refuses(of: Path) -> object:
        if of.name == "b":
            raise PermissionError(13, "Permission denied")
        return scandir(of)

    monkeypatch.setattr(os, "scandir", refuses)
    problems = Problems()
    assert everything(path, problems) == {"a/x": b"1"}
    assert problems.by_kind["unreadable"].places == ["b/: Permission denied"]


def test_of_two_members_with_one_name_the_later_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("a", b"2")
    problems = Problems()
    assert everything(path, problems) == {"a": b"2"}
    assert problems.by_kind["skipped"].places == ["a"]


def test_a_cut_zip_gives_all_that_stands_before_the_cut(tmp_path: Path) -> None:
    files = {f"{number}.json": os.urandom(300) for number in range(40)}
    for streamed in (False, True):
        path = tmp_path / "a.zip"
        if streamed:  # as servers write it: sizes stand behind the bytes
            with path.open("wb") as out, zipfile.ZipFile(_Endless(out), "w", zipfile.ZIP_DEFLATED) as packed:
                for name, data in files.items():
                    packed.writestr(name, data)
        else:
            zipped(path, files)
        path.write_bytes(path.read_bytes()[: 400 * 20])
        problems = Problems()
        with Archive(path, problems) as archive:
            names = list(archive.names())
            assert 15 < len(names) < 30
            whole = [name for name in names if archive.size(name) is not None]
            assert len(whole) >= len(names) - 1
            for name in whole:
                assert archive.read(name) == files[name]
            for name in set(names) - set(whole):
                with archive.open(name) as stream:
                    assert files[name].startswith(stream.read1(100))
                    with pytest.raises(Unreadable, match="cut off"):
                        stream.read()
        assert problems.by_kind["unreadable"].places[0].startswith("a.zip: it was cut off in or after ")


class _Endless(io.RawIOBase):
    """A file that cannot seek."""

    def __init__(self, out: io.BufferedWriter) -> None:
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self._out.write(data)  # type: ignore[arg-type]


def test_damage_in_a_member_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a": b"1" * 1000, "b": b"2"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"1111", b"1110", 1))
    with Archive(path, Problems()) as archive:
        assert archive.read("b") == b"2"
        with pytest.raises(Unreadable, match=r"a in a\.zip is damaged"):
            archive.read("a")


def test_a_bomb_is_refused_before_it_fills_anything(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"bomb": b"\0" * 300_000_000, "b": b"2"})
    with at_most(8), Archive(path, Problems()) as archive:
        with archive.open("bomb") as stream, pytest.raises(Unreadable, match="200 times"):
            collections.deque(iter(lambda: stream.read1(1 << 20), b""), maxlen=0)
        assert archive.read("b") == b"2"
    with pytest.raises(Unreadable, match="times its size"):
        Archive(tarred(tmp_path / "a.tar.gz", {"bomb": b"\0" * 100_000_000}), Problems())


def test_members_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a": os.urandom(50_000)})
    raw = path.read_bytes()
    begins = raw.index(b"PK\x01\x02")
    entry, end = raw[begins : raw.index(b"PK\x05\x06")], raw[raw.index(b"PK\x05\x06") :]
    entries = b"".join(entry[:46] + bytes([97 + number]) + entry[47:] for number in range(20))
    end = end[:12] + struct.pack("<LL", len(entries), begins) + end[20:]
    path.write_bytes(raw[:begins] + entries + end)
    with pytest.raises(Unreadable, match="over each other"):
        Archive(path, Problems())


def test_what_is_no_archive_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        Archive(tmp_path / "nothing", Problems())
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    problems = Problems()
    assert everything(tmp_path / "a.zip", problems) == {}
    assert "unreadable" in problems.by_kind


def test_encrypted_members_are_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a": b"1"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    problems = Problems()
    assert everything(path, problems) == {}
    assert problems.by_kind["unreadable"].places == ["a: it is encrypted"]


def test_many_small_members_take_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    count = 30_000
    with path.open("wb") as out:
        for number in range(count):
            out.write(
                struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 6, 0) + b"%06d" % number
            )
        begins = out.tell()
        for number in range(count):
            head = struct.pack(
                "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *[0] * 4, 0, 0, 0, 6, *[0] * 5, number * 36
            )
            out.write(head + b"%06d" % number)
        size = out.tell() - begins
        out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, begins, 0))
    started = time.process_time()
    with at_most(5), Archive(path, Problems()) as archive:
        assert sum(1 for _ in archive.names()) == count
        assert archive.read("024321") == b""
    assert time.process_time() - started < 10


def test_more_members_than_are_allowed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_index, "MEMBERS", 3)
    with pytest.raises(Unreadable, match="more than 3 files"):
        Archive(zipped(tmp_path / "a.zip", {str(number): b"" for number in range(4)}), Problems())


@pytest.mark.parametrize("ending", ["tar", "tar.gz"])
@pytest.mark.parametrize("harm", ["of its checksum", "of its size", "cut behind the second", "no end"])
def test_a_tar_that_is_damaged_in_the_middle_gives_what_is_before_and_says_so(
    ending: str, harm: str, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.tar"
    with tarfile.open(whole, "w") as packed:
        for name in ("a", "b", "c"):
            entry = tarfile.TarInfo(name)
            entry.size = 3
            packed.addfile(entry, io.BytesIO(b"hey"))
    raw = bytearray(whole.read_bytes())
    third = 2 * 2 * tarfile.BLOCKSIZE
    if harm == "of its checksum":
        raw[third] ^= 1
    elif harm == "of its size":
        raw[third + 124 : third + 136] = b"\xff" * 12  # less than nothing
        raw[third + 148 : third + 156] = b" " * 8
        raw[third + 148 : third + 156] = b"%06o\0 " % sum(raw[third : third + tarfile.BLOCKSIZE])
    else:
        del raw[third if harm == "cut behind the second" else third + 2 * tarfile.BLOCKSIZE :]
    path = tmp_path / f"a.{ending}"
    path.write_bytes(gzip.compress(raw) if ending == "tar.gz" else raw)
    problems = Problems()
    with Archive(path, problems) as archive:
        assert list(archive.names()) == (["a", "b", "c"] if harm == "no end" else ["a", "b"])
    assert problems.by_kind["unreadable"].places == [f"a.{ending}: it is cut off or damaged (ReadError)"]


def test_what_an_export_is_known_by_is_found_behind_any_number_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of an organisation on Zulip with more than ten million messages, a file for each thousand."""
    monkeypatch.setattr(glance, "_NAMES", 10)
    realm = b'{"zerver_realm": [{"string_id": "tea"}]}'
    chunks = {f"export/messages-{number:06}.json": b"{}" for number in range(1, 20)}
    path = zipped(tmp_path / "a.zip", {**chunks, "export/realm.json": realm})
    assert recognise(path) is ZulipRealm
    with Archive(path, Problems()) as archive:
        assert archive.base("realm.json") == "export/"
        assert archive.called("alm.json", "rea_m.json") == []
