"""What a cluster promises, whatever the network does: nothing acknowledged is lost, doubled or out of order,
all nodes come to the same tables, and nobody acts on rights that were taken away before."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from memory_nodes import Cluster, Node, cluster, refused
from memory_stream import MemoryStream, Weather
from trio.testing import MockClock

from chatd.cluster import log, ratcheting
from chatd.cluster.log import WAY_SECONDS
from chatd.cluster.proposal import LENGTH
from chatd.cluster.proposals import GIVE_UP, MOST_PENDING, RESEND, ROOM, TOO_MUCH
from chatd.contract.account_admin import CreateAccount
from chatd.contract.member import KickMember
from chatd.contract.message import Posted, PostMessage
from chatd.contract.room import CreateRoom, JoinRoom, UpdateRoom
from chatd.contract.space import CreateSpace
from chatd.domain.internal import AdmitMembers
from chatd.ports import (
    Append,
    Appended,
    PutLatestTime,
    PutNode,
    PutSnapshot,
    StoreStopping,
    StoreUnavailable,
    StoreUncertain,
)
from chatd.store.log import writes

STORM = Weather(lost=0.1, unacknowledged=0.1, doubled=0.2)
SEEDS = range(6)


async def furnish(made: Cluster, people: list[str], rooms: list[str]) -> None:
    first = made.nodes[0]
    for name in people:
        assert not refused(await first.ask(f"account/{name}", CreateAccount(name), "system"))
    assert not refused(await first.ask("space/s", CreateSpace("Team"), people[0]))
    for room in rooms:
        assert not refused(await first.ask("space/s", CreateRoom("s", room), people[0], new_id=room))


def posts(node: Node) -> Iterator[tuple[str, str, str, int]]:
    sql = "SELECT room, by, nonce, seq FROM messages ORDER BY position"
    yield from node.sheet.connection.execute(sql)


class Talker:
    """Posts one after another into one room, with a nonce each, until it is acknowledged; on whatever node
    answers."""

    def __init__(self, made: Cluster, dice: random.Random, name: str, room: str) -> None:
        self.made, self.dice, self.name, self.room = made, dice, name, room
        self.acknowledged: list[tuple[str, int]] = []

    async def talk(self, count: int) -> None:
        for number in range(count):
            nonce = f"{self.name}-{number}"
            while True:
                node = self.dice.choice(self.made.nodes)
                command = PostMessage(self.room, f"text {nonce}", nonce=nonce)
                answer = await node.ask(f"room/{self.room}", command, self.name, at=number + 1)
                if answer is not None and not refused(answer):
                    self.acknowledged.append((nonce, answer.seq))
                    break
                await trio.sleep(0.2)


def check(made: Cluster, talkers: list[Talker]) -> None:
    first, *others = [node.tables() for node in made.nodes]
    for other in others:
        assert other == first
    stored = list(posts(made.nodes[0]))
    for talker in talkers:
        own = [(nonce, seq) for room, by, nonce, seq in stored if (room, by) == (talker.room, talker.name)]
        assert own == talker.acknowledged
    assert not any(node.diverged for node in made.nodes)


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_acknowledged_stands_once_and_in_order_on_every_node(
    seed: int, autojump_clock: MockClock
) -> None:
    dice = random.Random(seed)
    async with cluster(MemoryStream(seed, STORM)) as made:
        await furnish(made, ["ann"], ["r1", "r2"])
        talkers = [Talker(made, dice, "ann", room) for room in ("r1", "r2")]
        async with trio.open_nursery() as nursery:
            for talker in talkers:
                nursery.start_soon(talker.talk, 25)
        await made.settled()
        check(made, talkers)


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled_when_nodes_die_and_links_break(
    seed: int, autojump_clock: MockClock
) -> None:
    dice = random.Random(seed)

    async def harm(made: Cluster, *, task_status: trio.TaskStatus[Any] = trio.TASK_STATUS_IGNORED) -> None:
        with trio.CancelScope() as scope:
            task_status.started(scope)
            while True:
                await trio.sleep(dice.uniform(0.5, 3))
                node = dice.choice(made.nodes)
                if dice.random() < 0.5:
                    made.kill(node)
                    with trio.CancelScope(shield=True):
                        await trio.sleep(dice.uniform(0, 2))
                        await made.start(node)
                else:
                    node.link.cut()
                    with trio.CancelScope(shield=True):
                        await trio.sleep(dice.uniform(0, 5))
                        node.link.mend()

    async with cluster(MemoryStream(seed, STORM)) as made:
        await furnish(made, ["ann", "bob"], ["r1"])
        await join(made.nodes[0], "bob", "r1")
        talkers = [Talker(made, dice, name, "r1") for name in ("ann", "bob")]
        async with trio.open_nursery() as harming:
            scope = await harming.start(harm, made)
            async with trio.open_nursery() as talking:
                for talker in talkers:
                    talking.start_soon(talker.talk, 20)
            scope.cancel()
        await made.settled()
        check(made, talkers)


async def join(node: Node, name: str, room: str) -> None:
    assert not refused(await node.ask("space/s", AdmitMembers((name,)), "operator:0"))
    assert not refused(await node.ask(f"room/{room}", JoinRoom(room), name))


@pytest.mark.parametrize("seed", SEEDS)
async def test_nobody_posts_after_their_kick_was_acknowledged_anywhere(
    seed: int, autojump_clock: MockClock
) -> None:
    dice = random.Random(seed)
    async with cluster(MemoryStream(seed, STORM)) as made:
        await furnish(made, ["ann", "bob"], ["r1"])
        await join(made.nodes[0], "bob", "r1")
        posted: list[tuple[float, str | None]] = []
        kicked: list[float] = []

        async def post() -> None:
            while not kicked or trio.current_time() < kicked[0] + 5:
                asked = trio.current_time()
                node = dice.choice(made.nodes)
                command = PostMessage("r1", "still here", nonce=f"b{len(posted)}")
                posted.append((asked, refused(await node.ask("room/r1", command, "bob"))))
                await trio.sleep(dice.uniform(0, 0.2))

        async def kick() -> None:
            await trio.sleep(dice.uniform(1, 3))
            assert not refused(await dice.choice(made.nodes).ask("space/s", KickMember("s", "bob"), "ann"))
            kicked.append(trio.current_time())

        async with trio.open_nursery() as nursery:
            nursery.start_soon(post)
            nursery.start_soon(kick)
        await made.settled()
        check(made, [])
        log = made.nodes[0].sheet.connection.execute(
            "SELECT type FROM events WHERE type = 'member.kicked' OR (type = 'message.posted' AND by = 'bob')"
        )
        types = [type for (type,) in log]
        assert types[-1] == "member.kicked"
        assert "message.posted" in types
        assert all(refusal is not None for asked, refusal in posted if asked > kicked[0])


async def test_a_new_key_is_taken_by_all_and_what_was_under_way_is_not_lost(
    autojump_clock: MockClock,
) -> None:
    dice = random.Random(1)
    async with cluster(MemoryStream(1, STORM)) as made:
        await furnish(made, ["ann"], ["r1"])
        talker = Talker(made, dice, "ann", "r1")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(talker.talk, 30)
            for _ in range(4):
                await trio.sleep(1)
                node = dice.choice(made.nodes)
                assert node.log is not None
                await node.log.ratchet()
        await made.settled()
        check(made, [talker])
        assert {node.log.key.number for node in made.nodes if node.log is not None} == {5}


async def test_what_stands_in_the_stream_behind_a_new_key_is_sent_again_at_once(
    autojump_clock: MockClock,
) -> None:
    async with cluster(MemoryStream(0, Weather()), 2) as made:
        await furnish(made, ["ann"], ["r1"])
        await made.settled()
        leading, node = made.nodes
        assert leading.log is not None
        node.link.late = 0.5
        await leading.log.ratchet()  # which the other one does not know yet
        with trio.fail_after(RESEND):
            assert not refused(await node.ask("room/r1", PostMessage("r1", "text"), "ann", new_id="m"))


async def test_a_node_that_was_silent_for_so_long_that_nobody_knows_what_it_proposed_begins_anew(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (log, writes):
        monkeypatch.setattr(module, "PROPOSER_KEPT", 3)
    async with cluster(MemoryStream(0, Weather()), 2) as made:
        silent, node = made.nodes
        await furnish(made, ["ann"], ["r1"])
        await made.settled()
        for number in range(5):
            await post(node, f"m{number}")
        made.kill(node)
        await trio.sleep(1)
        await made.start(node)
        await post(node, "m5")
        await made.settled()
        await post(silent, "m6")
        await made.settled()
        assert node.tables() == silent.tables()


async def post(node: Node, new_id: str) -> None:
    answer = await node.ask("room/r1", PostMessage("r1", "text"), "ann", new_id=new_id)
    assert isinstance(answer, Posted), answer


async def test_the_key_is_replaced_every_hour_though_no_node_that_leads_is_there_for_so_long(
    autojump_clock: MockClock,
) -> None:
    hours = 4
    async with cluster(MemoryStream(1, Weather()), 2) as made, trio.open_nursery() as nursery:
        await furnish(made, ["ann"], ["r1"])
        leading = made.nodes[0]

        def replace_keys(node: Node) -> None:
            assert node.log is not None
            nursery.start_soon(ratcheting.ratchet, node.log, lambda: node is leading)

        for node in made.nodes:
            replace_keys(node)
        for _ in range(2 * hours):
            await trio.sleep(1800)
            gone, leading = leading, next(node for node in made.nodes if node is not leading)
            made.kill(gone)
            await made.start(gone)
            replace_keys(gone)
        assert leading.log is not None
        assert hours <= leading.log.key.number - 1 <= 2 * hours + 1
        number = leading.log.key.number
        await trio.sleep(3600 * hours)  # nobody goes any more
        assert leading.log.key.number == number + hours
        nursery.cancel_scope.cancel()


async def test_nodes_whose_interpreters_fold_names_otherwise_come_to_the_same(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_accents(form: str, text: str) -> str:
        return text.replace("é", "e")

    async with cluster(MemoryStream(1, Weather())) as made:
        first, other = made.nodes[0], made.nodes[2]
        made.kill(other)
        await furnish(made, ["josé"], ["Café"])
        monkeypatch.setattr(unicodedata, "normalize", without_accents)
        await made.start(other)
        assert not refused(await other.ask("account/renée", CreateAccount("renée"), "system"))
        assert not refused(await other.ask("space/s", CreateRoom("s", "Séance"), "josé", new_id="r2"))
        monkeypatch.undo()
        # on the first node what the other one says counts: its `renee` is taken, and `renée` is another name
        assert refused(await first.ask("account/1", CreateAccount("renee"), "system")) == "conflict"
        assert not refused(await first.ask("account/2", CreateAccount("josee"), "system"))
        await made.settled()
        check(made, [])


async def test_a_node_whose_log_is_another_one_is_noticed_with_the_next_proposal(
    autojump_clock: MockClock,
) -> None:
    async with cluster(MemoryStream(1, Weather())) as made:
        await furnish(made, ["ann"], ["r1"])
        await made.settled()
        odd = made.nodes[2]
        made.kill(odd)
        odd.sheet.connection.execute(
            "UPDATE events SET hash = zeroblob(32) WHERE position = (SELECT max(position) FROM events)"
        )
        await made.start(odd)
        await made.nodes[0].ask("room/r1", PostMessage("r1", "hello"), "ann")
        await trio.sleep(5)
        assert odd.diverged


@pytest.mark.parametrize(
    "header", [b"\x91\x02", b"\x91" * 60_000, b"\x91\x81\x80\x01", b"\xa1\xff", b"\x90", b""]
)
async def test_what_a_stranger_writes_into_the_stream_stops_no_node(
    header: bytes, autojump_clock: MockClock
) -> None:
    """All pass it over: the version of a proposal that nobody knows yet is believed to a node only."""
    async with cluster(MemoryStream(1, STORM)) as made:
        await furnish(made, ["ann"], ["r"])
        await made.settled()
        made.stream.add(len(header).to_bytes(LENGTH, "big") + header)
        made.stream.add(header)
        assert not refused(await made.nodes[1].ask("room/r", PostMessage("r", "on we go", nonce="n"), "ann"))
        await made.settled()
        check(made, [])


async def test_snapshots_stay_on_their_node_however_many_come_at_once(autojump_clock: MockClock) -> None:
    async with cluster(MemoryStream(1, Weather())) as made:
        log = made.nodes[0].log
        assert log is not None
        proposed = len(made.stream.messages)
        snapshots = [Append(writes=(PutSnapshot(f"room/{name}", 1, b""),)) for name in "abc"]
        assert await log.submit(snapshots).wait() == [Appended(())] * 3
        assert len(made.stream.messages) == proposed
        kept = "SELECT count(*) FROM snapshots"
        assert [node.sheet.connection.execute(kept).fetchone()[0] for node in made.nodes] == [3, 0, 0]


async def test_what_the_clock_of_a_node_showed_is_not_said_of_the_others(autojump_clock: MockClock) -> None:
    """They would take their own for one that went back."""
    async with cluster(MemoryStream(1, Weather())) as made:
        log = made.nodes[0].log
        assert log is not None
        assert await log.submit([Append(writes=(PutLatestTime(10**15),))]).wait() == [Appended(())]
        await made.settled()
        assert [await node.sheet.reader.newest_at() for node in made.nodes] == [10**15, 0, 0]


async def test_a_node_that_cannot_write_says_why_as_long_as_it_cannot(autojump_clock: MockClock) -> None:
    """Also when none of them can, so that none is behind the others."""
    async with cluster(MemoryStream(0, Weather()), count=2) as made:
        await furnish(made, ["ann"], ["r1"])
        other = made.nodes[1].log
        assert other is not None
        writing = other._applying._store
        other._applying._store = Full()
        assert not refused(await made.nodes[0].ask("room/r1", PostMessage("r1", "text"), "ann", new_id="m"))
        await trio.sleep(5)
        assert other.stuck == "the disk is full"
        other._applying._store = writing
        await made.settled()
        assert other.stuck is None


async def test_what_looks_as_if_it_had_not_been_written_and_was_is_shown_once(
    autojump_clock: MockClock,
) -> None:
    async with cluster(MemoryStream(0, Weather()), count=2) as made:
        await furnish(made, ["ann"], ["r1"])
        await made.settled()
        node, other = made.nodes
        assert other.log is not None
        assert other.bus is not None
        shown: list[int] = []
        other.bus.watch(lambda events: shown.extend(event.position for event in events))
        writing = other.log._applying._store
        for number in range(3):
            other.log._applying._store = Silenced(writing) if number == 1 else writing
            assert not refused(
                await node.ask("room/r1", PostMessage("r1", "text"), "ann", new_id=f"m{number}")
            )
            await made.settled()
        assert shown == list(range(shown[0], shown[0] + 3))
        assert other.tables() == node.tables()


async def test_why_the_stream_takes_nothing_is_said_as_long_as_it_does_not(autojump_clock: MockClock) -> None:
    async with cluster(MemoryStream(0, Weather()), count=2) as made:
        await furnish(made, ["ann"], ["r1"])
        node = made.nodes[0]
        assert node.log is not None
        assert node.log.own.refused is None
        node.link.full = "maximum bytes exceeded (10077)"
        command = PostMessage("r1", "text", nonce="n")
        assert refused(await node.ask("room/r1", command, "ann", new_id="m")) == "unavailable"
        assert node.log.own.refused == node.link.full
        node.link.full = ""
        await made.settled()
        assert node.log.own.refused is None
        assert list(posts(node)) == [("r1", "ann", "n", 3)]


class Silenced:
    """A database that writes, and once fails before it can say so."""

    def __init__(self, writing: Any) -> None:
        self._writing = writing
        self._fails = True

    def submit(self, appends: Sequence[Append], made: Any = None) -> Any:
        commit = self._writing.submit(appends, made)
        if not self._fails:
            return commit
        self._fails = False
        return Full().submit(appends)


class Full:
    """A database on a disk without room."""

    def submit(self, appends: Sequence[Append], made: Any = None) -> Any:
        async def wait() -> None:
            raise StoreUnavailable("the disk is full")

        return SimpleNamespace(wait=wait)


async def test_what_was_refused_because_the_stream_was_away_is_not_done_later(
    autojump_clock: MockClock,
) -> None:
    """Whatever else waits behind it."""
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        await furnish(made, ["ann"], ["r1", "r2"])
        node = made.nodes[0]
        answers: dict[str, Any] = {}

        async def post(room: str, text: str) -> None:
            answers[text] = await node.ask(f"room/{room}", PostMessage(room, text, nonce=text), "ann")

        async def ratchet() -> None:
            assert node.log is not None
            await node.log.ratchet()

        node.link.cut()
        async with trio.open_nursery() as asking:
            asking.start_soon(post, "r1", "tried")
            await trio.sleep(GIVE_UP + 1)
            asking.start_soon(post, "r2", "never sent")
            await trio.sleep(1)
            asking.start_soon(ratchet)
            await trio.sleep(RESEND - 0.5)
            node.link.mend()
        await made.settled()
        assert {text: refused(answer) for text, answer in answers.items()} == {
            "tried": "unavailable",
            "never sent": "unavailable",
        }
        assert [nonce for _, _, nonce, _ in posts(node)] == ["tried"]
        assert {one.log.key.number for one in made.nodes if one.log is not None} == {2}
        assert not any(one.log.own._bytes for one in made.nodes if one.log is not None)
        check(made, [])


async def test_after_the_stream_was_away_nodes_give_way_to_each_other_for_no_longer_than_before(
    autojump_clock: MockClock,
) -> None:
    """What took long because nothing could be written says nothing of how long the next one takes."""
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        await furnish(made, ["ann"], ["r1"])
        await made.settled()
        waited: list[float] = []

        async def post(node: Node, text: str) -> None:
            began = trio.current_time()
            assert not refused(await node.ask("room/r1", PostMessage("r1", text, nonce=text), "ann"))
            waited.append(trio.current_time() - began)

        for node in made.nodes:
            node.link.cut()
        async with trio.open_nursery() as asking:
            for node in made.nodes:
                asking.start_soon(post, node, f"before {node.name}")
            await trio.sleep(15)
            for node in made.nodes:
                node.link.mend()
        waited.clear()
        for number in range(30):
            async with trio.open_nursery() as asking:
                for node in made.nodes:
                    asking.start_soon(post, node, f"{number} {node.name}")
        assert max(waited) < 3 * WAY_SECONDS
        await made.settled()
        check(made, [])


async def test_while_the_stream_is_away_nobody_waits_long_to_hear_that_nothing_was_done(
    autojump_clock: MockClock,
) -> None:
    """The first one waits, for it may come back; those after it are told when that took too long."""
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        await furnish(made, ["ann"], ["r1", "r2"])
        node = made.nodes[0]
        node.link.cut()
        waited: list[float] = []
        for number in range(4):
            began = trio.current_time()
            command = PostMessage("r1", f"{number}", nonce=f"{number}")
            assert refused(await node.ask("room/r1", command, "ann")) == "unavailable"
            waited.append(trio.current_time() - began)
        assert waited[0] < GIVE_UP + 1
        assert max(waited[1:]) < RESEND + 1
        node.link.mend()
        await made.settled()
        assert [nonce for _, _, nonce, _ in posts(node)] == ["0"]


async def test_a_node_that_stops_waits_for_its_proposals_as_long_as_it_is_told_and_proposes_nothing_after(
    autojump_clock: MockClock,
) -> None:
    """Whoever waits is told what is known: one may stand in the stream, one was never sent."""
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        await furnish(made, ["ann"], ["r1"])
        node = made.nodes[0]
        log = node.log
        assert log is not None
        outcomes: dict[str, type[Exception]] = {}

        async def write(name: str) -> None:
            try:
                await log.submit([Append(writes=(PutNode(name, 1),))]).wait()
            except StoreUnavailable as error:
                outcomes[name] = type(error)

        node.link.cut()
        began = trio.current_time()
        async with trio.open_nursery() as writing:
            writing.start_soon(write, "tried")
            await trio.sleep(1)
            writing.start_soon(write, "never sent")
            await trio.sleep(0.1)
            log.own.stop_within(1.0)
        assert trio.current_time() - began < 2.5
        await write("late")
        assert trio.current_time() - began < 2.5
        assert outcomes == {"tried": StoreUncertain, "never sent": StoreStopping, "late": StoreStopping}
        node.link.mend()
        await made.settled()
        assert list(await node.sheet.reader.nodes()) == ["tried"]
        assert log.own.first is None
        snapshot = Append(writes=(PutSnapshot("room/r1", 1, b""),))
        assert await log.submit([snapshot]).wait() == [Appended(())]  # which stays here, is written still


async def test_who_asks_a_node_that_is_cut_off_is_told_at_once_that_nothing_was_done(
    autojump_clock: MockClock,
) -> None:
    """As an admin on its machine, whom it does not send away. What was proposed before may still be done."""
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        node = made.nodes[0]
        log = node.log
        assert log is not None
        node.link.cut()
        outcomes: dict[str, object] = {}

        async def write(name: str) -> None:
            try:
                outcomes[name] = await log.submit([Append(writes=(PutNode(name, 1),))]).wait()
            except StoreUnavailable as error:
                outcomes[name] = str(error)

        async with trio.open_nursery() as writing:
            writing.start_soon(write, "before")
            await trio.sleep(1)
            log.own.cut_off = "nothing was heard"
            began = trio.current_time()
            await write("meanwhile")
            assert trio.current_time() == began
            log.own.cut_off = None
            node.link.mend()
        await write("after")
        await made.settled()
        assert outcomes["meanwhile"] == "nothing was heard"
        assert list(await node.sheet.reader.nodes()) == ["after", "before"]


async def test_a_node_that_stops_says_at_once_what_the_stream_answers_at_once(
    autojump_clock: MockClock,
) -> None:
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        log = made.nodes[0].log
        assert log is not None
        log.own.stop_within(1.0)
        assert await log.submit([Append(writes=(PutNode("n", 1),))]).wait() == [Appended(())]


async def test_a_turn_that_is_too_long_for_the_stream_is_cut_and_a_command_that_is_is_refused(
    autojump_clock: MockClock,
) -> None:
    """Else it would be sent again and again, and keep from the stream all that the node proposes."""
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        await furnish(made, ["ann"], ["r1"])
        node = made.nodes[0]
        node.link.limit = 8000 + ROOM
        answers: dict[str, Any] = {}

        async def describe(topic: str) -> None:
            answers[topic[0]] = await node.ask("room/r1", UpdateRoom("r1", topic=topic), "ann")

        topics = [letter * 2000 for letter in "abcdefgh"]
        async with trio.open_nursery() as asking:
            for topic in [*topics[:4], "x" * 9000, *topics[4:]]:
                asking.start_soon(describe, topic)
        assert {name: refused(answer) for name, answer in answers.items()} == {
            **dict.fromkeys("abcdefgh"),
            "x": "too_large",
        }
        assert not refused(await node.ask("room/r1", PostMessage("r1", "on it goes"), "ann", new_id="m"))
        await made.settled()
        check(made, [])


async def test_so_many_bytes_wait_for_a_stream_that_is_away_and_no_more(autojump_clock: MockClock) -> None:
    """Alone, what is longer waits as well: it is in memory already."""
    async with cluster(MemoryStream(1, Weather()), 2) as made:
        node = made.nodes[0]
        log = node.log
        assert log is not None
        node.link.cut()
        outcomes: list[str] = []

        async def write(number: int, count: int) -> None:
            nodes = [Append(writes=(PutNode(f"{number}-{one}".ljust(90_000), 1),)) for one in range(count)]
            try:
                await log.submit(nodes).wait()
            except StoreUnavailable as error:
                outcomes.append(str(error))
            else:
                outcomes.append("done")

        async with trio.open_nursery() as writing:
            writing.start_soon(write, 1, MOST_PENDING // 90_000 + 1)
            await trio.sleep(0.1)
            writing.start_soon(write, 2, 1)
            await trio.sleep(0.1)
            assert outcomes == [TOO_MUCH]
            node.link.mend()
        await write(3, 1)
        assert outcomes == [TOO_MUCH, "done", "done"]
        assert not log.own._bytes
