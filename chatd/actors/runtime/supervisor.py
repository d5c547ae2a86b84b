"""Keeps actors running: restarts one that crashed, with backoff, and gives up loudly.

An actor's `run` returns when its mailbox was closed and is empty. If it raises, its `failed` answers
those whose requests were being worked on, and a fresh `run` starts from what is durable.
"""

from __future__ import annotations

from typing import Final, Protocol

import trio

from chatd.concurrency.backoff import Backoff
from chatd.log import log

FIRST_DELAY: Final = 0.1  # seconds
LONGEST_DELAY: Final = 5.0
RESTARTS: Final = 6  # crashes in a row, without a turn that succeeded between them


class Actor(Protocol):
    name: str
    restarts: int
    healthy: bool  # set by the actor after a turn that succeeded

    async def run(self) -> None: ...

    def failed(self, given_up: bool) -> None:
        """Answers those who wait for this actor; after `given_up` it also takes no more messages."""


class GaveUp(Exception):
    """An actor without which the server cannot go on keeps crashing."""


async def supervise(actor: Actor, *, vital: bool = False) -> None:
    """Runs the actor until it has stopped. A `vital` one that must be given up takes the server down."""
    backoff = Backoff(FIRST_DELAY, LONGEST_DELAY)
    while True:
        actor.healthy = False
        try:
            await actor.run()
            return
        except Exception:
            if actor.healthy:
                backoff.reset()
            delay, in_a_row = backoff.next_delay(), backoff.failures
            actor.restarts += 1
            given_up = vital or in_a_row > RESTARTS
            log.exception("actor_crashed", actor=actor.name, in_a_row=in_a_row, given_up=given_up)
            actor.failed(given_up)
            if vital:
                raise GaveUp(f"{actor.name} crashed; see the log") from None
            if given_up:
                return
        await trio.sleep(delay)
