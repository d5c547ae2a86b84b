"""The link of the first start: a form for everybody, the client's screen for a browser, JSON for programs."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chatd.gateway.http import web_client

from .conftest import Serve
from .serving import Server
from .talking import Client
from .test_links import setup_link

PASSWORD = "a lantern over seven still ponds"
NAVIGATES = {"Sec-Fetch-Mode": "navigate"}
PROGRAM = {"Accept": "application/json"}


def asked(server: Server, method: str, path: str, form: Any = None, **headers: str) -> tuple[Any, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = None if form is None else urlencode(form)
    typed = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, body, {**typed, **headers})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def code_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["code"][0]


@pytest.mark.skipif(
    not (web_client.FOLDER / "index.html").exists(), reason="missing: the browser client (make web)"
)
def test_a_browser_is_sent_to_the_clients_own_screen_with_the_code_behind_the_hash(serve: Serve) -> None:
    server = serve()
    code = code_of(setup_link(server))
    response, _ = asked(server, "GET", f"/setup?code={code}", **NAVIGATES)
    assert (response.status, response.getheader("location")) == (303, f"/#/setup/{code}")
    response, _ = asked(server, "GET", "/setup?code=%2F%0d%0aX:+y%23", **NAVIGATES)
    assert response.getheader("location") == "/#/setup/%2F%0D%0AX%3A%20y%23"


def test_whoever_only_fetches_it_gets_the_plain_form_which_works_by_itself(serve: Serve) -> None:
    server = serve()
    code = code_of(setup_link(server))
    response, page = asked(server, "GET", f"/setup?code={code}")
    assert response.status == 200
    assert code in page
    form = {"code": code, "name": "ada", "password": PASSWORD, "space": "Team", "room": "x" * 81}
    response, page = asked(server, "POST", "/setup", form)
    assert response.status == 400
    form["room"] = "lobby"
    response, page = asked(server, "POST", "/setup", form)
    assert response.status == 200
    assert "lobby" in page
    assert 'href="/"' in page
    client = Client.dial(server)
    signed_in = client.ask("account.sign_in", name="ada", password=PASSWORD)
    assert signed_in["account"]["admin"] is True
    opened = client.ask("session.open", token=signed_in["access_token"])
    assert [room["name"] for room in opened["rooms"]] == ["lobby"]
    client.close()


def test_a_program_gets_json_and_reasons(serve: Serve) -> None:
    server = serve()
    code = code_of(setup_link(server))
    form = {"code": code, "name": "ada", "password": "password1", "space": "Team"}
    response, text = asked(server, "POST", "/setup", form, **PROGRAM)
    assert (response.status, json.loads(text)["code"]) == (400, "invalid")
    form["password"] = PASSWORD
    response, text = asked(server, "POST", "/setup", form, **PROGRAM)
    assert (response.status, json.loads(text)["account"]["name"]) == (201, "ada")
    assert response.getheader("cache-control") == "no-store"
    response, text = asked(server, "POST", "/setup", form, **PROGRAM)
    assert response.status == 404
    assert "sign in" in json.loads(text)["detail"]
