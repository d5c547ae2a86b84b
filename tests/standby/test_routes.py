"""What a server answers to standbys that ask it for what it does not have."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from chatd.gateway.http import standby_routes
from chatd.gateway.http.standby_routes import StandbyRoutes
from chatd.ports import Caller
from chatd.settings import Settings

STANDBY = 5  # the position of the event up to which the standby has the log


class FewerEvents:
    """A server that has the log up to `head`."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder)
        self.head = STANDBY - 1
        self.waited = 0

    async def heard_more(self) -> None:
        self.waited += 1
        self.head += 1

    async def silent(self) -> None:
        self.waited += 1

    async def events(self, after: int, hash: str, most: int) -> list[tuple[Any, ...]] | None:
        return [] if after <= self.head else None

    async def look(self, after: int, hash: str, file: Any) -> bool:
        return after <= self.head

    async def asked(self, path: str, level: Callable[[], Awaitable[None]] | None) -> tuple[int, str]:
        """The status, and what it says of a problem."""
        some: Any = SimpleNamespace(events=self.events, look=self.look)
        nothing: Any = None
        routes = StandbyRoutes(
            self.settings, nothing, some, nothing, lambda: self.head, lambda *_: None, level
        )
        endpoint: Any = next(route for route in routes.routes() if getattr(route, "path", "") == path)
        operator = {"caller": Caller("socket", "operator:1", operator=True)}
        query = f"after={STANDBY}&hash={'ab' * 32}".encode()
        head = {"type": "http", "path": path, "headers": [], "query_string": query, "state": operator}
        answer = await endpoint.endpoint(Request(head))
        said: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        await answer(head, None, send)
        status = said[0]["status"]
        return status, "" if status == 200 else msgspec.json.decode(said[1]["body"])["detail"]


@pytest.mark.parametrize("path", ["/standby/events", "/standby/look"])
async def test_a_node_that_is_behind_is_no_server_with_another_log(path: str, tmp_path: Path) -> None:
    """A standby that came to it from a node that was further ended, and was told to begin anew."""
    behind = FewerEvents(tmp_path)
    status, why = await behind.asked(path, behind.silent)
    assert (status, behind.waited) == (503, 1)
    assert "another node has" in why
    assert (await behind.asked(path, behind.heard_more))[0] == 200
    assert behind.waited == 2
    assert (await behind.asked(path, behind.silent))[0] == 200
    assert behind.waited == 2


async def test_a_server_that_is_alone_and_has_less_has_another_log(tmp_path: Path) -> None:
    status, why = await FewerEvents(tmp_path).asked("/standby/events", None)
    assert status == 409
    assert "another one" in why


async def test_a_server_whose_disk_is_full_says_so_to_who_wants_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit any more may show when the file is closed, too."""

    class Full(io.BytesIO):
        def close(self) -> None:
            super().close()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def unwritten(after: int, hash: str, file: Any) -> bool:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    server = FewerEvents(tmp_path)
    monkeypatch.setattr(standby_routes, "TemporaryFile", lambda dir: Full())
    server.head = STANDBY
    monkeypatch.setattr(server, "look", unwritten)
    said = await server.asked("/standby/look", None)
    assert said == (503, f"a copy of the tables does not fit into {tmp_path}: No space left on device")
