"""The message erasure worker: carries out orders to erase what an account wrote in a space when they are due.

Orders are facts of their spaces. It keeps nothing that it could not read again: one that was interrupted is
resumed at the next start, and what it has erased already is not there to be erased again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import trio

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.workers.account_deletion import DELETED_AT_ONCE
from chatd.actors.workers.due_timer import DueTimer
from chatd.concurrency.backoff import Backoff
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, room_stream, space_stream
from chatd.domain.internal import DeleteMessages, FinishErasure, LapseErasure
from chatd.domain.policy import access
from chatd.domain.space.erasure import refuse_erasure
from chatd.log import log
from chatd.ports import Reader, Row, StoreUnavailable

FIRST_RETRY: Final = 1.0  # seconds, while something cannot be erased
LONGEST_RETRY: Final = 60.0
NOT_ANY_MORE: Final = "whoever ordered it no longer has the right to"


class MessageErasureWorker:
    """One for the server. `timer` says when to look again."""

    name = "message erasure"

    def __init__(
        self,
        reader: Reader,
        commands: CommandBus,
        timer: DueTimer,
        clock: Callable[[], int],
        settled: Callable[[], int],
    ) -> None:
        self.restarts = 0
        self.healthy = False
        self._reader = reader
        self._commands = commands
        self._timer = timer
        self._settled = settled  # for what cannot be taken back
        self._clock = clock

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here: orders are durable."""

    async def run(self) -> None:
        """Runs forever."""
        backoff = Backoff(FIRST_RETRY, LONGEST_RETRY)
        while True:
            self._timer.clear()
            try:
                for order in await self._reader.due_message_erasures(self._settled()):
                    await self._carry_out(order)
                self._timer.earlier(await self._reader.next_message_erasure())
            except StoreUnavailable as error:
                log.warning("cannot_erase_messages", error=str(error))
                await trio.sleep(backoff.next_delay())
                continue
            self.healthy = True
            backoff.reset()
            await self._timer.rest(self._settled)

    async def _carry_out(self, order: Row) -> None:
        """Erases room by room, as long as the order stands and its author may give it."""
        space, erased = space_stream(order["space"]), 0
        for room in await self._reader.rooms(space=order["space"]):
            while seqs := await self._next_messages(order, room["id"]):
                deleting = DeleteMessages(tuple(seqs))
                await self._ask(room_stream(room["id"]), deleting, self._context(order))
                erased += len(seqs)
        if not await self._may_go_on(order):
            lapsed = LapseErasure(order["account"], order["due_at"], NOT_ANY_MORE)
            await self._ask(space, lapsed, Context("system", self._clock()))
        else:
            finished = FinishErasure(order["account"], order["due_at"])
            await self._ask(space, finished, self._context(order))
        log.info("messages_erased", space=order["space"], account=order["account"], erased=erased)

    async def _next_messages(self, order: Row, room: str) -> list[int]:
        """Some of what is to be erased in the room; none where the order does not reach it."""
        if not (await self._may_go_on(order) and await self._sees(order, room)):
            return []
        return await self._reader.written_before(room, order["account"], order["position"], DELETED_AT_ONCE)

    async def _may_go_on(self, order: Row) -> bool:
        """Whether the order stands, and its author may still give it."""
        context = self._context(order)
        if not context.operator:
            author = await self._commands.directory.state_of(account_stream(order["by"]))
            if not author.exists or author.disabled:
                return False
        state = await self._commands.directory.state_of(space_stream(order["space"]))
        if state.ordered_erasure(order["account"], order["due_at"]) is None:
            return False
        return refuse_erasure(state, order["account"], context) is None

    async def _sees(self, order: Row, room: str) -> bool:
        directory = self._commands.directory
        state = await directory.state_of(room_stream(room))
        space = await directory.state_of(space_stream(order["space"]))
        return access.visible(state, space, self._context(order))

    def _context(self, order: Row) -> Context:
        by: str = order["by"]
        return Context(by, self._clock(), operator=by.startswith("operator:"))

    async def _ask(self, stream: str, command: Any, context: Context) -> None:
        answer = await self._commands.ask(stream, command, context, Done)
        if isinstance(answer, Refusal):
            raise StoreUnavailable(f"{stream} {type(command).__name__}: {answer.message}")
