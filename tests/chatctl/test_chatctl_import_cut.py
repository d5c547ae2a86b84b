"""An import that is half way when its server is restored from a backup, given to a standby or upgraded: with
the same file it goes on there as on a server to which nothing happened, comes in once, and goes again."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from e2e.serving import Server
from e2e.standing_by import Standby, promote
from e2e.test_hostile_bytes import within
from imports.packing import packed
from test_chatctl_import import CUT_OFF, dying_after, said

from chatd.client import Client
from chatd.store.ops.cut import TABLES

FILE: Final = Path(__file__)
LATER_VERSION: Final = FILE.with_name("later_version.py")
# What each folder says of itself, and what was worked out from other tables.
OWN: Final = frozenset(
    {"meta", "epochs", "followers", "snapshots", "sqlite_stat1", "devices", "keys", "presence"}
)
POSITIONS: Final = frozenset({"position", "since", "until", "body"})
ID: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def export(path: Path) -> Path:
    users = [{"id": f"U{n}", "name": name, "profile": {}} for n, name in enumerate(("zoe", "yan", "xia"))]
    channels = [
        {"id": f"C{n}", "name": name, "created": 1600000000, "members": ["U0", "U1"]}
        for n, name in enumerate(("lounge", "den", "attic"))
    ]
    channels[0]["pins"] = [{"id": "1600000002.000000", "type": "C", "user": "U1", "created": 1600000003}]
    notes = {"id": "F1", "name": "notes.txt", "mimetype": "text/plain", "size": 5, "mode": "hosted"}
    talk = [said(f"{1600000000 + n}.000000", f"text {n} <@U1>", f"U{n % 3}") for n in range(12)]
    talk[1]["thread_ts"] = talk[4]["thread_ts"] = talk[1]["ts"]
    talk[2]["reactions"] = [{"name": "tada", "users": ["U0", "U1"], "count": 2}]
    talk[3]["edited"] = {"user": "U0", "ts": "1600000100.000000"}
    talk[5]["files"] = [notes]
    talk[6] |= {"subtype": "tombstone", "hidden": True, "user": "USLACKBOT"}
    return packed(
        path,
        {
            "users.json": users,
            "channels.json": channels,
            "dms.json": [{"id": "D1", "created": 1, "members": ["U0", "U1"]}],
            **{f"{one['name']}/2020-09-13.json": talk for one in channels},
            # no upload is on its way in the middle: it would end at any time
            "den/2020-09-13.json": [{**one, "files": []} for one in talk],
            "D1/2020-09-13.json": talk[:2],
            "__uploads/F1/notes.txt": b"hello",
        },
    )


# --- what is in a folder --------------------------------------------------------------------------------


def told(data: Path, begun: int, ordered: bool = True) -> dict[str, list[str]]:
    """All rows of all tables, alike for two servers on which the same has happened: ids are numbered as they
    turn up in the log, positions are places in their streams, and times since `begun` are all now. Not
    `ordered`: positions are those streams, since placeholders are deleted as the worker comes to it."""
    connection = sqlite3.connect(f"file:{data / 'chatd.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        tables = {name for (name,) in connection.execute(TABLES)} - OWN
        tables -= {"later"}  # of the later version alone
        rows = {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in tables}
    finally:
        connection.close()
    rows["events"] = sorted(
        (row for row in rows["events"] if row["stream"] != "server/main"),
        key=lambda row: int(row["position"]),
    )
    labels: dict[str, str] = {}
    for row in rows["events"]:
        for id_ in ID.findall(f"{row['stream']} {row['by']} {row['data']}"):
            labels.setdefault(id_, f"<{len(labels)}>")
    places = {
        row["position"]: f"{row['stream']} {row['seq']}" if ordered else row["stream"]
        for row in rows["events"]
    }
    for row in rows["events"]:
        row["position"] = row["seq"] = row["seq"] if ordered else None

    def plain(name: str, column: str, value: Any) -> Any:
        if column in POSITIONS and name != "events":
            value = places.get(value, value)
        if isinstance(value, bytes):
            return None
        if isinstance(value, int) and value >= begun:
            return "now"
        if isinstance(value, str):
            return ID.sub(lambda found: labels.get(found[0], found[0]), value)
        return value

    return {
        name: sorted(repr({column: plain(name, column, row[column]) for column in row}) for row in found)
        for name, found in rows.items()
    }


def different(some: dict[str, list[str]], others: dict[str, list[str]]) -> dict[str, list[str]]:
    """Rows that only one of them has."""
    found = {
        table: [
            row
            for row in (*some[table], *others[table])
            if some[table].count(row) != others[table].count(row)
        ]
        for table in some.keys() | others.keys()
    }
    return {table: rows for table, rows in found.items() if rows}


class Here:
    """A server, and chatctl beside it."""

    def __init__(self, server: Server, chatctl: Any) -> None:
        self.server = server
        self.chatctl = type(chatctl)(str(server.data), f"http://127.0.0.1:{server.port}")

    def told(self, begun: int, ordered: bool = True) -> dict[str, list[str]]:
        """When nobody and no file is about to be deleted any more."""
        under_way = "erasures", "dropped_blobs"
        assert within(30, lambda: not any(map(told(self.server.data, begun).get, under_way)))
        return told(self.server.data, begun, ordered)

    def run(self, *words: str) -> str:
        return str(self.chatctl("import", "run", *words))

    def undo(self, space: str) -> None:
        for one in self.chatctl.json("import", "list", "--space", space):
            self.chatctl("import", "undo", one["id"], "--yes")

    def verify(self) -> None:
        assert json.loads(self.chatctl("--json", "server", "verify"))["findings"] == []


Start = Callable[..., Here]


@pytest.fixture
def start(chatctl: Any) -> Iterator[Start]:
    servers: list[Server] = []

    def starting(data: Path, **how: Any) -> Here:
        servers.append(Server(data, follow=True, **how).start())
        return Here(servers[-1], chatctl)

    yield starting
    for server in servers:
        server.kill()


# --- what happens to it in the middle -------------------------------------------------------------------


def restored(here: Here, folder: Path, start: Start, finish: Callable[[], object]) -> Here:
    """What came after the backup is not in it."""
    here.chatctl("backup", "create", f"{folder / 'repository'}/")
    finish()
    here.chatctl("backup", "restore", str(folder / "repository"), "--data", str(folder / "back"))
    return start(folder / "back")


def restored_at(here: Here, folder: Path, start: Start, finish: Callable[[], object]) -> Here:
    position = here.chatctl.json("server", "status")["position"]
    finish()
    here.chatctl("backup", "create", f"{folder / 'repository'}/")
    back = str(folder / "back")
    here.chatctl("backup", "restore", str(folder / "repository"), "--at", str(position), "--data", back)
    return start(folder / "back")


def promoted(here: Here, folder: Path, start: Start, finish: Callable[[], object]) -> Here:
    token = here.chatctl("account", "token", "boss").strip()
    standby = Standby(here.server, token, folder / "standby").start()
    try:
        head = here.chatctl.json("server", "status")["position"]
        assert within(30, lambda: standby.has(head))
    finally:
        standby.kill()
    finish()
    assert "promoted" in promote(standby.data).lower()
    return start(standby.data)


def upgraded(here: Here, folder: Path, start: Start, finish: Callable[[], object]) -> Here:
    assert here.server.stop() == 0
    shutil.copytree(here.server.data, folder / "later", ignore=shutil.ignore_patterns("*.sock", "*.lock"))
    here.server.start()
    finish()
    words = ["upgrade", "--data", str(folder / "later")]
    subprocess.run([sys.executable, str(LATER_VERSION), *words], check=True, timeout=60)
    return start(folder / "later", program=(str(LATER_VERSION),))


# After so many requests nothing is on its way that would be carried out at any time.
@pytest.mark.parametrize(
    ("happening", "cut"), [(restored, 9), (restored, 15), (restored_at, 12), (promoted, 15), (upgraded, 12)]
)
def test_an_import_goes_on_where_its_server_has_gone(
    happening: Callable[[Here, Path, Start, Callable[[], object]], Here],
    cut: int,
    chatctl: Any,
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chatctl.commands.import_run.ROOMS_AT_ONCE", 1)  # the same order every time
    begun = time.time_ns() // 1_000_000
    here = start(tmp_path / "data")
    for name in ("owner", "boss", "yan"):
        here.chatctl("account", "create", name, "--no-password", *(["--admin"] if name == "boss" else []))
    space = here.chatctl.json("space", "create", "Moved", "--owner", "owner")["id"]
    (tmp_path / "people.csv").write_text("key,account\nU1,yan\n")
    file = export(tmp_path / "export.zip")
    words = (str(file), "--space", space, "--people", str(tmp_path / "people.csv"))
    before = here.told(begun)

    def some(requests: int) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Client, "ask", dying_after(requests))
            assert here.chatctl.run("import", "run", *words).exit_code == CUT_OFF

    some(cut)
    there = happening(here, tmp_path, start, lambda: here.run(*words))
    there.verify()
    first = there.run(*words)
    assert " 0 messages added" not in f" {first}"
    there.verify()
    done = there.told(begun)
    assert different(done, here.told(begun)) == {}
    for one in (there, here):
        assert "0 messages added, 38 there already" in one.run(*words)
    there.undo(space)
    here.undo(space)
    left = there.told(begun, ordered=False)
    assert different(left, here.told(begun, ordered=False)) == {}
    for table in (
        "rooms",
        "emoji",
        "import_people",
        "import_rooms",
        "reactions",
        "pins",
    ):
        assert [row for row in left[table] if "'deleted': 1" not in row] == before[table], table
    there.verify()
