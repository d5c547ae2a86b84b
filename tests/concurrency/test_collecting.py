"""Whoever looks at all there is does not keep the loop to itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast

import trio

from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.runtime.mailbox import MailboxStatistics
from chatd.concurrency.collecting import LOOKS, collected
from chatd.contract.server import GetServerSessions, SessionLoad
from chatd.handlers.figures import SESSION, Figures
from chatd.handlers.server_loads import ServerLoads

MANY = 10 * LOOKS


class Session:
    claims, restarts = None, 0

    def row(self) -> SessionLoad:
        return cast(Any, SimpleNamespace(queued=0, handled=0))

    def statistics(self) -> MailboxStatistics:
        return MailboxStatistics(1, 1, 0.0, 0, 0)


class Asleep(list[Any]):
    """The directory, when no actor is awake."""

    asleep: Mapping[str, Any] = MappingProxyType({})


async def test_others_have_turns_while_all_sessions_are_looked_at() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()

    live, nobody = LiveSessions(), cast(Any, None)
    for _ in range(MANY):
        live.add(cast(Any, Session()))
    figures = Figures(live, cast(Any, Session()), cast(Any, Asleep()), nobody, nobody, [])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(count)
        assert await collected(range(MANY), str) == [str(number) for number in range(MANY)]
        one = turns
        assert (
            await ServerLoads(nobody, figures, nobody).sessions(nobody, GetServerSessions())
        ).total == MANY
        two = turns - one
        assert (await figures.mailboxes())[SESSION].depth == MANY
        three = turns - one - two
        nursery.cancel_scope.cancel()
    assert min(one, two, three) >= MANY // LOOKS - 1
