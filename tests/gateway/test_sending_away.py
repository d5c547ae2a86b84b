"""Who is sent away: sessions at once, operators with their reply, and who comes too late as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import attrs

from chatd.gateway.gateway import Gateway
from chatd.gateway.net.live_connection import LiveConnection
from chatd.gateway.net.open_files import OpenFiles
from chatd.ports import Caller
from chatd.settings import Settings


@attrs.define(eq=False)
class Connection:
    """With a session, which is itself."""

    caller: Caller
    said: list[str] = attrs.field(factory=list)

    @property
    def session(self) -> Connection:
        return self

    def close(self, code: int, reason: str) -> None:
        self.said.append(f"closed {code}")

    def cut(self) -> None:
        self.said.append("cut")


def gateway_of(tmp_path: Path, *connections: Connection) -> Gateway:
    gateway = Gateway(Settings(data=tmp_path), cast(Any, None), cast(Any, None), OpenFiles())
    for connection in connections:
        gateway.connections.add(cast(LiveConnection, connection))
    return gateway


def test_an_operator_is_sent_away_with_the_reply_that_they_wait_for(tmp_path: Path) -> None:
    """Nobody bans them, and a backup that is being made is theirs."""
    client, operator = Connection(Caller("127.0.0.1")), Connection(Caller("socket", operator=True))
    gateway_of(tmp_path, client, operator).send_away(1013, "cut off")
    assert client.said == ["closed 1013", "cut"]
    assert operator.said == ["closed 1013"]


def test_others_may_come_after_some_were_sent_away_but_not_when_the_server_stops(tmp_path: Path) -> None:
    gateway = gateway_of(tmp_path)
    gateway.send_away(1013, "cut off")
    later, too_late = Connection(Caller("127.0.0.1")), Connection(Caller("127.0.0.1"))
    gateway.connections.add(cast(LiveConnection, later))
    assert later.said == []
    gateway.close(1001, "going away")
    gateway.connections.add(cast(LiveConnection, too_late))
    assert later.said == too_late.said == ["closed 1001"]
