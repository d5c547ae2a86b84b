"""The table of events: what can happen in each kind of stream, what it says, and who may see it.

A field that may be missing has the default UNSET. Texts and what accounts say of themselves are missing once
they have been erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import fields as fields_of

from chatd.contract.account_events import ACCOUNT_EVENTS
from chatd.contract.room_events import ROOM_EVENTS
from chatd.contract.server_events import SERVER_EVENTS
from chatd.contract.space_events import SPACE_EVENTS
from chatd.contract.spec import EventType, StreamKind

EVENTS: Final[Mapping[tuple[StreamKind, str], EventType]] = {
    (row.stream, row.name): row for row in (*ACCOUNT_EVENTS, *SPACE_EVENTS, *ROOM_EVENTS, *SERVER_EVENTS)
}


def _details(name: str) -> tuple[str, ...]:
    """The fields of the events of this name, whatever their stream, that are optional wherever they stand."""
    found = [one for (_, type_), row in EVENTS.items() if type_ == name for one in fields_of(row.payload)]
    needed = {one.encode_name for one in found if one.required}
    return tuple(dict.fromkeys(one.encode_name for one in found if one.encode_name not in needed))


# What consumers look up for each event, worked out once.
TYPES: Final = frozenset(name for _, name in EVENTS)
MEMBERSHIP: Final[Mapping[str, bool]] = {  # lets `account` into its stream (True), or out of it
    name: row.lets == "in" for (_, name), row in EVENTS.items() if row.lets in ("in", "out")
}
DISSOLVES: Final = frozenset(name for (_, name), row in EVENTS.items() if row.lets == "all_out")
ERASES: Final = frozenset(name for (_, name), row in EVENTS.items() if row.erases)
PERSONAL: Final[Mapping[str, tuple[str, ...]]] = {
    name: row.personal for (_, name), row in EVENTS.items() if row.personal
}
RESTRICTED: Final = {name: row.audience for (_, name), row in EVENTS.items() if row.audience is not None}
ABOUT_MEMBERS: Final = frozenset(name for (_, name), row in EVENTS.items() if row.about_member)
AUDITED: Final = tuple(dict.fromkeys(name for (_, name), row in EVENTS.items() if row.audited))
# In the streams of accounts; audited where somebody else than the account did it, and where it is gone.
OVER_ACCOUNTS: Final = (
    "account.created",
    "account.updated",
    "account.renamed",
    "account.secured",
    "account.deleted",
)
# The fields that an event can do without: what is left names whom or what it is about.
DETAILS: Final[Mapping[str, tuple[str, ...]]] = {
    name: fields for name in sorted(TYPES) if (fields := _details(name))
}
