"""Back in without e-mail: an operator's link to a page where a new password is set."""

from __future__ import annotations

import sqlite3
import time
from contextlib import ExitStack, closing
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chatd.store.log.writes import RECOVERY_LINKS

from .conftest import Serve
from .raw import Peer, fetched
from .serving import Server
from .talking import Frame
from .town import Town, absent_id

PASSWORD = "a lantern over seven still ponds"
OTHER = "eleven grey herons at the weir"
THIRD = "two barges under the bridge"


def signed_up(town: Town, name: str) -> Frame:
    tokens: Frame = town.dial().ask("account.sign_up", name=name, password=PASSWORD)
    return tokens


def link(town: Town, account: str) -> str:
    """The code in a new link."""
    url = urlsplit(town.operator.ask("account.recovery_link", account=account)["url"])
    assert (url.path, url.port) == ("/recover", town.server.port)
    return parse_qs(url.query)["code"][0]


def send(peer: Peer, path: str, **fields: str) -> None:
    """Sends a form, and does not wait for the answer."""
    form = urlencode(fields).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form))}
    peer.get(path, method="POST", headers=headers)
    peer.send(form)


def submit(server: Server, code: str, password: str) -> tuple[int, str]:
    """What the page says to a new password."""
    with Peer(server) as peer:
        send(peer, "/recover", code=code, password=password)
        status, _, body = peer.response()
    return status, body.decode().replace(code, "CODE") if code else body.decode()


def test_a_link_sets_a_password_once_and_ends_all_devices(town: Town) -> None:
    tokens = signed_up(town, "rosa")
    session = town.dial().open(tokens["access_token"])
    code = link(town, tokens["account"]["id"])
    status, page = submit(town.server, code, OTHER)
    assert (status, "rosa" in page) == (200, True)
    assert session.wait_closed() == 4002
    visitor = town.dial()
    assert visitor.refusal("account.sign_in", name="rosa", password=PASSWORD)["code"] == "unauthenticated"
    visitor.ask("account.sign_in", name="rosa", password=OTHER)
    assert submit(town.server, code, THIRD)[0] == 400
    visitor.ask("account.sign_in", name="rosa", password=OTHER)


def test_of_several_who_use_a_link_at_the_same_time_one_sets_the_password(town: Town) -> None:
    account = signed_up(town, "rhoda")["account"]["id"]
    code, passwords = link(town, account), (OTHER, THIRD, f"{OTHER} again", f"{THIRD} again")
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(town.server)) for _ in passwords]
        for peer, password in zip(peers, passwords, strict=True):
            send(peer, "/recover", code=code, password=password)
        statuses = [peer.response()[0] for peer in peers]
    assert sorted(statuses) == [200, 400, 400, 400]
    town.dial().ask("account.sign_in", name="rhoda", password=passwords[statuses.index(200)])
    events = town.operator.ask("event.list", after=0, limit=500, stream=f"account/{account}")["events"]
    assert [event["data"]["change"] for event in events if event["event"] == "account.secured"] == [
        "recovery_link",
        "recovered",
        "device_added",
    ]


@pytest.mark.parametrize("path", ["/recover", "/setup"])
def test_a_form_with_too_many_fields_is_refused_like_an_empty_one(town: Town, path: str) -> None:
    form = "&".join(f"field{number}=x" for number in range(100)).encode()
    with Peer(town.server) as peer:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form))}
        peer.get(path, method="POST", headers=headers)
        peer.send(form)
        status, _, body = peer.response()
    assert status == 400
    assert b"class=problem" in body


