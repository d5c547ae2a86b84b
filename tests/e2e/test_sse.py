"""A session over server-sent events: what begins it, what it says, what ends it."""

from __future__ import annotations

import math
import signal
import socket
import time

import pytest

from .conftest import Serve
from .serving import Server
from .streaming import PATH, Streamed
from .test_slow_clients import flood
from .town import Town


def test_a_stream_begins_with_the_snapshot_and_goes_on_with_events(server: Server, town: Town) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    with Streamed(server, account.token) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store"
        opened = stream.opened
        assert opened["account"]["id"] == account.id
        assert opened["resumed"] is False
        assert room in [one["id"] for one in opened["rooms"]]
        text = "two\nlines\r\nand a third\u2028of data: id: 5"
        stream.wait_position(poster.post(room, text)["position"])
        assert stream.posted(room) == [text]


def test_a_signal_has_no_id_and_the_last_event_keeps_its_own(server: Server, town: Town) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    with Streamed(server, account.token) as stream:
        stream.wait_position(poster.post(room, "before")["position"])
        before = stream.id
        poster.ask("typing.set", room=room)
        assert stream.wait_kind("signal")["signal"] == "typing"
        assert stream.id == before


@pytest.mark.parametrize(
    ("headers", "query", "status", "code"),
    [
        ({}, "", 401, "unauthenticated"),
        ({"Authorization": "Bearer nonsense"}, "", 401, "unauthenticated"),
        ({"Authorization": "Basic bm9uc2Vuc2U="}, "", 401, "unauthenticated"),
        ({}, "?token=secret", 400, "invalid"),
        ({}, "?access_token=secret", 400, "invalid"),
        ({"Authorization": "Bearer {token}"}, "?since=5", 400, "invalid"),
        ({"Authorization": "Bearer {token}"}, "?" + "&".join("abcdefghij"), 400, "invalid"),
        ({"Authorization": "Bearer {token}"}, "?cursor=yesterday", 400, "invalid"),
        ({"Authorization": "Bearer {token}", "Last-Event-ID": "7"}, "", 400, "invalid"),
        ({"Authorization": "Bearer {token}", "Last-Event-ID": "e.7.xyz"}, "", 400, "invalid"),
        ({"Authorization": "Bearer {token}", "Last-Event-ID": "e.7.5f"}, "", 400, "invalid"),
    ],
)
def test_a_refusal_is_a_problem_before_the_stream_begins(
    server: Server, town: Town, headers: dict[str, str], query: str, status: int, code: str
) -> None:
    token = town.account().token
    said = {name: value.replace("{token}", token) for name, value in headers.items()}
    with Streamed(server, None, path=PATH + query, headers=said) as answer:
        assert answer.status == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert ("www-authenticate" in answer.headers) == (status == 401)
        problem = answer.body()
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["detail"]
        answer.wait_ended(2)


def test_a_token_in_the_address_is_refused_in_words_that_help(server: Server) -> None:
    with Streamed(server, None, path=f"{PATH}?token=secret") as answer:
        detail = answer.body()["detail"]
    assert "Authorization" in detail
    assert "secret" not in detail


def test_events_take_get_head_and_options_and_no_other_method(server: Server, town: Town) -> None:
    token = town.account().token
    with Streamed(server, token, method="OPTIONS") as answer:
        assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "DELETE"):
        with Streamed(server, token, method=method) as answer:
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    with Streamed(server, token, method="HEAD") as answer:
        assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
        answer.wait_ended(2)
        assert answer.seen == []
    with Streamed(server, "nonsense", method="HEAD") as answer:
        assert answer.status == 401
        answer.wait_ended(2)


def test_a_page_of_a_named_origin_may_read_events_and_refusals(serve: Serve) -> None:
    server = serve(origins="https://chat.example.org")
    town = Town(server)
    token = town.account().token
    town.close()
    origin = {"Origin": "https://chat.example.org"}
    for given, status in ((token, 200), (None, 401), ("nonsense", 401)):
        with Streamed(server, given, headers=origin) as answer:
            assert answer.status == status
            assert answer.headers["access-control-allow-origin"] == "https://chat.example.org"
        with Streamed(server, given, headers={"Origin": "https://evil.example"}) as answer:
            assert "access-control-allow-origin" not in answer.headers
    asked = {
        **origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization, last-event-id",
    }
    with Streamed(server, None, method="OPTIONS", headers=asked) as answer:
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == "https://chat.example.org"
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert "authorization" in allowed
        assert "last-event-id" in allowed


def test_http_1_0_is_served_and_what_is_said_ends_with_the_connection(server: Server, town: Town) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    with Streamed(server, account.token, version="1.0") as stream:
        assert "transfer-encoding" not in stream.headers
        stream.wait_position(poster.post(room, "an old proxy")["position"])
        assert stream.posted(room) == ["an old proxy"]


def test_an_event_is_a_whole_chunk_and_what_ended_differs_from_what_was_cut_off(
    server: Server, town: Town
) -> None:
    """Of a body without chunks, much that is built on Python's requests gives out pieces of a fixed size: an
    event would stand half until the next one comes."""
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    with Streamed(server, account.token) as stream:
        assert stream.headers["transfer-encoding"] == "chunked"
        stream.wait_position(poster.post(room, "now")["position"])
        assert len(stream.events) == 1
        assert [chunk[-2:] for chunk in stream.chunks] == [b"\n\n"] * 2
        town.operator.ask("account.sign_out", account=account.id)
        stream.wait_ended()
        assert stream.chunks[-1] == b""


