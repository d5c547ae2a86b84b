"""The HTTP driver holds to HTTP/1.1 and to ASGI, whatever application and client do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
from talking_http import talk
from trio.testing import wait_all_tasks_blocked

from chatd.log import log
from chatd.settings import Settings

MEBIBYTE = 1024 * 1024


def answering(
    body: bytes = b"hello", status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    return app


async def streaming(scope: Any, receive: Any, send: Any) -> None:
    """As many pieces as the query says."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for number in range(int(scope["query_string"])):
        await send({"type": "http.response.body", "body": b"piece %d\n" % number, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def crashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the log was told of crashes."""
    told: list[str] = []
    monkeypatch.setattr(log, "exception", lambda event, **_: told.append(event))
    monkeypatch.setattr(log, "error", lambda event, **_: told.append(event))
    return told


async def test_many_requests_go_over_one_connection() -> None:
    async with talk(answering()) as client:
        for _ in range(20):
            answer = await client.get()
            assert (answer.status, answer.body, answer.headers.get("connection")) == (200, b"hello", None)
        assert client.driver.answered == {200: 20}


async def test_requests_sent_together_are_answered_in_order() -> None:
    async with talk(streaming) as client:
        await client.send("".join(f"GET /?{n} HTTP/1.1\nHost: a\n\n" for n in range(30)))
        for n in range(30):
            assert (await client.answer()).body.count(b"piece") == n


@pytest.mark.parametrize(
    "request_", ["GET /?3 HTTP/1.0\n\n", "GET /?3 HTTP/1.1\nHost: a\nConnection: close\n\n"]
)
async def test_who_wants_no_more_sees_the_end_at_once(request_: str) -> None:
    async with talk(streaming) as client:
        await client.send(request_)
        answer = await client.ended(1)
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.count(b"piece") == 3
    assert (b"chunked" in answer) == ("1.1" in request_)


async def test_head_gets_the_head_of_get() -> None:
    async with talk(answering(b"x" * 100)) as client:
        answer = await client.ask("HEAD")
        assert (answer.body, answer.headers["content-length"]) == (b"", "100")
        assert (await client.get()).body == b"x" * 100


async def test_head_of_an_endless_answer_ends() -> None:
    async with talk(streaming) as client:
        assert (await client.ask("HEAD", "/?1000000000")).status == 200
        assert (await client.get("/?1")).body == b"piece 0\n"


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_comes_in_pieces_and_the_next_request_after_it(chunked: bool) -> None:
    body = b"0123456789" * 50_000
    async with talk(echo) as client:
        for _ in range(3):
            if chunked:
                await client.send("POST /files HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n")
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(client.send, "", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
                    answer = await client.answer()
            else:
                await client.send(f"POST /files HTTP/1.1\nHost: a\nContent-Length: {len(body)}\n\n")
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(client.send, "", body)
                    answer = await client.answer()
            assert (answer.status, answer.body) == (200, body)
        assert client.driver.received == 3 * len(body)


async def test_a_body_that_waits_to_be_asked_for_is_asked_for() -> None:
    async with talk(echo) as client:
        await client.send("POST / HTTP/1.1\nHost: a\nContent-Length: 5\nExpect: 100-continue\n\n")
        assert (await client.ours.receive_some()) == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.send("", b"hello")
        assert (await client.answer()).body == b"hello"
        assert (await client.get()).status == 200


async def test_a_body_that_nobody_wants_is_not_asked_for() -> None:
    async with talk(answering(b"no", 403)) as client:
        await client.send("POST / HTTP/1.1\nHost: a\nContent-Length: 5\nExpect: 100-continue\n\n")
        answer = await client.answer()
        assert (answer.status, answer.headers["connection"]) == (403, "close")


async def test_a_small_body_that_is_not_read_does_not_end_the_connection() -> None:
    async with talk(answering()) as client:
        for _ in range(3):
            assert (await client.ask("POST", body=b"x" * 50_000)).headers.get("connection") is None


async def test_a_large_body_that_is_not_read_ends_the_connection() -> None:
    async with talk(answering()) as client:
        await client.send(f"POST /files HTTP/1.1\nHost: a\nContent-Length: {MEBIBYTE}\n\n", b"x" * 1000)
        assert (await client.answer()).headers["connection"] == "close"
        assert await client.ended() == b""


async def test_a_body_is_read_only_as_the_application_asks_for_it() -> None:
    asks = trio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asks.wait()
        await echo(scope, receive, send)

    async with talk(app) as client, trio.open_nursery() as nursery:
        sent = trio.Event()

        async def upload() -> None:
            await client.send(f"POST /files HTTP/1.1\nHost: a\nContent-Length: {8 * MEBIBYTE}\n\n")
            await client.send("", b"x" * 8 * MEBIBYTE)
            sent.set()

        nursery.start_soon(upload)
        await wait_all_tasks_blocked(0.05)
        assert not sent.is_set(), "somebody keeps what the application has not asked for"
        asks.set()
        assert len((await client.answer()).body) == 8 * MEBIBYTE


async def test_an_answer_is_made_only_as_the_client_reads() -> None:
    made = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal made
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(64):
            made += 1
            await send({"type": "http.response.body", "body": b"x" * MEBIBYTE, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async with talk(app) as client:
        await client.send("GET / HTTP/1.1\nHost: a\n\n")
        await wait_all_tasks_blocked(0.05)
        assert made < 10
        assert len((await client.answer()).body) == 64 * MEBIBYTE


@pytest.mark.parametrize("waiting", ["silent", "sending"])
async def test_an_application_learns_that_the_client_has_gone(waiting: str, crashes: list[str]) -> None:
    learnt = trio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "http.request"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            if waiting == "silent":
                await send({"type": "http.response.body", "body": b"so far", "more_body": True})
                assert (await receive())["type"] == "http.disconnect"
            else:
                while True:
                    await send({"type": "http.response.body", "body": b"x" * MEBIBYTE, "more_body": True})
        finally:
            learnt.set()

    async with talk(app) as client:
        await client.send("GET / HTTP/1.1\nHost: a\n\n")
        await client.ours.receive_some()
        await client.ours.aclose()
        with trio.fail_after(30):
            await learnt.wait()
    assert "request_crashed" not in crashes


async def test_what_was_sent_ahead_is_kept_while_an_application_listens() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(receive)
            await wait_all_tasks_blocked()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": scope["query_string"]})
            nursery.cancel_scope.cancel()

    async with talk(app) as client:
        await client.send("".join(f"GET /?{n} HTTP/1.1\nHost: a\n\n" for n in range(5)))
        assert [(await client.answer()).body for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


async def test_a_file_is_sent_whole_or_in_part(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 4 * 4096)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        part = {"start": 10, "count": 20} if scope["query_string"] else {}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.pathsend", "path": str(file), **part})

    async with talk(app) as client:
        assert (await client.get()).body == file.read_bytes()
        assert (await client.get("/?part")).body == bytes(range(10, 30))
        head = await client.ask("HEAD")
        assert (head.body, head.headers["content-length"]) == (b"", str(4 * MEBIBYTE))
        await client.send("GET / HTTP/1.0\n\n")
        assert (await client.ended()).endswith(file.read_bytes())


async def test_who_stops_reading_a_file_is_dropped(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(16 * MEBIBYTE))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.pathsend", "path": str(file)})

    async with talk(app) as client:
        await client.send("GET / HTTP/1.1\nHost: a\n\n")
        await wait_all_tasks_blocked(0.05)
        await trio.sleep(3)
        assert client.driver.answered == {499: 1}


@pytest.mark.parametrize(
    ("has", "fresh"),
    [
        ({"If_None_Match": '"1"'}, True),
        ({"If_None_Match": 'W/"1"'}, True),
        ({"If_None_Match": '"0", "1"'}, True),
        ({"If_None_Match": "*"}, True),
        ({"If_None_Match": '"2"'}, False),
        ({"If_None_Match": '"2"', "If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, False),
        ({"If_Modified_Since": "Sat, 03 Jan 2026 00:00:00 GMT"}, True),
        ({"If_Modified_Since": "Fri, 02 Jan 2026 00:00:00 GMT"}, True),
        ({"If_Modified_Since": "Thu, 01 Jan 2026 00:00:00 GMT"}, False),
        ({"If_Modified_Since": "yesterday"}, False),
        ({}, False),
    ],
)
async def test_who_has_it_already_is_told_so(has: dict[str, str], fresh: bool) -> None:
    fields = ((b"etag", b'"1"'), (b"last-modified", b"Fri, 02 Jan 2026 00:00:00 GMT"))
    async with talk(answering(headers=fields)) as client:
        answer = await client.get(**has)
        assert (answer.status, answer.body) == ((304, b"") if fresh else (200, b"hello"))
        assert answer.headers["etag"] == '"1"'
        assert (await client.get()).status == 200


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [("start", {"status": 200, "headers": []})],
        [("body", {"body": b"no head"})],
        [("start", {"status": 200, "headers": [(b"a", b"b\r\nc: d")]}), ("body", {})],
        [("start", {"status": 200, "headers": []}), ("pathsend", {"path": "/not/there"})],
    ],
)
async def test_an_application_that_makes_no_response_is_logged_and_answered_for(
    messages: list[tuple[str, dict[str, Any]]], crashes: list[str]
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for kind, message in messages:
            await send({"type": f"http.response.{kind}", **message})

    async with talk(app) as client:
        answer = await client.get("/api/v1/x")
        assert (answer.status, answer.headers["content-type"]) == (500, "application/problem+json")
        assert b'"internal"' in answer.body
        assert await client.ended() == b""
    assert len(crashes) == 1


@pytest.mark.parametrize("length", [b"4", b"6"])
async def test_a_body_of_another_length_than_announced_is_cut(length: bytes, crashes: list[str]) -> None:
    async with talk(answering(headers=((b"content-length", length),))) as client:
        await client.send("GET / HTTP/1.1\nHost: a\n\n")
        assert b"hello" not in await client.ended()
    assert crashes == ["request_crashed"]


async def test_an_application_that_crashes_half_way_leaves_no_whole_answer(crashes: list[str]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("oh")

    async with talk(app) as client:
        await client.send("GET / HTTP/1.0\n\n")
        with pytest.raises(trio.BrokenResourceError):  # an ordinary end would say that this was all
            await client.ended()
    assert crashes == ["request_crashed"]


async def test_a_slow_body_goes_on_and_a_stalled_one_is_refused(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with talk(echo, patience=10) as client:
        await client.send("POST /api/x HTTP/1.1\nHost: a\nContent-Length: 100000\n\n")
        for _ in range(50):
            await trio.sleep(1)
            await client.send("", b"x" * 2000)
        assert len((await client.answer(seconds=60)).body) == 100_000
        await client.send("POST /api/x HTTP/1.1\nHost: a\nContent-Length: 100000\n\n", b"x" * 50_000)
        answer = await client.answer(seconds=60)
        assert (answer.status, answer.headers["content-type"]) == (408, "application/problem+json")


async def test_a_body_that_drips_is_refused(autojump_clock: trio.testing.MockClock) -> None:
    async with talk(echo, patience=10) as client, trio.open_nursery() as nursery:
        started = trio.current_time()

        async def drip() -> None:
            await client.send("POST / HTTP/1.1\nHost: a\nContent-Length: 1000\n\n")
            while True:
                await trio.sleep(1)
                await client.send("", b"x")

        nursery.start_soon(drip)
        assert (await client.answer(seconds=60)).status == 408
        assert trio.current_time() - started < 12
        nursery.cancel_scope.cancel()


async def test_connections_that_wait_end_when_the_server_stops_and_others_with_their_answer() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await scope["state"]["stopping"].wait()
        await answering()(scope, receive, send)

    async with talk(answering()) as waiting, talk(app) as served:
        await waiting.get()
        await wait_all_tasks_blocked()
        waiting.traffic.stop()
        assert await waiting.ended(1) == b""
        await served.send("GET / HTTP/1.1\nHost: a\n\n")
        await wait_all_tasks_blocked()
        served.traffic.stop()
        answer = await served.answer()
        assert (answer.body, answer.headers["connection"]) == (b"hello", "close")
        with trio.fail_after(30):
            await served.traffic.wait_quiet()


async def test_a_connection_that_asks_nothing_more_is_ended(autojump_clock: trio.testing.MockClock) -> None:
    async with talk(answering()) as client:
        await client.get()
        assert await client.ended(200) == b""


@pytest.mark.parametrize("empty", ["\n", "\n\n", "\n" * 8192])
async def test_empty_lines_between_two_requests_ask_nothing(
    autojump_clock: trio.testing.MockClock, empty: str
) -> None:
    async with talk(answering()) as client:
        await client.get()
        await client.send(empty)
        await trio.sleep(Settings().head_deadline + 1)
        await client.send(empty)
        assert (await client.get()).status == 200
        await client.send(empty)
        assert await client.ended(200) == b""
    async with talk(answering()) as client:
        await client.get()
        await client.send(f"{empty}GET / HTTP/1.1\n")
        assert (await client.answer(seconds=200)).status == 408


async def test_a_body_in_crumbs_is_refused() -> None:
    async with talk(echo) as client:
        await client.send(
            "POST /files HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n", b"1\r\nx\r\n" * 2000
        )
        assert (await client.answer()).status == 400
