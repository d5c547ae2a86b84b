"""GraphQL over the WebSocket: subscriptions are sessions, with the promises of one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import npm
import pytest
from websockets.exceptions import InvalidStatus

from chatd.gateway.graphql.conversation import MAX_OPERATIONS

from .conftest import Serve
from .graphs import SUBPROTOCOL, Socket, dial, url
from .serving import Server
from .town import Town

APOLLO = Path(__file__).parent / "apollo"
SESSION = """subscription($cursor: CursorInput) {
  session(cursor: $cursor) {
    __typename
    ... on SessionOpened { epoch position hash resumed }
    ... on Event { event stream position hash data }
    ... on Signal { signal }
  }
}"""


@contextmanager
def socket(server: Server, token: str | None = None, begin: bool = True) -> Iterator[Socket]:
    opened = Socket(server, token, begin)
    try:
        yield opened
    finally:
        opened.close()


def test_apollo_client_asks_posts_subscribes_and_resumes(server: Server, town: Town) -> None:
    room = town.room("Apollo")
    ann = town.member(room)
    ran = subprocess.run(
        ["node", str(APOLLO / "client.cjs"), url(server), ann.token, room],
        env=npm.environment(APOLLO),
        capture_output=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    saw = json.loads(ran.stdout)
    assert saw["types"] > 100
    assert saw["first"][0] == "SessionOpened"
    assert saw["first"][-1] == "Event"
    assert saw["resumed"] == [["SessionOpened", True], ["Event", "two"]]
    assert [(one["text"], one["by_profile"]["name"]) for one in saw["history"]] == [
        ("one", ann.name),
        ("two", ann.name),
    ]
    assert saw["history"][-1]["seq"] == saw["seq"]
    assert (saw["conflict"], saw["stranger"], saw["code"]) == ("conflict", "unauthenticated", 4403)


def test_a_subscription_resumes_after_a_kill_without_gap_or_repeat(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room("Killed")
    ann = town.member(room)
    with socket(server, ann.token) as live:
        live.subscribe("1", SESSION)
        opened = live.next("1")["session"]
        town.open(ann).post(room, "before")
        seen = live.next("1")["session"]
    server.kill()
    server.start()
    cursor = {"epoch": opened["epoch"], "position": seen["position"], "hash": seen["hash"]}
    again = Town(server)
    again.open(ann).post(room, "after")
    with socket(server, ann.token) as live:
        live.subscribe("1", SESSION, cursor=cursor)
        assert live.next("1")["session"]["resumed"] is True
        assert live.next("1")["session"]["data"]["text"] == "after"
    again.close()


def test_who_is_removed_from_a_room_is_shown_nothing_more_of_it(server: Server, town: Town) -> None:
    room = town.room("Left", private=True, by=town.open(town.owner))
    ann, owner = town.member(), town.open(town.owner)
    owner.ask("room.invite", room=room, account=ann.id)
    with socket(server, ann.token) as live:
        live.subscribe("1", SESSION)
        live.next("1")
        owner.ask("room.remove", room=room, account=ann.id)
        owner.post(room, "secret")
        public = town.room("Square")
        town.open(ann).ask("room.join", room=public)
        heard = []
        while not heard or heard[-1].get("stream") != f"room/{public}":
            heard.append(live.next("1")["session"])
    assert "secret" not in str(heard)


def test_a_revoked_device_ends_the_connection_at_once(server: Server, town: Town) -> None:
    ann = town.member()
    with socket(server, ann.token) as live:
        live.subscribe("1", SESSION)
        live.next("1")
        town.operator.ask("account.sign_out", account=ann.id)
        assert live.closed() == 4002


def test_who_was_shut_out_is_answered_nothing_more_on_a_connection_that_is_left(
    server: Server, town: Town
) -> None:
    """Without a subscription there is no session that would end."""
    ann = town.member()
    with socket(server, ann.token) as live:
        live.subscribe("1", "{ space_list { spaces { id } } }")
        assert live.next("1")["space_list"]["spaces"] == [{"id": town.space}]
        assert live.hear()["type"] == "complete"
        town.operator.ask("account.sign_out", account=ann.id)
        live.subscribe("2", "{ space_list { spaces { id } } }")
        [error] = live.hear()["payload"]["errors"]
        assert error["extensions"]["code"] == "unauthenticated"


def test_queries_and_mutations_come_this_way_too_and_end_with_complete(server: Server, town: Town) -> None:
    ann = town.member()
    with socket(server, ann.token) as live:
        live.subscribe("1", "{ space_list { spaces { id } } }")
        assert live.next("1")["space_list"]["spaces"] == [{"id": town.space}]
        assert live.hear() == {"type": "complete", "id": "1"}
        live.subscribe("1", "{ nothing }")
        assert live.hear()["type"] == "error"
        live.subscribe("1", "{ __typename }")
        assert live.next("1") == {"__typename": "Query"}


def test_a_client_that_completes_hears_no_more_of_the_operation(server: Server, town: Town) -> None:
    room = town.room("Quiet")
    ann = town.member(room)
    with socket(server, ann.token) as live:
        live.subscribe("1", SESSION)
        live.next("1")
        live.say(type="complete", id="1")
        town.open(ann).post(room, "unheard")
        live.subscribe("2", "{ __typename }")
        assert live.next("2") == {"__typename": "Query"}


def test_an_id_is_free_when_the_client_has_completed_its_operation(server: Server, town: Town) -> None:
    with socket(server, town.member().token) as live:
        live.subscribe("1", SESSION)
        live.next("1")
        live.say(type="complete", id="1")
        live.subscribe("1", "{ __typename }")
        assert live.next("1") == {"__typename": "Query"}


def test_operations_of_a_connection_are_bounded(server: Server, town: Town) -> None:
    ann = town.member()
    with socket(server, ann.token) as live:
        for number in range(MAX_OPERATIONS):
            live.subscribe(str(number), SESSION)
        for _ in range(MAX_OPERATIONS):
            live.hear()
        live.subscribe("more", SESSION)
        heard = live.hear()
        while heard["type"] != "error":
            heard = live.hear()
        assert (heard["id"], heard["payload"][0]["extensions"]["code"]) == ("more", "overloaded")


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}], 4401),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ([{"type": "connection_init", "payload": {"token": "none"}}], 4403),
        ([{"type": "connection_init", "payload": {"token": 5}}], 4400),
        ([{"type": "connection_init", "payload": "token"}], 4400),
        ([{"type": "connection_init"}, {"type": "unknown"}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {}}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "payload": {"query": "{ a }"}}], 4400),
        ([{"no": "type"}], 4400),
    ],
    ids=["early", "twice", "token", "number", "text", "type", "payload", "id", "shape"],
)
def test_who_breaks_the_subprotocol_is_closed_with_its_code(
    server: Server, messages: list[dict[str, object]], code: int
) -> None:
    with socket(server, begin=False) as live:
        for message in messages:
            live.say(**message)
        assert live.closed() == code


@pytest.mark.parametrize("before", [[], [{"type": "connection_init"}]], ids=["first", "later"])
def test_what_is_nested_too_deep_is_refused_as_what_is_no_message(
    server: Server, before: list[dict[str, object]]
) -> None:
    """Newer Pythons read it, and find that it comes before the greeting (4401)."""
    crashed = server.log.read_text().count("connection_crashed")
    with socket(server, begin=False) as live:
        for message in before:
            live.say(**message)
        live.connection.send('{"type": "subscribe", "id": "1", "payload": ' + "[" * 5000 + "]" * 5000 + "}")
        assert live.closed() in ((4400,) if before else (4400, 4401))
    assert server.log.read_text().count("connection_crashed") == crashed


def test_who_breaks_websocket_is_told_how(server: Server) -> None:
    with socket(server) as live:
        live.connection.socket.sendall(b"\x81\x81\0\0\0\0\xff")  # a text that is no UTF-8
        assert live.closed() == 1007
    with socket(server) as live:
        live.connection.socket.sendall(b"\x81\x01x")  # not masked
        assert live.closed() == 1002


@pytest.mark.parametrize(
    ("begin", "frame", "code"), [(b"\x01", b"\x00", 1009), (b"", b"\x8a", 1008)], ids=["fragments", "pongs"]
)
def test_a_million_frames_that_say_nothing_are_not_read(
    server: Server, begin: bytes, frame: bytes, code: int
) -> None:
    rest = b"\x80\0\0\0\0"
    with socket(server) as live:
        live.connection.socket.sendall((begin and begin + rest) + (frame + rest) * 2000)
        assert live.closed() == code


def test_the_same_id_twice_at_a_time_is_4409(server: Server, town: Town) -> None:
    with socket(server, town.member().token) as live:
        live.subscribe("1", SESSION)
        live.next("1")
        live.subscribe("1", SESSION)
        assert live.closed() == 4409


def test_a_foreign_page_or_another_subprotocol_does_not_get_in(server: Server) -> None:
    with pytest.raises(InvalidStatus) as foreign:
        dial(server, SUBPROTOCOL, origin="https://evil.example")
    assert foreign.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as other:
        dial(server, "graphql-ws")
    assert other.value.response.status_code == 400


def test_a_stop_closes_subscriptions_and_idle_connections(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    ann = town.member()
    with socket(server, ann.token) as live, socket(server, ann.token) as idle:
        live.subscribe("1", SESSION)
        live.next("1")
        town.close()
        assert server.stop() == 0
        assert (live.closed(), idle.closed()) == (1001, 1001)
