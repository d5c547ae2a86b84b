"""What goes wrong with backups: another server's repository, damage, a restore that is cut off."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import shutil
import socket
import tarfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import obstore
import pyrage
import pytest
from msgspec.structs import replace
from s3_server import KEY, SECRET, s3_server

from chatctl import commands
from chatctl.commands.backup_repository import CHECKING, failures
from chatctl.failure import Failed
from chatd.ports import Blobs, Maintenance, RepositoryError
from chatd.repository import bucket_shelf, making
from chatd.repository.shelf import locked, open_shelf
from chatd.store.ops import data_model, migrate
from chatd.store.ops import scratch_folder as scratch
from chatd.store.ops.backup import Backup
from chatd.store.ops.restore import restore
from chatd.store.ops.scratch_folder import scratch_folder

from .conftest import Serve
from .serving import DidNotStart, Server
from .test_backup_repositories import chatctl, told
from .test_files import post
from .test_hostile_bytes import within
from .town import Town
from .uploads import UPLOADING, upload


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"program": UPLOADING}


def test_two_servers_do_not_share_a_repository(town: Town, serve: Serve, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    town.room()
    made = town.operator.ask("backup.create", path=f"{repository}/")
    other = Town(serve(backup_to=repository, backup_every=3600))
    refused = other.operator.refusal("backup.create", path=f"{repository}/")
    assert "backups of another server" in refused["message"]
    assert within(30, lambda: other.operator.ask("server.status")["backup"]["failures"] > 0)
    assert [one["id"] for one in told("backup", "list", repository)] == [made["id"]]
    other.close()
    back = tmp_path / "back"
    chatctl("backup", "restore", repository, "--data", back)
    again = Server(back).start()  # it is the same server, so it goes on with its backups
    Town(again).operator.ask("backup.create", path=f"{repository}/")
    assert again.stop() == 0


def test_a_copy_of_a_server_and_its_original_do_not_share_a_repository(serve: Serve, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    original = serve()
    town = Town(original)
    town.operator.ask("backup.create", path=f"{repository}/")
    town.close()
    assert original.stop() == 0
    shutil.copytree(original.data, tmp_path / "copy")
    copy, town = Town(Server(tmp_path / "copy").start()), Town(original.start())
    newest = copy.operator.ask("backup.create", path=f"{repository}/")  # as if it was moved
    refused = town.operator.refusal("backup.create", path=f"{repository}/")
    assert f"newer backups of a copy of this server, the newest {newest['id']}" in refused["message"]
    copy.operator.ask("backup.create", path=f"{repository}/")
    town.operator.ask("backup.create", path=f"{tmp_path}/another/")
    town.close()
    copy.close()
    assert copy.server.stop() == 0


def test_what_was_cut_off_in_a_repository_is_written_again(town: Town, tmp_path: Path) -> None:
    repository, room = tmp_path / "repository", town.room()
    ann = town.open(town.member(room))
    post(ann, room, upload(ann, "a file"))
    town.operator.ask("backup.create", path=f"{repository}/")
    for path in [*repository.glob("pieces/*"), *repository.glob("files/*")]:
        os.truncate(path, 0)
    chatctl("backup", "check", repository, status=1)
    town.operator.ask("backup.create", path=f"{repository}/")
    assert told("backup", "check", repository)["blobs"] == 1


def test_a_damaged_manifest_hides_no_other_backup(town: Town, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    made = [town.operator.ask("backup.create", path=f"{repository}/") for _ in range(2)]
    damaged = repository / "backups" / f"{made[1]['id']}.json"
    os.truncate(damaged, 50)
    shown = chatctl("backup", "list", repository, status=1)
    assert made[0]["id"] in shown
    assert f"remove backups/{made[1]['id']}.json" in shown
    assert "is damaged" in chatctl("backup", "prune", repository, "--keep", "last 1", status=1)
    chatctl("backup", "restore", repository, "--data", tmp_path / "back", "--at", made[0]["position"])
    town.operator.ask("backup.create", path=f"{repository}/")


@pytest.mark.parametrize("words", [("list",), ("check",), ("prune", "--keep", "last 1")])
def test_a_repository_that_is_not_there_is_not_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    command, *rest = words
    assert "there is no repository" in chatctl("backup", command, tmp_path / "typo", *rest, status=1)
    assert not (tmp_path / "typo").exists()


def test_a_file_is_checked_like_a_repository(town: Town, tmp_path: Path) -> None:
    room, file = town.room(), tmp_path / "copy.tar"
    ann = town.open(town.member(room))
    post(ann, room, upload(ann, "bytes of a file in a copy"))
    town.operator.ask("backup.create", path=str(file))
    checked = told("backup", "check", file)
    assert (checked["ok"], checked["blobs"] > 0) == (True, True)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"bytes of a file in a copy", b"bytes of a file in a cOpy"))
    assert "not those that were stored" in chatctl("backup", "check", file, status=1)
    with tarfile.open(file, "w") as packed:
        (tmp_path / "chatd.db").write_bytes(tarfile_database(whole))
        packed.add(tmp_path / "chatd.db", "chatd.db")
    assert "it is not in the backup" in chatctl("backup", "check", file, status=1)
    assert told("backup", "check", tmp_path / "chatd.db")["blobs"] == 0
    said = chatctl("backup", "restore", tmp_path / "chatd.db", "--data", tmp_path / "bare")
    assert "must stand in the server's bucket" in said
    for length in (5_000, len(whole) // 2):
        file.write_bytes(whole[:length])
        assert "is damaged: unexpected end" in chatctl("backup", "check", file, status=1)
        assert "is damaged: unexpected end" in chatctl(
            "backup", "restore", file, "--data", tmp_path / "back", status=1
        )
        assert not (tmp_path / "back").exists()


def test_a_backup_of_an_older_version_is_answered_for_without_lines_of_a_server(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file, model = tmp_path / "copy.db", data_model.present()
    copy = town.operator.ask("backup.create", path=str(file))
    step = "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"
    later = replace(model, schema=f"{model.schema}\n{step};\n", steps=(*model.steps, step))
    monkeypatch.setattr(data_model, "present", lambda: later)
    capfd.readouterr()
    assert told("backup", "check", file)["ok"]
    chatctl("backup", "restore", file, "--data", tmp_path / "then", "--at", copy["position"])
    assert capfd.readouterr().err == ""


def tarfile_database(archive: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        found = packed.extractfile("chatd.db")
        assert found is not None
        return found.read()


def test_what_a_killed_server_has_left_goes_with_the_next_backup_beside_it(
    town: Town, tmp_path: Path
) -> None:
    left, used, other = (tmp_path / f".chatd-backup-{name}" for name in ("left", "used", "other"))
    for folder in (left, used, other):
        folder.mkdir()
    (left / "chatd.db").write_bytes(b"texts")
    (used / "chatd.db").write_bytes(b"texts")
    (other / "diary").write_bytes(b"mine")
    lock = os.open(used, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    town.operator.ask("backup.create", path=str(tmp_path / "copy.db"))
    assert (left.exists(), used.exists(), (other / "diary").exists()) == (False, True, True)
    os.close(lock)


def test_nothing_readable_goes_where_backups_are_encrypted(town: Town, tmp_path: Path) -> None:
    repository = f"{tmp_path}/repository/"
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    town.operator.ask("backup.create", path=repository)  # the other way round is as one wishes
    town.operator.ask("backup.create", path=repository, recipients=[recipient])
    refused = town.operator.refusal("backup.create", path=repository)
    assert "give a recipient" in refused["message"]


@pytest.mark.parametrize("end", ["", "/", "/backup"])
def test_a_place_that_cannot_even_be_looked_at_is_a_refusal(town: Town, tmp_path: Path, end: str) -> None:
    """As a folder of root's for a server that is not root; here a name that no disk takes."""
    refused = town.operator.refusal("backup.create", path=f"{tmp_path / ('a' * 300)}{end}")
    assert refused["code"] == "conflict"
    assert "File name too long" in refused["message"]


