"""The log as it grows, page by page, over `event.list`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from chatctl.failure import Failed

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.event import EventFrame

PAGE = 500
ANOTHER_HISTORY = (
    "an older copy of the data folder was put back, and the log holds other events than those shown here"
)
WAIT_SECONDS = 25  # for something new, before the question is asked again


async def follow_log(
    client: Client,
    show: Callable[[EventFrame], Awaitable[None]],
    *,
    after: int | None,
    stream: str | None,
    on: bool,
) -> None:
    """Shows every event after position `after`, from now on when None; with `on` it never ends."""
    from chatd.client import Refused
    from chatd.contract.event import EventPage, ListEvents

    seconds = WAIT_SECONDS if on else None
    hash_: str | None = None
    if after is None:
        page = await client.ask(ListEvents(), EventPage)
        after, hash_ = page.position, page.hash
    while True:
        try:
            page = await client.ask(ListEvents(after, stream, PAGE, seconds, hash_), EventPage)
        except Refused as refusal:
            if refusal.code != "conflict":
                raise
            why = f"the log ends before position {after + 1}" if hash_ is None else ANOTHER_HISTORY
            raise Failed(f"{why}; begin again, with `event tail --from 0` for all of it") from refusal
        for event in page.events:
            await show(event)
        after, hash_ = page.position, page.hash
        if not page.events and not on:
            return
