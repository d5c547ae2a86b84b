"""The database of a running server is deleted, replaced or moved: nothing counts as stored that is not."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Serve
from .raw import fetched
from .serving import Server
from .talking import Client
from .town import Town

NOTICED = 5.0  # seconds on a busy machine; the promise of one is kept in tests/actors/test_watches.py


def http(server: Server, path: str) -> tuple[int, bytes]:
    status, _, body = fetched(server, path)
    return status, body


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not come about"


def lines(server: Server, event: str) -> int:
    return sum(
        json.loads(line)["event"] == event
        for line in server.log.read_text().splitlines()
        if line.startswith("{")
    )


def delete(folder: Path) -> Path:
    (folder / "chatd.db").unlink()
    return folder


def replace(folder: Path) -> Path:
    (folder / "other.db").write_bytes(b"")
    (folder / "other.db").replace(folder / "chatd.db")
    return folder


def move(folder: Path) -> Path:
    return folder.rename(folder.with_name(f"{folder.name}-moved"))


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize("happen", [delete, replace, remove, move])
def test_a_server_whose_file_is_gone_says_so_stores_nothing_and_saves_what_is_open(
    serve: Serve, tmp_path: Path, happen: Callable[[Path], object]
) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    ann = town.open(town.owner)
    ann.ask("room.join", room=room)
    ann.ask("message.post", room=room, text="kept")
    happen(server.data)
    refusal = ann.refusal("message.post", room=room, text="lost")
    assert refusal["code"] == "unavailable"
    assert "database file" in refusal["message"]
    assert str(server.data) not in refusal["message"], "members need not know where it is"
    wait_until(lambda: http(server, "/readyz")[0] == 503, NOTICED)
    status, body = http(server, "/healthz")
    assert (status, b"nothing can be stored" in body) == (200, True)

    copy = tmp_path / "saved.db"
    position = town.operator.ask("backup.create", path=str(copy))["position"]
    status_ = town.operator.ask("server.status")
    assert (status_["ready"], len(status_["problems"])) == (False, 1)
    checked = town.operator.ask("server.check")
    assert not checked["ok"]
    assert str(server.data) in checked["findings"][0]
    assert str(server.data) in town.operator.refusal("server.verify")["message"]
    assert [m["text"] for m in ann.ask("room.history", room=room)["messages"]] == ["kept"]
    for _ in range(5):
        assert ann.refusal("message.post", room=room, text="lost")["code"] == "unavailable"
    assert lines(server, "database_misplaced") == 1
    assert lines(server, "commit_failed") == 0
    town.close()
    # where its folder was moved, all of it is there
    assert server.stop() == (1 if happen is move else 0)
    assert ("chatd: the database is lost: " in server.output()) is (happen is move)
    assert len(list(server.data.glob("chatd.db.rescued-*"))) == (0 if happen is move else 1)

    restored = Server(tmp_path / "restored")
    restored.data.mkdir(mode=0o700)
    shutil.copy(copy, restored.data / "chatd.db")
    restored.start()
    try:
        back = Client.operator(restored)
        assert back.ask("server.status")["position"] == position
        assert back.ask("server.verify")["findings"] == []
        back.close()
    finally:
        restored.kill()


def test_the_server_outlives_a_file_that_is_cut_off(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    ann = town.open(town.owner)
    ann.ask("room.join", room=room)
    for _ in range(200):
        ann.ask("message.post", room=room, text="much " * 400)
    town.close()
    server.stop()  # what was in the write-ahead log is in the file now
    server.start()
    ann = Client.dial(server).open(town.owner.token)
    with (server.data / "chatd.db").open("r+b") as file:
        file.truncate(3 * 4096)
    for at in range(20, 200, 20):
        answer = ann.reply(
            ann.send("room.history", room=room, before=at, limit=5)
        )  # what it has in memory it gives
        assert "result" in answer or answer["error"]["code"] == "unavailable"
    assert http(server, "/healthz")[0] == 200
    ann.close()
    server.kill()  # it has lost its file, and would say so


def test_a_server_goes_on_when_its_folder_is_back(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    ann = town.open(town.owner)
    ann.ask("room.join", room=room)
    moved = move(server.data)
    assert ann.refusal("message.post", room=room, text="lost")["code"] == "unavailable"
    wait_until(lambda: lines(server, "database_misplaced") == 1)
    moved.rename(server.data)
    wait_until(lambda: http(server, "/readyz")[0] == 200)
    assert lines(server, "database_back") == 1
    ann.ask("message.post", room=room, text="stored")
    server.kill()
    server.start()
    town.reconnect()
    texts = [m["text"] for m in town.operator.ask("room.history", room=room)["messages"]]
    assert texts == ["stored"]
    town.assert_sound()
    town.close()