@pytest.mark.parametrize("place", ["backup", "repository/"])
def test_a_restore_that_comes_too_late_leaves_what_another_one_has_made(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Both found no folder. It took away the other one's, on which a server may run by then."""
    source, back = f"{tmp_path}/{place}", tmp_path / "back"
    town.operator.ask("backup.create", path=source)
    first = scratch.scratch_folder

    def overtaken(*words: object) -> object:
        for module in (commands.backup, commands.backup_repository):
            monkeypatch.setattr(module, "scratch_folder", first)
        chatctl("backup", "restore", source, "--data", back)
        return first(*words)  # type: ignore[arg-type]

    for module in (commands.backup, commands.backup_repository):
        monkeypatch.setattr(module, "scratch_folder", overtaken)
    assert "holds a database already" in chatctl("backup", "restore", source, "--data", back, status=1)
    assert (back / "chatd.db").exists()
    Town(again := Server(back).start()).close()
    assert again.stop() == 0


@pytest.mark.parametrize("there", [(), ("kept",), ("kept", "files")])
def test_a_restore_that_fails_takes_away_what_it_has_made_and_nothing_else(
    tmp_path: Path, there: tuple[str, ...]
) -> None:
    source, back = tmp_path / "backup", tmp_path / "back"
    migrate.prepare(source)
    for name in there:
        (back / name).mkdir(parents=True)

    def fail(_: Path) -> None:
        (back / "files").mkdir(exist_ok=True)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(OSError, match="error"):
        restore(source, back, None, fail)
    assert back.exists() is bool(there)
    assert {path.name for path in back.glob("*")} - {"lock"} == set(there)


def test_no_backup_goes_into_a_data_folder(town: Town, tmp_path: Path) -> None:
    refused = town.operator.refusal("backup.create", path=f"{town.server.data}/")
    assert "is a server's data folder" in refused["message"]


def test_a_position_is_one_of_the_newest_history(town: Town, tmp_path: Path) -> None:
    repository, room = tmp_path / "repository", town.room()
    ann = town.open(town.member(room))
    first = town.operator.ask("backup.create", path=f"{repository}/")
    for number in range(5):
        ann.ask("message.post", room=room, text=f"lost {number}", nonce=str(number))
    town.operator.ask("backup.create", path=f"{repository}/")
    back = tmp_path / "back"
    chatctl("backup", "restore", repository, "--data", back, "--backup", first["id"])
    again = Server(back).start()
    there = Town(again)
    there.room()
    newest = there.operator.ask("backup.create", path=f"{repository}/")
    there.close()
    assert again.stop() == 0
    at = newest["position"]
    assert at > first["position"] + 1
    chatctl("backup", "restore", repository, "--data", tmp_path / "then", "--at", at)
    assert b"lost 0" not in (tmp_path / "then" / "chatd.db").read_bytes()


def test_a_restore_that_is_cut_off_leaves_no_server(town: Town, tmp_path: Path) -> None:
    copy, data = tmp_path / "copy.db", tmp_path / "data"
    room = town.room()
    ann = town.open(town.member(room))
    post(ann, room, upload(ann, "a file"))
    town.operator.ask("backup.create", path=str(tmp_path / "copy.tar"))
    town.operator.ask("backup.create", path=f"{tmp_path}/repository/")

    class CutOffError(Exception):
        pass

    def cut_off(database: Path) -> None:
        copy.write_bytes(database.read_bytes())
        raise CutOffError

    reader = tmp_path / "plain"
    chatctl("backup", "restore", tmp_path / "copy.tar", "--data", reader)
    with pytest.raises(CutOffError):
        restore(reader / "chatd.db", data, None, cut_off)
    assert not data.exists()
    data.mkdir()
    for stage in (".then", "", ".part"):  # where the process may be killed
        left = copy.rename(data / f"chatd.db.restored{stage}")
        with pytest.raises(DidNotStart, match=r"a restore into .* was cut off"):
            Server(data).start()
        left.rename(copy)
    for stage in ("", ".part", ".part-journal", ".then"):
        (data / f"chatd.db.restored{stage}").write_bytes(b"texts")
    chatctl("backup", "restore", tmp_path / "repository", "--data", data)
    assert sorted(path.name for path in data.iterdir()) == ["chatd.db", "files", "lock"]


def test_a_data_folder_is_no_repository_to_read_from(town: Town, tmp_path: Path) -> None:
    for words in (
        ("list",),
        ("check",),
        ("prune", "--keep", "last 1"),
        ("restore", "--data", tmp_path / "new"),
    ):
        said = chatctl("backup", words[0], town.server.data, *words[1:], status=1)
        assert "is a server's data folder; give another one" in said
    assert not (tmp_path / "new").exists()


def test_a_full_disk_is_said_with_its_place_and_a_remedy(tmp_path: Path) -> None:
    for name in (f"{CHECKING}x/chatd.db", None):
        with (
            pytest.raises(Failed, match=rf"^{tmp_path} cannot be written: No space left .*; name another$"),
            failures(tmp_path, "name another"),
        ):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name and str(tmp_path / name))
    with pytest.raises(Failed, match=r"^elsewhere: No such file"), failures(tmp_path):
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), "elsewhere")


