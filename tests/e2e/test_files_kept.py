"""Files outlive the server: kills, backups and restores; and what nothing holds does not stay for ever."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tarfile
from pathlib import Path
from typing import IO, Any

import pytest

from chatd.files.archive import database_of, restore_files
from chatd.handlers.backup_archive import _pack
from chatd.store.ops.restore import restore

from .conftest import Serve
from .serving import Server
from .talking import history
from .test_files import blobs, post, reads
from .test_hostile_bytes import within
from .town import Town
from .uploads import UPLOADING, picture, upload


def test_a_backup_has_the_files_and_a_restore_gives_them_back(serve: Serve, tmp_path: Path) -> None:
    server = serve(program=UPLOADING)
    town = Town(server)
    room = town.room()
    account = town.member(room)
    ann = town.open(account)
    bare = tmp_path / "bare.db"
    assert town.operator.ask("backup.create", path=str(bare))["blobs"] == 0
    cat, gone = picture(ann), upload(ann, "deleted soon")
    seq = post(ann, room, cat)
    ann.ask("file.delete", file=gone["id"])
    copy = tmp_path / "copy.tar"
    made = town.operator.ask("backup.create", path=str(copy))
    assert (made["blobs"], made["bytes"]) == (2, copy.stat().st_size)
    assert town.operator.refusal("backup.create", path=str(copy))["code"] == "conflict"
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.tar"]
    with tarfile.open(copy) as archive:
        assert len(archive.getnames()) == 3
    back = tmp_path / "back"
    restore(database_of(copy, tmp_path), back)
    assert restore_files(copy, back / "files") == (2, ())
    assert database_of(bare, tmp_path) == bare
    again = Server(back, program=UPLOADING).start()
    try:
        there = Town(again)
        there.assert_sound()
        checked = there.operator.ask("server.verify")
        assert (checked["blobs"], checked["orphans"]) == (2, 0)
        token = there.operator.ask("account.token", account=account.id)["token"]
        reader = there.dial()
        reader.open(token)
        assert [one["files"] for one in history(reader, room) if one["seq"] == seq] == [[cat]]
        there.close()
    finally:
        assert again.stop() == 0
    town.close()


def test_verification_tells_of_bytes_that_are_lost_or_changed(serve: Serve) -> None:
    server = serve(program=UPLOADING)
    town = Town(server)
    ann = town.open(town.member())
    upload(ann, "first")
    upload(ann, "other")
    town.assert_sound()
    lost, changed = (path for path in (server.data / "files").rglob("*") if path.is_file())
    lost.unlink()
    changed.write_bytes(b"mixed")
    found = town.operator.ask("server.verify")["findings"]
    assert any("lost" in finding for finding in found)
    assert any("not those that were stored" in finding for finding in found)
    sizes_only = town.operator.ask("server.verify", contents=False)["findings"]
    assert len(sizes_only) == 1
    stray = server.data / "files" / "ab" / ("c" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"nobody's")
    assert town.operator.ask("server.verify")["orphans"] >= 1
    town.close()


def test_a_backup_says_what_is_lost_or_damaged_and_gives_the_rest_back(serve: Serve, tmp_path: Path) -> None:
    server = serve(program=UPLOADING)
    town = Town(server)
    ann = town.open(town.member())
    for content in ("first", "second", "third"):
        upload(ann, content)
    lost, changed, _ = (path for path in (server.data / "files").rglob("*") if path.is_file())
    lost.unlink()
    changed.write_bytes(b"mixed")
    copy = tmp_path / "copy.tar"
    made = town.operator.ask("backup.create", path=str(copy))
    assert (made["blobs"], len(made["findings"])) == (1, 2)
    for path in (lost, changed):
        assert any(path.parent.name + path.name in finding for finding in made["findings"])
    count, findings = restore_files(copy, tmp_path / "files")
    assert (count, len(findings)) == (1, 1)
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1
    town.close()


def test_a_backup_that_was_killed_can_be_made_again(serve: Serve, tmp_path: Path) -> None:
    server = serve(program=UPLOADING)
    town = Town(server)
    upload(town.open(town.member()), "kept")
    copy = tmp_path / "copy.tar"
    named = hashlib.sha256(b"copy.tar").hexdigest()[:16]
    folder = tmp_path / f".chatd-backup-{named}"
    folder.mkdir()
    for name in ("archive.part", "chatd.db", *(f"chatd.db.part{end}" for end in ("", "-wal", "-shm"))):
        (folder / name).write_bytes(b"half")
    (tmp_path / "copy.tar.db").write_bytes(b"somebody's")
    assert town.operator.ask("backup.create", path=str(copy))["blobs"] == 1
    assert sorted(
        path.name for path in tmp_path.iterdir() if "copy" in path.name or "backup" in path.name
    ) == [*("copy.tar", "copy.tar.db")]
    assert (tmp_path / "copy.tar.db").read_bytes() == b"somebody's"
    town.close()


def test_a_killed_server_forgets_neither_files_nor_what_it_was_to_take_away(serve: Serve) -> None:
    server = serve(program=UPLOADING)
    town = Town(server)
    room = town.room()
    account = town.member(room)
    ann = town.open(account)
    kept, gone = upload(ann, "kept"), upload(ann, "gone")
    first, second = post(ann, room, kept), post(ann, room, gone)
    ann.ask("message.delete", room=room, seq=second)
    server.kill()
    server.start()
    town.reconnect()
    ann = town.open(account)
    assert [one["files"] for one in history(ann, room) if one["seq"] == first] == [[kept]]
    assert not reads(ann, gone)
    assert within(30, lambda: blobs(server) == 1)
    town.assert_sound()
    town.close()


def test_what_nothing_holds_is_deleted_after_a_while_and_what_is_held_stays(serve: Serve) -> None:
    server = serve(program=UPLOADING, keep_unheld_files=3)
    town = Town(server)
    room = town.room()
    ann = town.open(town.member(room))
    loose, held, face, hidden = (picture(ann, f"n{n}") for n in range(4))
    post(ann, room, held)
    ann.ask("account.update", avatar=face["id"])
    doomed = town.room()
    ann.ask("room.join", room=doomed)
    post(ann, doomed, hidden)
    town.operator.ask("room.delete", room=doomed)
    for file in (loose, hidden):
        ann.wait_event("file.deleted", file=file["id"])
    assert (reads(ann, loose), reads(ann, held), reads(ann, face), reads(ann, hidden)) == (
        *(False, True),
        *(True, False),
    )
    assert within(30, lambda: blobs(server) == 4)
    town.assert_sound()
    town.close()


def test_an_account_takes_its_files_with_it(serve: Serve) -> None:
    server = serve(program=UPLOADING)
    town = Town(server)
    room = town.room()
    account = town.member(room)
    ann, bob = town.open(account), town.open(town.member(room))
    note = upload(ann, "mine", "xylophone.txt")
    post(ann, room, note)
    shared = post(bob, room, note)
    town.operator.ask("account.erase", account=account.id)
    assert within(30, lambda: not reads(bob, note))
    [message] = [one for one in history(bob, room) if one["seq"] == shared]
    assert (message["attachments"], message["files"]) == ([note["id"]], [])
    assert within(30, lambda: blobs(server) == 0)
    town.assert_sound()
    town.close()


def test_quotas_refuse_early_and_clearly(serve: Serve) -> None:
    server = serve(program=UPLOADING, rate_limits=True, quota_stored_bytes=20, quota_uploads=4, max_file=15)
    town = Town(server)
    ann = town.open(town.member())

    def refused(content: str) -> str:
        return str(ann.refusal("file.get", file=f"up text/plain a {content}")["code"])

    assert refused(16 * "x") == "too_large"
    upload(ann, 12 * "x")
    assert refused(12 * "x") == "too_large"
    second = upload(ann, 8 * "y")
    usage = ann.ask("file.usage")
    assert usage["bytes"] == {"used": 20, "quota": 20}
    assert (usage["uploads"]["used"], usage["largest"]) == (2, 15)
    ann.ask("file.delete", file=second["id"])
    upload(ann, "a")
    upload(ann, "b")
    answer = ann.refusal("file.get", file="up text/plain a c")
    assert answer["code"] == "rate_limited"
    assert answer["data"]["retry_after"] > 0
    town.close()


class _BadBlock(io.FileIO):
    """A file of whose second half the disk gives nothing."""

    def readinto(self, buffer: Any) -> int:
        if self.tell() >= 8192:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().readinto(memoryview(buffer)[:8192])


def test_of_a_file_that_the_disk_does_not_give_an_archive_says_so_and_has_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = (b"bad" * 8192, b"sound" * 8192)
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    paths = [(hash_, tmp_path / hash_) for hash_ in hashes]
    for (_, path), content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    database, target = tmp_path / "chatd.db", tmp_path / "copy.tar"
    database.write_bytes(b"rows")
    findings: list[str] = []
    opens = Path.open

    def opened(path: Path, mode: str) -> IO[bytes]:
        return io.BufferedReader(_BadBlock(path)) if path == paths[0][1] else opens(path, "rb")

    monkeypatch.setattr(Path, "open", opened)
    _, good = _pack(database, paths, target, findings)
    monkeypatch.undo()
    assert good == 1
    assert findings == [f"blob {hashes[0]}: it cannot be read: Input/output error"]
    restored, left_out = restore_files(target, tmp_path / "files")
    assert restored == 1
    assert [finding.split(":")[0] for finding in left_out] == [f"blob {hashes[0]}"]
