"""What operators are shown of sessions, streams and followers: the truth, and no texts."""

from __future__ import annotations

import pytest

from .raw import fetched
from .serving import Server
from .talking import MSGPACK
from .town import Town

LOADS = ("server.sessions", "server.streams", "server.followers")


@pytest.mark.parametrize("name", LOADS)
def test_only_operators_and_admins_are_told(town: Town, name: str) -> None:
    assert town.open(town.owner).refusal(name)["code"] == "forbidden"
    admin = town.account("admin", admin=True)
    town.open(admin).ask(name)


def test_a_session_is_shown_with_its_account_device_and_protocol(town: Town) -> None:
    client = town.open(town.owner, subprotocol=MSGPACK)
    client.ask("space.list")
    answer = town.operator.ask("server.sessions")
    (row,) = [row for row in answer["sessions"] if row["name"] == f"session/{client.opened['session']}"]
    assert (row["account"], row["by"], row["protocol"]) == (town.owner.id, town.owner.id, "chatd.v1.msgpack")
    assert (row["behind"], row["demotions"], row["open"], row["handled"]) == (False, 0, 0, 2)
    assert row["device"] in [device["id"] for device in client.ask("device.list")["devices"]]
    assert answer["total"] == len(answer["sessions"])


def test_a_connection_without_a_session_is_nobodys(town: Town) -> None:
    town.dial()
    rows = town.operator.ask("server.sessions")["sessions"]
    assert any(row["account"] is None and row["by"] == "" for row in rows)
    assert any(row["account"] is None and row["by"].startswith("operator:") for row in rows)


def test_every_stream_is_on_one_page_and_knows_its_newest_event(town: Town) -> None:
    room = town.room()
    ann = town.open(town.owner)
    for number in range(3):
        posted = ann.post(room, f"hello {number}")
    found, after = [], None
    while True:
        page = town.operator.ask("server.streams", limit=2, **({"after": after} if after else {}))
        found += page["streams"]
        after = page["next"]
        if after is None:
            break
    names = [row["stream"] for row in found]
    assert names == sorted(set(names))
    assert {f"room/{room}", f"space/{town.space}", f"account/{town.owner.id}"} <= set(names)
    (row,) = [row for row in found if row["stream"] == f"room/{room}"]
    assert (row["seq"], row["minute"]) == (posted["seq"], posted["seq"])
    rooms = town.operator.ask("server.streams", kind="room", limit=500)["streams"]
    assert [row["stream"] for row in rooms] == [name for name in names if name.startswith("room/")]
    assert row in town.operator.ask("server.streams", limit=1)["busiest"]


def test_followers_come_to_the_head_of_the_log(town: Town) -> None:
    town.open(town.owner).post(town.room(), "hello")
    names = {"view notifications", "view search", "notifier", "pusher", "scheduler"}
    rows = town.operator.ask("server.followers")["followers"]
    assert {row["name"] for row in rows} == names
    for _ in range(200):
        rows = town.operator.ask("server.followers")["followers"]
        if not any(row["lag"] or row["late_ms"] for row in rows):
            break
        head = town.operator.ask("event.list")["position"]
        town.operator.ask("event.list", after=head, wait=0.1)
    else:
        pytest.fail(f"they are still behind: {rows}")
    assert all(row["error"] is None and row["restarts"] == 0 for row in rows)


@pytest.mark.parametrize(
    ("wait", "status"),
    [("0.01", 200), ("0", 200), ("1e999", 400), ("soon", 400), ("nan", 400)],
)
def test_the_log_is_asked_to_wait_over_http_too(server: Server, town: Town, wait: str, status: int) -> None:
    admin = town.account("admin", admin=True)
    head = town.operator.ask("event.list")["position"]
    assert (
        fetched(server, f"/api/v1/log?after={head}&wait={wait}", {"Authorization": f"Bearer {admin.token}"})[
            0
        ]
        == status
    )
