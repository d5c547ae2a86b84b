"""Servers for the tests in this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from . import companions
from .serving import Server
from .town import Town

Serve = Callable[..., Server]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Three nodes start, and answer, more slowly than one."""
    if companions.ON:
        for item in items:
            marker = item.get_closest_marker("timeout")
            seconds = float(marker.args[0] if marker else item.config.getini("timeout"))
            item.add_marker(pytest.mark.timeout(companions.SLOWER * seconds), append=False)


def ended_well(server: Server) -> None:
    """It ends on SIGTERM with status 0, and it never logged an exception."""
    if server.process is not None:
        assert server.stop() == 0, server.output()
    log = server.log.read_text(errors="replace")
    for sign in ("Traceback", '"exception":'):
        assert sign not in log, log[max(log.index(sign) - 1000, 0) :][:6000]


@pytest.fixture(scope="module", autouse=True)
def says_where(request: pytest.FixtureRequest) -> None:
    """Set up before a module's servers."""
    companions.where = request.module.__name__.rpartition(".")[2].removeprefix("test_")


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    """What the module's `server` is given; a module with other wishes has a fixture of this name."""
    return {}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, started_with: dict[str, Any]) -> Iterator[Server]:
    """One server for all tests of a module, without rate limits."""
    server = Server(tmp_path_factory.mktemp("chatd") / "data", **started_with).start()
    yield server
    ended_well(server)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers of the test's own, with the settings it names, and ends them."""
    started: list[Server] = []

    def start(**settings: object) -> Server:
        started.append(Server(tmp_path / f"data{len(started)}", **settings))
        return started[-1].start()

    yield start
    try:
        for server in started:
            ended_well(server)
    finally:
        for server in started:
            server.kill()


@pytest.fixture
def town(server: Server) -> Iterator[Town]:
    """A space of the test's own on the module's server."""
    town = Town(server)
    yield town
    town.close()
