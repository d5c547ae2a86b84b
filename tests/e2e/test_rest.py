"""REST: what the table says about each request, over plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from chatd.gateway.http.rest.body import STRANGERS_BODY

from .conftest import Serve
from .resting import Answer, Rest
from .serving import Server
from .town import Account, Town

ALL = "/rooms/{}/messages"


@pytest.fixture
def ann(town: Town) -> Account:
    return town.member(name="ann")


@pytest.fixture
def rest(server: Server, ann: Account) -> Iterator[Rest]:
    rest = Rest(server, ann.token)
    yield rest
    rest.close()


def hall(town: Town, account: Account) -> str:
    room = town.room()
    visit = town.open(account)
    visit.ask("room.join", room=room)
    return room


# --- asking -------------------------------------------------------------------------------------------


def test_what_is_posted_is_read_and_heard(town: Town, rest: Rest, ann: Account) -> None:
    room = hall(town, ann)
    listener = town.open(ann)
    posted = rest.post(ALL.format(room), text="good morning")
    assert posted.status == 201
    seq = posted.json["seq"]
    listener.wait_event("message.posted", text="good morning")
    assert rest.get(f"/rooms/{room}/messages/{seq}").json["message"]["by"] == ann.id
    edited = rest.send("PATCH", f"/rooms/{room}/messages/{seq}", {"text": "good evening"})
    assert (edited.status, edited.json) == (200, {})
    (message,) = rest.get(ALL.format(room)).json["messages"]
    assert message["text"] == "good evening"
    assert rest.send("DELETE", f"/rooms/{room}/messages/{seq}").status == 200
    assert rest.get(f"/rooms/{room}/messages/{seq}").json["message"]["deleted"]


def test_a_field_in_an_address_may_hold_anything(town: Town, rest: Rest, ann: Account) -> None:
    room = hall(town, ann)
    seq = rest.post(ALL.format(room), text="look").json["seq"]
    reactions = f"/rooms/{room}/messages/{seq}/reactions"
    assert rest.send("PUT", f"{reactions}/%F0%9F%91%8D", {}).status == 200
    assert rest.get(f"{reactions}/%F0%9F%91%8D").json["accounts"]
    for bad in ("%FF", "%zz", "%"):
        assert rest.send("PUT", f"{reactions}/{bad}", {}).code == "invalid"
    assert rest.send("PUT", f"{reactions}/", {}).code == "not_found"
    assert rest.get("/rooms/a%2Fb").code == "invalid"  # proxies take it for two things


def test_a_query_string_is_read_by_the_types_of_its_fields(town: Town, rest: Rest, ann: Account) -> None:
    room = hall(town, ann)
    for text in ("one", "two", "three"):
        rest.post(ALL.format(room), text=text)
    page = rest.get(ALL.format(room), limit=2).json
    assert [message["text"] for message in page["messages"]] == ["two", "three"]
    assert rest.get("/notifications", unread="true").status == 200
    for wrong, said in (
        ("limit=two", "limit: expected an integer, got a string"),
        (f"limit={'9' * 19}", "limit: must be from 1 to"),
        (f"limit={'9' * 5_000}", "limit: must be from 1 to"),
        (f"limit=-{'9' * 40}", "limit: must be from 1 to"),
        ("before=null", "before: expected an integer or null, got a string"),
        ("limit=1&limit=1", "'limit' is given twice"),
        (f"room={room}", "'room' is given twice"),
        ("colour=red", "unknown field 'colour'"),
        ("limit", "the query string has the form"),
        ("limit=%FF", "the query string is not UTF-8"),
        ("limit=0", "limit: must be from 1 to 500"),
        ("a=1&" * 129, "at most 128 parameters"),
    ):
        answer = rest.get(f"{ALL.format(room)}?{wrong}")
        assert answer.code == "invalid", wrong
        assert said in answer.json["detail"]
    assert "expected a boolean" in rest.get("/notifications", unread="yes").json["detail"]


def test_a_body_is_one_object_of_json(town: Town, rest: Rest, ann: Account) -> None:
    path = ALL.format(hall(town, ann))
    typed = {"Content-Type": "application/json"}
    for body, said in (
        (b"[]", "a JSON object"),
        (b"{", "no JSON"),
        (b'{"text": "\xff"}', "no JSON"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"text": "\\ud83d"}', "half of a surrogate pair"),
        (b'{"text": "x",\n"reply_to": NaN}', "JSON has no NaN"),
        (b'{"text": "x", "room": "y"}', "room: stands in the address"),
        (b'{"text": "x", "colour": 1}', "unknown field 'colour'"),
        (b"", "text: missing"),
    ):
        answer = rest.send("POST", path, body, typed)
        assert answer.code == "invalid"
        assert said in answer.json["detail"]
    for headers in (
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ):
        answer = rest.send("POST", path, b'{"text": "x"}', headers)
        assert (answer.status, answer.code) == (415, "invalid")
    assert (
        rest.send("POST", path, b'{"text": "x"}', {"Content-Type": "application/json; charset=utf-8"}).status
        == 201
    )
    assert rest.send("POST", path, b'{"text": "", "text": "the last counts"}', typed).status == 201
    packed = rest.send("POST", path, b'{"text": "x"}', {**typed, "Content-Encoding": "gzip"})
    assert (packed.status, packed.code) == (415, "invalid")
    assert rest.send("POST", path, {"text": "x"}, limit=1).code == "invalid"
    large = rest.send("POST", path, b" " * 300_000, typed)
    assert (large.status, large.code) == (413, "too_large")


def test_of_a_stranger_no_long_body_is_kept(rest: Rest, server: Server) -> None:
    """A thousand would otherwise take a quarter of a gigabyte, and send it as slowly as they like."""
    typed = {"Content-Type": "application/json"}
    stranger = Rest(server, "no token")
    for client in (rest, stranger):
        large = client.send("POST", "/account/sign_in", b" " * (STRANGERS_BODY + 1), typed)
        assert (large.status, large.code) == (413, "too_large")
        assert client.send("POST", "/account/sign_in", b" " * STRANGERS_BODY, typed).code == "invalid"
    assert stranger.send("POST", "/spaces", b" " * 250_000, typed).status == 401
    assert rest.send("POST", "/spaces", b" " * 250_000, typed).code == "invalid"
    stranger.close()


def test_a_body_is_read_as_a_frame_is(town: Town, rest: Rest, ann: Account) -> None:
    room = hall(town, ann)
    visit = town.open(ann)
    for number in ("7.0", "36e2", "1.5", "7", "9" * 19, "true"):
        said = f'{{"text": "x", "expires_in": {number}}}'
        answer = rest.send("POST", ALL.format(room), said.encode(), {"Content-Type": "application/json"})
        frame = visit.reply(visit.send("message.post", room=room, **json.loads(said)))
        if "error" in frame:
            assert answer.json["detail"] == frame["error"]["message"], number
        else:
            assert answer.status == 201, number


def test_a_request_whose_fields_stand_in_its_address_has_no_body(
    town: Town, rest: Rest, ann: Account
) -> None:
    seq = rest.post(ALL.format(room := hall(town, ann)), text="stays").json["seq"]
    for method in ("GET", "DELETE"):
        refused = rest.send(method, f"{ALL.format(room)}/{seq}", {"seq": seq})
        assert refused.code == "invalid"
        assert "send no body" in refused.json["detail"]
        assert rest.send(method, f"{ALL.format(room)}/{seq}", b"", {"Content-Length": "0"}).status == 200


def test_a_condition_that_cannot_be_kept_is_refused(town: Town, rest: Rest, ann: Account) -> None:
    path = ALL.format(hall(town, ann))
    seq = rest.post(path, text="before").json["seq"]
    tag = rest.get(f"{path}/{seq}").headers["etag"]
    for headers in ({"If-Match": '"x"'}, {"If-Match": tag}, {"If-Match": "*"}, {"If-None-Match": "*"}):
        refused = rest.send("PATCH", f"{path}/{seq}", {"text": "after"}, headers)
        assert (refused.status, refused.code) == (412, "invalid")
        assert next(iter(headers)) in refused.json["detail"]
        assert rest.send("DELETE", f"{path}/{seq}", headers=headers).status == 412
    assert rest.send("GET", f"{path}/{seq}", headers={"If-Match": tag}).status == 412
    assert rest.get(f"{path}/{seq}").json["message"]["text"] == "before"


def test_what_is_not_there_and_what_is_asked_wrongly_are_problems(rest: Rest) -> None:
    for path in ("/", "/nothing", "/spaces/", "/rooms/x/y/z", "//spaces"):
        assert rest.get(path).code == "not_found"
    other = rest.send("PATCH", "/spaces", {})
    assert (other.status, other.code, other.headers["allow"]) == (405, "invalid", "GET, HEAD, OPTIONS, POST")
    options = rest.send("OPTIONS", "/spaces")
    assert (options.status, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    head = rest.send("HEAD", "/spaces")
    assert (head.status, head.body) == (200, b"")


# --- who asks -----------------------------------------------------------------------------------------


def test_who_shows_no_good_token_is_told_how(server: Server) -> None:
    for token, said in ((None, 'Bearer realm="chatd"'), ("no.good.one", 'error="invalid_token"')):
        answer = Rest(server, token).get("/spaces")
        assert (answer.status, answer.code) == (401, "unauthenticated")
        assert said in answer.headers["www-authenticate"]
    basic = Rest(server).send("GET", "/spaces", headers={"Authorization": "Basic YTpi"})
    assert (basic.status, basic.code) == (401, "unauthenticated")


def test_what_anybody_may_ask_is_asked_with_an_old_token_too(server: Server) -> None:
    """A client that renews its token sends the old one with every request."""
    rest = Rest(server, "expired")
    signed = rest.post("/account/sign_up", name="oldie", password="correct horse battery")
    assert signed.status == 201
    renewed = rest.post("/account/refresh", refresh_token=signed.json["refresh_token"])
    assert renewed.status == 200


def test_a_token_is_worth_nothing_in_the_moment_in_which_it_is_revoked(town: Town, server: Server) -> None:
    def signed_in() -> tuple[Account, Rest]:
        account = town.member()
        rest = Rest(server, account.token)
        assert rest.get("/spaces").status == 200
        return account, rest

    account, rest = signed_in()
    town.operator.ask("account.disable", account=account.id)
    assert rest.get("/spaces").status == 401
    town.operator.ask("account.enable", account=account.id)
    assert rest.get("/spaces").status == 401

    account, rest = signed_in()
    assert rest.post("/account/sign_out").status == 200
    assert rest.get("/spaces").status == 401

    account, rest = signed_in()
    town.operator.ask("account.erase", account=account.id)
    assert rest.get("/spaces").status == 401

    account, rest = signed_in()
    (device,) = rest.get("/devices").json["devices"]
    assert rest.send("DELETE", f"/devices/{device['id']}").status == 200
    assert rest.get("/spaces").status == 401


def test_other_rights_hold_from_the_next_request_on(town: Town, server: Server) -> None:
    account = town.member()
    rest = Rest(server, account.token)
    assert rest.get("/server/top").code == "forbidden"
    town.operator.ask("account.set_admin", account=account.id, admin=True)
    assert rest.get("/server/top").status == 200
    made = rest.post("/bots", name="rex", scopes=["read"]).json
    bot = Rest(server, made["token"])
    assert bot.get("/spaces").status == 200
    assert bot.get("/bots").code == "forbidden"  # never for bots
    assert rest.send("PATCH", f"/bots/{made['account']['id']}", {"scopes": []}).status == 200
    assert bot.get("/spaces").code == "forbidden"
    town.account(admin=True)  # the last administrator cannot be disabled
    town.operator.ask("account.disable", account=account.id)
    assert bot.get("/spaces").code == "forbidden"  # its owner is disabled


def test_nobody_is_present_for_what_a_script_asks(town: Town, server: Server) -> None:
    account = town.account()
    rest = Rest(server, account.token)
    assert rest.post("/invites/accept", code=town.code).status == 200
    watcher = town.open(town.member())
    (shown,) = watcher.ask("presence.watch", accounts=[account.id])["presences"]
    assert shown["state"] == "offline"
    assert rest.send("PUT", "/presence", {"state": "away"}).code == "forbidden"


def test_a_session_is_described_and_none_lasts(town: Town, rest: Rest, ann: Account) -> None:
    opened = rest.post("/session").json
    assert opened["account"]["id"] == ann.id
    assert [space["id"] for space in opened["spaces"]] == [town.space]
    cursor = {name: opened[name] for name in ("epoch", "position", "hash")}
    again = rest.post("/session", cursor=cursor).json
    assert again["resumed"]
    assert Rest(rest.server).post("/session", token=ann.token).json["account"]["id"] == ann.id
    assert Rest(rest.server).post("/session").code == "unauthenticated"
    assert rest.post("/session", token=ann.token).status == 200
    assert rest.post("/session", token=town.member().token).code == "conflict"
    town.open(ann, cursor=cursor)


# --- the same, asked again ----------------------------------------------------------------------------


def test_a_key_posts_once(town: Town, rest: Rest, ann: Account) -> None:
    path = ALL.format(hall(town, ann))

    def post(key: str, text: str = "once", **body: str) -> Answer:
        return rest.send("POST", path, {"text": text, **body}, {"Idempotency-Key": key})

    first = post('"key one"')
    assert first.status == 201
    assert post('"key one"').json == first.json
    assert post("bare-key").json == post('"bare-key"').json
    assert post("bare-key", nonce="bare-key").status == 201
    assert post("bare-key", nonce="another").code == "conflict"
    assert post('"unfinished').code == "invalid"
    key = {"Idempotency-Key": "space"}
    refused = rest.send("POST", "/spaces", {"name": "Twice"}, key)
    assert refused.code == "invalid"
    assert "space.create has no nonce" in refused.json["detail"]
    assert rest.send("GET", "/spaces", headers=key).status == 200  # asked again, it does nothing else
    assert post('"key one"', "another text").code == "conflict"
    assert len(rest.get(path).json["messages"]) == 2


def test_pages_are_linked(town: Town, rest: Rest, ann: Account) -> None:
    room = hall(town, ann)
    texts = [f"number {number}" for number in range(7)]
    for text in texts:
        rest.post(ALL.format(room), text=text)
    found: list[str] = []
    path = f"{ALL.format(room)}?limit=3"
    while path:
        answer = rest.get(path)
        found[:0] = [message["text"] for message in answer.json["messages"]]
        path = following(answer)
    assert found == texts
    first = rest.get(ALL.format(room), after=0, limit=5)
    assert parse_qs(urlsplit(following(first)).query)["after"]
    assert not following(rest.get(following(first)))
    members = rest.get(f"/spaces/{town.space}/members", limit=1)
    assert rest.get(following(members)).json["members"] != members.json["members"]


def following(answer: Answer) -> str:
    """The address of the following page, under `/api/v1`."""
    link = answer.headers.get("link", "")
    assert not link or link.endswith('>; rel="next"')
    return link[1:].partition(">")[0].removeprefix("/api/v1")


def test_what_has_not_changed_is_not_sent_again(town: Town, rest: Rest, ann: Account) -> None:
    room = hall(town, ann)
    tag = rest.get(ALL.format(room)).headers["etag"]
    assert tag.startswith('W/"')
    for said in (tag, tag[2:], f'"x", {tag}', "*"):
        same = rest.send("GET", ALL.format(room), headers={"If-None-Match": said})
        assert (same.status, same.body) == (304, b"")
        assert same.headers["etag"] == tag
    rest.post(ALL.format(room), text="news")
    assert rest.send("GET", ALL.format(room), headers={"If-None-Match": tag}).status == 200


def test_no_cache_keeps_an_answer(rest: Rest) -> None:
    for answer in (rest.get("/spaces"), rest.get("/nothing"), rest.post("/spaces")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


# --- rates --------------------------------------------------------------------------------------------


def test_every_answer_says_what_is_left_of_a_rate(serve: Serve) -> None:
    town = Town(serve(rate_limits=True, rate_query="0.01/3"))
    rest = Rest(town.server, town.account().token)
    for left in (2, 1, 0):
        answer = rest.get("/spaces")
        assert answer.headers["ratelimit-policy"] == '"query";q=3;w=300'
        assert answer.headers["ratelimit"].startswith(f'"query";r={left};t=')
    answer = rest.get("/spaces")
    assert (answer.status, answer.code) == (429, "rate_limited")
    assert 90 < int(answer.headers["retry-after"]) <= 100
    assert 90 < answer.json["retry_after"] <= 100
    assert rest.get("/devices").status == 429
    assert rest.post("/account/sign_out").status == 200
    town.close()


def test_the_limit_that_refused_is_told(serve: Serve) -> None:
    town = Town(serve(rate_limits=True, rate_per_second=0.01, rate_burst=2, rate_query="0.01/9"))
    rest = Rest(town.server, town.account().token)
    for left in (1, 0):
        answer = rest.get("/spaces")
        assert answer.headers["ratelimit-policy"] == '"device";q=2;w=200'
        assert answer.headers["ratelimit"].startswith(f'"device";r={left};t=')
    refused = rest.get("/spaces")
    assert refused.status == 429
    assert refused.headers["ratelimit"].startswith('"device";r=0;t=')
    town.close()


@pytest.mark.parametrize("in_body", [True, False])
def test_openings_tell_of_their_rate_too(serve: Serve, in_body: bool) -> None:
    town = Town(serve(rate_limits=True, rate_open="0.01/3"))
    token = town.account().token

    def open_() -> Answer:
        return (
            Rest(town.server).post("/session", token=token)
            if in_body
            else Rest(town.server, token).post("/session")
        )

    answers = [open_() for _ in range(5)]
    assert answers[0].status == 200
    assert all(answer.headers["ratelimit"].startswith('"open";r=') for answer in answers)
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.headers["ratelimit-policy"] == '"open";q=3;w=300'
    assert refused.headers["ratelimit"].startswith('"open";r=0;t=')
    town.close()


def test_a_token_that_may_not_be_looked_up_now_is_told_the_rate(serve: Serve) -> None:
    server = serve(rate_limits=True, rate_address="0.01/3")
    rest = Rest(server, "a.guessed.token")
    refused = [rest.get("/spaces") for _ in range(4)][-1]
    assert refused.status == 429
    assert refused.headers["ratelimit"].startswith('"open";r=0;t=')


def test_a_refusal_for_another_reason_tells_of_no_rate(serve: Serve) -> None:
    """A wait that no rate asks for must not look as if there was plenty left."""
    town = Town(serve(rate_limits=True))
    name = town.account().name
    rest = Rest(town.server)
    wrong = [rest.post("/account/sign_in", name=name, password="wrong password") for _ in range(12)]
    refused = next(answer for answer in wrong if answer.status == 429)
    assert "retry-after" in refused.headers
    assert "ratelimit" not in refused.headers
    town.close()


def test_who_guesses_tokens_is_slowed_down(serve: Serve) -> None:
    server = serve(rate_limits=True, rate_address="1/3")
    rest = Rest(server, "a.guessed.token")
    statuses = [rest.get("/spaces").status for _ in range(5)]
    assert statuses[:3] == [401] * 3
    assert statuses[-1] == 429
