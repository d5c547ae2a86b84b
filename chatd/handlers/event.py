"""Handler of the log, for those who may see all of it."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.contract.errors import Refusal
from chatd.contract.event import EventFrame, EventPage, ListEvents
from chatd.handlers.histories import ANOTHER, Histories
from chatd.handlers.paging import fitting, text_size
from chatd.ports import Caller, Reader


class Events(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    bus: Bus
    histories: Histories

    async def list_(self, caller: Caller, query: ListEvents) -> EventPage | Refusal:
        """Without `after` no events, and the log's present end. `wait` waits for news."""
        if query.after is None:
            return EventPage(events=[], position=self.bus.head, hash=self.bus.hash)
        if not await self.histories.has(query.after, query.hash):
            return ANOTHER
        if query.wait:
            await self.bus.wait_for_news(query.after, query.wait)
        head, hash_ = self.bus.head, self.bus.hash
        if caller.account is None:
            found = await self.reader.events(query.after, query.limit, query.stream)
        else:
            found = await self.reader.shown_events(caller.account, query.after, query.limit, query.stream)
        events = [event for event in found if event.position <= head]
        page = fitting(events, lambda event: text_size(event.text))
        full = len(events) == query.limit or len(page) < len(events)
        position, hash_ = (page[-1].position, page[-1].hash) if full else (head, hash_)
        frames = [EventFrame(**event.frame()) for event in page]
        return EventPage(events=frames, position=position, hash=hash_)
