"""A short soak of three nodes and three NATS servers; `make soak` makes it as long as one likes."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
import trio
from e2e.talking import Client
from e2e.town import Town
from soaking import Observer, Soak, Talker, check_tables, do_harm
from three_nodes import ThreeNodes, three_nodes

from chatd.store.database import open_store

SECONDS = float(os.environ.get("CHATD_SOAK_SECONDS", "20"))
SEED = int(os.environ.get("CHATD_SOAK_SEED", "0")) or random.SystemRandom().randrange(10**6)
HARM = ["kill node", "stop node", "freeze node", "cut node", "kill server", "freeze server"]

pytestmark = pytest.mark.timeout(120 + 4 * SECONDS)


def heads(cluster: ThreeNodes, token: str) -> set[tuple[int, str]]:
    found = set()
    for node in cluster.nodes:
        client = Client.dial(node.server)
        client.open(token)
        found.add((client.opened["position"], client.opened["hash"]))
        client.close()
    return found


async def wait_for_one_head(cluster: ThreeNodes, token: str) -> None:
    with trio.fail_after(60):
        while len(await trio.to_thread.run_sync(heads, cluster, token)) > 1:
            await trio.lowlevel.checkpoint()


async def test_nothing_acknowledged_is_lost_doubled_or_out_of_order_whatever_breaks(disk: Path) -> None:
    sys.stdout.write(f"seed {SEED}; again: CHATD_SOAK_SEED={SEED} CHATD_SOAK_SECONDS={SECONDS:g}\n")
    with three_nodes(disk) as cluster:
        await trio.to_thread.run_sync(cluster.start)
        town = Town(cluster.nodes[0].server)
        rooms = [town.room() for _ in range(2)]
        people = [(town.member(room), room) for room in rooms for _ in range(2)]
        watching = [town.member(*rooms) for _ in range(2)]
        town.close()
        soak = Soak(cluster, random.Random(SEED))
        talkers = [Talker(soak, person.name, person.token, room) for person, room in people]
        observers = [Observer(soak, person.token) for person in watching]
        soak.until = trio.current_time() + SECONDS
        async with trio.open_nursery() as playing:
            for one in talkers:
                playing.start_soon(one.talk)
            for two in observers:
                playing.start_soon(two.watch)
            playing.start_soon(do_harm, soak, HARM)
        sys.stdout.write(f"{soak.counts}\n")
        await trio.to_thread.run_sync(cluster.stop)
        while True:
            await trio.to_thread.run_sync(cluster.start)
            await wait_for_one_head(cluster, people[0][0].token)
            await trio.to_thread.run_sync(cluster.kill)
            if len({node.sequence() for node in cluster.nodes}) == 1:
                break
        check_tables(cluster.nodes)
        check_messages(cluster, talkers)
        for observer in observers:
            assert observer.positions == sorted(set(observer.positions))
            for seqs in observer.seen.values():
                assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        assert soak.counts.not_resumed == 0
        for node in cluster.nodes:
            async with open_store(node.server.data, shared=True) as store:
                assert (await store.verify()).findings == ()


def check_messages(cluster: ThreeNodes, talkers: list[Talker]) -> None:
    for talker in talkers:
        sql = "SELECT nonce, seq FROM messages WHERE room = ? AND nonce LIKE ? ORDER BY seq"
        stored = cluster.nodes[0].ask(sql, talker.room, f"{talker.name}-%")
        nonces = [nonce for nonce, _ in stored]
        assert nonces == [f"{talker.name}-{number}" for number in range(1, len(nonces) + 1)]
        assert dict(talker.acknowledged).items() <= dict(stored).items()
