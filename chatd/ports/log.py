"""The log: appends in, durable events out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from chatd.domain.event import Event, Fact
from chatd.ports.conditions import Condition
from chatd.ports.rows import Row
from chatd.ports.writes import Write


class Append(Struct, frozen=True):
    """What one actor wants written, all of it or nothing: facts in order, and writes beside them; and only
    while all of the conditions hold, and the streams that were looked at stand where they stood then.

    `beside` are those streams, each with the `seq` of its newest fact.
    """

    facts: tuple[Fact, ...] = ()
    writes: tuple[Write, ...] = ()
    conditions: tuple[Condition, ...] = ()
    beside: tuple[tuple[str, int], ...] = ()


class Made(Struct, frozen=True, array_like=True):
    """What an append is stored as, made once: wherever it is stored, it gets the same hash in the chain.

    `data` is the JSON text of each fact's data, `salts` holds 16 bytes for each fact with a text, in order.
    """

    data: tuple[str, ...]
    salts: bytes


class Appended(Struct, frozen=True):
    """Durable. The append's facts, in their order, are events now."""

    events: tuple[Event, ...]


class Taken(Struct, frozen=True):
    """Nothing of this append was written: something was written before that does not go with it.

    `what` is `stale` (a condition does not hold), `nonce` (a message with this author, room and nonce exists:
    `found` holds `{"by", "nonce", "seq", "position", "at", "text", "reply_to", "attachments"}` for each;
    `text` is None when erased), `name` (another account has this name), `shown_name` (it is another account's
    name, or what a room or space is called), `seq` (a stream, or one that was looked at, is longer than
    its actor believed), or `size` (the log takes less at once).
    """

    what: Literal["stale", "nonce", "name", "shown_name", "seq", "size"]
    found: tuple[Row, ...] = ()


class StoreUnavailable(Exception):
    """The store cannot answer: disk full, I/O error, closing. Nothing of the call was written."""


class StoreBusy(StoreUnavailable):
    """As many questions of the same principal wait as may; the others are served meanwhile."""


class StoreMisplaced(StoreUnavailable):
    """The database file that is open is not the one at its path: nothing is written until it is again."""


class StoreStopping(StoreUnavailable):
    """The server is about to end: another one, or this one later, can do it."""


class StoreRefuses(StoreUnavailable):
    """The database does not take it, and would not later either: a fault of chatd."""


class StoreUncertain(StoreUnavailable):
    """It is not known whether it was written, or will be."""


Show = Callable[[Sequence[Event]], None]  # never waits, never raises


class Commit(Protocol):
    """A transaction on its way to the disk."""

    async def wait(self) -> list[Appended | Taken]:
        """One outcome for each append, in order. Raises StoreUnavailable: then nothing was written, unless it
        is StoreUncertain."""

    def publish(self) -> None:
        """Shows the events that it brought, unless the log has done so already."""


class Log(Protocol):
    """The durable order of everything. One writer here; others elsewhere may add to it as well."""

    def follow(self, show: Show) -> None:
        """From now on `show` is given all events in the order of the log, as they are committed."""

    def submit(self, appends: Sequence[Append]) -> Commit:
        """Starts one transaction for all appends at once, without waiting; commits run in the order
        in which they were submitted."""
