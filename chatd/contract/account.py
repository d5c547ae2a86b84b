"""Accounts: signing up, in and out, profile, passwords, deletion, export."""

from __future__ import annotations

from typing import Annotated, Any

import attrs
from msgspec import Meta

from chatd.contract.device import DeviceList
from chatd.contract.fields import (
    DEFAULT_PAGE,
    About,
    AccountName,
    Code,
    ExportKind,
    Id,
    Label,
    Limit,
    Name,
    Password,
    Reason,
    Seconds,
    Time,
    Token,
    Url,
)
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class SignUp:
    name: AccountName
    password: Password
    display_name: Name | None = None
    invite: Token | None = None


@attrs.frozen
class SignIn:
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    password: Password
    device: Label | None = None
    code: Code | None = None


@attrs.frozen
class Refresh:
    refresh_token: Token


@attrs.frozen
class ExchangeCode:
    code: Token
    verifier: Token | None = None
    device: Label | None = None


@attrs.frozen
class SignOut:
    account: Id | None = None


@attrs.frozen
class UpdateAccount:
    display_name: Name | None = None
    about: About | None = None
    avatar: Url | None = None


@attrs.frozen
class ChangePassword:
    old: Password
    new: Password


@attrs.frozen
class RenameAccount:
    name: AccountName
    password: Password | None = None


@attrs.frozen
class CreateAccount:
    name: AccountName
    password: Password | None = None
    display_name: Name | None = None
    admin: bool = False


@attrs.frozen
class ListAccounts:
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class GetAccount:
    """Takes exactly one of both."""

    account: Id | None = None
    name: Annotated[str, Meta(min_length=1, max_length=80)] | None = None


@attrs.frozen
class DisableAccount:
    account: Id


@attrs.frozen
class EnableAccount:
    account: Id


@attrs.frozen
class SetPassword:
    account: Id
    password: Password


@attrs.frozen
class ListAccountDevices:
    account: Id


@attrs.frozen
class ResetTotp:
    account: Id


@attrs.frozen
class MakeRecoveryLink:
    account: Id


@attrs.frozen
class IssueToken:
    account: Id
    name: Label | None = None
    expires_in: Seconds | None = None


@attrs.frozen
class DeleteAccount:
    password: Password | None = None


@attrs.frozen
class EraseAccount:
    account: Id
    reason: Reason | None = None
    dry_run: bool = False


@attrs.frozen
class ExportAccount:
    account: Id | None = None  # for operators; everybody else exports what is theirs
    after: Token | None = None
    limit: Limit = DEFAULT_PAGE


@result
class Account:
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


@result
class AccountResult:
    account: Account


@result
class SignedIn:
    """`expires_in`: seconds until the access token expires."""

    account: Account
    access_token: str
    refresh_token: str
    expires_in: int


@result
class BearerToken:
    token: str
    expires_at: Time


@result
class AccountPage:
    """`next` is the `after` of the following page, null at the end."""

    accounts: list[Account]
    next: Id | None


@result
class RecoveryLink:
    """A page that sets a new password."""

    url: str
    expires_at: Time


@result
class Belongings:
    """How many things of each kind an account has."""

    messages: int
    spaces: int
    rooms: int
    bookmarks: int
    drafts: int
    scheduled: int
    devices: int
    bots: int


@result
class Erased:
    """`done` is false when it was a dry run, or when the deletion goes on."""

    done: bool
    erased: Belongings


@result
class ExportItem:
    """`data` is the thing as the server stores it, by `kind`."""

    kind: ExportKind
    data: dict[str, Any]


