"""A position without its history means nothing: an older copy is put back, and talk passes the old head."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import attrs
import pytest
import trio

from chatd.client import RELOADED, Cursor, connect
from chatd.contract.session import SessionOpened
from chatd.store.ops.data_folder import hold

from .conftest import Serve, ended_well
from .serving import Server
from .talking import Client, Frame, Refused, history
from .town import Account, Town

CHATCTL = (sys.executable, "-m", "chatctl.cli")


def copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sock"))


def put_back(server: Server, older: Path) -> None:
    """The older copy in the place of the folder, as `rm -r` and `cp -a` put it there. The server is down."""
    shutil.rmtree(server.data)
    copy(older, server.data)


def pass_for_the_folder_itself(folder: Path) -> None:
    """A snapshot of a whole volume brings back inodes and times of change, too; here they are written in."""
    lock = (folder / "lock").stat()
    with closing(sqlite3.connect(folder / "chatd.db", isolation_level=None)) as database:
        known = f"{lock.st_ino}:{lock.st_ctime_ns}"
        assert database.execute("UPDATE meta SET value = ? WHERE key = 'lock'", (known,)).rowcount == 1


def cursor_at(client: Client, event: Frame | None = None) -> Frame:
    """Where a client stands after an event; without one, where its session began."""
    at = client.opened if event is None else event
    return {"epoch": client.opened["epoch"], "position": at["position"], "hash": at["hash"]}


def bare(cursor: Frame) -> Frame:
    """The cursor of a client that knows nothing of hashes."""
    return {name: value for name, value in cursor.items() if name != "hash"}


def texts(client: Client, room: str) -> list[str]:
    return [event["data"]["text"] for event in client.posted(room)]


def talk(town: Town, account: Account, room: str, *said: str) -> Client:
    client = town.open(account)
    for text in said:
        client.post(room, text)
    client.catch_up()
    return client


@attrs.frozen
class Lost:
    """What was known to clients of a server that has gone back to an older copy since, and talked on."""

    noticed: bool  # at the start: the epoch is another one
    town: Town
    room: str
    reader: Account
    shared: Frame  # a cursor within what the copy holds
    lost: Frame  # a cursor beyond it; by now the server's head is higher
    tail: subprocess.Popen[str]  # of the log, by chatctl, from before it happened
    log: Frame  # the last page of `event.list` of that time
    export: str  # `next` of an export of that time


SHARED = [f"before {n}" for n in range(5)]
LOST = [f"lost {n}" for n in range(5)]
NEW = [f"new {n}" for n in range(20)]


@pytest.fixture(scope="module")
def at_end() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module", params=["copy", "snapshot"])
def lost(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, at_end: ExitStack
) -> Iterator[Lost]:
    folder = tmp_path_factory.mktemp("histories")
    server = Server(folder / "data").start()
    at_end.callback(server.kill)
    town = Town(server)
    room = town.room()
    reader, writer = town.member(room), town.member(room)
    shared = cursor_at(town.open(reader))
    talk(town, writer, room, *SHARED)
    server.kill()
    town.close()
    copy(server.data, folder / "older")
    server.start()
    town.reconnect()
    reading = town.open(reader)
    head = town.operator.ask("event.list")["position"]
    command = [*CHATCTL, "--data", str(server.data), "--json", "event", "tail", "--from", str(head + 1)]
    tail = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    at_end.enter_context(tail)
    at_end.callback(tail.kill)
    talk(town, writer, room, *LOST)
    reading.catch_up()
    assert tail.stdout is not None
    while json.loads(tail.stdout.readline())["data"].get("text") != LOST[-1]:
        pass
    lost = cursor_at(reading, reading.events[-1])
    log = town.operator.ask("event.list", after=lost["position"] - 1)
    export = reading.ask("account.export", limit=1)["next"]
    assert server.stop() == 0
    town.close()
    put_back(server, folder / "older")
    if request.param == "snapshot":
        pass_for_the_folder_itself(server.data)
    server.start()
    town.reconnect()
    talk(town, writer, room, *NEW)
    yield Lost(request.param == "copy", town, room, reader, shared, lost, tail, log, export)
    town.close()
    ended_well(server)


def test_a_client_that_knows_more_than_the_copy_loads_anew(lost: Lost) -> None:
    for cursor in (lost.lost, bare(lost.lost)) if lost.noticed else (lost.lost,):
        client = lost.town.open(lost.reader, cursor)
        assert client.opened["resumed"] is False
        assert (client.opened["epoch"] != cursor["epoch"]) is lost.noticed
        assert client.opened["position"] > cursor["position"]
        assert [message["text"] for message in history(client, lost.room)] == SHARED + NEW


def test_a_hash_that_does_not_fit_is_not_believed_in_any_epoch(lost: Lost) -> None:
    here = lost.town.open(lost.reader)
    cursor = {**cursor_at(here), "position": lost.lost["position"], "hash": lost.lost["hash"]}
    assert lost.town.open(lost.reader, cursor).opened["resumed"] is False


def test_a_client_that_knows_less_than_the_copy_resumes(lost: Lost) -> None:
    for cursor in (lost.shared, bare(lost.shared)):
        client = lost.town.open(lost.reader, cursor)
        assert client.opened["resumed"] is True
        client.catch_up()
        assert texts(client, lost.room) == SHARED + NEW


def test_the_log_does_not_go_on_after_an_event_that_it_does_not_have(lost: Lost) -> None:
    operator, page = lost.town.operator, lost.log
    assert page["events"][-1]["hash"] == page["hash"]
    with pytest.raises(Refused, match="begin again without `after`") as refused:
        operator.ask("event.list", after=page["position"], hash=page["hash"])
    assert refused.value.code == "conflict"
    anew = operator.ask("event.list", after=lost.shared["position"], hash=lost.shared["hash"], limit=3)
    assert len(anew["events"]) == 3
    following = operator.ask("event.list", after=anew["position"], hash=anew["hash"], limit=500)
    head = operator.ask("event.list")
    assert (following["position"], following["hash"]) == (head["position"], head["hash"])
    with pytest.raises(Refused, match="begin again"):
        operator.ask("event.list", after=head["position"] + 1)


def test_an_export_does_not_go_on_in_another_history(lost: Lost) -> None:
    client = lost.town.open(lost.reader)
    with pytest.raises(Refused, match="begin again without `after`") as refused:
        client.ask("account.export", after=lost.export)
    assert refused.value.code == "conflict"
    page, kinds = client.ask("account.export", limit=1), []
    while page["next"]:
        kinds += [item["kind"] for item in page["items"]]
        page = client.ask("account.export", limit=1, after=page["next"])
    assert "membership" in kinds


def test_the_library_says_that_events_were_missed(lost: Lost) -> None:
    server = lost.town.server

    async def reconnect() -> None:
        async with connect(server.websocket, lost.reader.token, cursor=Cursor(**lost.lost)) as client:
            first = await anext(client.events())
            assert first.event == RELOADED
            assert isinstance(first.data, SessionOpened)
            assert client.cursor == Cursor(first.data.epoch, first.data.position, first.data.hash)
        async with connect(server.websocket, lost.reader.token, cursor=Cursor(**lost.shared)) as client:
            assert (await anext(client.events())).event != RELOADED
            assert client.cursor is not None
            assert client.cursor.hash

    trio.run(reconnect)


@pytest.mark.parametrize("lost", ["copy"], indirect=True)
def test_chatctl_does_not_follow_the_log_into_another_history(lost: Lost) -> None:
    assert lost.tail.stdout is not None
    assert lost.tail.stderr is not None
    assert set(NEW).isdisjoint(json.loads(line)["data"].get("text") for line in lost.tail.stdout)
    assert "begin again" in lost.tail.stderr.read()
    assert lost.tail.wait() == 1


@pytest.mark.parametrize("lost", ["copy"], indirect=True)
def test_a_restored_backup_is_another_history_whatever_the_cursor(lost: Lost, tmp_path: Path) -> None:
    here = lost.town.open(lost.reader)
    cursor = cursor_at(here)
    lost.town.operator.ask("backup.create", path=str(tmp_path / "backup.db"))
    restore = [*CHATCTL, "backup", "restore", str(tmp_path / "backup.db"), "--data", str(tmp_path / "new")]
    subprocess.run(restore, check=True, capture_output=True)
    server = Server(tmp_path / "new").start()
    try:
        with closing(Client.operator(server)) as operator:
            token = operator.ask("account.token", account=lost.reader.id)["token"]
            head = operator.ask("event.list")
        with closing(Client.dial(server).open(token, cursor)) as client:
            assert client.opened["resumed"] is False
            assert client.opened["epoch"] not in (cursor["epoch"], lost.lost["epoch"])
            assert (client.opened["position"], client.opened["hash"]) == (head["position"], head["hash"])
        ended_well(server)
    finally:
        server.kill()


def test_a_restart_a_crash_and_a_move_keep_the_history(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    reader = town.member(room)
    reading = talk(town, reader, room, "seen")
    cursor = cursor_at(reading)
    talk(town, reader, room, "missed")

    def come_back() -> Client:
        town.close()
        server.start()
        town.reconnect()
        for known in (cursor, bare(cursor)):
            client = town.open(reader, known)
            assert client.opened["resumed"] is True
            client.catch_up()
            assert texts(client, room) == ["seen", "missed"]
        at_head = cursor_at(client, client.events[-1])
        assert town.open(reader, at_head).opened["resumed"] is True
        return client

    assert server.stop() == 0
    assert come_back().opened["epoch"] == cursor["epoch"]
    server.kill()
    assert come_back().opened["epoch"] == cursor["epoch"]
    assert server.stop() == 0
    copy(server.data, tmp_path / "there")
    server.data = tmp_path / "there"
    come_back()  # tokens are good, too
    town.close()


def test_a_start_that_is_killed_before_the_database_knows_of_it_makes_no_other_history(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    epoch = town.open(town.owner).opened["epoch"]
    town.close()
    server.kill()
    for _ in range(3):
        with hold(server.data):
            pass
    server.start()
    town.reconnect()
    assert town.open(town.owner).opened["epoch"] == epoch
    town.close()
