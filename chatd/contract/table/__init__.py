"""The command table: every command and query, what it needs, who decides it, and its documentation.

The WebSocket dispatch works from this table, and so does everything that describes the protocol. A
request that has no row here does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import shorten
from chatd.contract.table import accounts, attention, messages, operators, rooms, spaces
from chatd.contract.table.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *accounts.ENTRIES,
    *spaces.ENTRIES,
    *rooms.ENTRIES,
    *messages.ENTRIES,
    *attention.ENTRIES,
    *operators.ENTRIES,
)

TABLE: Mapping[str, Entry] = {entry.name: entry for entry in ENTRIES}
EVENTS = frozenset(type_ for entry in ENTRIES for type_ in entry.events)


def find(kind: str, name: object) -> Entry | Refusal:
    """The row for a request, or a refusal that says what is wrong with its name."""
    entry = TABLE.get(name) if isinstance(name, str) else None
    if entry is None:
        return Refusal(
            "invalid", f"unknown {kind} {shorten(name)!r}" if isinstance(name, str) else f"{kind} is a name"
        )
    if entry.kind != kind:
        return Refusal("invalid", f"{entry.name} is a {entry.kind}, not a {kind}")
    return entry
