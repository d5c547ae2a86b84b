"""Starting, ending, and being in the way: the process as its admin sees it."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from .conftest import Serve, ended_well
from .raw import Peer, fetched
from .serving import DidNotStart, Server
from .talking import MSGPACK, Client, Frame, history
from .test_database_gone import http
from .test_hostile_bytes import within
from .town import Town


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_answers_what_was_asked_says_1001_and_ends_with_status_0(
    serve: Serve, by: signal.Signals
) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account = town.member(room)
    posters = [town.open(account), town.open(account, subprotocol=MSGPACK)]
    idle, unopened = town.open(town.member(room)), town.dial()
    asked: list[list[Frame]] = []
    for poster in posters:
        batches = [
            [poster.frame("message.post", {"room": room, "text": f"{n}", "nonce": f"{id(poster)} {n}"})]
            for n in range(200)
        ]
        asked.append([frame for batch in batches for frame in batch])
        poster.send_frames(asked[-1])
    for poster in posters:
        poster.wait(lambda p=poster: p.replies, "the first answer")  # type: ignore[misc]
    assert server.process is not None
    server.process.send_signal(by)
    assert [client.wait_closed() for client in (*posters, idle, unopened)] == [1001] * 4
    assert server.wait_ended() == 0
    acknowledged, refused = [], []
    for poster, frames in zip(posters, asked, strict=True):
        assert poster.replies.keys() == {frame["id"] for frame in frames}
        for frame in frames:
            reply = poster.replies[frame["id"]]
            if "result" in reply:
                acknowledged.append((reply["result"]["seq"], frame["data"]["text"]))
            else:
                assert reply["error"]["code"] == "unavailable"
                refused.append(frame["data"]["nonce"])
    town.close()
    server.start()
    town.reconnect()
    after = [(message["seq"], message["text"]) for message in history(town.open(account), room)]
    assert after == sorted(acknowledged)
    town.assert_sound()
    town.close()


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(tmp_path / "data")
        server.port = taken.getsockname()[1]
        server.launch()
        assert server.wait_ended() == 1
    last = server.output().strip().splitlines()[-1]
    assert str(server.port) in last
    assert "Traceback" not in server.output()


@pytest.mark.parametrize(
    ("settings", "word"), [({"sign_up": "maybe"}, "sign_up"), ({"ping_timeout": "soon"}, "ping_timeout")]
)
def test_a_setting_without_sense_is_named(tmp_path: Path, settings: dict[str, Any], word: str) -> None:
    server = Server(tmp_path / "data", **settings)
    server.launch()
    assert server.wait_ended() in (1, 2)
    assert word in server.output().lower()
    assert "Traceback" not in server.output()


def test_a_server_starts_after_a_kill_that_left_its_socket_and_lock_behind(serve: Serve) -> None:
    server = serve()
    for _ in range(3):
        server.kill()
        assert server.admin_socket.exists()
        server.start()
    operator = Client.operator(server)
    assert operator.ask("server.status")["ready"] is True
    operator.close()


def test_a_clean_stop_leaves_a_small_log_and_no_socket(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    client = town.open(town.member(room))
    for n in range(50):
        client.post(room, f"{n} " + "x" * 5000)
    town.close()
    assert server.stop() == 0
    assert not server.admin_socket.exists()
    assert sum(path.stat().st_size for path in server.data.glob("*-wal")) == 0
    server.start()


def test_the_data_folder_and_its_socket_are_nobody_elses_business(server: Server) -> None:
    assert stat.S_IMODE(server.admin_socket.stat().st_mode) == 0o600
    for path in [server.data, *server.data.iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_operators_see_the_server_and_its_log(town: Town) -> None:
    status = town.operator.ask("server.status")
    assert status["pid"] == town.server.pid
    assert status["ready"] is True
    assert {"version", "epoch", "position", "uptime", "connections", "sessions", "memory"} <= status.keys()
    top = town.operator.ask("server.top")
    assert {"commits", "actors", "loop_lag_ms"} <= top.keys()
    check = town.operator.ask("server.check")
    assert check == {"ok": True, "findings": []}
    head = town.operator.ask("event.list")
    assert head["events"] == []
    room = town.room()
    waiting = town.operator.send("event.list", after=head["position"], wait=10)
    town.operator.result(waiting)
    client = town.open(town.owner)
    posted = client.post(room, "for the record")
    found = town.operator.ask("event.list", after=posted["position"] - 1, stream=f"room/{room}")
    assert [event["data"]["text"] for event in found["events"]] == ["for the record"]
    later = town.operator.send("event.list", after=found["position"], wait=10)
    second = client.post(room, "and this")
    assert second["position"] in [event["position"] for event in town.operator.result(later)["events"]]
    town.assert_sound()


def test_a_backup_of_a_running_server_serves_the_same_history(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    for n in range(100):
        client.post(room, f"{n}")
    path = tmp_path / "copy.db"
    made = town.operator.ask("backup.create", path=str(path))
    assert (made["path"], made["bytes"]) == (str(path), path.stat().st_size)
    assert town.operator.refusal("backup.create", path=str(path))["code"] in ("conflict", "invalid")
    client.post(room, "after the backup")
    town.close()
    copy = Server(tmp_path / "copy")
    copy.data.mkdir(mode=0o700)
    (database,) = server.data.glob("chatd.db")
    path.rename(copy.data / database.name)
    copy.start()
    restored = Client.dial(copy).open(account.token)
    assert [message["text"] for message in history(restored, room)] == [str(n) for n in range(100)]
    restored.close()
    operator = Client.operator(copy)
    assert operator.ask("server.verify")["ok"] is True
    operator.close()
    ended_well(copy)


def test_the_first_start_prints_a_link_that_makes_the_first_account_once(serve: Serve) -> None:
    server = serve()
    assert server.printed.get(timeout=60).startswith("listening on http://")
    link = re.search(r"http://\S+/setup\?code=(\S+)$", server.printed.get(timeout=60))
    assert link is not None
    path = link[0].partition(f":{server.port}")[2]

    def submit(code: str, password: str) -> tuple[int, str]:
        form = urlencode({"code": code, "name": "ada", "password": password, "space": "Home"}).encode()
        with Peer(server) as peer:
            kind = "application/x-www-form-urlencoded"
            peer.get(
                "/setup", method="POST", headers={"Content-Type": kind, "Content-Length": str(len(form))}
            )
            peer.send(form)
            status, _headers, page = peer.response()
            return status, page.decode()

    status, _headers, page = fetched(server, path)
    assert status == 200
    assert link[1].encode() in page
    password = "a lantern over seven still ponds"
    status, page = submit("not the code", password)
    assert (status, "this link is not the newest one" in page) == (400, True)
    status, page = submit(link[1], "short")
    assert (status, 'value="ada"' in page, 'value="Home"' in page) == (400, True, True)
    assert submit(link[1], password)[0] == 200
    status, page = submit(link[1], password)
    assert (status, "there is an account already; sign in with it" in page) == (400, True)
    client = Client.dial(server)
    client.open(client.ask("account.sign_in", name="ada", password=password)["access_token"])
    assert [space["name"] for space in client.opened["spaces"]] == ["Home"]
    client.ask("server.status")  # the first account is an admin
    client.close()
    server.stop()
    server.start()
    server.printed.get(timeout=60)
    server.stop()
    assert server.printed.empty(), "the link is printed only until there is an account"
    server.start()


# --- a disk that is full ---


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "chatd-test", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk can be mounted by root only")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_refuses_what_it_cannot_keep_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(12 << 20))
    server = Server(small_disk / "data")
    server.log = small_disk.parent / "server.log"
    server.start()
    town = Town(server)
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    acknowledged: dict[str, int] = {}
    refused: list[str] = []
    for n in range(3000):
        nonce = f"n{n}"
        reply = client.reply(client.send("message.post", room=room, text=f"{n} " + "x" * 9000, nonce=nonce))
        if "result" in reply:
            acknowledged[nonce] = reply["result"]["seq"]
            continue
        assert reply["error"]["code"] == "unavailable"
        refused.append(nonce)
        if len(refused) == 10:
            break
    assert len(refused) == 10, "the disk never filled"
    assert acknowledged

    def texts(client: Client) -> dict[int, str]:
        return {message["seq"]: message["text"].split()[0] for message in history(client, room)}

    expected = {seq: nonce[1:] for nonce, seq in acknowledged.items()}
    assert texts(client) == expected, "reading goes on while the disk is full"

    def told() -> bool:
        again = client.send(
            "message.post", room=room, text=f"{refused[0][1:]} " + "x" * 9000, nonce=refused[0]
        )
        assert client.reply(again)["error"]["code"] == "unavailable"
        problems = town.operator.ask("server.status")["problems"]
        return http(server, "/readyz")[0] == 503 and "commit failed" in "".join(problems)

    assert within(30, told), "something smaller was stored in between each time"
    (small_disk / "ballast").unlink()

    def posted() -> bool:
        reply = client.reply(client.send("message.post", room=room, text="there is room", nonce="room"))
        assert "result" in reply or reply["error"]["code"] == "unavailable"
        return "result" in reply

    assert within(30, posted), "it never recovered"
    assert http(server, "/readyz")[0] == 200
    for nonce in refused:
        expected[client.post(room, f"{nonce[1:]} " + "x" * 9000, nonce=nonce)["seq"]] = nonce[1:]
    expected[client.post(room, "there is room", nonce="room")["seq"]] = "there"
    assert texts(client) == expected
    client.catch_up()
    assert {event["seq"]: event["data"]["text"].split()[0] for event in client.posted(room)} == expected
    town.assert_sound()
    server.kill()
    town.close()
    server.start()
    town.reconnect()
    assert texts(town.open(account)) == expected
    town.assert_sound()
    town.close()
    if server.process is not None:
        server.stop()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(DidNotStart) as failed:
        Server(tmp_path / "data").start()
    assert "Traceback" not in str(failed.value)
    assert str(tmp_path / "data") in str(failed.value)


def test_ended_servers_are_checked_for_tracebacks(tmp_path: Path) -> None:
    """The check that every other test in this folder leans on."""
    server = Server(tmp_path / "data")
    server.log.write_text("Traceback (most recent call last):\n")
    with pytest.raises(AssertionError):
        ended_well(server)
