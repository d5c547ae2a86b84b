"""What a client does about bytes that nobody should send, and about servers that are not what they seem."""

from __future__ import annotations

import ssl
from functools import partial
from pathlib import Path

import pytest
import trio
import trio.testing
from self_signed import certificate

from chatd.nats import ordered, wire
from chatd.nats.client import SERVERS, UNSENT, CannotConnect, Client, TooLarge, TooSlow
from chatd.nats.connection import Address
from chatd.nats.jetstream import JetStream
from chatd.nats.ordered import OrderedConsumer
from chatd.nats.wire import Info, Msg, Parser

INFO = b'INFO {"headers":true,"max_payload":1024%s}\r\n'


@pytest.mark.parametrize("status", ["²".encode(), b"9" * 5000, b"-1", b"x"])
def test_a_status_that_is_no_number_is_none(status: bytes) -> None:
    head = b"NATS/1.0 %s\r\n\r\n" % status
    [msg] = Parser().feed(b"HMSG a 1 %d %d\r\n%s\r\n" % (len(head), len(head), head))
    assert isinstance(msg, Msg)
    assert msg.status == 0


def test_a_subject_may_be_any_bytes() -> None:
    [msg] = Parser().feed(b"MSG \xff 1 0\r\n\r\n")
    assert isinstance(msg, Msg)
    assert msg.sid == 1


@pytest.mark.parametrize(
    ("subject", "reply", "headers"),
    [
        ("a b", "", {}),
        ("", "", {}),
        ("a", "b\r\nPING", {}),
        ("a", "", {"K": "v\r\nX: y"}),
        ("a", "", {"K:": "v"}),
        ("a", "", {"": "v"}),
    ],
)
def test_what_would_be_another_line_is_not_sent(subject: str, reply: str, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        wire.publish(subject, b"", reply, wire.headers(headers))


async def test_a_server_that_says_nonsense_of_others_is_believed_in_the_rest() -> None:
    async with trio.open_nursery() as nursery:
        urls = b',"connect_urls":["127.0.0.1:99999999","[::1","127.0.0.1:0x"]'
        client = Client([await _server(nursery, INFO % urls)], name="test")
        await nursery.start(client.run)
        assert client.connected
        client._learn(Info(connect_urls=[f"127.0.0.1:{port}" for port in range(1, 1000)]), False)
        assert len(client._servers) == SERVERS
        nursery.cancel_scope.cancel()


async def test_servers_that_were_told_of_in_plain_text_are_not_known_to_one_who_wants_tls(
    tmp_path: Path,
) -> None:
    """Who sits between could name a server of its own, without TLS, and wait for the next connection."""
    written, key = certificate(tmp_path)
    proof = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proof.load_cert_chain(written, key)
    async with trio.open_nursery() as nursery:
        told = b',"tls_available":true,"connect_urls":["127.0.0.1:1"]'
        url = await _server(nursery, INFO % told, proof, INFO % b',"connect_urls":["127.0.0.1:2"]')
        trusting = ssl.create_default_context(cafile=str(written))
        client = Client([url.replace("nats:", "tls:")], name="test", tls=lambda: trusting)
        await nursery.start(client.run)
        while len(client._servers) < 2:
            await trio.testing.wait_all_tasks_blocked(0.01)
        assert [(server.secure, server.port) for server in client._servers[1:]] == [(True, 2)]
        nursery.cancel_scope.cancel()


async def test_what_comes_in_plain_text_before_tls_is_refused() -> None:
    """It would be taken for the beginning of what comes in TLS."""
    async with trio.open_nursery() as nursery:
        url = await _server(nursery, INFO % b',"tls_required":true' + b"MSG _INBOX 1 100\r\n")
        with pytest.raises(CannotConnect, match="before TLS"):
            await Client([url], name="test").run()
        nursery.cancel_scope.cancel()


async def test_what_the_protocol_itself_needs_is_sent_however_much_waits() -> None:
    async with trio.open_nursery() as nursery:
        client = Client([await _server(nursery, INFO % b"")], name="test")
        await nursery.start(client.run)
        client.info = Info(max_payload=UNSENT)
        client.publish("a", bytes(UNSENT - 100))
        heard = client.subscribe("b" * 200, lambda msg: None)
        client._take(wire.Ping(), False)
        heard.close()
        nursery.cancel_scope.cancel()


async def test_of_many_answers_to_one_question_the_first_is_kept_and_no_other() -> None:
    async with trio.open_nursery() as nursery:
        client = Client([await _server(nursery, INFO % b"")], name="test")
        await nursery.start(client.run)
        answers: list[bytes] = []

        async def ask() -> None:
            answers.append((await client.request("a", b"", 30)).data)

        nursery.start_soon(ask)
        await trio.testing.wait_all_tasks_blocked()
        [(key, (_, kept))] = client._waiting.items()
        for number in range(1000):
            client._take(Msg(f"{client._inbox}.{key}", 1, "", b"%d" % number), False)
        assert len(kept) == 1
        await trio.testing.wait_all_tasks_blocked()
        assert answers == [b"0"]
        nursery.cancel_scope.cancel()


async def test_a_message_as_large_as_the_server_takes_is_sent_and_no_larger_one() -> None:
    async with trio.open_nursery() as nursery:
        client = Client([await _server(nursery, INFO % b"")], name="test")
        await nursery.start(client.run)
        left, headers = 1024 - len(b"NATS/1.0\r\nA: b\r\n\r\n"), {"A": "b"}
        client.publish("a.long.subject", bytes(1024), "_INBOX.a.reply")
        client.publish("a", bytes(left), headers=headers)
        with pytest.raises(TooLarge):
            client.publish("a", bytes(1025))
        with pytest.raises(TooLarge):
            client.publish("a", bytes(left + 1), headers=headers)
        nursery.cancel_scope.cancel()


async def test_an_ordered_consumer_outlives_a_question_that_it_cannot_answer_now() -> None:
    client = Client(["nats://127.0.0.1:1"], name="test")
    client.connected, client.info = True, Info(max_payload=2 * UNSENT)
    client.publish("a", bytes(UNSENT - 100))
    consumer = OrderedConsumer(JetStream(client), "s", 0)
    consumer._lost, consumer._connection = False, client.connections  # as if it had been made
    consumer._heard(Msg("_INBOX.1", 1, "x" * 200, b"", {}, 100, "FlowControl Request"))
    consumer._heard(Msg("_INBOX.1", 1, "$JS.ACK.s.c.1.1.1.0.0", b"data"))
    assert (await anext(consumer)).data == b"data"


@pytest.mark.parametrize("head", [b"NATS/1.0 100 Idle Heartbeat\r\n\r\n", b"junk\r\n\r\n", b"\r\n\r\n"])
async def test_a_message_of_the_stream_is_one_whatever_headers_it_was_stored_with(head: bytes) -> None:
    """A server keeps and carries any. Whoever took it for the server's own word, or for a broken connection,
    would come to it again and again."""
    [msg] = Parser().feed(
        b"HMSG a 1 $JS.ACK.s.c.1.1.1.0.0 %d %d\r\n%sdata\r\n" % (len(head), len(head) + 4, head)
    )
    consumer = OrderedConsumer(JetStream(Client(["nats://127.0.0.1:1"], name="test")), "s", 0)
    consumer._lost = False
    assert isinstance(msg, Msg)
    consumer._heard(msg)
    assert (await anext(consumer)).data == b"data"


@pytest.mark.parametrize(
    "answer", [b'{"error": 1}', b'{"error": {"err_code": "x"}}', b'"\xff"', b"[" * 60_000]
)
async def test_an_answer_that_is_none_of_jetstreams_is_not_taken_for_one(answer: bytes) -> None:
    """Whoever may speak with the servers can answer what is asked of them."""
    async with trio.open_nursery() as nursery:
        client = Client([await _server(nursery, INFO % b"")], name="test")
        await nursery.start(client.run)
        nursery.start_soon(partial(_answer, client, answer))
        with pytest.raises(TooSlow, match="none of JetStream's"):
            await JetStream(client).stream_info("s")
        nursery.cancel_scope.cancel()


async def _answer(client: Client, data: bytes) -> None:
    """The first thing that is asked."""
    await trio.testing.wait_all_tasks_blocked()
    client._answered(Msg(f"{client._inbox}.1", 1, "", data))


@pytest.mark.parametrize("reply", ["", "$JS.ACK.s.c.1.x.1.0.0", "a.b"])
async def test_a_message_that_is_not_of_the_stream_is_no_message_of_it(reply: str) -> None:
    consumer = OrderedConsumer(JetStream(Client(["nats://127.0.0.1:1"], name="test")), "s", 0)
    assert consumer._in_order(Msg("_INBOX.1", 1, reply, b"")) is None
    assert consumer._lost


async def test_of_messages_that_nobody_reads_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordered, "MESSAGES", 10)
    consumer = OrderedConsumer(JetStream(Client(["nats://127.0.0.1:1"], name="test")), "s", 0)
    consumer._lost = False
    for number in range(1, 100):
        consumer._heard(Msg("_INBOX.1", 1, f"$JS.ACK.s.c.1.{number}.{number}.0.0", b""))
    assert len(consumer._queue) == 10
    assert consumer._lost  # so it is read again


