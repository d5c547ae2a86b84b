"""The client against real servers, and what of their behaviour a cluster must know."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from operator_of_nats import operator
from self_signed import certificate

from bench.nats_servers import NatsServers, nats_servers
from chatd.nats import client as client_module
from chatd.nats import ordered
from chatd.nats.client import CannotConnect, Client, NatsError, NoResponders, TooSlow
from chatd.nats.credentials import Credentials, new_seed, private_key, public_key, read_file
from chatd.nats.jetstream import SECONDS, ApiError, JetStream, StreamConfig, StreamInfo
from chatd.nats.ordered import OrderedConsumer, Replaced, Shorter, Trimmed

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def one() -> Iterator[NatsServers]:
    with nats_servers(1) as servers:
        yield servers


@pytest.fixture(scope="module")
def three() -> Iterator[NatsServers]:
    with nats_servers(3) as servers:
        yield servers


@asynccontextmanager
async def connected(servers: NatsServers, **more: Any) -> AsyncIterator[Client]:
    client = Client(servers.urls, name="test", **more)
    async with trio.open_nursery() as nursery:
        await nursery.start(client.run)
        yield client
        nursery.cancel_scope.cancel()


async def test_requests_are_answered_and_nobody_there_is_said_at_once(one: NatsServers) -> None:
    async with connected(one) as client:
        client.subscribe("echo", lambda msg: client.publish(msg.reply, msg.data, headers={"A": "b"}))
        answer = await client.request("echo", b"\0\xff", 15)
        assert (answer.data, answer.headers) == (b"\0\xff", {"A": "b"})
        with pytest.raises(NoResponders):
            await client.request("nobody", b"", 15)
        client.subscribe("deaf", lambda msg: None)
        with pytest.raises(TooSlow):
            await client.request("deaf", b"", 0.05)


async def test_a_byte_too_much_ends_a_connection(one: NatsServers) -> None:
    """So the client does not send it."""
    async with connected(one) as client:
        size = client.info.max_payload + 1
    with socket.create_connection(("127.0.0.1", one.servers[0].port)) as raw:
        raw.settimeout(60)
        raw.recv(65536)
        raw.sendall(b"CONNECT {}\r\nPUB a %d\r\n" % size)
        said = b""
        while part := raw.recv(65536):
            said += part
        assert b"Maximum Payload Violation" in said


async def test_what_cannot_be_sent_is_bounded(one: NatsServers) -> None:
    async with connected(one) as client:
        for _ in range(15):  # without an await nothing is sent
            client.publish("a", bytes(2**20))
        with pytest.raises(TooSlow):
            client.publish("a", bytes(2**21))
        await client.request("$SYS.REQ.USER.INFO", b"", 15)  # it goes on


async def test_the_server_says_whether_it_syncs_before_it_acknowledges(one: NatsServers) -> None:
    assert one.servers[0].look("/varz")["jetstream"]["config"]["sync_always"] is True
    with nats_servers(1, sync=False) as lazy:
        assert not lazy.servers[0].look("/varz")["jetstream"]["config"].get("sync_always")


async def test_who_may_not_come_in_is_told_and_who_may_does(tmp_path: Path) -> None:
    seed = new_seed()
    user = f"authorization {{ users: [{{nkey: {public_key(private_key(seed))}}}] }}"
    with nats_servers(1, more=[user]) as servers:
        async with connected(servers, credentials=lambda: Credentials(seed=seed)) as client:
            assert client.connected
        with pytest.raises(ExceptionGroup) as refused:
            async with connected(servers, credentials=lambda: Credentials(user="a", password="b")):
                pass
        assert refused.group_contains(CannotConnect, match="(?i)authorization violation")


async def test_who_may_not_come_in_any_more_says_so_once_and_comes_back_when_it_may(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client_module, "BACKOFF", (0.001, 0.01))
    seed, other = new_seed(), new_seed()
    ours, theirs = (public_key(private_key(one)) for one in (seed, other))
    with nats_servers(1, more=[f"authorization {{ users: [{{nkey: {ours}}}] }}"]) as servers:
        [server] = servers.servers
        async with connected(servers, credentials=lambda: Credentials(seed=seed)) as client:
            for now, before in ((theirs, ours), (ours, theirs)):
                server.config.write_text(server.config.read_text().replace(before, now))
                server.signal(signal.SIGHUP)
                if now == theirs:
                    with trio.fail_after(30):
                        for _ in range(20):
                            await client._changed.wait()
                    assert f"127.0.0.1:{server.port}: it refuses: Authorization Violation" in client.problem
            with trio.fail_after(30):
                await client.wait_connected()
            assert client.problem == ""
    assert capfd.readouterr().err.count("nats_unreachable") == 1


async def test_who_has_another_key_by_then_comes_in_with_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Credentials expire, and are renewed in their file; a node stayed outside until it was restarted."""
    monkeypatch.setattr(client_module, "BACKOFF", (0.001, 0.01))
    before, now = new_seed(), new_seed()
    key = tmp_path / "nkey"
    key.write_text(before)
    line = f"authorization {{ users: [{{nkey: {public_key(private_key(before))}}}] }}"
    with nats_servers(1, more=[line]) as servers:
        [server] = servers.servers
        async with connected(servers, credentials=partial(read_file, key)) as client:
            lines = server.config.read_text().replace(
                *(public_key(private_key(one)) for one in (before, now))
            )
            server.config.write_text(lines)
            key.write_text("half a k")
            server.signal(signal.SIGHUP)
            with trio.fail_after(30):
                while "is not the seed of an nkey" not in client.problem:
                    await client._changed.wait()
            key.write_text(now)
            with trio.fail_after(30):
                await client.wait_connected(2)
            assert client.problem == ""


