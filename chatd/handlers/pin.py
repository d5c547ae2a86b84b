"""Handler of pins."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.pin import ListPins, Pin, PinList
from chatd.contract.rows import pick
from chatd.handlers.paging import page_of, text_size
from chatd.handlers.rows import message_row
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader

LATEST: Final = 2**53  # of what fits into the number of a client


class Pins(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListPins) -> PinList | Refusal:
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        pinned = await self.reader.pins(query.room)
        rows = await self.reader.messages(query.room, [pin["seq"] for pin in pinned])
        messages = {row["seq"]: message_row(row) for row in rows}
        pins = [pick(Pin, pin, message=messages[pin["seq"]]) for pin in pinned if pin["seq"] in messages]
        page, following = page_of(
            pins, query.after, query.limit, _newest_first, lambda pin: text_size(pin.message.text)
        )
        return PinList(pins=page, next=following)


def _newest_first(pin: Pin) -> str:
    """A key that grows from the newest pin to the oldest one."""
    return f"{LATEST - pin.at:016}-{LATEST - pin.seq:016}"
