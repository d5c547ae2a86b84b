"""Every link that the server hands out leads to the address at which people reach it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from .conftest import Serve
from .serving import Server
from .town import Town


def setup_link(server: Server) -> str:
    while found := server.printed.get(timeout=10):
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


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")])
def test_without_one_they_begin_with_the_address_that_listens(serve: Serve, host: str, shown: str) -> None:
    server = serve(host=host)
    assert setup_link(server).startswith(f"http://{shown}:{server.port}/setup?code=")
    town = Town(server)
    link = town.operator.ask("account.recovery_link", account=town.owner.id)["url"]
    assert link.startswith(f"http://{shown}:{server.port}/recover?code=")
    town.close()
