"""Views on a real server: asked over the wire, looked after with chatctl, killed and started again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from chatctl.cli import cli

from .serving import Server
from .talking import Client
from .town import Town


def chatctl(server: Server, *words: str) -> str:
    result = CliRunner().invoke(cli, ["--data", str(server.data), *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def all_notifications(client: Client, **how: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    page = client.ask("notification.list", limit=2, **how)
    while True:
        found += page["notifications"]
        if page["next"] is None:
            return found
        page = client.ask("notification.list", limit=2, after=page["next"], **how)


def standing(server: Server) -> dict[str, dict[str, Any]]:
    return {view["name"]: view for view in json.loads(chatctl(server, "--json", "view", "list"))}


def test_a_mention_reaches_every_device_and_is_listed_until_it_is_read(town: Town) -> None:
    room = town.room()
    bob = town.member(room, name="bob")
    here, there = town.open(bob), town.open(bob)
    posted = town.open(town.member(room)).post(room, f"hello @{bob.name}")
    for device in (here, there):
        event = device.wait_event("notification.created", seq=posted["seq"])
        assert event["data"]["kind"] == "mention"
    [listed] = all_notifications(here, unread=True)
    assert listed["id"] == event["data"]["notification"]
    assert (listed["room"], listed["seq"], listed["read"]) == (room, posted["seq"], False)
    here.ask("notification.read", ids=[listed["id"]])
    there.wait_event("notification.read", ids=[listed["id"]])
    assert there.ask("notification.list", unread=True) == {"notifications": [], "next": None, "unread": 0}
    assert all_notifications(there) == [{**listed, "read": True}]


def test_a_direct_message_notifies_and_reading_the_room_is_enough(town: Town) -> None:
    ann, bob = town.member(name="ann"), town.member(name="bob")
    anns, bobs = town.open(ann), town.open(bob)
    room = anns.ask("direct.open", accounts=[bob.id])["room"]["id"]
    posted = anns.post(room, "psst")
    bobs.wait_event("notification.created", kind="direct")
    assert bobs.ask("notification.list")["unread"] == 1
    bobs.ask("read.mark", room=room, seq=posted["seq"])
    assert bobs.ask("notification.list")["unread"] == 0
    assert all_notifications(anns) == []


def test_a_list_does_not_go_on_after_what_one_was_not_told_of(town: Town) -> None:
    client = town.open(town.account())
    assert client.refusal("notification.list", after="nothing")["code"] == "not_found"
    assert town.operator.refusal("notification.list")["code"] == "forbidden"


def test_views_survive_a_kill_and_a_rebuild_gives_the_same(town: Town, server: Server) -> None:
    room = town.room()
    bob = town.member(room, name="bob")
    client, author = town.open(bob), town.open(town.member(room))
    seqs = [author.post(room, f"@{bob.name} {number}")["seq"] for number in range(7)]
    client.wait_event("notification.created", seq=seqs[-1])
    ids = [row["id"] for row in all_notifications(client)]
    client.ask("notification.read", ids=ids[:2])
    author.ask("message.delete", room=room, seq=seqs[3])
    before = all_notifications(client)
    assert [row["seq"] for row in before] == [seq for seq in seqs[::-1] if seq != seqs[3]]
    town.close()
    server.kill()
    server.start()
    town.reconnect()
    client = town.open(bob)
    assert all_notifications(client) == before
    for name in standing(server):
        chatctl(server, "view", "rebuild", name)
    assert all_notifications(client) == before
    town.assert_sound()


def test_a_rebuild_is_told_when_it_is_done(town: Town, server: Server) -> None:
    town.room()
    head = town.operator.ask("server.status")["position"]
    assert (  # the rebuild is logged itself
        chatctl(server, "view", "rebuild", "notifications") == f"built notifications from {head + 1} events\n"
    )
    assert json.loads(chatctl(server, "--json", "view", "rebuild", "search")) == {
        "name": "search",
        "position": head + 2,
        "head": head + 2,
        "lag": 0,
        "error": None,
    }


def test_the_views_are_listed_and_are_part_of_the_servers_status(town: Town, server: Server) -> None:
    town.operator.ask("view.rebuild", name="notifications")
    views = town.operator.ask("view.list")["views"]
    assert [view["name"] for view in views] == ["notifications", "search"]
    assert all(view["lag"] == view["head"] - view["position"] for view in views)
    assert {view["name"] for view in town.operator.ask("server.status")["views"]} == {
        "notifications",
        "search",
    }
    shown = chatctl(server, "view", "list")
    assert "notifications" in shown
    assert "lag" in shown


def test_a_view_that_does_not_exist_is_refused_in_one_line(server: Server) -> None:
    result = CliRunner().invoke(cli, ["--data", str(server.data), "view", "rebuild", "nothing"])
    assert result.exit_code == 1
    assert result.stderr == "chatctl: there is no view 'nothing'; there are: notifications, search\n"


def test_only_operators_look_after_views(town: Town) -> None:
    client = town.open(town.account())
    assert client.refusal("view.list")["code"] == "forbidden"
    assert client.refusal("view.rebuild", name="notifications")["code"] == "forbidden"


def test_the_views_file_is_beside_the_database_and_may_be_deleted(tmp_path: Path) -> None:
    server = Server(tmp_path / "data").start()
    try:
        town = Town(server)
        room = town.room()
        bob = town.member(room, name="bob")
        client, author = town.open(bob), town.open(town.member(room))
        author.post(room, f"@{bob.name}")
        client.wait_event("notification.created")
        before = all_notifications(client)
        town.close()
        assert server.stop() == 0
        for file in server.data.glob("views.db*"):
            file.unlink()
        server.start()
        town.reconnect()
        assert all_notifications(town.open(bob)) == before
        town.close()
        assert server.stop() == 0
    finally:
        server.kill()
