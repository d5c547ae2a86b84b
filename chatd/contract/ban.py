"""Bans and mutes of a space."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    MAX_PAGE,
    Id,
    Limit,
    Time,
)
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query


class ListBans(Struct, frozen=True):
    space: Id
    after: Id | None = None
    limit: Limit = MAX_PAGE


class Restriction(Struct, frozen=True, kw_only=True):
    """A ban or a mute that has not ended. `until` is null when it does not end by itself."""

    account: Id
    until: Time | None
    by: str
    at: Time
    reason: str | None


class BanList(Struct, frozen=True, kw_only=True):
    """By account id. A page is about so many accounts, of which each may be banned, muted, or both."""

    bans: list[Restriction]
    mutes: list[Restriction]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "ban.list",
        ListBans,
        BanList,
        doc="Who is banned from a space, and who is muted in it.",
        http=Http("GET", "/spaces/{space}/bans"),
        scope="moderate",
        refusals=("not_found",),
        notes=(
            "Bans and mutes that have not ended. `until` is `null` without an end, `reason` is `null` where"
            " none was given.",
        ),
    ),
)
