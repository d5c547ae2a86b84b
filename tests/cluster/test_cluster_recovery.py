"""What docs/several-nodes.md says to do when a cluster is put back, or its stream is lost, word by word."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from e2e.talking import Client, Refused
from e2e.town import Town
from three_nodes import ClusterNode, ThreeNodes, three_nodes

pytestmark = pytest.mark.timeout(180)
PASSWORD = "a lantern over seven still ponds"


def run(*words: str) -> str:
    chatd = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, timeout=60, env=os.environ
    )
    assert chatd.returncode == 0, chatd.stderr
    return chatd.stdout


class Rosa:
    """Somebody with a password, in a room; she signs in anew each time, and has a bot."""

    def __init__(self, node: ClusterNode) -> None:
        with closing(Town(node.server)) as town:
            self.room = town.room()
            tokens = town.dial().ask("account.sign_up", name="rosa", password=PASSWORD)
            client = town.dial()
            client.open(tokens["access_token"])
            client.ask("invite.accept", code=town.code)
            client.ask("room.join", room=self.room)
            self.bot = client.ask("bot.create", name="tides", scopes=["read"])["token"]

    @contextmanager
    def at(self, node: ClusterNode) -> Iterator[Client]:
        with closing(Client.dial(node.server)) as client:
            tokens = client.ask("account.sign_in", name="rosa", password=PASSWORD)
            client.open(tokens["access_token"])
            yield client

    def say(self, node: ClusterNode, text: str) -> None:
        with self.at(node) as client:
            client.post(self.room, text)

    def reads(self, node: ClusterNode) -> list[str]:
        with self.at(node) as client:
            return [one["text"] for one in client.ask("room.history", room=self.room)["messages"]]

    def has_her_bot(self, node: ClusterNode) -> bool:
        with closing(Client.dial(node.server)) as client:
            try:
                client.open(self.bot)
            except Refused:
                return False
            return True


def refused_to_start(node: ClusterNode, why: str) -> None:
    node.server.launch()
    assert node.server.wait_ended() == 1
    assert why in node.server.output()


def furnished(cluster: ThreeNodes) -> Rosa:
    cluster.start()
    rosa = Rosa(cluster.nodes[0])
    rosa.say(cluster.nodes[1], "before")
    return rosa


def goes_on(cluster: ThreeNodes, rosa: Rosa) -> None:
    cluster.start()
    first, second = cluster.nodes
    assert [rosa.reads(node) for node in cluster.nodes] == [["before"]] * 2
    rosa.say(second, "on it goes")
    assert rosa.reads(second) == ["before", "on it goes"]
    assert not rosa.has_her_bot(first)  # it needs another token
    cluster.stop()


def test_a_backup_of_any_node_is_one_of_the_cluster(tmp_path: Path) -> None:
    """It is put back under another name, and the other nodes start with empty folders."""
    with three_nodes(tmp_path, count=2) as cluster:
        rosa = furnished(cluster)
        first, second = cluster.nodes
        copy = tmp_path / "copy.db"
        run("chatctl.cli", "--data", str(second.server.data), "backup", "create", str(copy))
        rosa.say(first, "after the backup")
        cluster.stop()
        for node in cluster.nodes:
            shutil.rmtree(node.server.data)
        run("chatctl.cli", "backup", "restore", "--data", str(first.server.data), str(copy))
        refused_to_start(first, "does not belong to the cluster")  # the old stream is in its way
        for node in cluster.nodes:
            node.server.settings["CHATD_CLUSTER_NAME"] = "again"
        goes_on(cluster, rosa)


def test_when_the_stream_is_lost_the_node_that_is_furthest_founds_it_anew(tmp_path: Path) -> None:
    with three_nodes(tmp_path, count=2) as cluster:
        rosa = furnished(cluster)
        first, second = cluster.nodes
        cluster.stop()
        for server in cluster.nats.servers:
            server.stop()
            shutil.rmtree(server.config.parent / server.name)
        for server in cluster.nats.servers:
            server.start()
        cluster.nats.wait()
        refused_to_start(first, "the stream of the cluster chatd is gone")
        run("chatd.cli", "leave", "--data", str(first.server.data))
        shutil.rmtree(second.server.data)
        goes_on(cluster, rosa)


def test_a_node_that_left_is_a_server_of_its_own(tmp_path: Path) -> None:
    with three_nodes(tmp_path, count=2) as cluster:
        rosa = furnished(cluster)
        first, second = cluster.nodes
        assert second.server.stop() == 0
        run("chatd.cli", "leave", "--data", str(second.server.data))
        refused_to_start(second, "does not belong to the cluster chatd, which exists already")
        alone = second.server.settings
        for name in [name for name in alone if "CLUSTER" in name]:
            del alone[name]
        second.server.start()
        rosa.say(first, "in the cluster")
        rosa.say(second, "alone")
        assert rosa.reads(first) == ["before", "in the cluster"]
        assert rosa.reads(second) == ["before", "alone"]
        assert [rosa.has_her_bot(node) for node in (first, second)] == [True, False]
        said = run("chatctl.cli", "--data", str(first.server.data), "cluster", "leave", "n1")
        assert "keeps nothing for n1" in said
        assert (
            run("chatctl.cli", "--data", str(first.server.data), "cluster", "doctor")
            == "the cluster is well\n"
        )
        second.server.stop()
        cluster.stop()