async def test_of_servers_that_are_given_those_are_told_that_could_not_be_gone_on_with() -> None:
    ours, theirs = new_seed(), new_seed()

    def users(seed: str) -> list[str]:
        return [f"authorization {{ users: [{{nkey: {public_key(private_key(seed))}}}] }}"]

    with nats_servers(1, more=users(ours)) as some, nats_servers(1, more=users(theirs)) as others:
        both = NatsServers([*some.servers, *others.servers])
        async with connected(both, credentials=lambda: Credentials(seed=ours)) as client:
            refuses = f"127.0.0.1:{others.servers[0].port}: it refuses: Authorization Violation"
            [problem] = await client.unusable()
            assert refuses in problem.replace("'", "")
            others.servers[0].stop()
            [problem] = await client.unusable()
            assert "refuses" not in problem
            assert client.connections == 1


@pytest.mark.parametrize("first", ["", ", handshake_first: true", ", handshake_first: auto"])
async def test_servers_that_ask_for_tls_are_spoken_to_in_tls(tmp_path: Path, first: str) -> None:
    written, key = certificate(tmp_path)
    lines = [f'tls {{ cert_file: "{written}", key_file: "{key}", timeout: 1{first} }}']
    trusting = ssl.create_default_context(cafile=str(written))
    with nats_servers(1, more=lines) as servers:
        async with connected(servers, tls=lambda: trusting) as client:
            await client.request("$SYS.REQ.USER.INFO", b"", 15)
        with pytest.raises(ExceptionGroup) as refused:
            async with connected(servers):
                pass
        assert refused.group_contains(CannotConnect, match="certificate|wants TLS first")


async def test_who_wants_tls_does_not_go_without(one: NatsServers) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        async with connected(one, tls=ssl.create_default_context):
            pass
    assert refused.group_contains(CannotConnect, match="speaks no TLS")


@pytest.mark.parametrize("who", [Credentials(user="a", password="b c"), Credentials(token="t")])
async def test_a_name_and_a_token_open_the_door(who: Credentials) -> None:
    line = 'token: "t"' if who.token else 'user: a, password: "b c"'
    with nats_servers(1, more=[f"authorization {{ {line} }}"]) as servers:
        async with connected(servers, credentials=lambda: who) as client:
            assert client.connected
        with pytest.raises(ExceptionGroup) as refused:
            async with connected(servers):
                pass
        assert refused.group_contains(CannotConnect, match="(?i)authorization violation")