def test_who_is_revoked_is_out_at_once_and_told_not_to_return(server: Server, town: Town) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    with Streamed(server, account.token) as stream:
        assert stream.opened
        town.operator.ask("account.sign_out", account=account.id)
        poster.post(room, "not for you")
        closed = stream.wait_kind("closed")
        assert (closed["code"], closed["reconnect"]) == (4002, False)
        stream.wait_ended(2)
        assert stream.posted(room) == []
    with Streamed(server, account.token, stream.id) as again:
        assert again.status == 401


def test_who_loses_a_room_hears_the_loss_and_nothing_after_it(server: Server, town: Town) -> None:
    room, other = town.room(), town.room()
    account, poster = town.member(room), town.open(town.owner)
    poster.ask("room.join", room=other)
    with Streamed(server, account.token) as stream:
        assert stream.opened
        poster.post(room, "before")
        poster.ask("member.kick", space=town.space, account=account.id)
        poster.post(room, "after")
        stream.wait(
            lambda: any(event["event"] == "member.kicked" for event in stream.events), "member.kicked"
        )
        before = stream.id
        stream.receive(0.2)
        assert stream.posted(room) == ["before"]
    with Streamed(server, account.token, before) as again:
        assert again.opened["resumed"] is True
        assert again.opened["rooms"] == []
        again.receive(0.2)
        assert again.events == []


def test_sessions_are_counted_as_others_are_and_one_that_hangs_up_is_gone(serve: Serve) -> None:
    server = serve(rate_limits=True, quota_sessions=2)
    town = Town(server)
    account = town.account()
    first, second = Streamed(server, account.token), Streamed(server, account.token)
    assert first.opened
    assert second.opened
    assert town.operator.ask("server.status")["sessions"] == 2
    with Streamed(server, account.token) as third:
        assert (third.status, third.body()["code"]) == (503, "overloaded")
        assert int(third.headers["retry-after"]) > 0
    assert town.dial().refusal("session.open", token=account.token)["code"] == "overloaded"
    first.close()
    deadline = time.monotonic() + 5
    status = 0
    while status != 200:
        assert time.monotonic() < deadline
        with Streamed(server, account.token) as third:
            status = third.status
    second.close()
    town.close()


def test_who_opens_too_often_is_told_how_long_to_wait(serve: Serve) -> None:
    server = serve(rate_limits=True, rate_open="0.01/2")
    town = Town(server)
    account = town.account()
    for _ in range(2):
        with Streamed(server, account.token) as stream:
            assert stream.status == 200
    with Streamed(server, account.token) as refused:
        assert (refused.status, refused.body()["code"]) == (429, "rate_limited")
        wait = refused.body()["retry_after"]
        assert int(refused.headers["retry-after"]) == math.ceil(wait) > 1
    town.close()


def test_a_silent_stream_is_kept_alive_and_a_stalled_one_is_dropped(serve: Serve) -> None:
    server = serve(ping_interval=0.2, write_deadline=1)
    town = Town(server)
    room = town.room()
    poster = town.open(town.member(room))
    quiet, stalled = town.member(), town.member(room)
    with Streamed(server, quiet.token) as stream:
        stream.wait(lambda: stream.comments >= 2, "heartbeats")
    with Streamed(server, stalled.token, receive_buffer=4096) as stream:
        assert stream.opened
        flood(poster, room, 600)  # more than both kernels hold
        deadline = time.monotonic() + 10
        while town.operator.ask("server.status")["sessions"] > 1:
            assert time.monotonic() < deadline
    town.close()


def test_a_client_that_has_ended_its_side_still_reads(server: Server, town: Town) -> None:
    room = town.room()
    poster, reader = town.open(town.member(room)), town.member(room)
    with Streamed(server, reader.token) as stream:
        assert stream.opened
        stream.socket.shutdown(socket.SHUT_WR)
        stream.wait(lambda: stream.comments >= 1, "what asks whether somebody reads")
        stream.wait_position(poster.post(room, "still there?")["position"])
        assert stream.posted(room) == ["still there?"]


def test_a_client_that_sends_without_end_is_dropped(server: Server, town: Town) -> None:
    with Streamed(server, town.account().token) as stream:
        assert stream.opened
        stream.socket.settimeout(60)
        with pytest.raises(ConnectionError):
            stream.socket.sendall(bytes(40 * 2**20))


def test_a_server_that_goes_away_says_so_and_waits_for_nobody(serve: Serve) -> None:
    server = serve(drain_deadline=2)
    town = Town(server)
    room = town.room()
    poster = town.open(town.member(room))
    account = town.member(room)
    streams = [Streamed(server, account.token) for _ in range(3)]
    stalled = Streamed(server, account.token, receive_buffer=4096)
    assert all(stream.opened for stream in (*streams, stalled))
    flood(poster, room, 600)
    last = poster.post(room, "last")["position"]
    for stream in streams:
        stream.wait_position(last)
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    for stream in streams:
        closed = stream.wait_kind("closed")
        assert (closed["code"], closed["reconnect"]) == (1001, True)
        assert 1000 <= stream.retry <= 6000
        stream.wait_ended()
    assert server.wait_ended() == 0
    stalled.close()
    for stream in streams:
        stream.close()
    town.close()
