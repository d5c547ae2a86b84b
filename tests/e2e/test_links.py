"""Every link that the server hands out leads to the address at which people reach it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from .conftest import Serve
from .serving import Server
from .talking import Client
from .town import Town


def setup_link(server: Server) -> str:
    while found := server.printed.get(timeout=60):
        if match := re.search(r"make the first account at (\S+)", found):
            return match[1]
    raise AssertionError("no link was printed")


@pytest.mark.parametrize("public", ["https://chat.example.org", "https://chat.example.org/team/"])
def test_links_begin_with_the_public_address(serve: Serve, public: str) -> None:
    server = serve(public_url=public)
    links = [setup_link(server)]
    town = Town(server)
    links.append(town.operator.ask("account.recovery_link", account=town.owner.id)["url"])
    for link, path in zip(links, ("/setup", "/recover"), strict=True):
        assert link.startswith(f"{public.rstrip('/')}{path}?code=")
    assert urlsplit(town.operator.ask("server.status")["address"]).port == server.port
    town.close()


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "localhost"), ("0.0.0.0", "localhost"), ("127.0.0.2", "127.0.0.2")]
)
def test_without_one_they_begin_with_the_address_that_listens_called_localhost_where_it_is(
    serve: Serve, host: str, shown: str
) -> None:
    server = serve(host=host)
    assert setup_link(server).startswith(f"http://{shown}:{server.port}/setup?code=")
    town = Town(server)
    link = town.operator.ask("account.recovery_link", account=town.owner.id)["url"]
    assert link.startswith(f"http://{shown}:{server.port}/recover?code=")
    town.close()


def test_a_stranger_is_told_who_may_sign_up_and_whether_there_is_an_account(serve: Serve) -> None:
    server = serve(server_name="The office", sign_up="invite")
    stranger = Client.dial(server)
    about = {"name": "The office", "sign_up": "invite"}
    assert stranger.ask("server.about") == {**about, "set_up": False}
    town = Town(server)
    assert stranger.ask("server.about") == {**about, "set_up": True}
    stranger.close()
    town.close()
