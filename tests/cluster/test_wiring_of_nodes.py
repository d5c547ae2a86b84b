"""What a node is made of runs, and is joined to the rest of its server and to the other nodes.

Each part has tests of its own; here is told whether it is there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
import trio
from memory_servers import MemoryServer, MemoryServers, memory_servers
from store_facts import Pen
from trio.testing import MockClock

from chatd.actors.runtime.envelope import Envelope
from chatd.actors.runtime.live_sessions import REVOKED
from chatd.auth.sso_flow import Away, Returned
from chatd.auth.tokens import Claims
from chatd.clock import now
from chatd.cluster import node, ratcheting
from chatd.cluster.calls import Call, answers_to, calls_to
from chatd.cluster.envelopes import encode_command
from chatd.cluster.heartbeats import SUBJECT, Heartbeat
from chatd.cluster.leading import LED_WORKERS
from chatd.cluster.net import Unreachable
from chatd.cluster.node_message import encode
from chatd.cluster.sealed_net import SealedNet
from chatd.contract.errors import Refusal
from chatd.contract.message import PostMessage
from chatd.contract.preferences import UpdatePreferences
from chatd.contract.requests import REQUESTS
from chatd.domain.decision import Context
from chatd.handlers.bot import RECONNECT
from chatd.handlers.gate import CUT_OFF
from chatd.ports import Append, Caller, DropDevices, Identity, PutErasure, PutScheduled

PASSWORD = "a lantern over seven still ponds"


@pytest.fixture
async def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MemoryServers]:
    async def here(function: Any, *args: Any, **_: object) -> Any:
        return function(*args)

    monkeypatch.setattr(trio.to_thread, "run_sync", here)  # for a thread virtual time does not wait
    monkeypatch.setattr(ratcheting, "LOOK", 1.0)
    monkeypatch.setattr(node, "DURABLE_EVERY", 1.0)
    async with memory_servers(tmp_path) as servers:
        yield servers


def running() -> Iterator[Any]:
    """All that has a `run` and is in it."""
    root = trio.lowlevel.current_root_task()
    assert root is not None
    tasks = [root]
    while tasks:
        task = tasks.pop()
        frame = getattr(task.coro, "cr_frame", None)
        if frame is not None and frame.f_code.co_name == "run":
            yield frame.f_locals.get("self")
        for nursery in task.child_nurseries:
            tasks += nursery.child_tasks


async def test_all_that_a_node_is_made_of_runs(servers: MemoryServers, autojump_clock: MockClock) -> None:
    await trio.sleep(1)
    runs = {id(one) for one in running()}
    for server in servers.all:
        sharing = server.node._sharing
        parts = {**vars(server.node), **vars(sharing)}
        assert [name for name, part in parts.items() if hasattr(part, "run") and id(part) not in runs] == []


async def test_what_one_does_for_all_runs_on_the_node_that_leads_alone(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    await trio.sleep(1)
    runs = {id(one) for one in running()}
    for server in servers.all:
        workers = {worker.name: id(worker) in runs for worker in server.services.workers}
        assert {name: run for name, run in workers.items() if name in LED_WORKERS} == {
            name: server.node.leads() for name in workers.keys() & LED_WORKERS
        }


async def test_the_key_is_replaced_and_what_is_applied_becomes_durable(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    key = servers.leader.node.log.key.number
    await trio.sleep(3)
    for server in servers.all:
        assert server.node.log.key.number > key
        assert all(heard.heartbeat.durable for heard in server.node.heartbeats.others())


async def test_a_node_whose_way_is_cut_says_so_wherever_it_matters(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    server = servers.other
    desk, stranger = server.services.desk, Caller("192.0.2.1", by="")
    fields = {"name": "ann", "password": "a lantern over seven still ponds"}
    signed_up = await desk.ask(stranger, REQUESTS["account.sign_up"], fields)
    assert not isinstance(signed_up, Refusal), signed_up
    token = signed_up.access_token
    assert isinstance(await desk.admit(token, "192.0.2.1"), Caller)
    servers.cut(server)
    await trio.sleep(6)
    assert server.sent_away == [1013]
    assert server.base.health.cluster == server.node.log.own.cut_off == server.node.cut_off != None  # noqa: E711
    assert await desk.admit(token, "192.0.2.1") == CUT_OFF


async def test_a_node_that_was_connected_again_has_the_others_repeat_what_may_be_lost(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    said: list[str] = []
    servers.wires.lose = lambda subject, data: said.append(subject) is not None
    servers.other.link.connect_again()
    await trio.sleep(0.1)
    assert "again" in said


async def test_time_is_that_of_the_node_whose_clock_is_behind(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    behind = Heartbeat("behind", "life", 1, 0, "", 0, at=now() - 5_000)
    key = await servers.leader.sheet.reader.signing_key()
    SealedNet(servers.wires.net("behind"), key).publish(SUBJECT, msgspec.msgpack.encode(behind))
    await trio.sleep(0.1)
    for server in servers.all:
        assert server.base.settled.wall() < now() - 4_000


async def test_only_a_node_that_is_away_is_forgotten(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, gone = servers.leader, servers.other
    assert await here.node.forget(gone.name) is None
    assert await here.node.forget("nobody") is False
    servers.kill(gone)
    await trio.sleep(3)
    assert await here.node.forget(gone.name) is True
    assert await here.node.forget(gone.name) is False


async def test_a_node_that_stops_is_waited_for_by_nobody(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    server = servers.other
    life = server.node.life
    await servers.stop(server)
    await trio.sleep(0.1)
    for other in servers.all:
        assert not other.node.heartbeats.at_work(server.name, life)


async def test_a_node_that_has_finished_decides_nothing_more_for_others(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    """Who asks has not heard of its good-bye yet, and asks the next owner then."""
    leaves, other = servers.leader, servers.other.node
    leaves.node.retire(1.0)
    await leaves.node.finish()
    command = PostMessage("hall", "hello", nonce="n")
    envelope = Envelope(command, Context("ann", 1), lambda answer: None)
    call = Call(other.name, "line", "room/hall", 1, 1, 0, encode_command(envelope))
    answers: list[bytes] = []
    other.net.listen(answers_to(other.name), answers.append)
    other.net.publish(calls_to((leaves.name, leaves.node.life)), encode(call))
    await trio.sleep(1)
    assert answers == []


async def test_guesses_at_a_name_count_whatever_node_they_come_to(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    caller = Caller("192.0.2.1")
    tries = servers.all[0].settings.login_free_tries
    for number in range(tries):
        server = servers.all[number % 3]
        assert not isinstance(await server.base.throttle.attempt("ann", caller), Refusal)
    for server in servers.all:
        assert isinstance(await server.base.throttle.attempt("ann", caller), Refusal)


async def test_what_is_stored_on_one_node_is_not_taken_away_on_another(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, there = (server.services.blobs.pins for server in servers.all[:2])
    async with here.storing("hash"), there.deleting("hash") as free:
        assert not free
    async with there.deleting("hash") as free:
        assert free


async def test_secrets_of_single_sign_on_are_good_once_on_whatever_node(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, there = (server.services.sso for server in servers.all[:2])
    values: dict[str, Any] = {
        "tickets": "ann",
        "away": Away(b"browser", "nonce", "verifier", None, None),
        "returned": Returned(Identity("issuer", "subject"), None, "ann"),
    }
    for name, value in values.items():
        secret = getattr(here, name).keep(value)
        assert await getattr(there, name).take_anywhere(secret) == value
        assert await getattr(here, name).take_anywhere(secret) is None


async def test_each_node_keeps_uploads_that_are_not_whole_in_a_place_of_its_own(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    for server in servers.all:
        own = server.settings.data / "files" / "nodes" / server.name
        assert server.services.transfers.partials._store._own == own
        assert server.services.figures.cluster_counts.nodes == 3


@attrs.define(eq=False)
class Session:
    claims: Claims
    closed: int = 0

    def end(self, code: int, reason: str) -> None:
        self.closed = code


def opened(server: MemoryServer, account: str, device: str) -> Session:
    session: Any = Session(Claims(account, device))
    server.base.live.add(session)
    return session


async def test_sessions_end_for_what_another_node_wrote(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, there = servers.all[:2]
    pen = Pen()
    await here.node.log.submit([pen.speaking("ann", {}), pen.speaking("bob", {})]).wait()
    phone, laptop, bob = (
        opened(there, "ann", "phone"),
        opened(there, "ann", "laptop"),
        opened(there, "bob", "d"),
    )
    await here.base.commands.write(DropDevices("ann", device="phone"))
    await here.node.log.submit([pen.append("account/bob", "account.updated", {"disabled": True})]).wait()
    await trio.sleep(1)
    assert (phone.closed, laptop.closed, bob.closed) == (REVOKED, 0, REVOKED)


async def test_sessions_end_for_rights_that_another_node_changed_and_bots_go_with_their_owner(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, there = servers.all[:2]
    pen = Pen()
    await here.node.log.submit(
        [
            *(pen.account(name) for name in ("ann", "bob")),
            *(pen.account(name, owner="bob", scopes=["read"]) for name in ("bea", "bix")),
        ]
    ).wait()
    await trio.sleep(1)
    ann, bea, bix = (opened(there, name, name) for name in ("ann", "bea", "bix"))
    await here.node.log.submit(
        [
            pen.append("account/ann", "account.updated", {"admin": True}),
            pen.append("account/bix", "bot.updated", {"bot": "bix", "scopes": []}),
        ]
    ).wait()
    await trio.sleep(1)
    assert (ann.closed, bea.closed, bix.closed) == (RECONNECT, 0, RECONNECT)
    await here.node.log.submit([pen.append("account/bob", "account.updated", {"disabled": True})]).wait()
    await trio.sleep(1)
    assert (bea.closed, bix.closed) == (REVOKED, REVOKED)


async def test_sessions_end_for_what_their_node_decided_for_another(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    pen = Pen()
    await servers.leader.node.log.submit([pen.speaking("ann", {})]).wait()
    await trio.sleep(1)
    [owner, *others] = sorted(servers.all, key=lambda server: server.node.owners.owner("account/ann") or ())
    phone, laptop = opened(owner, "ann", "phone"), opened(owner, "ann", "laptop")
    command, dropped = UpdatePreferences(quiet_from=1, quiet_to=2), DropDevices("ann", device="phone")
    answer = await others[0].base.commands.ask("account/ann", command, Context("ann", now()), object, dropped)
    assert not isinstance(answer, Refusal)
    assert (phone.closed, laptop.closed) == (REVOKED, 0)


async def test_what_another_node_has_answered_is_found_though_it_is_not_known_yet(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, there = servers.all[:2]
    there.link.late = 2.0
    await trio.sleep(1)
    await here.node.log.submit(Pen().village()).wait()
    assert there.node.sequence < here.node.sequence
    ann = Caller("192.0.2.1", by="ann", account="ann")
    answer = await there.services.desk.ask(ann, REQUESTS["message.get"], {"room": "hall", "seq": 4})
    assert not isinstance(answer, Refusal), answer


async def test_links_that_another_node_made_are_good_though_they_are_not_known_yet(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, there = servers.all[:2]
    code = await here.services.setup.new_code()
    there.link.late = 2.0
    await trio.sleep(1)
    code = await here.services.setup.new_code()
    assert code is not None
    made = await there.services.setup.set_up(code, "ann", PASSWORD, "Home", "Hall")
    assert not isinstance(made, Refusal), made
    await trio.sleep(5)
    link = await here.services.recovery.make(made.account.id, "operator:0")
    assert not isinstance(link, Refusal), link
    _, _, code = link.url.partition("?code=")
    assert await there.services.recovery.use(code, PASSWORD[::-1]) == "ann"
    assert isinstance(await here.services.recovery.use(code, PASSWORD), Refusal)


async def test_what_is_due_is_known_to_all_whoever_was_told(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, pen, at = servers.all[0], Pen(), now() + 3_600_000
    await here.node.log.submit(pen.village()).wait()
    await here.base.commands.write(PutScheduled("s1", "ann", "hall", "later", None, None, at, at))
    ordered = {"account": "bob", "due_at": at}
    await here.node.log.submit([pen.append("space/home", "member.erasure_ordered", ordered)]).wait()
    await trio.sleep(1)
    for server in servers.all:
        assert server is here or server.base.due_timer.next == at
        assert server.base.erasure_timer.next == at


async def test_a_deletion_that_a_node_died_in_is_gone_on_with(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    dies = servers.leader
    await trio.sleep(1)  # all have looked whether something was ordered
    pen = Pen()
    await dies.node.log.submit(pen.village()).wait()
    await dies.node.log.submit([pen.speaking("eve", {})]).wait()
    await dies.base.writer.append(Append(writes=(PutErasure("eve", "ann", None, False, 1),)))
    servers.kill(dies)
    await trio.sleep(10)
    for server in servers.all:
        [[count]] = server.sheet.connection.execute(
            "SELECT count(*) FROM events WHERE type = 'account.deleted'"
        )
        assert count == 1


async def test_who_waits_for_a_deletion_is_told_though_another_node_carried_it_out(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    here, pen = servers.other, Pen()
    await trio.sleep(1)
    await here.node.log.submit(pen.village()).wait()
    await here.node.log.submit([pen.speaking("eve", {})]).wait()
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(here.base.deletions.wait, "eve")
            await here.base.writer.append(Append(writes=(PutErasure("eve", "ann", None, False, 1),)))
            await trio.sleep(1)  # the one that leads has the order, too
            servers.leader.base.deletions.look_again()


async def test_quotas_count_what_others_write_while_a_node_counts_what_was_written_before(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    """Each node that starts loads today's usage, and others go on meanwhile."""
    first, late, pen = servers.leader, servers.other, Pen()
    await first.node.log.submit(pen.village()).wait()
    await servers.stop(late)
    bot_owners = late.sheet.reader.bot_owners

    async def asked() -> dict[str, str]:
        [fact] = pen.post("hall", "meanwhile").facts
        await first.node.log.submit([Append((msgspec.structs.replace(fact, at=now()),))]).wait()
        await trio.sleep(1)
        return await bot_owners()

    late.sheet.reader.bot_owners = asked
    await servers.start(late)
    for server in (first, late):
        assert server.services.usage.of("ann").messages == 1


