"""Presence: who is online."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.fields import Id, PresenceState, ShownPresence, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command


class SetPresence(Struct, frozen=True):
    state: PresenceState


Ids = Annotated[list[Id], Meta(max_length=500)]


class WatchPresence(Struct, frozen=True):
    accounts: Ids


class AccountPresence(Struct, frozen=True, kw_only=True):
    """`last_seen` is when others last saw the account, null while they do, or if they never did."""

    account: Id
    state: ShownPresence
    last_seen: Time | None


class PresenceList(Struct, frozen=True, kw_only=True):
    """Of the accounts that the caller may see."""

    presences: list[AccountPresence]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "presence.set",
        SetPresence,
        doc="Sets the caller's presence.",
        http=Http("PUT", "/presence"),
        scope="read",
        rate="signal",
        notes=(
            "An account is `online` while one of its sessions is not `away`, `away` while all of them are,"
            " and `offline` without any. A session counts until three seconds after its end.",
            "`online` and `away` are about the session. `dnd` (do not disturb) and `invisible` are the"
            " account's, on all devices and over restarts, until one of its sessions says `online` or"
            " `away`. Others see an invisible account as `offline`; its own sessions see `invisible`."
            " Its typing is not shown, and what it is given does not count as delivered (`receipt.list`);"
            " what it posts, reacts to or marks as read is seen.",
        ),
    ),
    command(
        "presence.watch",
        WatchPresence,
        PresenceList,
        doc="Sets the accounts whose presence the caller watches.",
        http=Http("POST", "/presence/watch"),
        scope="read",
        rate="signal",
        notes=(
            "Takes the place of what the session watched before, and ends with the session. The caller sees"
            " accounts with which it shares a room now, or a space in which it is no guest, and itself;"
            " others are not in the result.",
            "Changes come as `presence` signals, at most one a second for each account, the newest state.",
        ),
    ),
)