async def test_a_server_that_failed_is_tried_after_those_that_did_not() -> None:
    """Its machine may be gone, and each try takes seconds; so another one does not wait for it."""
    async with trio.open_nursery() as nursery:
        urls = [await _server(nursery, INFO % (b',"server_name":"%d"' % number)) for number in range(4)]
        client = Client(urls, name="test")
        await nursery.start(client.run)
        tried = []
        for number in range(1, 4):
            tried.append(client.info.server_name)
            client.leave()
            await client.wait_connected(number + 1)
        assert len({*tried, client.info.server_name}) == 4
        client.leave()
        await client.wait_connected(5)
        assert client.info.server_name == tried[0]
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("host", "near"), [("127.0.0.1", True), ("localhost", True), ("192.0.2.1", False)])
async def test_a_server_of_this_machine_is_known(host: str, near: bool) -> None:
    assert await Address(False, host, 4222).near() == near


async def _server(
    nursery: trio.Nursery, first: bytes, proof: ssl.SSLContext | None = None, second: bytes = b""
) -> str:
    """Says `first`, answers every PING, in TLS where it has a proof, and then says `second`."""

    async def serve(stream: trio.abc.Stream) -> None:
        try:
            await stream.send_all(first)
            if proof is not None:
                stream = trio.SSLStream(stream, proof, server_side=True)
            while data := await stream.receive_some(65536):
                if b"PING\r\n" in data:
                    await stream.send_all(b"PONG\r\n" + second)
        except trio.BrokenResourceError:
            pass

    [listener] = await nursery.start(partial(trio.serve_tcp, serve, 0, host="127.0.0.1"))
    return f"nats://127.0.0.1:{listener.socket.getsockname()[1]}"
