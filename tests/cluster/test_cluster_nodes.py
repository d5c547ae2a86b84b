"""What people and admins notice of several nodes, through the protocol alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from e2e.authenticator import Authenticator
from e2e.push_place import PushPlace
from e2e.serving import DidNotStart, Server
from e2e.talking import Client, Frame, Refused
from e2e.town import Town
from three_nodes import ClusterNode, ThreeNodes, three_nodes
from websockets.exceptions import ConnectionClosed

from bench.nats_servers import nats_servers
from chatd.cluster.founding import FOUNDING
from chatd.handlers.cluster import OTHER_FILES

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def push_place() -> Iterator[PushPlace]:
    with PushPlace() as place:
        yield place


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, push_place: PushPlace) -> Iterator[ThreeNodes]:
    settings = {"private_hosts": push_place.host, "push_contact": "mailto:admin@example.org"}
    with three_nodes(tmp_path_factory.mktemp("cluster"), **settings) as cluster:
        cluster.start()
        yield cluster
        cluster.stop()
        for node in cluster.nodes:
            assert "Traceback" not in node.server.log.read_text()


def opened(node: ClusterNode, token: str) -> Client:
    client = Client.dial(node.server)
    client.open(token)
    return client


def posted(client: Client) -> list[Frame]:
    return [event for event in client.events if event["event"] == "message.posted"]


def wait_posted(client: Client, count: int) -> None:
    client.wait(lambda: len(posted(client)) == count, f"{count} messages", 30)


def wait_signal(client: Client, wanted: Callable[[Frame], bool]) -> None:
    client.wait(lambda: any(map(wanted, client.signals)), "a signal", 30)


def test_what_one_node_acknowledges_all_show_in_the_same_place(cluster: ThreeNodes, town: Town) -> None:
    room = town.room()
    people = [town.member(room) for _ in cluster.nodes]
    clients = [opened(node, who.token) for node, who in zip(cluster.nodes, people, strict=True)]
    for number in range(10):
        for client in clients:
            client.ask("message.post", room=room, text=f"{number}", nonce=f"{number}")
    seen = []
    for client in clients:
        wait_posted(client, 30)
        seen.append([(one["position"], one["hash"], one["seq"]) for one in posted(client)])
        client.close()
    assert seen[0] == seen[1] == seen[2]


def test_whoever_signs_in_on_one_node_is_known_to_the_next_at_once(cluster: ThreeNodes, town: Town) -> None:
    for number in range(6):
        here, there = cluster.nodes[number % 3], cluster.nodes[(number + 1) % 3]
        with closing(Client.dial(here.server)) as client:
            made = client.ask(
                "account.sign_up", name=f"fresh{number}{time.time_ns()}", password="a good password"
            )
        with closing(opened(there, made["access_token"])) as client:
            assert client.opened["account"]["id"] == made["account"]["id"]
        with closing(Client.dial(there.server)) as client:
            client.ask("account.refresh", refresh_token=made["refresh_token"])


def test_nobody_posts_on_any_node_after_their_kick(cluster: ThreeNodes, town: Town) -> None:
    room = town.room()
    for node in cluster.nodes:
        who = town.member(room)
        with closing(opened(node, who.token)) as client:
            client.ask("message.post", room=room, text="still in")
            town.operator.ask("member.kick", space=town.space, account=who.id)
            with pytest.raises(Refused):
                client.ask("message.post", room=room, text="still here?")


def test_a_revoked_device_ends_on_every_node(cluster: ThreeNodes, town: Town) -> None:
    who = town.account()
    clients = [opened(node, who.token) for node in cluster.nodes]
    town.operator.ask("account.disable", account=who.id)
    for client in clients:
        assert client.wait_closed() in (4002, 1001)
    for node in cluster.nodes:
        with closing(Client.dial(node.server)) as client, pytest.raises(Refused):
            client.open(who.token)


def test_a_device_is_seen_to_be_connected_on_whatever_node(cluster: ThreeNodes) -> None:
    with closing(Client.dial(cluster.nodes[0].server)) as end:
        name, password = f"far{time.time_ns()}", "a lantern over seven still ponds"
        first = end.ask("account.sign_up", name=name, password=password)
        second = end.ask("account.sign_in", name=name, password=password)
    here = opened(cluster.nodes[0], first["access_token"])

    def connected() -> list[bool]:
        return sorted(one["connected"] for one in here.ask("device.list")["devices"])

    assert connected() == [False, True]
    there = opened(cluster.nodes[1], second["access_token"])
    assert connected() == [True, True]
    there.close()
    deadline = time.monotonic() + 30
    while connected() != [False, True]:
        assert time.monotonic() < deadline
    here.close()


def test_a_passkey_that_was_begun_on_one_node_signs_in_on_another_once(
    cluster: ThreeNodes, town: Town
) -> None:
    ends = [Client.dial(node.server) for node in cluster.nodes]
    origin = f"http://localhost:{town.server.port}"
    tokens = ends[0].ask("account.sign_up", name="pia", password="a lantern over seven still ponds")
    person = opened(cluster.nodes[1], tokens["access_token"])
    device = Authenticator(origin=origin)
    begun = opened(cluster.nodes[0], tokens["access_token"]).ask(
        "passkey.begin", password="a lantern over seven still ponds", host="localhost"
    )
    person.ask("passkey.add", name="the key ring", **device.make(begun))
    proof = device.sign(ends[0].ask("account.passkey_begin", host="localhost"))
    signed_in = ends[2].ask("account.passkey_sign_in", **proof)
    assert signed_in["account"]["id"] == tokens["account"]["id"]
    for end in ends:
        end.refusal("account.passkey_sign_in", **proof)
        end.close()


def test_typing_presence_and_markers_are_seen_on_other_nodes(cluster: ThreeNodes, town: Town) -> None:
    room = town.room()
    ann, bob = town.member(room), town.member(room)
    here, there = opened(cluster.nodes[1], ann.token), opened(cluster.nodes[2], bob.token)
    again = opened(cluster.nodes[0], bob.token)
    here.ask("presence.watch", accounts=[bob.id])
    there.ask("typing.set", room=room)
    wait_signal(here, lambda one: one["signal"] == "typing")
    seq = here.ask("message.post", room=room, text="read me")["seq"]
    there.ask("read.mark", room=room, seq=seq)
    wait_signal(again, lambda one: one["signal"] == "read.marked")
    assert here.ask("presence.watch", accounts=[bob.id])["presences"][0]["state"] == "online"
    there.ask("presence.set", state="dnd")
    wait_signal(here, lambda one: one["data"].get("state") == "dnd")
    for client in (there, again):
        client.close()
    wait_signal(here, lambda one: one["data"].get("state") == "offline")
    here.close()


def test_a_node_whose_folder_of_files_is_not_that_of_the_others_says_so(
    cluster: ThreeNodes, town: Town
) -> None:
    """As all nodes have here, though `files_shared` vouches for it."""

    def lacking() -> list[str]:
        found = []
        for node in cluster.nodes:
            with closing(Client.operator(node.server)) as operator:
                problems = operator.ask("cluster.status")["problems"]
            found += [node.name] if OTHER_FILES in problems else []
        return found

    assert lacking() == []
    who, where = town.account(), cluster.nodes[0].server
    connection = HTTPConnection("127.0.0.1", where.port, timeout=30)
    headers = {"authorization": f"Bearer {who.token}", "content-type": "text/plain"}
    connection.request("POST", "/files?name=a.txt", b"what it holds", headers)
    made = connection.getresponse()
    assert made.status == 201
    file = json.loads(made.read())["file"]["id"]
    connection.close()
    assert lacking() == ["n1", "n2"]
    for node in cluster.nodes[1:]:
        (node.server.data / "files").symlink_to(where.data / "files")
    assert lacking() == []
    with closing(opened(cluster.nodes[0], who.token)) as client:
        client.ask("file.delete", file=file)


def test_what_one_node_has_answered_is_found_on_another_one_that_is_behind(
    cluster: ThreeNodes, town: Town
) -> None:
    """By whoever comes without a cursor: with a token, a password, the address of a file."""
    here, there = cluster.nodes[0], cluster.nodes[2]
    room = town.room()
    who = town.member(room)
    name, old, new = f"moving{time.time_ns()}", "a good password", "a better password"
    with closing(opened(here, who.token)) as client, there.behind(0.1):
        with closing(Client.dial(here.server)) as end, closing(Client.dial(there.server)) as far:
            made = end.ask("account.sign_up", name=name, password=old)
            far.ask("account.sign_in", name=name, password=old)
            end.open(made["access_token"])
            end.ask("account.change_password", old=old, new=new)
            far.ask("account.sign_in", name=name, password=new)
        with closing(opened(there, who.token)) as far:
            file = uploaded(here, who.token)
            far.ask("message.post", room=room, text="see there", attachments=[file["id"]])
            file = uploaded(here, who.token)
            assert got(there, file["url"], who.token) == HAD
            file = uploaded(here, who.token)
            link = client.ask("file.sign", file=file["id"])["url"]
            assert got(there, link) == HAD
        bot = client.ask("bot.create", name=f"b{time.time_ns()}"[:20], scopes=["read"])["token"]
        assert got(there, "/api/v1/spaces", bot) == HAD
        place = client.ask("space.create", name=name)["space"]["id"]
        square = client.ask("room.create", space=place, name="square")["room"]["id"]
        post = json.dumps({"text": "hello"})
        assert by_http(there, "POST", f"/api/v1/rooms/{square}/messages", who.token, post)[0] == 201


HAD = 304  # it may be read; the bytes of files are on the other node's disk


def uploaded(node: ClusterNode, token: str) -> Frame:
    _, answer = by_http(node, "POST", "/files?name=note.txt", token, str(time.time_ns()))
    file: Frame = json.loads(answer)["file"]
    return file


def got(node: ClusterNode, path: str, token: str = "") -> int:
    return by_http(node, "GET", path, token, if_none_match="*")[0]


def by_http(
    node: ClusterNode, method: str, path: str, token: str = "", body: str = "", **more: str
) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with closing(HTTPConnection("127.0.0.1", node.server.port, timeout=30)) as http:
        http.request(method, path, body, headers)
        answer = http.getresponse()
        return answer.status, answer.read()


def test_a_message_is_posted_at_its_time_whatever_node_was_told(cluster: ThreeNodes, town: Town) -> None:
    room = town.room()
    who = town.member(room)
    clients = [opened(node, who.token) for node in cluster.nodes]
    at = int(time.time() * 1000) + 4000
    for number, client in enumerate(clients):
        client.ask("message.schedule", room=room, text=f"late {number}", post_at=at)
    for client in clients:
        wait_posted(client, 3)
        assert sorted(one["data"]["text"] for one in posted(client)) == ["late 0", "late 1", "late 2"]
        client.close()


def test_the_first_device_of_all_is_pushed_to_whatever_node_it_subscribed_on(
    cluster: ThreeNodes, town: Town, push_place: PushPlace
) -> None:
    """Until then the node that pushes, which is another one, has nothing to do."""
    leader = town.operator.ask("cluster.status")["leader"]
    node = next(node for node in cluster.nodes if node.name != leader)
    room = town.room()
    who, author = town.member(room), town.member(room)
    browser = push_place.browser()
    with closing(opened(node, who.token)) as client:
        client.ask("push.subscribe", **browser.subscription)
    with closing(opened(node, author.token)) as client:
        client.post(room, f"@{who.name} are you there?")
    [pushed] = push_place.wait(browser)
    assert pushed["text"] == f"@{who.name} are you there?"


def test_a_node_that_is_cut_off_sends_its_clients_away_and_takes_nobody(
    cluster: ThreeNodes, town: Town
) -> None:
    who, node = town.account(), cluster.nodes[2]
    client = opened(node, who.token)
    began = time.monotonic()
    node.cut()
    try:
        assert client.wait_closed(30) == 1013
        assert time.monotonic() - began < 30  # about five seconds, on a machine that is not busy
        with closing(Client.dial(node.server)) as late, pytest.raises(Refused, match="unavailable"):
            late.open(who.token)
    finally:
        node.mend()
    wait_open(node, who.token)


def test_a_node_whose_disk_is_full_sends_away_those_too_who_wait_for_a_reply(
    cluster: ThreeNodes, town: Town
) -> None:
    """What was asked of it may be given up half a minute later, or be done when there is room again."""
    room = town.room()
    who, node = town.member(room), cluster.nodes[2]
    client, elsewhere = opened(node, who.token), opened(cluster.nodes[1], who.token)
    began = time.monotonic()
    node.fill_disk()
    try:
        client.send("message.post", room=room, text="waits", nonce="waits")
        assert client.wait_closed(30) == 1013
        assert time.monotonic() - began < 30  # about five seconds, on a machine that is not busy
        elsewhere.ask("message.post", room=room, text="waits", nonce="waits")
    finally:
        node.free_disk()
    wait_open(node, who.token)
    wait_posted(elsewhere, 1)
    assert [one["data"]["text"] for one in posted(elsewhere)] == ["waits"]


def wait_open(node: ClusterNode, token: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            opened(node, token).close()
        except (Refused, ConnectionClosed):
            assert time.monotonic() < deadline
        else:
            break


def test_the_name_of_a_deleted_account_is_its_next_owners_on_every_node(
    cluster: ThreeNodes, town: Town
) -> None:
    """Each node remembers whose a name is."""
    room = town.room()
    who, gone = town.member(room), town.member(room, name="passing")
    clients = [opened(node, who.token) for node in cluster.nodes]

    def mentioned(number: int) -> list[list[str]]:
        for client in clients:
            client.ask("message.post", room=room, text=f"@{gone.name}, number {number}")
        wait_posted(clients[0], 3 * number)
        return [event["data"].get("mentions", []) for event in posted(clients[0])[-3:]]

    assert mentioned(1) == [[gone.id]] * 3
    town.operator.ask("account.erase", account=gone.id)
    deadline = time.monotonic() + 30
    while True:
        try:
            heir = town.operator.ask("account.create", name=gone.name)["account"]["id"]
        except Refused as error:
            if error.code != "conflict" or time.monotonic() > deadline:
                raise
        else:
            break
    assert mentioned(2) == [[]] * 3  # not a member of the room
    token = town.operator.ask("account.token", account=heir)["token"]
    with closing(opened(cluster.nodes[1], token)) as client:
        client.ask("invite.accept", code=town.code)
        client.ask("room.join", room=room)
    assert mentioned(3) == [[heir]] * 3
    for client in clients:
        client.close()


def test_a_stopped_node_hands_its_clients_over_at_once(cluster: ThreeNodes, town: Town) -> None:
    room = town.room()
    who = town.member(room)
    client = opened(cluster.nodes[1], who.token)
    client.ask("message.post", room=room, text="before")
    cluster.nodes[1].server.stop()
    began = time.monotonic()
    assert client.wait_closed() == 1001
    with closing(opened(cluster.nodes[2], who.token)) as next_one:
        next_one.ask("message.post", room=room, text="after")
    took = time.monotonic() - began
    cluster.start(cluster.nodes[1])
    assert took < 20  # under one second, on a machine that is not busy


def test_a_node_that_is_cut_off_stops_at_once_though_somebody_waits_for_an_answer(
    cluster: ThreeNodes, town: Town
) -> None:
    room = town.room()
    who, node = town.member(room), cluster.nodes[2]
    client = opened(node, who.token)
    node.cut()
    try:
        client.send("message.post", room=room, text="waits", nonce="waits")
        assert node.server.stop() == 0
        assert client.wait_closed() in (1001, 1013)
    finally:
        node.mend()
    cluster.start(node)
    with closing(opened(node, who.token)) as again:
        again.ask("message.post", room=room, text="waits", nonce="waits")
        assert [one["text"] for one in again.ask("room.history", room=room)["messages"]] == ["waits"]


def test_a_node_that_waits_for_others_to_start_may_be_stopped(tmp_path: Path) -> None:
    with three_nodes(tmp_path, count=1) as cluster:
        cluster.nats.servers[1].kill()
        cluster.nats.servers[2].kill()  # the one that is left decides nothing
        [node] = cluster.nodes
        node.server.launch()
        deadline = time.monotonic() + 30
        while "nats_connected" not in node.server.output():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert node.server.stop() == 0
        assert "Traceback" not in node.server.output()


def test_a_node_whose_file_was_changed_stops_itself_and_the_others_go_on(
    cluster: ThreeNodes, town: Town
) -> None:
    room = town.room()
    who, odd = town.member(room), cluster.nodes[2].server
    with closing(opened(cluster.nodes[0], who.token)) as client:
        client.ask("message.post", room=room, text="what was said")
        odd.stop()
        cluster.nodes[2].change(
            "UPDATE body_rows SET text = 'what was not' WHERE text = 'what was said' AND position ="
            " (SELECT max(position) FROM body_rows WHERE text = 'what was said')"
        )
        odd.launch()
        assert odd.wait_ended() == 1
        assert "this node's log is not that of the others" in odd.output()
        odd.log.write_text("")
        odd.launch()  # as systemd does
        assert odd.wait_ended() == 1
        assert "this node's log is not that of the others" in odd.output()
        assert "nodes_changed" not in odd.output()  # the others heard nothing of it, and no client came
        client.ask("message.post", room=room, text="the others go on", nonce="1")
    odd.data.rename(odd.data.with_name("kept for a look"))
    cluster.start(cluster.nodes[2])  # with an empty folder
    with closing(opened(cluster.nodes[2], who.token)) as client:
        texts = [one["text"] for one in client.ask("room.history", room=room)["messages"]]
        assert texts == ["what was said", "the others go on"]


def test_the_folder_of_a_node_is_not_served_alone(tmp_path: Path) -> None:
    with three_nodes(tmp_path, count=1) as cluster:
        cluster.start()
        [node] = cluster.nodes
        cluster.stop()
        with pytest.raises(DidNotStart, match="belongs to a cluster"):
            Server(node.server.data).start()


def test_nobody_starts_on_servers_that_acknowledge_before_they_sync(tmp_path: Path) -> None:
    with nats_servers(1, sync=False) as lazy:
        server = Server(
            tmp_path / "data",
            cluster_servers=lazy.urls[0],
            cluster_monitors=lazy.monitors[0],
            cluster_replicas=1,
            files_shared="true",
        )
        with pytest.raises(DidNotStart, match="acknowledges before it syncs"):
            server.start()


def test_nodes_with_empty_folders_may_all_start_at_once_and_one_of_them_founds_the_cluster(
    tmp_path: Path,
) -> None:
    with three_nodes(tmp_path) as cluster:
        with ThreadPoolExecutor(len(cluster.nodes)) as starting:
            list(starting.map(cluster.start, cluster.nodes))
        with closing(Town(cluster.nodes[0].server)) as town:
            room = town.room()
            account = town.member(room)
            with closing(opened(cluster.nodes[1], account.token)) as client:
                client.post(room, "hello")
        with closing(opened(cluster.nodes[2], account.token)) as client:
            assert [one["text"] for one in client.ask("room.history", room=room)["messages"]] == ["hello"]
        cluster.stop()
        assert sum("cluster_founded" in node.server.log.read_text() for node in cluster.nodes) == 1
        assert not any((node.server.data / FOUNDING).exists() for node in cluster.nodes)
