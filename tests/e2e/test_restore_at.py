"""A point in time: a server as it was at an earlier position, and what had been erased stays erased."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chatctl.cli import cli
from chatd.clock import now
from chatd.store.ops import verify
from chatd.store.ops.cut import OWN, REPLAYED, TABLES

from .serving import Server, open_to_others
from .talking import history
from .test_files import post
from .test_hostile_bytes import within
from .test_imports import Importing
from .town import Town
from .uploads import UPLOADING, upload


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"program": UPLOADING}


def chatctl(*words: object, status: int = 0) -> Any:
    result = CliRunner().invoke(cli, ["--json", *(str(word) for word in words)])
    assert result.exit_code == status, result.output
    return json.loads(result.output) if status == 0 else result.output


def tables(data: Path, names: tuple[str, ...]) -> dict[str, list[Any]]:
    connection = sqlite3.connect(f"file:{data / 'chatd.db'}?mode=ro", uri=True)
    try:
        return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}
    finally:
        connection.close()


@contextmanager
def restored(town: Town, position: int, folder: Path) -> Iterator[Town]:
    """What a server tells that runs on a backup of now, restored as it was at `position`."""
    repository, back = folder / "repository", folder / "back"
    town.operator.ask("backup.create", path=f"{repository}/")
    chatctl("backup", "restore", repository, "--at", position, "--data", back)
    again = Server(back, program=UPLOADING).start()
    try:
        there = Town(again)
        there.space = town.space
        yield there
        there.close()
    finally:
        assert again.stop() == 0


def test_an_earlier_position_is_what_a_backup_of_then_holds(town: Town, tmp_path: Path) -> None:
    room, repository = town.room(), tmp_path / "repository"
    member = town.member(room)
    ann = town.open(member)
    seqs = [post(ann, room, upload(ann, f"file {number}")) for number in range(3)]
    ann.ask("message.edit", room=room, seq=seqs[0], text="edited")
    ann.ask("reaction.add", room=room, seq=seqs[1], emoji="👍")
    ann.ask("read.mark", room=room, seq=seqs[2])
    town.operator.ask("backup.create", path=str(tmp_path / "then.tar"))
    position = town.operator.ask("server.status")["position"] - 1  # before the backup was recorded
    later = post(ann, room, upload(ann, "later"))
    ann.ask("message.edit", room=room, seq=seqs[1], text="edited later")
    ann.ask("read.mark", room=room, seq=later)
    town.member(room, name="latecomer")
    town.operator.ask("backup.create", path=f"{repository}/")
    chatctl("backup", "restore", tmp_path / "then.tar", "--data", tmp_path / "then")
    back = chatctl("backup", "restore", repository, "--at", position, "--data", tmp_path / "back")
    assert (back["position"], back["erased"], back["accounts"]) == (position, 0, 0)
    assert verify.verify_file(tmp_path / "back" / "chatd.db").findings == ()
    names = (*REPLAYED, "events", "body_rows", "credentials", "invite_codes")
    assert tables(tmp_path / "back", names) == tables(tmp_path / "then", names)
    markers = tables(tmp_path / "back", ("read_markers",))["read_markers"]
    head = len([row for row in tables(tmp_path / "then", ("events",))["events"] if f"room/{room}" in row])
    assert any(repr(room) in row and f", {head}, 3, {head})" in row for row in markers)
    assert len([path for path in (tmp_path / "back" / "files").rglob("*") if path.is_file()]) >= 3
    assert open_to_others(tmp_path / "then") == open_to_others(tmp_path / "back") == []
    connection = sqlite3.connect(tmp_path / "back" / "chatd.db")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    for at in (position + 10_000_000, -1):
        chatctl("backup", "restore", repository, f"--at={at}", "--data", tmp_path / "no", status=1 + (at < 0))
        assert not (tmp_path / "no").exists()


def test_every_table_is_replayed_or_taken_along(server: Server) -> None:
    connection = sqlite3.connect(server.data / "chatd.db")
    names = {name for (name,) in connection.execute(TABLES)}
    connection.close()
    beside = {
        *(
            "credentials",
            "deliveries",
            "devices",
            "drafts",
            "dropped_blobs",
            "epochs",
            "erasures",
            "followers",
        ),
        *("identities", "invite_codes", "keys", "meta", "passkeys", "presence", "pushes", "read_markers"),
        *(
            "recovery_links",
            "refresh_tokens",
            "scheduled",
            "second_factors",
            "setup_code",
            "import_people",
            "import_rooms",
        ),
        *("proposers", "cluster_key", "nodes"),
    }
    known = {*REPLAYED, *OWN, *beside}
    assert names <= known, "say in chatd.store.ops.cut whether the log fills the new table"


def test_what_was_erased_since_stays_erased(town: Town, tmp_path: Path) -> None:
    room, repository = town.room(), tmp_path / "repository"
    member, leaver = town.member(room), town.member(room, name="leaver")
    ann, bob = town.open(member), town.open(leaver)
    secret = "never to be read again"
    kept = ann.ask("message.post", room=room, text="kept", nonce="1")["seq"]
    gone = ann.ask("message.post", room=room, text=secret, nonce="2")["seq"]
    lost = upload(ann, "a file that goes")
    with_file = post(ann, room, lost)
    unheld = upload(ann, "nobody's")
    bob.ask("message.post", room=room, text="of one who leaves", nonce="3")
    then = town.operator.ask("server.status")["position"]
    ann.ask("message.delete", room=room, seq=gone)
    ann.ask("message.delete", room=room, seq=with_file)
    ann.ask("file.delete", file=unheld["id"])
    town.operator.ask("account.erase", account=leaver.id, reason="wanted")
    assert within(30, lambda: deleted(town, leaver.id))
    town.operator.ask("backup.create", path=f"{repository}/")
    back = tmp_path / "back"
    told = chatctl("backup", "restore", repository, "--at", then, "--data", back)
    assert (told["position"], told["erased"], told["accounts"]) == (then, 4, 1)
    assert verify.verify_file(back / "chatd.db").findings == (), "also before the account is gone"
    again = Server(back, program=UPLOADING).start()
    try:
        there = Town(again)
        assert within(30, lambda: deleted(there, leaver.id))
        there.assert_sound()
        reader = there.dial()
        reader.open(there.operator.ask("account.token", account=member.id)["token"])
        said = {one["seq"]: one for one in history(reader, room)}
        assert said[kept]["text"] == "kept"
        assert said[gone]["deleted"]
        assert said[with_file]["deleted"]
        acts = there.operator.ask("audit.list", type="backup.restored", limit=1)["entries"]
        assert acts[0]["data"]["upto"] == then
        there.close()
    finally:
        assert again.stop() == 0
    content = b"".join(path.read_bytes() for path in back.glob("chatd.db*"))
    assert secret.encode() not in content


def deleted(town: Town, account: str) -> bool:
    rows = tables(town.server.data, ("accounts",))["accounts"]
    return any(account in row and "Deleted account" in row for row in rows)


def test_a_time_is_the_last_event_before_it(town: Town, tmp_path: Path) -> None:
    room, repository = town.room(), tmp_path / "repository"
    ann = town.open(town.member(room))
    town.operator.ask("backup.create", path=f"{repository}/")
    first = ann.ask("message.post", room=room, text="first")
    assert within(30, lambda: now() > first["at"])  # milliseconds
    ann.ask("message.post", room=room, text="later")
    town.operator.ask("backup.create", path=str(repository))
    moment = datetime.fromtimestamp(first["at"] / 1000, UTC).isoformat(timespec="milliseconds")
    told = chatctl("backup", "restore", repository, "--at", moment, "--data", tmp_path / "back")
    assert told["position"] == first["position"]
    for moment, why in (
        ("2001-01-01", "nothing had been written by that time"),
        ("2101-01-01", "before that time"),
    ):
        place = tmp_path / "empty"
        assert why in chatctl("backup", "restore", repository, "--at", moment, "--data", place, status=1)
        assert not (tmp_path / "empty").exists()


def test_an_import_that_was_taken_back_since_is_taken_back(town: Town, tmp_path: Path) -> None:
    """Else the rooms that it made stay, empty, and a later run of it makes others beside them."""
    importing = Importing(town)
    importing.say(importing.message("1.1", "long ago"))
    then = town.operator.ask("server.status")["position"]
    importing.undo()
    with restored(town, then, tmp_path) as there:
        [listed] = there.operator.ask("import.list", space=town.space)["imports"]
        assert (listed["id"], listed["undone_at"] is None) == (importing.id, False)
        later = Importing(there)
        rooms = there.operator.ask("room.list", space=town.space)["rooms"]
        assert [(one["id"], one["name"]) for one in rooms if "general" in one["name"]] == [
            (later.room, "general")
        ]
        assert later.say(later.message("1.1", "long ago")) == {"added": 1}
        there.assert_sound()


def test_before_an_import_nobody_has_said_who_is_who(town: Town, tmp_path: Path) -> None:
    ann, bob, room = town.member(name="ann"), town.member(name="bob"), town.room()
    then = town.operator.ask("server.status")["position"]
    wrong = Importing(town, source="slack:T2")
    wrong.add("people", people=[{"key": "U9", "name": "xx", "account": ann.id}])
    wrong.add("rooms", rooms=[{"key": "C9", "name": "x", "kind": "public", "room": room}])
    with restored(town, then, tmp_path) as there:
        right = Importing(there, source="slack:T2")
        [found] = right.add("people", people=[{"key": "U9", "name": "xx", "account": bob.id}])["people"]
        assert found["account"] == bob.id
        [made] = right.add("rooms", rooms=[{"key": "C9", "name": "x", "kind": "public"}])["rooms"]
        assert made["made"]
