"""Accounts: signing up, in and out, profile, passwords, deletion, export."""

# What their owners ask: `sign_in` has what gives tokens, `account_admin` what operators ask.

from __future__ import annotations

from typing import Any

from msgspec import Struct

from chatd.contract.fields import (
    DEFAULT_PAGE,
    About,
    AccountName,
    ExportKind,
    Id,
    Limit,
    Name,
    Password,
    PictureOrNone,
    Time,
    Token,
)
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class UpdateAccount(Struct, frozen=True):
    display_name: Name | None = None
    about: About | None = None
    avatar: PictureOrNone | None = None


class ChangePassword(Struct, frozen=True):
    old: Password
    new: Password


class RenameAccount(Struct, frozen=True):
    name: AccountName
    password: Password | None = None


class DeleteAccount(Struct, frozen=True):
    password: Password | None = None


class ExportAccount(Struct, frozen=True):
    account: Id | None = None  # for operators; everybody else exports what is theirs
    after: Token | None = None
    limit: Limit = DEFAULT_PAGE


class Account(Struct, frozen=True, kw_only=True):
    """An account, as its owner and operators see it; nobody else sees more than a member's names."""

    id: Id
    name: str
    display_name: str
    about: str | None
    avatar: str | None
    admin: bool
    disabled: bool
    deleted: bool
    bot: bool
    owner: Id | None  # of a bot
    created_at: Time
    placeholder: bool  # an import made it, and its person has not signed in yet


class AccountResult(Struct, frozen=True, kw_only=True):
    account: Account


class BearerToken(Struct, frozen=True, kw_only=True):
    token: str
    expires_at: Time


class ExportItem(Struct, frozen=True, kw_only=True):
    """`data` is the thing as the server stores it, by `kind`."""

    kind: ExportKind
    data: dict[str, Any]


class ExportPage(Struct, frozen=True, kw_only=True):
    items: list[ExportItem]
    next: str | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "account.update",
        UpdateAccount,
        AccountResult,
        doc="Changes the caller's profile.",
        http=Http("PATCH", "/account"),
        scope="manage",
        refusals=("not_found", "conflict"),
        events=("account.updated",),
        notes=(
            "Changes the fields that are given. An empty string empties `about` or `avatar`.",
            "`display_name` may be what others are called, too, but not what another account has or had as"
            " its name, nor what looks like that.",
        ),
    ),
    command(
        "account.change_password",
        ChangePassword,
        doc="Changes the password; ends other devices.",
        http=Http("POST", "/account/change_password"),
        scope="never",
        refusals=("conflict", "overloaded"),
        events=("account.secured",),
        notes=("The account's other devices end.",),
    ),
    command(
        "account.rename",
        RenameAccount,
        AccountResult,
        doc="Changes the name to sign in with; nobody else can take the old one.",
        http=Http("POST", "/account/rename"),
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.renamed",),
        notes=(
            "Takes the password where the account has one. Allowed three times in 30 days, then"
            " `rate_limited`.",
            "Earlier names stay reserved for the account: `@` and an earlier name still mentions it.",
            "Names follow the rules of `account.sign_up`.",
        ),
    ),
    command(
        "account.delete",
        DeleteAccount,
        doc="Deletes the caller's account and all that it wrote, for ever.",
        http=Http("POST", "/account/delete"),
        scope="never",
        refusals=("conflict", "overloaded"),
        events=("account.updated", "message.deleted", "member.left", "account.deleted"),
        notes=(
            "Takes the password where the account has one. The account is shut out at once; the server"
            " erases what it wrote and then the account.",
            "The last owner of a space is refused (`conflict`, `data.spaces: [{id, name}]`): hand the space"
            " over or delete it first.",
            "`account.deleted` is the last event of the account's stream; what stays is a stub with the"
            " same id. See the page on erasure.",
        ),
    ),
    query(
        "account.export",
        ExportAccount,
        ExportPage,
        doc="Exports the caller's data, in pages.",
        http=Http("GET", "/account/export"),
        scope="never",
        refusals=("not_found", "conflict"),
        notes=(
            "`account` is for operators; the account is told of it (`account.secured`). Pages: pass `next`"
            " as the next `after`; `null` says that there is no more."
            " `conflict`: the database was put back from an older copy since; begin again without `after`.",
            "Items are of these kinds: `account`, `name`, `device`, `push`, `passkey`, `identity`, `bot`,"
            " `membership`, `preferences`, `subscription`, `read`, `bookmark`, `draft`, `scheduled`,"
            " `report`, `invite` (that the account made), `message`, `reaction`, `notification`.",
        ),
    ),
)