async def test_a_file_of_credentials_opens_the_door(tmp_path: Path) -> None:
    made = operator()
    (tmp_path / "node.creds").write_text(made.credentials)
    with nats_servers(1, more=made.lines) as servers:
        async with connected(servers, credentials=partial(read_file, tmp_path / "node.creds")) as client:
            await client.request("$SYS.REQ.USER.INFO", b"", 15)
        with pytest.raises(ExceptionGroup) as refused:
            async with connected(servers, credentials=lambda: Credentials(seed=new_seed(), jwt=made.jwt)):
                pass
        assert refused.group_contains(CannotConnect, match="(?i)authorization violation")


async def test_of_a_stored_message_that_is_sent_again_one_server_and_three_say_different_things(
    one: NatsServers, three: NatsServers
) -> None:
    said = []
    for servers in (one, three):
        async with connected(servers) as client:
            stream = JetStream(client)
            await _made(stream, StreamConfig("again", ["again.x"], num_replicas=len(servers.servers)))
            headers = {"Nats-Msg-Id": "1", "Nats-Expected-Last-Sequence": "0"}
            await _published_first(stream, "again.x", headers)
            try:
                said.append((await stream.publish("again.x", b"", headers=headers)).duplicate)
            except ApiError as error:
                said.append(error.code)
    assert said == [10071, True]


async def test_an_ordered_consumer_says_when_the_stream_is_trimmed_or_shorter(
    one: NatsServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordered, "SHORT_FOR", 0.3)
    async with connected(one) as client:
        stream = JetStream(client)
        await stream.create_stream(StreamConfig("trim", ["trim.x"]))
        for _ in range(10):
            await stream.publish("trim.x", b"")
        await stream.purge("trim", 6)
        assert [(await anext(OrderedConsumer(stream, "trim", 5))).sequence] == [6]
        with pytest.raises(Trimmed):
            await anext(OrderedConsumer(stream, "trim", 4))
        with pytest.raises(Shorter):
            await anext(OrderedConsumer(stream, "trim", 11))


async def test_a_server_that_only_believes_that_it_leads_may_say_that_the_stream_is_shorter(
    one: NatsServers,
) -> None:
    """One that was frozen, until it hears of the others."""
    async with connected(one) as client:
        stream = JetStream(client)
        info = await stream.create_stream(StreamConfig("stale", ["stale.x"]))
        for _ in range(3):
            await stream.publish("stale.x", b"")
        stale = [info, info]

        class Stale(JetStream):
            async def stream_info(self, name: str, seconds: float = SECONDS) -> StreamInfo:
                return stale.pop() if stale else await super().stream_info(name, seconds)

        consumer = OrderedConsumer(Stale(client), "stale", 2)
        with trio.fail_after(30):
            assert (await anext(consumer)).sequence == 3
        assert not stale


async def test_an_ordered_consumer_says_when_the_stream_grows_and_is_shorter(one: NatsServers) -> None:
    """So it is no old word of a server: what is added to it would be taken for what comes next."""
    async with connected(one) as client:
        stream = JetStream(client)
        await stream.create_stream(StreamConfig("grown", ["grown.x"]))
        consumer = OrderedConsumer(stream, "grown", 11)
        async with trio.open_nursery() as nursery:

            async def write() -> None:
                while True:
                    await stream.publish("grown.x", b"")
                    await trio.sleep(0.2)

            nursery.start_soon(write)
            with pytest.raises(Shorter), trio.fail_after(30):
                await anext(consumer)
            nursery.cancel_scope.cancel()


async def test_an_ordered_consumer_says_when_the_stream_was_made_anew(one: NatsServers) -> None:
    async with connected(one) as client:
        stream = JetStream(client)
        await stream.create_stream(StreamConfig("anew", ["anew.x"], metadata={"whose": "ours"}))
        await stream.publish("anew.x", b"")
        consumer = OrderedConsumer(stream, "anew", 0)
        assert (await anext(consumer)).sequence == 1
        await stream._call("STREAM.DELETE.anew", {}, dict[str, Any])
        await stream.create_stream(StreamConfig("anew", ["anew.x"], metadata={"whose": "theirs"}))
        for _ in range(2):
            await stream.publish("anew.x", b"")
        with pytest.raises(Replaced), trio.fail_after(30):
            await anext(consumer)