def test_a_scratch_folder_of_one_that_was_killed_goes_with_the_next(tmp_path: Path) -> None:
    for name in ("chatd-check-left", "chatd-check-used"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "chatd.db").write_bytes(b"texts")
    used = os.open(tmp_path / "chatd-check-used", os.O_RDONLY)
    fcntl.flock(used, fcntl.LOCK_EX)
    with scratch_folder("chatd-check-", tmp_path) as folder:
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(("chatd-check-used", folder.name))
    os.close(used)


def test_a_bucket_is_written_to_by_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as s3:
        s3.make_bucket("backups")
        monkeypatch.setenv("AWS_ENDPOINT_URL", s3.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        place = "s3://backups/chat"
        with (
            locked(open_shelf(place)),
            pytest.raises(RepositoryError, match="is in use"),
            locked(open_shelf(place)),
        ):
            pass
        with locked(open_shelf(place)):  # both are gone
            pass
        left = open_shelf(place)
        left.put(f"{bucket_shelf.LOCKS}left", b"")
        left.settle()
        monkeypatch.setattr(bucket_shelf, "STALE", -1.0)
        with locked(open_shelf(place)):
            assert [one.name for one in left.list(bucket_shelf.LOCKS)] != [f"{bucket_shelf.LOCKS}left"]


@pytest.mark.parametrize(
    ("place", "endpoint", "key", "why"),
    [
        ("s3://a b/c", "http://127.0.0.1:9", KEY, "names no bucket"),
        ("s3://backups/c", "s3.example.org", KEY, "AWS_ENDPOINT_URL must be an address"),
        ("s3://backups/c", "http://127.0.0.1:99999", KEY, "the library broke"),
        ("s3://backups/c", "http://127.0.0.1:9", f"{KEY}\n", "the library broke"),
    ],
)
def test_what_no_bucket_has_is_an_error(
    monkeypatch: pytest.MonkeyPatch, place: str, endpoint: str, key: str, why: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with pytest.raises(RepositoryError, match=why):
        list(open_shelf(place).list("backups/"))
    with pytest.raises(RepositoryError, match=why), locked(open_shelf(place)):
        pass


def test_without_an_endpoint_the_bucket_is_at_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.delenv("AWS_REGION", raising=False)
    shelf = open_shelf("s3://backups/chat")
    assert isinstance(shelf, bucket_shelf.BucketShelf)
    address = obstore.sign(shelf._store, "GET", "x", timedelta(seconds=1))
    assert address.startswith("https://s3.us-east-1.amazonaws.com/backups/chat/x?")


def test_a_stop_waits_for_no_bucket_that_never_answers(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        server = serve(backup_to="s3://backups/chat")
        silent.settimeout(30)
        with silent.accept()[0]:
            assert server.stop() == 0
    town = Town(server.start())
    town.operator.ask("backup.create", path=f"{tmp_path}/another/")
    town.close()


async def test_a_full_disk_of_the_server_is_said_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Store:
        async def backup(self, path: Path, durable: bool = True) -> Backup:
            path.write_bytes(b"rows")  # noqa: ASYNC240 - four bytes, in a test
            return Backup(path, 4, 1, "00" * 32, "epoch", 1, ("ab" * 32,))

    class Bucket:
        async def open(self, hash_: str) -> Any:
            return SimpleNamespace(path=None, size=1)

    def full(dir: Path) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(making, "TemporaryFile", full)
    data = tmp_path / "data"
    data.mkdir()
    backups = making.RepositoryBackups(
        cast(Maintenance, Store()), cast(Blobs, Bucket()), data, b"key", "epoch"
    )
    with pytest.raises(RepositoryError, match=f"^{data} cannot be used: No space left on device$"):
        await backups.create(f"{tmp_path}/repository/")
    assert list(data.iterdir()) == []