def test_wrong_used_and_expired_links_get_one_answer(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    account = signed_up(town, "ruth")["account"]["id"]
    unused, used = link(town, account), link(town, account)
    answers = [submit(server, "0" * 64, OTHER), submit(server, "\u2603", OTHER)]
    assert submit(server, used, OTHER)[0] == 200
    answers += [submit(server, code, OTHER) for code in (used, unused)]
    pushed_out, *_, expired = [link(town, account) for _ in range(RECOVERY_LINKS + 1)]
    answers.append(submit(server, pushed_out, OTHER))
    town.close()
    server.stop()
    with closing(sqlite3.connect(server.data / "chatd.db")) as file, file:
        file.execute("UPDATE recovery_links SET expires_at = ?", (time.time_ns() // 1_000_000 - 1,))
    server.start()
    answers.append(submit(server, expired, OTHER))
    assert answers[0][0] == 400
    assert len(set(answers)) == 1


def test_a_password_that_will_not_do_leaves_the_link_good(town: Town) -> None:
    code = link(town, signed_up(town, "rita")["account"]["id"])
    for password, why in (("short", "8 to 256"), ("x" * 257, "8 to 256"), ("password1", "easy to guess")):
        status, page = submit(town.server, code, password)
        assert (status, why in page) == (400, True), page
    assert submit(town.server, code, OTHER)[0] == 200


def test_a_bad_link_says_nothing_about_the_password(town: Town) -> None:
    assert submit(town.server, "0" * 64, "short") == submit(town.server, "0" * 64, OTHER)


def test_the_page_is_the_same_for_every_code_and_kept_by_nobody(town: Town) -> None:
    code = link(town, signed_up(town, "roland")["account"]["id"])
    pages = []
    for given in (code, "0" * 64):
        status, headers, body = fetched(town.server, f"/recover?code={given}")
        assert (status, headers["cache-control"], headers["referrer-policy"]) == (
            *(200, "no-store", "no-referrer"),
        )
        pages.append(body.replace(given.encode(), b"CODE"))
    assert pages[0] == pages[1]
    assert b"<script" not in fetched(town.server, "/recover?code='><script>alert(1)</script>")[2]


def test_links_are_for_operators_to_make_and_for_accounts_that_exist(town: Town) -> None:
    somebody = town.account()
    refused = town.open(somebody).refusal("account.recovery_link", account=somebody.id)
    assert refused["code"] == "forbidden"
    assert town.operator.refusal("account.recovery_link", account=absent_id())["code"] == "not_found"


def test_who_had_no_password_has_one_then(town: Town) -> None:
    account = town.account("robin")
    assert submit(town.server, link(town, account.id), OTHER)[0] == 200
    town.dial().ask("account.sign_in", name=account.name, password=OTHER)


def test_the_log_says_who_made_a_link_and_that_it_was_used(town: Town) -> None:
    account = signed_up(town, "rachel")["account"]["id"]
    submit(town.server, link(town, account), OTHER)
    events = town.operator.ask("event.list", after=0, limit=500, stream=f"account/{account}")["events"]
    made, used = [event for event in events if event["event"] == "account.secured"]
    assert (made["data"], made["by"].split(":")[0]) == ({"change": "recovery_link"}, "operator")
    assert (used["data"], used["by"]) == ({"change": "recovered"}, account)


# --- passwords, wherever they are chosen -------------------------------------------------------------------


@pytest.mark.parametrize("password", ["password1", "Ronald12", "x" * 8])
def test_a_password_that_is_easily_guessed_is_refused_with_what_would_be_better(
    town: Town, password: str
) -> None:
    visitor = town.dial()
    refused = visitor.refusal("account.sign_up", name="ronald", password=password)
    assert refused["code"] == "invalid"
    assert "easy to guess" in refused["message"]
    assert "." in refused["message"]
    assert password not in refused["message"]
    account = town.account()
    for client, name, data in (
        (town.operator, "account.create", {"name": "ronald", "password": password}),
        (town.operator, "account.set_password", {"account": account.id, "password": "password1"}),
    ):
        assert client.refusal(name, **data)["code"] == "invalid"
    tokens = visitor.ask("account.sign_up", name=f"ronald.{len(password)}{password[0]}", password=PASSWORD)
    session = town.dial().open(tokens["access_token"])
    assert session.refusal("account.change_password", old=PASSWORD, new=password)["code"] == "invalid"


def setup_code(server: Server) -> str:
    """The code in the link that is printed at the first start."""
    while "code=" not in (line := server.printed.get(timeout=60)):
        pass
    return line.rpartition("code=")[2].strip()


def test_the_first_start_form_asks_for_a_password_that_holds(serve: Serve) -> None:
    server = serve()
    with Peer(server) as peer:
        send(peer, "/setup", code=setup_code(server), name="ada", password="password1", space="Home")
        status, _, body = peer.response()
    assert status == 400
    assert b"easy to guess" in body


def test_of_several_who_use_the_first_start_form_at_the_same_time_one_becomes_the_administrator(
    serve: Serve,
) -> None:
    server = serve()
    code, names = setup_code(server), ("ada", "ben", "cyd")
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(server)) for _ in names]
        for peer, name in zip(peers, names, strict=True):
            send(peer, "/setup", code=code, name=name, password=OTHER, space="Home")
        statuses = [peer.response()[0] for peer in peers]
    assert sorted(statuses) == [200, 400, 400]
    accounts = Town(server).operator.ask("account.list")["accounts"]
    assert [account["name"] for account in accounts if account["admin"]] == [names[statuses.index(200)]]
