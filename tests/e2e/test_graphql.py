"""GraphQL over HTTP: the same requests and refusals, in the shape that was asked for, at a bounded cost."""

from __future__ import annotations

import re
import urllib.request

import pytest
from graphql import build_client_schema, get_introspection_query

from chatd.contract.requests import REQUESTS
from chatd.gateway.graphql.execution import MAX_QUESTION
from chatd.gateway.graphql.limits import MAX_DEPTH, MAX_ROOTS
from chatd.gateway.http.rest.body import STRANGERS_BODY

from . import little_graphql
from .conftest import Serve
from .graphs import ask, codes, send
from .serving import Server
from .town import Town

AUTHORS = """query($room: String!, $limit: Int) {
  room_history(room: $room, limit: $limit) {
    messages { seq by by_profile { name } reactions { emoji accounts profiles { name } } }
  }
}"""
POST = 'mutation($room: String!) { message_post(room: $room, text: "hi", nonce: "n") { seq } }'


def asked(server: Server) -> dict[str, int]:
    """How often each request was made since the server started."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=60) as response:
        page = response.read().decode()
    found: dict[str, int] = {}
    for name, count in re.findall(r'^chatd_requests_total\{.*?name="([^"]+)".*?\} (\d+)', page, re.M):
        found[name] = found.get(name, 0) + int(count)
    return found


def test_a_page_of_50_messages_with_authors_and_reactions_costs_two_questions(
    server: Server, town: Town
) -> None:
    room = town.room("Hall")
    people = [town.member(room) for _ in range(12)]
    clients = [town.open(account) for account in people]
    seqs = [clients[number % 12].post(room, f"{number}")["seq"] for number in range(50)]
    for client in clients:
        client.ask("reaction.add", room=room, seq=seqs[-1], emoji="👍")
    before = asked(server)
    answer = ask(server, AUTHORS, people[0].token, room=room, limit=50)
    after = asked(server)
    assert {
        name: count - before.get(name, 0) for name, count in after.items() if count != before.get(name)
    } == {
        "room.history": 1,
        "profile.list": 1,
    }
    messages = answer["data"]["room_history"]["messages"]
    names = {account.id: account.name for account in people}
    assert [message["by_profile"]["name"] for message in messages] == [names[one["by"]] for one in messages]
    (reaction,) = messages[-1]["reactions"]
    assert [one["name"] for one in reaction["profiles"]] == [names[one] for one in reaction["accounts"]]


def test_every_request_of_the_contract_has_a_field_of_its_kind(server: Server) -> None:
    schema = build_client_schema(ask(server, get_introspection_query())["data"])
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    for row in REQUESTS.values():
        fields = (schema.query_type if row.kind == "query" else schema.mutation_type).fields
        assert set(fields[row.name.replace(".", "_")].args) == set(row.fields)


def test_mutations_are_made_once_and_in_their_order(server: Server, town: Town) -> None:
    room = town.room("Order")
    ann = town.member(room)
    texts = [f"{number}" for number in range(5)]
    fields = " ".join(f'm{text}: message_post(room: $room, text: "{text}") {{ seq }}' for text in texts)
    answer = ask(server, f"mutation($room: String!) {{ {fields} }}", ann.token, room=room)
    seqs = [answer["data"][f"m{text}"]["seq"] for text in texts]
    assert seqs == sorted(seqs)
    assert [frame["text"] for frame in town.open(ann).ask("room.history", room=room)["messages"]] == texts


def test_one_refusal_leaves_the_other_fields_their_results(server: Server, town: Town) -> None:
    ann = town.member()
    answer = ask(server, '{ space_list { spaces { id } } room_get(room: "none") { room { id } } }', ann.token)
    assert answer["data"] == {"space_list": {"spaces": [{"id": town.space}]}, "room_get": None}
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]) == (["room_get"], {"code": "not_found"})


def test_a_stranger_asks_what_strangers_may(server: Server, town: Town) -> None:
    assert ask(server, "{ identity_provider { provider { name } } }")["data"] is not None
    assert codes(ask(server, "{ space_list { spaces { id } } }")) == ["unauthenticated"]


def test_a_token_that_is_not_good_refuses_only_what_needs_one(server: Server, town: Town) -> None:
    """A front end that sends its old token along can renew it."""
    renewed = ask(server, 'mutation { account_refresh(refresh_token: "none") { access_token } }', "old")
    assert renewed == ask(server, 'mutation { account_refresh(refresh_token: "none") { access_token } }')
    refused = ask(server, "{ identity_provider { provider { name } } space_list { next } }", "old")
    assert refused["data"]["identity_provider"] is not None
    (error,) = refused["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["space_list"], "unauthenticated")
    assert error["message"] == town.dial().refusal("session.open", token="old")["message"]


def test_what_surrounds_a_question_is_bounded(server: Server, town: Town) -> None:
    large = {"query": "{ space_list { next } }", "variables": {"s": [[] for _ in range(MAX_QUESTION)]}}
    assert send(server, large, town.owner.token)[0] == 413
    less = {"query": "{ space_list { next } }", "variables": {"s": "x" * STRANGERS_BODY}}
    assert [send(server, less, token)[0] for token in (town.owner.token, "old")] == [200, 413]
    many = {"query": "query($s: String) { space_get(space: $s) { space { id } } }"}
    status, answer = send(server, many | {"variables": {"s": [[]] * 10_000}}, town.owner.token)
    assert status == 200
    assert set(codes(answer)) == {"invalid"}
    assert len(str(answer)) < 4_000


def test_who_has_graphql_work_without_end_waits(serve: Serve) -> None:
    """How much it is by the clock, `tests/gateway/test_graphql_budget.py` says."""
    server = serve(rate_limits=True, program=little_graphql.PROGRAM)
    introspection = get_introspection_query()
    assert "errors" not in ask(server, introspection)
    answer = ask(server, introspection)
    assert codes(answer) == ["rate_limited"]
    assert answer["errors"][0]["extensions"]["data"]["retry_after"] > 0


def test_the_operator_on_the_admin_socket_is_not_asked_for_a_token(server: Server, town: Town) -> None:
    answer = ask(server, "{ server_status { position } }", town.owner.token)
    assert codes(answer) == ["forbidden"]


@pytest.mark.parametrize(
    "query",
    [
        "{ " + " ".join(f"f{n}: space_list {{ next }}" for n in range(MAX_ROOTS + 1)) + " }",
        "{ __schema " + "{ types { fields { type { fields { type { fields { name } } } } } }" + " }" + " }",
        '{ room_history(room: "r", limit: 500) { messages { '
        + " ".join(f"a{n}: seq" for n in range(50))
        + " } } }",
        "{ " + "a { " * MAX_DEPTH + "b" + " }" * MAX_DEPTH + " }",
        "{ space_list { next } " + "# more\n" + " ".join("__typename" for _ in range(600)) + " }",
        "query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ nothing }",
        "{",
        "",
        "query A { space_list { next } } query B { space_list { next } }",
    ],
    ids=["roots", "introspection", "rows", "depth", "tokens", "circle", "unknown", "open", "empty", "two"],
)
def test_what_asks_too_much_or_is_no_document_is_invalid(server: Server, town: Town, query: str) -> None:
    answer = ask(server, query, town.owner.token)
    assert "data" not in answer
    assert set(codes(answer)) == {"invalid"}


def test_get_is_for_queries_and_changes_nothing(server: Server, town: Town) -> None:
    room = town.room("Still")
    ann = town.member(room)
    base = f"http://127.0.0.1:{server.port}/api/graphql?query="
    said = {"authorization": f"Bearer {ann.token}"}

    def get(query: str) -> int:
        request = urllib.request.Request(base + urllib.request.quote(query), headers=said)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    assert get("{ space_list { next } }") == 200
    assert get(f'mutation {{ message_post(room: "{room}", text: "x") {{ seq }} }}') == 405
    assert town.open(ann).ask("room.history", room=room)["messages"] == []


def test_the_newer_media_type_has_a_status_and_the_older_has_not(server: Server, town: Town) -> None:
    wrong = {"query": "{ nothing }"}
    older, answer = send(server, wrong, town.owner.token)
    accept = "application/graphql-response+json"
    newer, same = send(server, wrong, town.owner.token, accept=accept)
    assert (older, newer) == (200, 400)
    assert answer.keys() == same.keys() == {"errors"}  # no `data` before an execution, as GraphQL says
    assert send(server, {"query": "{ space_list { next } }"}, town.owner.token, accept=accept)[0] == 200


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b'{"query": 1}', b'{"query": "{a}", "variables": []}', b"\xff"]
)
def test_a_body_that_is_no_question_is_a_problem(server: Server, town: Town, body: bytes) -> None:
    status, problem = send(server, body, town.owner.token)
    assert (status, problem["code"]) == (400, "invalid")


def test_a_body_that_is_no_json_is_told_what_to_mend(server: Server, town: Town) -> None:
    deep = ("nested too deep", "malformed")  # newer Pythons read on, and find no end
    for value, said in ((b'"\\ud83d"', ("half of a surrogate pair",)), (b"[" * 20_000, deep)):
        body = b'{"query": "{a}", "variables": {"s": ' + value + b"}}"
        status, problem = send(server, body, town.owner.token)
        assert status == 400
        assert any(words in problem["detail"] for words in said)


def test_arguments_are_typed_and_a_wrong_one_is_refused_like_over_the_websocket(
    server: Server, town: Town
) -> None:
    ann = town.member()
    answer = ask(server, '{ room_history(room: "none", limit: 0) { more_before } }', ann.token)
    refusal = town.open(ann).refusal("room.history", room="none", limit=0)
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["message"]) == (refusal["code"], refusal["message"])
