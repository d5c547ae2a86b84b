"""Rates and the login throttle through the wire: who is told to wait, for how long, and who never is."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator

import pytest

from .conftest import Serve
from .serving import Server
from .talking import Client, Frame
from .town import Town

PASSWORD = "a lantern over seven still ponds"
WRONG = "eleven grey herons at the weir"
DRY = 0.001  # requests a second: nothing comes back while a test lasts
ADA, BOB = "203.0.113.1", "203.0.113.2"


@pytest.fixture
def limited(serve: Serve, request: pytest.FixtureRequest) -> Iterator[Town]:
    """A space on a server with the limits that `limits` names."""
    town = Town(serve(rate_limits=True, **request.param))
    yield town
    town.close()


def limits(**settings: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("limited", [settings], indirect=True, ids=[""])


def forwarded(town: Town, address: str) -> Client:
    """A connection as a reverse proxy on this machine makes it."""
    return town.dial(headers={"X-Forwarded-For": address})


def told_to_wait(client: Client, name: str, /, **data: object) -> float:
    """Seconds; 0 when the request was carried out."""
    frame = client.reply(client.send(name, **data))
    if "result" in frame:
        return 0.0
    error = frame["error"]
    assert error["code"] == "rate_limited"
    assert "try again" in error["message"]
    assert error["data"]["retry_after"] > 0
    return float(error["data"]["retry_after"])


def let_through(client: Client, name: str, /, **data: object) -> int:
    """How many of these requests pass before one is refused for its rate."""
    passed = 0
    while not told_to_wait(client, name, **data):
        passed += 1
    return passed


def until_let_through(client: Client, name: str, /, **data: object) -> float:
    """Asks again and again; gives the seconds that it took."""
    begun = time.monotonic()
    while told_to_wait(client, name, **data):
        assert time.monotonic() < begun + 10, f"{name} was never let through"
    return time.monotonic() - begun


def attempt(client: Client, name: str, password: str = WRONG) -> Frame:
    return client.refusal("account.sign_in", name=name, password=password)


# --- rates ------------------------------------------------------------------------------------------------


def test_as_it_comes_a_session_may_send_hundreds_of_posts_at_once(serve: Serve) -> None:
    town = Town(serve(rate_limits=True))
    client = town.open(town.owner)
    room = town.room(by=client)
    frames = [client.frame("message.post", {"room": room, "text": str(number)}) for number in range(490)]
    client.send_frames(frames)
    assert [client.result(frame["id"])["seq"] for frame in frames] == sorted(range(3, 493))
    town.close()


@limits(rate_per_second=10, rate_burst=5)
def test_past_the_burst_a_session_is_told_when_to_try_again(limited: Town) -> None:
    client = limited.open(limited.owner)
    frames = [client.frame("space.list", {}) for _ in range(30)]
    client.send_frames(frames)
    replies = [client.reply(frame["id"]) for frame in frames]
    waits = [reply["error"]["data"]["retry_after"] for reply in replies if "error" in reply]
    assert "result" in replies[3]  # the opening was the first of five
    assert all(0 < wait <= 0.101 for wait in waits)  # when the next token comes, however often one asked
    assert until_let_through(client, "space.list") < 5


@limits(rate_post=f"{DRY}/4", rate_query=f"{DRY}/3")
def test_the_sessions_of_an_account_share_a_budget_for_each_class(limited: Town) -> None:
    first, second = limited.open(limited.owner), limited.open(limited.owner)
    room = limited.room(by=first)
    assert let_through(first, "message.post", room=room, text="hi") == 4
    assert let_through(second, "message.post", room=room, text="hi") == 0
    assert let_through(second, "room.list", space=limited.space) == 3
    assert let_through(first, "room.list", space=limited.space) == 0
    member = limited.open(limited.member(room))
    assert let_through(member, "message.post", room=room, text="hi") == 4


@limits(rate_open=f"{DRY}/3")
def test_opening_sessions_has_a_budget_of_its_own(limited: Town) -> None:
    account, other = limited.account(), limited.account()
    opened = [limited.open(account) for _ in range(3)]
    stranger = limited.dial()
    refused = stranger.refusal("session.open", token=account.token)
    assert refused["code"] == "rate_limited"
    assert refused["data"]["retry_after"] > 100
    stranger.open(other.token)
    for session in opened:
        session.ask("space.list")


@limits(rate_address=f"{DRY}/3")
def test_strangers_of_an_address_share_a_budget_and_who_is_in_does_not_notice(limited: Town) -> None:
    opened = [limited.open(limited.account()) for _ in range(3)]
    assert limited.dial().refusal("session.open", token=limited.owner.token)["code"] == "rate_limited"
    for session in opened:
        for _ in range(10):
            session.ask("space.list")


@limits(rate_address="50/5")
def test_a_crowd_behind_one_address_gets_in_one_after_another(limited: Town) -> None:
    waiting = deque((limited.dial(), limited.account().token) for _ in range(40))
    deadline = time.monotonic() + 20
    refusals = 0
    while waiting:
        assert time.monotonic() < deadline
        client, token = waiting.popleft()
        if wait := told_to_wait(client, "session.open", token=token):
            assert wait <= 20.001
            refusals += 1
            waiting.append((client, token))
    assert refusals > 0


@limits(rate_sign_in=f"{DRY}/2", rate_sign_up=f"{DRY}/2", rate_refresh=f"{DRY}/2")
def test_signing_up_and_in_and_refreshing_have_rates_of_their_own(limited: Town) -> None:
    client = limited.dial()
    made = [client.ask("account.sign_up", name=name, password=PASSWORD) for name in ("ada", "bob")]
    assert client.refusal("account.sign_up", name="eve", password=PASSWORD)["code"] == "rate_limited"
    for one in made:
        client.ask("account.refresh", refresh_token=one["refresh_token"])
    assert client.refusal("account.refresh", refresh_token="x")["code"] == "rate_limited"
    for name in ("ada", "bob"):
        client.ask("account.sign_in", name=name, password=PASSWORD)
    assert client.refusal("account.sign_in", name="ada", password=PASSWORD)["code"] == "rate_limited"


@limits(rate_per_second=DRY, rate_burst=1, rate_write=f"{DRY}/1", rate_query=f"{DRY}/1")
def test_operators_are_not_limited(limited: Town) -> None:
    for _ in range(50):
        limited.operator.ask("account.list")
    for number in range(10):
        limited.operator.ask("account.create", name=f"somebody-{number}")


@limits(rate_per_second=7, rate_burst=70, rate_post="1/10", rate_open="2/20", rate_address="3/30")
def test_the_rates_are_announced(limited: Town) -> None:
    told = limited.open(limited.owner).opened["limits"]
    assert told["rate"] == {"per_second": 7, "burst": 70}
    assert told["rates"]["post"] == {"per_second": 1, "burst": 10}
    assert told["rates"]["open"] == {"per_second": 2, "burst": 20}
    assert told["rates"].keys() == {
        "post", "write", "query", "signal", "open", "refresh", "sign_in", "sign_up",
    }  # fmt: skip


def test_switched_off_nothing_is_limited_or_announced(serve: Serve) -> None:
    rates = {f"rate_{name}": f"{DRY}/1" for name in ("post", "write", "query", "open", "address", "sign_in")}
    server: Server = serve(rate_per_second=DRY, rate_burst=1, login_free_tries=1, **rates)
    town = Town(server)
    session = town.open(town.owner)
    assert session.opened["limits"]["rate"] is None
    assert session.opened["limits"]["rates"] is None
    for _ in range(5):
        session.ask("space.list")
    for _ in range(4):
        assert attempt(town.dial(), "nobody")["code"] == "unauthenticated"
    town.close()


# --- login throttle ---------------------------------------------------------------------------------------


@limits(login_free_tries=2, login_first_delay=60, trusted_proxies="127.0.0.1")
def test_after_wrong_passwords_the_right_one_has_to_wait_too_but_not_elsewhere(limited: Town) -> None:
    limited.operator.ask("account.set_password", account=limited.owner.id, password=PASSWORD)
    name = limited.owner.name
    attacker = forwarded(limited, ADA)
    codes = [attempt(attacker, name)["code"] for _ in range(3)]
    assert codes == ["unauthenticated", "unauthenticated", "rate_limited"]
    refused = attempt(attacker, name.upper(), PASSWORD)
    assert refused["code"] == "rate_limited"
    assert 0 < refused["data"]["retry_after"] <= 60.001
    assert attempt(attacker, "somebody else")["code"] == "unauthenticated"
    person = forwarded(limited, BOB)
    person.ask("account.sign_in", name=name, password=PASSWORD)


@limits(login_free_tries=1, login_first_delay=0.5)
def test_whoever_has_waited_signs_in(limited: Town) -> None:
    limited.operator.ask("account.set_password", account=limited.owner.id, password=PASSWORD)
    client, name = limited.dial(), limited.owner.name
    assert attempt(client, name)["code"] == "unauthenticated"
    assert until_let_through(client, "account.sign_in", name=name, password=PASSWORD) < 5


@limits(login_free_tries=3, login_first_delay=60)
def test_known_and_unknown_names_are_held_up_alike(limited: Town) -> None:
    limited.operator.ask("account.set_password", account=limited.owner.id, password=PASSWORD)
    client = limited.dial()
    tries = [[attempt(client, name) for _ in range(8)] for name in (limited.owner.name, "nobody-at-all")]
    waits = [[answer["data"]["retry_after"] for answer in answers[3:]] for answers in tries]
    assert all(0 < wait <= 60 for some in waits for wait in some)
    known, unknown = (  # without the seconds, of which some have gone by
        [(answer["code"], re.sub(r"\d+", "N", answer["message"])) for answer in answers] for answers in tries
    )
    assert [code for code, _ in known] == ["unauthenticated"] * 3 + ["rate_limited"] * 5
    assert known == unknown


@limits(login_free_tries_address=3, login_first_delay=60)
def test_taken_names_and_wrong_invite_codes_are_not_tried_out_for_long(limited: Town) -> None:
    client = limited.dial()
    client.ask("account.sign_up", name="ada", password=PASSWORD)
    guesses: list[Frame] = [{"name": "ada"}, {"name": "bob", "invite": "no such code"}, {"name": "ADA"}]
    codes = [client.refusal("account.sign_up", password=PASSWORD, **guess)["code"] for guess in guesses]
    assert codes == ["conflict", "not_found", "conflict"]
    assert client.refusal("account.sign_up", name="eve", password=PASSWORD)["code"] == "rate_limited"
    client.ask("account.sign_in", name="ada", password=PASSWORD)


# --- behind a proxy ---------------------------------------------------------------------------------------


@limits(rate_address=f"{DRY}/1", trusted_proxies="127.0.0.1,10.0.0.0/8")
def test_behind_a_trusted_proxy_the_clients_address_counts(limited: Town) -> None:
    token = limited.owner.token
    forwarded(limited, ADA).open(token)
    for header in (ADA, f"{BOB}, {ADA}", f"{BOB}, {ADA}, 10.1.1.1"):
        assert forwarded(limited, header).refusal("session.open", token=token)["code"] == "rate_limited"
    forwarded(limited, BOB).open(token)
    limited.dial().open(token)
    assert limited.dial().refusal("session.open", token=token)["code"] == "rate_limited"


@limits(rate_address=f"{DRY}/1")
def test_nobody_else_is_believed_and_the_log_says_so_once(limited: Town) -> None:
    token = limited.owner.token
    forwarded(limited, ADA).open(token)
    assert forwarded(limited, BOB).refusal("session.open", token=token)["code"] == "rate_limited"
    assert limited.server.log.read_text().count("proxy_not_trusted") == 1