DEEP = b"\x91" * 60_000  # lists in lists


@pytest.mark.parametrize(
    "junk",
    [
        *(b"\x9c\xa1\xff" + bytes(11), b"\x82\xa2id\xa1\xff\xa2at\x00", b"\xa1\xff", b""),
        *(DEEP, b"\x81\xa1x" + DEEP, b"\x9c" + DEEP),
    ],
)
async def test_nothing_that_is_said_to_a_node_ends_it(
    servers: MemoryServers, autojump_clock: MockClock, junk: bytes
) -> None:
    """Whether a node says it or somebody else: text that is no UTF-8, in the shape of what is expected, and
    what is nested so deeply that nobody can read it."""
    stranger = servers.wires.net("stranger")
    node = SealedNet(stranger, await servers.leader.sheet.reader.signing_key())
    for _, subject, _ in tuple(servers.wires.listeners):
        stranger.publish(subject, junk)
        node.publish(subject, junk)
    for subject in tuple(servers.wires.answerers):
        for net in (stranger, node):
            with suppress(Unreachable):
                await net.ask(subject, junk, 1.0)
    await trio.sleep(1)
    for server in servers.all:
        assert set(server.node.heartbeats.nodes) >= {"n0", "n1", "n2"}


async def test_what_waits_for_a_node_that_died_goes_to_the_next_owner_as_soon_as_that_node_is_missed(
    servers: MemoryServers, autojump_clock: MockClock
) -> None:
    """Whenever it was sent: not when it would be sent once more."""
    await trio.sleep(1)
    dies, here = servers.leader, servers.other
    rooms = [f"room/r{number}" for number in range(100)]
    owned = [room for room in rooms if dies.node.owners.owner(room) is None][:4]
    answered: list[float] = []

    async def ask(room: str) -> None:
        command = PostMessage(room.removeprefix("room/"), "hello", nonce="n")
        await here.base.commands.ask(room, command, Context("ann", 1), object)
        answered.append(trio.current_time())

    servers.kill(dies)
    async with trio.open_nursery() as nursery:
        for room in owned:
            nursery.start_soon(ask, room)
            await trio.sleep(0.25)
        while here.node.heartbeats.there(dies.name):  # noqa: ASYNC110
            await trio.sleep(0.01)
        missed = trio.current_time()
    assert len(answered) == 4
    assert max(answered) < missed + 0.2
