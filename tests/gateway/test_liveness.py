"""When connections are looked at for a peer that is silent, gone, or late."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import trio
import trio.testing

from chatd.gateway.gateway import Gateway
from chatd.gateway.graphql.conversation import MAX_OPERATIONS, Conversation, End
from chatd.gateway.graphql.websocket import keep_alive
from chatd.gateway.net.live_connection import LiveConnection
from chatd.gateway.net.open_files import OpenFiles
from chatd.gateway.websocket.connection import WebSocket
from chatd.settings import Settings


class Connection:
    """Notes when it is looked at."""

    def __init__(self) -> None:
        self.looked_at: list[float] = []

    def check_liveness(self, now: float, settings: Settings) -> None:
        self.looked_at.append(now)


async def test_who_was_waited_for_while_the_server_stood_still_gets_a_second_to_be_heard(
    tmp_path: Path, mock_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    """Also where it stands still again within that second: what peers said meanwhile is still to be read. A
    server that is always late looks nevertheless."""
    gateway = Gateway(Settings(data=tmp_path), cast(Any, None), cast(Any, None), OpenFiles())
    connection = Connection()
    gateway.connections.add(cast(LiveConnection, connection))
    nursery.start_soon(gateway.keep_alive)

    async def pass_by(*seconds: float) -> list[float]:
        before = len(connection.looked_at)
        for each in seconds:
            await trio.testing.wait_all_tasks_blocked()
            mock_clock.jump(each)
        await trio.testing.wait_all_tasks_blocked()
        return connection.looked_at[before:]

    assert await pass_by(1, 1) == [1, 2]
    assert await pass_by(100) == []
    assert await pass_by(1) == [103]
    assert await pass_by(100, 100) == []
    assert await pass_by(1) == [304]
    assert await pass_by(*[100] * 10) == [804, 1304]


@pytest.mark.parametrize(("idle", "closed"), [(False, []), (True, [4001])])
async def test_no_client_is_late_whose_request_the_server_is_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, idle: bool, closed: list[int]
) -> None:
    """When everybody comes back at once, or the disk is slow, a session opens late through no fault of the
    client."""
    told: list[int] = []
    stream = SimpleNamespace(queued=0, last_heard=31.0, drained=None)
    websocket = WebSocket(
        *cast(Any, (None, stream, None, None, SimpleNamespace(render=None), None)), bearer=None
    )
    websocket.connected_at = 0.0
    websocket.session = cast(Any, SimpleNamespace(opened=False, idle=idle))
    monkeypatch.setattr(websocket, "close", lambda code, reason: told.append(code))
    websocket.check_liveness(31.0, Settings(data=tmp_path, auth_deadline=30))
    assert told == closed


async def test_a_pong_over_graphql_is_waited_for_again_when_the_server_stood_still(
    tmp_path: Path, mock_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    class Silent:
        async def ping(self) -> None:
            await trio.sleep_forever()

    connection = trio.CancelScope()
    settings = Settings(data=tmp_path, ping_interval=30, ping_timeout=60)
    nursery.start_soon(keep_alive, cast(Any, Silent()), settings, connection)

    async def pass_by(*seconds: float) -> bool:
        for each in seconds:
            await trio.testing.wait_all_tasks_blocked()
            mock_clock.jump(each)
        await trio.testing.wait_all_tasks_blocked()
        return connection.cancel_called

    assert not await pass_by(30, 100)
    assert await pass_by(30, 60)


async def test_who_said_over_graphql_who_it_is_while_the_server_stood_still_was_in_time(
    mock_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    """The deadline is over before what came meanwhile is read; a client that says nothing is late."""
    spoken: list[str] = []
    say, hear = trio.open_memory_channel[str](1)

    class Slow:
        """Hands a message on a moment after it could have been read, as a reader's task does."""

        async def get_message(self) -> str:
            return await hear.receive()

        async def send_message(self, message: str) -> None:
            spoken.append(message)

    class Anybody:
        async def admit(self, peer: object, token: str | None) -> object:
            await trio.sleep(100)  # the server takes its time: that is no client's fault
            return object()

    async def converse() -> None:
        conversation = Conversation(cast(Any, Anybody()), cast(Any, Slow()), cast(Any, None), None)
        with pytest.raises(End) as ended:
            await conversation.run(nursery, 30)
        spoken.append(str(ended.value.code))

    nursery.start_soon(converse)
    await trio.testing.wait_all_tasks_blocked()
    mock_clock.jump(1000)
    await trio.testing.wait_all_tasks_blocked()
    await say.send('{"type": "connection_init"}')
    await trio.testing.wait_all_tasks_blocked()
    mock_clock.jump(100)
    await trio.testing.wait_all_tasks_blocked()
    assert spoken == ['{"type":"connection_ack"}']
    await say.send('{"type": "connection_init"}')
    nursery.start_soon(converse)
    await trio.testing.wait_all_tasks_blocked()
    mock_clock.jump(30)
    await trio.testing.wait_all_tasks_blocked()
    assert sorted(spoken[1:]) == ["4408", "4429"]


async def test_who_reads_no_refusal_over_graphql_is_not_read_either(nursery: trio.Nursery) -> None:
    """What waits to be said to a peer is bounded: refusals as well as results."""
    heard: list[str] = []

    class Mute:
        async def get_message(self) -> str:
            await trio.lowlevel.checkpoint()
            said = {"type": "subscribe", "id": str(len(heard)), "payload": {"query": "{ __typename }"}}
            heard.append(json.dumps(said if heard else {"type": "connection_init"}))
            return heard[-1]

        async def send_message(self, message: str) -> None:
            if len(heard) > 1:
                await trio.sleep_forever()

    class Busy:
        async def admit(self, peer: object, token: str | None) -> object:
            return object()

        async def answer(self, *_: object) -> None:
            await trio.sleep_forever()

    conversation = Conversation(cast(Any, Busy()), cast(Any, Mute()), cast(Any, None), None)
    nursery.start_soon(conversation.run, nursery, 30)
    await trio.testing.wait_all_tasks_blocked()
    assert len(heard) == 1 + MAX_OPERATIONS + 1