@result
class ExportPage:
    items: list[ExportItem]
    next: str | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "account.sign_up",
        SignUp,
        SignedIn,
        doc="Makes an account and signs it in.",
        scope="never",
        asker="anyone",
        rate="sign_up",
        refusals=("unauthenticated", "forbidden", "not_found", "conflict", "overloaded"),
        events=("account.created", "member.joined"),
    ),
    command(
        "account.sign_in",
        SignIn,
        SignedIn,
        doc="Exchanges name and password for tokens.",
        scope="never",
        asker="anyone",
        rate="sign_in",
        refusals=("unauthenticated", "forbidden", "not_found", "conflict", "overloaded"),
    ),
    command(
        "account.refresh",
        Refresh,
        SignedIn,
        doc="Exchanges a refresh token for new tokens.",
        scope="never",
        asker="anyone",
        rate="refresh",
        refusals=("unauthenticated", "forbidden"),
    ),
    command(
        "account.exchange",
        ExchangeCode,
        SignedIn,
        doc="Exchanges what a single sign-on gave for tokens.",
        scope="never",
        asker="anyone",
        rate="sign_in",
        refusals=("unauthenticated", "forbidden", "not_found", "conflict"),
        events=("account.created",),
    ),
    command(
        "account.sign_out",
        SignOut,
        doc="Ends this device; `account`: all of it, by an operator.",
        scope="always",
        refusals=("not_found",),
    ),
    command(
        "account.update",
        UpdateAccount,
        AccountResult,
        doc="Changes the caller's profile.",
        scope="manage",
        decided_by="account",
        events=("account.updated",),
    ),
    command(
        "account.change_password",
        ChangePassword,
        doc="New password; ends other devices.",
        scope="never",
        refusals=("conflict", "overloaded"),
        events=("account.secured",),
    ),
    command(
        "account.rename",
        RenameAccount,
        AccountResult,
        doc="A new name to sign in with; the old one stays the caller's.",
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.renamed",),
    ),
    command(
        "account.create",
        CreateAccount,
        AccountResult,
        doc="Makes an account.",
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.created",),
    ),
    query(
        "account.list",
        ListAccounts,
        AccountPage,
        doc="All accounts, by id.",
        scope="never",
        asker="operator",
        refusals=("not_found",),
    ),
    query(
        "account.get",
        GetAccount,
        AccountResult,
        doc="One account, by its id or its name.",
        scope="never",
        asker="operator",
        refusals=("not_found",),
    ),
    command(
        "account.disable",
        DisableAccount,
        doc="Shuts an account out at once.",
        scope="never",
        asker="operator",
        refusals=("not_found",),
        events=("account.updated",),
    ),
    command(
        "account.enable",
        EnableAccount,
        doc="Lets a disabled account in again.",
        scope="never",
        asker="operator",
        refusals=("not_found",),
        events=("account.updated",),
    ),
    command(
        "account.set_password",
        SetPassword,
        doc="Sets a password; ends all devices.",
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.secured",),
    ),
    query(
        "account.devices",
        ListAccountDevices,
        DeviceList,
        doc="The devices of an account.",
        scope="never",
        asker="operator",
        refusals=("not_found",),
    ),
    command(
        "account.reset_totp",
        ResetTotp,
        doc="Takes the second factor off an account.",
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
    ),
    command(
        "account.recovery_link",
        MakeRecoveryLink,
        RecoveryLink,
        doc="A link, good once and for an hour, to a page that sets a password.",
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
    ),
    command(
        "account.token",
        IssueToken,
        BearerToken,
        doc="A bearer token good for every client.",
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
    ),
    command(
        "account.delete",
        DeleteAccount,
        doc="Deletes the caller's account and all that it wrote, for ever.",
        scope="never",
        refusals=("conflict", "overloaded"),
        events=("account.updated", "message.deleted", "member.left", "account.deleted"),
    ),
    command(
        "account.erase",
        EraseAccount,
        Erased,
        doc="Deletes an account and all that it wrote, for ever.",
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.updated", "message.deleted", "member.left", "account.deleted"),
    ),
    query(
        "account.export",
        ExportAccount,
        ExportPage,
        doc="All that is the caller's own, in pages.",
        scope="never",
        refusals=("not_found",),
    ),
)
