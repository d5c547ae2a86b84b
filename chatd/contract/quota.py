"""Quotas: how much an account may write, make and keep, and what it has used of that."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Id, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query


class Quotas(Struct, frozen=True, kw_only=True):
    """What one account may do, its bots included, beside its rates. A day begins at midnight UTC.

    `messages_per_day`, `bytes_per_day` (of everything that it adds to the log) and `reports_per_day` are
    counted as they are written, `direct_rooms_per_day` are new ones of the last 24 hours. The others are
    about what is there: `rooms` in a space that a member made, `rooms_in_space` whoever made them, `spaces`
    that an account owns, `invites` of one maker in a space that can still be used, `versions` of a message,
    `sessions` of an account at once (each bot's on its own), `connections` of one network address at once,
    `stored_bytes` of all files that an account has uploaded. `uploads_per_day` are counted as they are
    written.
    """

    messages_per_day: int
    bytes_per_day: int
    reports_per_day: int
    direct_rooms_per_day: int
    rooms: int
    rooms_in_space: int
    spaces: int
    invites: int
    versions: int
    sessions: int
    connections: int
    stored_bytes: int
    uploads_per_day: int


class GetQuota(Struct, frozen=True):
    account: Id


class Used(Struct, frozen=True, kw_only=True):
    """`quota` is null where the server has switched quotas off."""

    used: int
    quota: int | None


class Usage(Struct, frozen=True, kw_only=True):
    """`messages`, `bytes`, `reports` and `uploads` are of this day, which ends at `day_ends_at`,
    `direct_rooms` new ones of the last 24 hours; `rooms` and `invites` those in the space where there are
    most of them."""

    messages: Used
    bytes: Used
    reports: Used
    direct_rooms: Used
    spaces: Used
    rooms: Used
    invites: Used
    sessions: Used
    stored_bytes: Used
    uploads: Used
    day_ends_at: Time


class QuotaResult(Struct, frozen=True, kw_only=True):
    usage: Usage


REQUESTS: tuple[RequestType, ...] = (
    query(
        "quota.get",
        GetQuota,
        QuotaResult,
        doc="What an account and its bots have used of their quotas.",
        asker="operator",
        http=Http("GET", "/accounts/{account}/quota"),
        scope="never",
        refusals=("not_found",),
    ),
)
