"""Ends sessions here for what was done on another node, or here for another: devices that were revoked,
accounts that were shut out, rights that a session knows from its beginning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import trio

from chatd.actors.runtime.live_sessions import REVOKED, LiveSessions
from chatd.domain.event import Event, split_stream
from chatd.handlers.bot import RECONNECT
from chatd.log import log
from chatd.ports import DropDevices, Reader, StoreUnavailable, Write

REASON: Final = "this device or account was shut out, or its rights were changed"


class Revoking:
    def __init__(self, live: LiveSessions, reader: Reader, nursery: trio.Nursery) -> None:
        self._live = live
        self._reader = reader
        self._nursery = nursery

    def written(self, writes: Iterable[Write]) -> None:
        for write in writes:
            if isinstance(write, DropDevices):
                self._live.end_devices(write, REASON)

    def published(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.type == "account.updated" and {"admin", "disabled"} & event.data.keys():
                account = split_stream(event.stream)[1]
                if event.data.get("disabled"):
                    self._end_all({account}, REVOKED)
                    self._nursery.start_soon(self._end_bots, account)
                else:
                    self._end_all({account}, RECONNECT)
            elif event.type == "bot.updated":
                self._end_all({event.data["bot"]}, RECONNECT)

    def _end_all(self, accounts: set[str], code: int) -> None:
        self._live.end(REASON, lambda claims: claims.account in accounts, code)

    async def _end_bots(self, owner: str) -> None:
        try:
            self._end_all({bot["account"] for bot in await self._reader.bots(owner)}, REVOKED)
        except StoreUnavailable as error:
            log.warning("cannot_read_log", error=str(error))
