"""A standby has everything that its server has, a moment later; promoted, it goes on where it was."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from websockets.exceptions import WebSocketException
from wire import Wire

from chatd.store.ops.cut import REPLAYED, TABLES

from .conftest import ended_well
from .serving import Server, open_to_others
from .standing_by import Standby, promote
from .talking import Client, Refused, history
from .test_files import post
from .test_hostile_bytes import within
from .test_service_manager import ACTIVATED, Manager
from .town import Account, Town
from .uploads import UPLOADING, upload

Follow = Callable[..., Standby]
CACHES = {"snapshots", "sqlite_stat1"}


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"program": UPLOADING, "follow": True}


@pytest.fixture
def follow(tmp_path: Path) -> Iterator[Follow]:
    """Starts standbys and ends them."""
    started: list[Standby] = []

    def start(town: Town, name: str = "standby", token: str | None = None) -> Standby:
        token = token or admin(town)
        started.append(Standby(town.server, token, tmp_path / name))
        return started[-1].start()

    yield start
    for standby in started:
        standby.kill()
        assert "Traceback" not in standby.output(), standby.output()


def admin(town: Town) -> str:
    return town.account("boss", admin=True).token


def head(town: Town) -> int:
    position: int = town.operator.ask("server.status")["position"]
    return position


def everything(data: Path) -> dict[str, list[str]]:
    """All rows of all tables, but for what each folder says of itself."""
    connection = sqlite3.connect(f"file:{data / 'chatd.db'}?mode=ro", uri=True)
    try:
        names = {name for (name,) in connection.execute(TABLES)} - CACHES
        found = {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}
    finally:
        connection.close()
    found["meta"] = [row for row in found["meta"] if "'standby'" not in row]
    return found


def texts(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in data.glob("chatd.db*"))


def test_a_standby_has_all_rows_and_files_and_what_comes_later(town: Town, follow: Follow) -> None:
    room = town.room()
    member = town.member(room)
    ann = town.open(member)
    post(ann, room, upload(ann, "early"))
    standby = follow(town)
    assert within(30, lambda: standby.has(head(town)))
    seq = post(ann, room, upload(ann, "later"))
    ann.ask("message.edit", room=room, seq=seq, text="edited")
    ann.ask("draft.set", room=room, text="not sent yet")
    ann.ask("read.mark", room=room, seq=seq)
    town.account("somebody", password="long enough, surely")
    gone = ann.ask("message.post", room=room, text="a secret that goes", nonce="1")["seq"]
    ann.ask("message.delete", room=room, seq=gone)
    assert within(30, lambda: standby.has(head(town)))
    assert within(30, lambda: everything(standby.data) == everything(town.server.data)), (
        "every table is the same"
    )
    assert within(30, lambda: b"a secret that goes" not in texts(standby.data))
    assert set(REPLAYED) <= everything(standby.data).keys()
    kept = {path.name for path in (town.server.data / "files").rglob("*") if path.is_file()}
    assert kept == {path.name for path in (standby.data / "files").rglob("*") if path.is_file()}
    assert open_to_others(standby.data) == []
    assert "chatd_standby_lag_seconds" in standby.read("/metrics")
    assert standby.stop() == 0


def test_what_was_erased_while_it_was_away_is_erased_in_it_too(town: Town, follow: Follow) -> None:
    room = town.room()
    leaver = town.member(room, name="leaver")
    bob = town.open(leaver)
    secret = "words that are taken back"
    seq = bob.ask("message.post", room=room, text=secret, nonce="1")["seq"]
    bob.ask("draft.set", room=room, text="a draft of one who leaves")
    file = upload(bob, "a file of one who leaves")
    standby = follow(town)
    assert within(30, lambda: standby.has(head(town)))
    assert secret.encode() in texts(standby.data)
    standby.kill()
    bob.ask("message.delete", room=room, seq=seq)
    bob.ask("file.delete", file=file["id"])
    town.operator.ask("account.erase", account=leaver.id)
    standby.start()
    assert within(30, lambda: standby.has(head(town)))
    assert within(30, lambda: everything(standby.data) == everything(town.server.data))
    for word in (secret, "a draft of one who leaves", leaver.name):
        assert within(30, lambda word=word: word.encode() not in texts(standby.data)), word  # type: ignore[misc]
    kept = {path.name for path in (town.server.data / "files").rglob("*") if path.is_file()}
    assert within(
        10, lambda: kept == {path.name for path in (standby.data / "files").rglob("*") if path.is_file()}
    )


def test_a_server_that_is_compacted_is_followed_on_and_from_the_beginning(town: Town, follow: Follow) -> None:
    room = town.room()
    ann = town.open(town.member(room))
    for number in range(80):
        seq = ann.ask("message.post", room=room, text=f"{number} " * 2_000, nonce=str(number))["seq"]
        if number % 4:
            ann.ask("message.delete", room=room, seq=seq)
    early = follow(town)
    assert within(30, lambda: early.has(head(town)))
    done = threading.Event()

    def compact() -> None:
        with_it = Client.operator(town.server)
        with_it.ask("server.compact")
        with_it.close()
        done.set()

    compacting = threading.Thread(target=compact)
    compacting.start()
    late = follow(town, "late")
    number = 0
    while number == 0 or not done.is_set():
        number += 1
        seq = ann.ask("message.post", room=room, text="meanwhile " * 500, nonce=f"m{number}")["seq"]
        ann.ask("message.delete", room=room, seq=seq)
    compacting.join()

    def apart(standby: Standby) -> set[str]:
        there, here = everything(town.server.data), everything(standby.data)
        return {name for name in there if there[name] != here[name]}

    for standby in (early, late):
        assert within(30, lambda one=standby: apart(one) <= {"body_rows"}), "erased ones may stay there"  # type: ignore[misc]
        assert standby.stop() == 0
        promote(standby.data)
        promoted = Server(standby.data).start()
        operator = Client.operator(promoted)
        assert operator.ask("server.verify")["findings"] == []
        operator.close()
        ended_well(promoted)


def test_killed_under_load_nothing_is_lost_beyond_the_lag_and_nothing_doubled(
    tmp_path: Path, follow: Follow
) -> None:
    server = Server(tmp_path / "primary", program=UPLOADING, follow=True).start()
    town = Town(server)
    rooms = [town.room() for _ in range(3)]
    members = [town.member(*rooms) for _ in rooms]
    standby = follow(town)
    assert within(30, lambda: standby.has(head(town)))
    load = [Load(server, member, room) for member, room in zip(members, rooms, strict=True)]
    try:
        assert within(30, lambda: min(len(one.acknowledged) for one in load) > 100)
        standby.kill()
        standby.start()
        assert within(30, lambda: min(len(one.acknowledged) for one in load) > 300)
        town.reconnect()
        server.stop()  # everything in memory is gone: it has to look at the tables again
        server.start()
        counts = [len(one.acknowledged) for one in load]
        assert within(
            30, lambda: all(len(one.acknowledged) > was + 100 for one, was in zip(load, counts, strict=True))
        )
        assert within(
            20, lambda: standby.status()["state"] == "following" and standby.status()["lag_seconds"] < 5
        )
        server.kill()
    finally:
        for one in load:
            one.stop()
    assert within(30, lambda: standby.status()["state"] == "disconnected")
    shown = standby.status()["position"]
    newest = max(position for one in load for position in one.acknowledged.values())
    assert "up to position" in promote(standby.data)
    again = Server(standby.data, program=UPLOADING, follow=True).start()
    try:
        there = Town(again)
        there.assert_sound()
        assert head(there) >= shown
        for one in load:
            reader = there.dial()
            reader.open(one.account.token)
            found = [message["text"] for message in history(reader, one.room)]
            assert len(found) == len(set(found)), "nothing is there twice"
            lost = {text for text, position in one.acknowledged.items() if position <= shown} - set(found)
            assert not lost, "nothing is lost that it showed to have"
            assert set(found) <= one.sent
        cursor = {"epoch": load[0].epoch, "position": shown}
        assert there.open(load[0].account, cursor).opened["resumed"]
        if newest > shown:
            beyond = {"epoch": load[0].epoch, "position": newest}
            assert not there.open(load[0].account, beyond).opened["resumed"]
        there.close()
    finally:
        assert again.stop() == 0


class Load:
    """Posts as fast as it is answered, and comes back when the connection breaks."""

    def __init__(self, server: Server, account: Account, room: str) -> None:
        self.account = account
        self.room = room
        self.epoch = ""
        self.acknowledged: dict[str, int] = {}  # texts and their positions
        self.sent: set[str] = set()
        self._server = server
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(20)

    def _run(self) -> None:
        number = 0
        while not self._stopped.is_set():
            try:
                client = Client.dial(self._server)
                try:
                    client.open(self.account.token)
                    self.epoch = client.cursor["epoch"]
                    while not self._stopped.is_set():
                        text = f"{self.account.name} {number}"
                        self.sent.add(text)
                        done = client.ask("message.post", room=self.room, text=text, nonce=str(number))
                        self.acknowledged[text] = done["position"]
                        number += 1
                finally:
                    client.close()
            except (OSError, Refused, AssertionError, EOFError, WebSocketException):
                self._stopped.wait(0.1)


def test_a_line_that_breaks_again_and_again_is_no_matter(town: Town, tmp_path: Path) -> None:
    room = town.room()
    ann = town.open(town.member(room))
    wire = Wire(town.server.port)
    standby = Standby(town.server, admin(town), tmp_path / "far", wire.port).start()
    try:
        for turn in range(4):
            wire.mend()
            assert within(30, lambda: standby.status()["state"] != "disconnected")
            for number in range(20):
                text = f"turn {turn} {number}"
                ann.ask("message.post", room=room, text=text, nonce=text)
            wire.cut()
            upload(ann, f"in turn {turn}")
            assert within(30, lambda: standby.status()["state"] == "disconnected")
            lagged = standby.status()["lag_seconds"]
            assert within(30, lambda lagged=lagged: standby.status()["lag_seconds"] > lagged)  # type: ignore[misc]
        wire.mend()
        assert within(30, lambda: standby.has(head(town)))
        assert within(30, lambda: everything(standby.data) == everything(town.server.data))
        assert standby.stop() == 0
        assert "standby_disconnected" in standby.output()
    finally:
        standby.kill()
        wire.close()


def test_only_who_may_follows(town: Town, follow: Follow, tmp_path: Path) -> None:
    nobody = town.member()
    standby = Standby(town.server, nobody.token, tmp_path / "nobody").start()
    assert standby.ended() == 1
    assert "only an operator or admin may follow" in standby.output()
    closed = Server(tmp_path / "closed").start()
    try:
        there = Town(closed)
        standby = Standby(closed, admin(there), tmp_path / "other").start()
        assert standby.ended() == 1
        assert "only if its setting `follow` allows it" in standby.output()
        there.close()
    finally:
        assert closed.stop() == 0


def test_a_standby_is_no_server_and_is_promoted_when_it_is_whole(
    town: Town, follow: Follow, tmp_path: Path
) -> None:
    standby = follow(town)
    assert within(30, lambda: standby.has(head(town)))
    assert standby.stop() == 0
    server = Server(standby.data)
    server.launch()
    assert server.process is not None
    assert server.process.wait(60) == 1
    assert "is a standby of" in server.output()
    server.kill()
    assert "is no standby" in promote(town.server.data, status=1)
    assert "there is no database" in promote(tmp_path / "nothing", status=1)
    other = Server(tmp_path / "another", follow=True).start()
    try:
        elsewhere = Town(other)
        wrong = Standby(other, admin(elsewhere), standby.data).start()
        assert wrong.ended() == 1
        assert "is another server" in wrong.output()
        elsewhere.close()
    finally:
        assert other.stop() == 0
    promote(standby.data)
    assert "is no standby" in promote(standby.data, status=1)


def test_an_admin_sees_who_follows(town: Town, follow: Follow) -> None:
    standby = follow(town, "seen")
    port = standby.page.rpartition(":")[2]

    def seen() -> dict[str, Any]:
        known = town.operator.ask("server.status")["standbys"]
        found = [one for one in known if one["name"].endswith(f":{port}")]
        return found[0] if found else {"position": -1}

    assert within(30, lambda: seen()["position"] == head(town) and not seen()["files_missing"])
    assert within(30, lambda: seen()["lag_seconds"] < 15)
    checks = town.operator.ask("server.doctor")["checks"]
    assert any(one["topic"] == "standbys" and f":{port} has" in one["says"] for one in checks)


def test_what_is_no_server_is_not_followed(town: Town, follow: Follow, tmp_path: Path) -> None:
    standby = follow(town)
    assert within(30, lambda: standby.has(head(town)))
    second = Standby(
        town.server, "a token", tmp_path / "second", int(standby.page.rpartition(":")[2])
    ).start()
    assert second.ended() == 1
    assert f"is a standby itself; follow its server, http://127.0.0.1:{town.server.port}" in second.output()


def test_a_port_that_is_taken_is_said(town: Town, tmp_path: Path) -> None:
    command = [
        "follow",
        "http://127.0.0.1:1",
        "--data",
        str(tmp_path / "taken"),
        "--port",
        str(town.server.port),
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "chatd.cli", *command],
        env={**os.environ, "CHATD_TOKEN": "a token"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {town.server.port}: " in ended.stderr
    assert "has not had everything of http://127.0.0.1:1 yet" in promote(tmp_path / "taken", status=1)


def test_as_a_service_it_says_that_it_lives_and_takes_the_socket_of_its_unit(
    town: Town, tmp_path: Path
) -> None:
    manager = Manager(tmp_path / "notify")
    told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000", "CHATD_TOKEN": admin(town)}
    with socket.create_server(("127.0.0.1", 0)) as kept:
        follow = ["follow", f"http://127.0.0.1:{town.server.port}", "--data", str(tmp_path / "standby")]
        command = ACTIVATED.format(kept.fileno(), "$", sys.executable)
        process = subprocess.Popen(
            ["/bin/bash", "-c", command, "chatd", *follow, "--port", str(town.server.port)],
            env={**os.environ, **told},
            pass_fds=(kept.fileno(),),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert {manager.told() for _ in range(3)} == {"READY=1", "WATCHDOG=1"}
            with urlopen(f"http://127.0.0.1:{kept.getsockname()[1]}/healthz", timeout=60) as answer:
                assert answer.read() == b"ok, a standby\n"
            process.terminate()
            manager.wait("STOPPING=1")
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()
            manager.close()


def test_promoting_says_which_files_had_not_come(town: Town, follow: Follow) -> None:
    room = town.room()
    ann = town.open(town.member(room))
    post(ann, room, upload(ann, "bytes that do not come"))
    standby = follow(town)
    assert within(30, lambda: standby.has(head(town)))
    assert standby.stop() == 0
    [*_, file] = sorted(path for path in (standby.data / "files").rglob("*") if path.is_file())
    file.unlink()
    assert "files whose bytes had not come yet: 1" in promote(standby.data)