async def test_that_a_consumer_cannot_be_made_is_not_said_with_each_try(
    one: NatsServers, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ordered, "AGAIN", 0.001)
    async with connected(one) as client:
        with trio.move_on_after(0.5):
            await anext(OrderedConsumer(JetStream(client), "nowhere", 0))
    assert capfd.readouterr().err.count("consumer_not_made") == 1


async def test_nothing_acknowledged_is_lost_when_the_leader_dies_and_the_reader_sees_no_hole(
    three: NatsServers,
) -> None:
    async with connected(three) as client:
        stream = JetStream(client)
        await _made(stream, StreamConfig("kill", ["kill.x"], num_replicas=3))
        seen: list[bytes] = []
        acknowledged: list[bytes] = []
        all_seen = trio.Event()

        async def read() -> None:
            last = 0
            async for msg in OrderedConsumer(stream, "kill", 0):
                assert msg.sequence == last + 1
                last = msg.sequence
                seen.append(msg.data)
                if len(set(seen)) == 60:
                    all_seen.set()

        async def send(number: int) -> None:
            data = b"%d" % number
            while True:
                try:
                    await stream.publish("kill.x", data, 2, {"Nats-Msg-Id": str(number)})
                except NatsError:
                    await trio.sleep(0.1)
                else:
                    acknowledged.append(data)
                    return

        async with trio.open_nursery() as nursery:
            nursery.start_soon(read)
            for number in range(20):
                await send(number)
            leader = (await stream.stream_info("kill")).cluster.leader
            dead = next(server for server in three.servers if server.name == leader)
            dead.kill()
            for number in range(20, 60):
                await send(number)
            dead.start()
            with trio.fail_after(60):
                await all_seen.wait()
            nursery.cancel_scope.cancel()
        assert sorted(set(seen)) == sorted(acknowledged)


async def test_the_client_goes_on_with_another_server(three: NatsServers) -> None:
    async with connected(three) as client:
        heard = trio.Event()
        client.subscribe("news", lambda msg: heard.set())
        here = next(server for server in three.servers if server.name == client.info.server_name)
        here.kill()
        with trio.fail_after(30):
            await client.wait_connected(2)
            client.publish("news", b"still here")
            await heard.wait()
        here.start()


async def test_a_server_that_hangs_is_left_for_another_one(three: NatsServers) -> None:
    async with connected(three) as client:
        here = next(server for server in three.servers if server.name == client.info.server_name)
        here.signal(signal.SIGSTOP)
        try:
            with trio.fail_after(60):
                await client.wait_connected(2)
            assert client.info.server_name != here.name
        finally:
            here.signal(signal.SIGCONT)


async def test_a_slow_reader_keeps_only_so_much_and_misses_nothing(
    one: NatsServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordered, "KEPT", 300_000)
    monkeypatch.setattr(ordered, "FEW", 0)
    async with connected(one) as client, connected(one) as writer:
        stream = JetStream(writer)
        await stream.create_stream(StreamConfig("slow", ["slow.x"]))
        consumer = OrderedConsumer(JetStream(client), "slow", 0)
        for number in range(1, 31):
            await stream.publish("slow.x", bytes(100_000))
            if number == 1:
                assert (await anext(consumer)).sequence == 1
            assert consumer._bytes <= 300_000
        with trio.fail_after(60):
            for number in range(2, 31):
                assert (await anext(consumer)).sequence == number
        assert consumer.made > 1


async def _published_first(stream: JetStream, subject: str, headers: dict[str, str]) -> None:
    """Who listens to the subject of a new stream may be unknown to the other servers for a moment."""
    with trio.fail_after(60):
        while True:
            try:
                assert (await stream.publish(subject, b"", headers=headers)).seq == 1
            except NoResponders:
                await trio.sleep(0.01)
            else:
                return


async def _made(stream: JetStream, config: StreamConfig) -> None:
    """The first stream of a cluster may have to wait for an election."""
    with trio.fail_after(60):
        while True:
            try:
                await stream.create_stream(config)
            except NatsError:
                await trio.sleep(0.2)
            else:
                return
