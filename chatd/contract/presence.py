"""Presence: who is online."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import Id, PresenceState, ShownPresence, Time
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command


@attrs.frozen
class SetPresence:
    state: PresenceState


Ids = Annotated[list[Id], Meta(max_length=500)]


@attrs.frozen
class WatchPresence:
    accounts: Ids


@result
class AccountPresence:
    """`last_seen` is when others last saw the account, null while they do, or if they never did."""

    account: Id
    state: ShownPresence
    last_seen: Time | None


@result
class PresenceList:
    """Of the accounts that the caller may see."""

    presences: list[AccountPresence]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "presence.set", SetPresence, doc="Says whether the caller is there.", scope="read", rate="signal"
    ),
    command(
        "presence.watch",
        WatchPresence,
        PresenceList,
        doc="Watches these accounts, and no others any more.",
        scope="read",
        rate="signal",
    ),
)
