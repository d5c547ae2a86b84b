"""Backups in a repository: each content once, encrypted if asked, checked, forgotten by a rule, put back."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyrage
import pytest
from age_reader import decrypted
from click.testing import CliRunner
from s3_server import KEY, REGION, SECRET, s3_server

from chatctl.cli import cli
from chatd.repository.making import COPY

from .conftest import Serve, ended_well
from .scraping import scraped
from .serving import Server
from .talking import history
from .test_files import post
from .test_hostile_bytes import within
from .town import Town
from .uploads import UPLOADING, upload


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"program": UPLOADING}


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    """A file with an age key, and its public key."""
    identity, file = pyrage.x25519.Identity.generate(), tmp_path / "key.txt"
    file.write_text(f"# made by a test\n{identity}\n")
    return file, str(identity.to_public())


def chatctl(*words: object, status: int = 0) -> str:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code == status, result.output
    return result.output


def told(*words: object) -> Any:
    return json.loads(chatctl("--json", *words))


def objects(repository: Path) -> set[str]:
    return {str(path.relative_to(repository)) for path in repository.rglob("*") if path.is_file()} - {"lock"}


def test_what_has_not_changed_is_kept_once(town: Town, tmp_path: Path) -> None:
    room, repository = town.room(), tmp_path / "repository"
    ann = town.open(town.member(room))
    file = upload(ann, "a report")
    post(ann, room, file)
    first = town.operator.ask("backup.create", path=f"{repository}/")
    assert first["added"] == first["bytes"] + len("a report")
    before = objects(repository)
    second = town.operator.ask("backup.create", path=str(repository))
    assert second["added"] <= second["bytes"], "the file was there already"
    assert second["id"] > first["id"]
    assert before <= objects(repository)
    assert [row["id"] for row in told("backup", "list", repository)] == [first["id"], second["id"]]
    assert second["blobs"] == first["blobs"] >= 1
    assert not (town.server.data / COPY).exists()
    acts = town.operator.ask("audit.list", type="backup.created", limit=1)["entries"]
    assert acts[0]["data"]["upto"] == second["position"]


def test_a_backup_is_checked_and_put_back(town: Town, tmp_path: Path) -> None:
    room, repository = town.room(), tmp_path / "repository"
    account = town.member(room)
    ann = town.open(account)
    file = upload(ann, "kept")
    seq = post(ann, room, file)
    made = town.operator.ask("backup.create", path=f"{repository}/")
    post(ann, room, upload(ann, "too late"))
    checked = told("backup", "check", repository)
    assert checked["ok"]
    assert (checked["events"], checked["blobs"]) == (made["position"], made["blobs"])
    back = tmp_path / "back"
    assert told("backup", "restore", repository, "--data", back)["blobs"] == made["blobs"]
    again = Server(back, program=UPLOADING).start()
    try:
        there = Town(again)
        there.assert_sound()
        token = there.operator.ask("account.token", account=account.id)["token"]
        reader = there.dial()
        reader.open(token)
        assert [one["files"] for one in history(reader, room) if one["seq"] == seq] == [[file]]
        there.close()
    finally:
        assert again.stop() == 0


def test_damage_is_found_and_named(town: Town, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    ann = town.open(town.member())
    content = "sound once"
    upload(ann, content)
    town.operator.ask("backup.create", path=f"{repository}/")
    hash_ = hashlib.sha256(content.encode()).hexdigest()
    kept = repository / "files" / hash_
    kept.write_bytes(b"altered")
    assert f"blob {hash_}: its bytes in the backup are not those" in chatctl(
        "backup", "check", repository, status=1
    )
    kept.unlink()
    assert f"blob {hash_}: it cannot be read" in chatctl("backup", "check", repository, status=1)
    made = town.operator.ask("backup.create", path=str(repository))
    chatctl("backup", "check", repository)
    manifest = json.loads((repository / "backups" / f"{made['id']}.json").read_text())
    piece = repository / "pieces" / manifest["pieces"][0]
    piece.write_bytes(b"altered" + piece.read_bytes()[7:])
    assert piece.name in chatctl("backup", "check", repository, status=1)
    assert piece.name in chatctl("backup", "restore", repository, "--data", tmp_path / "new", status=1)
    assert not (tmp_path / "new").exists()


def test_a_file_that_the_disk_does_not_give_keeps_no_backup_from_being_made(
    town: Town, tmp_path: Path
) -> None:
    repository, content = tmp_path / "repository", "on a bad block"
    ann = town.open(town.member())
    upload(ann, content)
    upload(ann, "on a sound one")
    hash_ = hashlib.sha256(content.encode()).hexdigest()
    blob = town.server.data / "files" / hash_[:2] / hash_[2:]
    blob.unlink()
    blob.symlink_to("/proc/self/mem")  # opens, and cannot be read at its beginning
    try:
        made = town.operator.ask("backup.create", path=f"{repository}/")
        assert made["findings"] == [f"blob {hash_}: it cannot be read: Input/output error"]
        sound = hashlib.sha256(b"on a sound one").hexdigest()
        assert (repository / "files" / sound).read_bytes() == b"on a sound one"
        blob.unlink()
        blob.symlink_to(blob)  # for which the disk is not to blame
        refused = town.operator.refusal("backup.create", path=f"{repository}/")
        assert refused["message"] == f"blob {hash_}: it cannot be read: Too many levels of symbolic links"
        refused = town.operator.refusal("backup.create", path=str(tmp_path / "copy.tar"))
        assert refused["message"] == f"blob {hash_}: it cannot be read: Too many levels of symbolic links"
    finally:
        blob.unlink()
        blob.write_bytes(content.encode())


def test_only_who_has_the_key_reads_an_encrypted_backup(
    town: Town, tmp_path: Path, key: tuple[Path, str]
) -> None:
    repository, (file, recipient) = tmp_path / "sealed", key
    secret = "nobody may read this in a backup"
    upload(town.open(town.member()), secret)
    for _ in range(2):
        made = town.operator.ask("backup.create", path=f"{repository}/", recipients=[recipient])
    assert "is encrypted" in chatctl("backup", "check", repository, status=1)
    assert told("backup", "check", repository, "--identity", file)["blobs"] == made["blobs"]
    [row] = [row for row in told("backup", "list", repository) if row["id"] == made["id"]]
    assert row["encrypted"]
    everything = b"".join((repository / name).read_bytes() for name in objects(repository))
    assert secret.encode() not in everything
    assert b"SQLite format" not in everything
    names = {Path(name).name for name in objects(repository)}
    assert hashlib.sha256(secret.encode()).hexdigest() not in names
    contents = [
        decrypted((repository / name).read_bytes(), file.read_text().splitlines()[1])
        for name in objects(repository)
        if not name.endswith(".json")
    ]
    assert secret.encode() in contents, "another reader of age opens it"
    assert any(content.startswith(b"SQLite format 3\0") for content in contents)
    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    assert "cannot be decrypted" in chatctl("backup", "check", repository, "--identity", other, status=1)
    back = tmp_path / "back"
    told("backup", "restore", repository, "--data", back, "--identity", file)


def test_a_rule_says_which_backups_stay(town: Town, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    ann = town.open(town.member())
    gone = upload(ann, "deleted later")
    made = [town.operator.ask("backup.create", path=f"{repository}/")["id"]]
    ann.ask("file.delete", file=gone["id"])
    made += [town.operator.ask("backup.create", path=str(repository))["id"] for _ in range(2)]
    before = objects(repository)
    assert told("backup", "prune", repository, "--keep", "last 1", "--dry-run")["forgotten"] == made[:2]
    said = chatctl("backup", "prune", repository, "--keep", "last 1", "--dry-run")
    assert said.startswith("would forget 2 backups and keep 1; that would free ")
    assert objects(repository) == before
    assert said.splitlines()[1:] == [f"  {id_}" for id_ in made[:2]]
    assert told("backup", "prune", repository, "--keep", "daily 7")["kept"] == made[2:]
    left = objects(repository)
    assert left < before
    assert f"files/{hashlib.sha256(b'deleted later').hexdigest()}" in before - left
    chatctl("backup", "check", repository)
    assert "must be like" in chatctl("backup", "prune", repository, "--keep", "some 3", status=2)


def test_a_bucket_is_a_repository(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as s3:
        s3.make_bucket("backups")
        for name, value in (
            ("AWS_ENDPOINT_URL", s3.url),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ):
            monkeypatch.setenv(name, value)
        place = "s3://backups/chat"
        s3.make_bucket("files")  # files that are in a bucket are in the backup, too
        server = Server(
            tmp_path / "data",
            program=UPLOADING,
            files_store="s3",
            files_s3_endpoint=s3.url,
            files_s3_bucket="files",
            files_s3_region=REGION,
            files_s3_key_id=KEY,
            files_s3_secret=SECRET,
        )
        server.settings |= {
            "AWS_ENDPOINT_URL": s3.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }
        there = Town(server.start())
        try:
            upload(there.open(there.member()), "in a bucket")
            first = there.operator.ask("backup.create", path=place)
            second = there.operator.ask("backup.create", path=place)
            assert second["added"] < first["added"]
            assert told("backup", "check", place)["blobs"] == 1
            assert told("backup", "prune", place, "--keep", "last 1")["forgotten"] == [first["id"]]
            assert told("backup", "restore", place, "--data", tmp_path / "back")["blobs"] == 1
        finally:
            there.close()
            ended_well(server)


def test_what_cannot_be_is_refused_in_words(town: Town, tmp_path: Path, key: tuple[Path, str]) -> None:
    ask = town.operator.refusal
    assert ask("backup.create", path="relative/")["code"] == "invalid"
    refused = ask("backup.create", path=str(tmp_path / "file.db"), recipients=[key[1]])
    assert "only backups in a repository" in refused["message"]
    refused = ask("backup.create", path=f"{tmp_path}/", recipients=["age1nonsense"])
    assert "is no recipient" in refused["message"]
    assert "there is no backup" in chatctl("backup", "check", tmp_path, status=1)
    (tmp_path / "file").write_text("")
    assert "cannot be used" in ask("backup.create", path=f"{tmp_path}/file/")["message"]


def test_a_killed_server_leaves_no_copy_of_the_database(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    server.kill()
    (server.data / COPY).write_bytes(b"texts")
    (server.data / f"{COPY}.part").write_bytes(b"texts")
    server.start()
    assert not list(server.data.glob(f"{COPY}*"))


def test_the_server_makes_backups_by_itself_and_forgets_old_ones(serve: Serve, tmp_path: Path) -> None:
    repository = tmp_path / "scheduled"
    server = serve(backup_to=repository, backup_every=0.2, backup_keep="last 2")
    town = Town(server)

    def made() -> Any:
        return town.operator.ask("server.status")["backup"]

    assert within(30, lambda: made()["made"] >= 4)
    assert made()["last"] is not None
    assert within(30, lambda: len(told("backup", "list", repository)) == 2)
    text = scraped(server).decode()
    assert 'chatd_backups_total{outcome="made"}' in text
    assert "chatd_backup_last_seconds 1" in text
    acts = town.operator.ask("audit.list", type="backup.created", limit=1)["entries"]
    assert acts[0]["by"] == "system"
    assert f"to {repository}" in chatctl("--data", server.data, "server", "status")
    town.close()
    assert server.stop() == 0
    server.settings["CHATD_BACKUP_EVERY"] = "86400"
    newest = told("backup", "list", repository)[-1]
    town = Town(server.start())
    assert within(30, lambda: town.operator.ask("server.status")["backup"]["last"] == newest["made_at"])
    assert told("backup", "list", repository)[-1] == newest, "it is not due yet"
    chatctl("backup", "check", repository)
    town.close()


def test_an_admin_is_told_of_backups_that_fail(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    server = serve(backup_to=f"{tmp_path}/file/in", backup_every=0.1)
    town = Town(server)

    def problems() -> str:
        return " ".join(town.operator.ask("server.status")["problems"])

    assert within(30, lambda: "there is no backup yet" in problems() and "cannot be used" in problems())
    assert "backup_failed" in server.output()
    assert 'chatd_backups_total{outcome="failed"}' in scraped(server).decode()
    assert town.operator.ask("server.status")["ready"]
    (tmp_path / "file").unlink()
    assert within(30, lambda: not problems())
    town.close()
