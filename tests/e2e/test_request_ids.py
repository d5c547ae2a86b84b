"""Every request has an id that goes from the edge to the lines of the log."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from .raw import Peer, fetched
from .serving import Server
from .talking import Frame
from .town import Town


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"log_level": "debug"}


def lines(server: Server, event: str) -> list[Frame]:
    """What the log says; each line is written before its answer is sent."""
    entries = (json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{"))
    return [entry for entry in entries if entry["event"] == event]


def answered_with(server: Server, path: str, **headers: str) -> str:
    return str(
        fetched(server, path, {name.replace("_", "-"): value for name, value in headers.items()})[1][
            "x-request-id"
        ]
    )


def test_an_id_that_a_client_gives_comes_back_and_stands_in_the_log(server: Server) -> None:
    assert answered_with(server, "/healthz", X_Request_Id="proxy-7/42.a") == "proxy-7/42.a"
    (line,) = [line for line in lines(server, "http_request") if line["request"] == "proxy-7/42.a"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/healthz", 200)
    assert "session" not in line


@pytest.mark.parametrize("bad", ["two words", "x" * 65, 'quote"d', "", "ü"])
def test_an_id_that_is_no_good_is_replaced(server: Server, bad: str) -> None:
    made = {answered_with(server, "/healthz", X_Request_Id=bad) for _ in range(2)}
    assert len(made) == 2
    assert bad not in made


def test_a_frame_is_known_by_its_session_and_its_id(server: Server) -> None:
    town = Town(server)
    ann = town.open(town.owner)
    room = town.room()
    session = ann.opened["session"]
    sent = ann.send("message.post", room=room, text="hello")
    ann.result(sent)
    refused = ann.send("message.post", room=room, text="")
    assert "error" in ann.reply(refused)
    of_posts = {line["request"]: (line["session"], line["outcome"]) for line in lines(server, "message.post")}
    assert of_posts[sent] == (session, "done")
    assert of_posts[refused] == (session, "invalid")
    asked = ann.send("space.list")
    ann.result(asked)
    assert {line["request"] for line in lines(server, "space.list") if line["session"] == session} == {asked}
    town.close()


def test_no_line_of_a_request_holds_what_was_said(server: Server) -> None:
    assert "hello" not in server.log.read_text()


def test_a_request_over_rest_is_known_by_its_id_in_every_line(server: Server) -> None:
    town = Town(server)
    given = {"Authorization": f"Bearer {town.owner.token}", "X-Request-Id": "from-the-proxy"}
    assert answered_with(server, "/api/v1/spaces", **given) == "from-the-proxy"
    said = {
        line["event"]
        for name in ("space.list", "http_request")
        for line in lines(server, name)
        if line["request"] == "from-the-proxy"
    }
    assert said == {"space.list", "http_request"}
    town.close()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET /api/v1/account HTTP/1.1\r\nHost: evil.example\r\n", 421),
        ("GET /a/../%zz HTTP/1.1\r\nHost: {host}\r\n", 400),
        ("POST /files HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nX: " + "x" * 20_000 + "\r\n", 431),
        ("GET /ws HTTP/1.1\r\nHost: {host}\r\n", 426),
        ("GET / HTTP/3.0\r\nHost: {host}\r\n", 505),
        ("POST /setup HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10\r\n", 400),  # its body is cut off
    ],
)
def test_a_request_that_is_refused_before_it_is_served_has_an_id_too(
    server: Server, request_: str, status: int
) -> None:
    named = f"refused-{status}-{len(request_)}"
    line, rest = request_.replace("{host}", f"127.0.0.1:{server.port}").split("\r\n", 1)
    with Peer(server) as peer:
        peer.send(f"{line}\r\nX-Request-Id: {named}\r\n{rest}\r\n".encode())
        peer.socket.shutdown(socket.SHUT_WR)
        answer = peer.head()
    assert (answer[0], answer[1]["x-request-id"]) == (status, named)
    if status == 421:
        assert [entry["request"] for entry in lines(server, "host_refused")] == [named]
    if status == 431:
        assert named in [entry["request"] for entry in lines(server, "request_refused")]
