"""What operators do with accounts."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.account import Account, AccountResult, BearerToken
from chatd.contract.device import DeviceList
from chatd.contract.fields import (
    DEFAULT_PAGE,
    MAX_PAGE,
    AccountName,
    DeviceName,
    Id,
    Limit,
    Name,
    Password,
    Reason,
    Seconds,
    Time,
)
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class CreateAccount(Struct, frozen=True):
    name: AccountName
    password: Password | None = None
    display_name: Name | None = None
    admin: bool = False


class ListAccounts(Struct, frozen=True):
    after: Id | None = None
    name: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    limit: Limit = DEFAULT_PAGE


class GetAccount(Struct, frozen=True):
    """Takes exactly one of both."""

    account: Id | None = None
    name: Annotated[str, Meta(min_length=1, max_length=80)] | None = None


class DisableAccount(Struct, frozen=True):
    account: Id
    reason: Reason | None = None


class EnableAccount(Struct, frozen=True):
    account: Id
    reason: Reason | None = None


class SetAdmin(Struct, frozen=True):
    account: Id
    admin: bool
    reason: Reason | None = None


class SetName(Struct, frozen=True):
    account: Id
    name: AccountName
    reason: Reason | None = None


class SetDisplayName(Struct, frozen=True):
    account: Id
    display_name: Name
    reason: Reason | None = None


class SetPassword(Struct, frozen=True):
    account: Id
    password: Password


class ListAccountDevices(Struct, frozen=True):
    account: Id
    after: Id | None = None
    limit: Limit = MAX_PAGE


class ResetTotp(Struct, frozen=True):
    account: Id


class ResetPasskeys(Struct, frozen=True):
    account: Id


class MakeRecoveryLink(Struct, frozen=True):
    account: Id


class IssueToken(Struct, frozen=True):
    account: Id
    name: DeviceName | None = None
    expires_in: Seconds | None = None


class EraseAccount(Struct, frozen=True):
    account: Id
    reason: Reason | None = None
    dry_run: bool = False


class AccountPage(Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the following page, null at the end."""

    accounts: list[Account]
    next: Id | None


class RecoveryLink(Struct, frozen=True, kw_only=True):
    """A page that sets a new password."""

    url: str
    expires_at: Time


class Belongings(Struct, frozen=True, kw_only=True):
    """How many things of each kind an account has."""

    messages: int
    spaces: int
    rooms: int
    bookmarks: int
    drafts: int
    scheduled: int
    devices: int
    bots: int


class Erased(Struct, frozen=True, kw_only=True):
    """`done` is false when it was a dry run, or when the deletion goes on."""

    done: bool
    erased: Belongings


REQUESTS: tuple[RequestType, ...] = (
    command(
        "account.create",
        CreateAccount,
        AccountResult,
        doc="Makes an account.",
        http=Http("POST", "/accounts", 201),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.created",),
        notes=(
            "An account without a password can only use tokens, or sign in through an identity that is"
            " linked to it.",
        ),
    ),
    query(
        "account.list",
        ListAccounts,
        AccountPage,
        doc="All accounts, by id.",
        http=Http("GET", "/accounts"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
        notes=(
            "With `name` only those that have it as a part of their name, of one they had before, or of their"
            " display name. Case makes no difference in names; in display names only that of ASCII.",
        ),
    ),
    query(
        "account.get",
        GetAccount,
        AccountResult,
        doc="One account, by its id or its name.",
        http=Http("GET", "/accounts/find"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
    ),
    command(
        "account.disable",
        DisableAccount,
        doc="Disables an account and ends its sessions at once.",
        http=Http("POST", "/accounts/{account}/disable"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.updated", "member.disabled"),
        notes=(
            "Every session of the account and of its bots ends. The account's tokens end for good; those of"
            " its bots work again after `account.enable`.",
            "`conflict`: it is the last administrator that is not disabled.",
            "Its spaces and direct rooms tell their members (`member.disabled`). A mention of it notifies"
            " nobody, and nobody can add it to a room or open a new direct room with it (`conflict`).",
        ),
    ),
    command(
        "account.enable",
        EnableAccount,
        doc="Enables a disabled account.",
        http=Http("POST", "/accounts/{account}/enable"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
        events=("account.updated", "member.enabled"),
    ),
    command(
        "account.set_admin",
        SetAdmin,
        AccountResult,
        doc="Makes an account an administrator of the server, or no longer one.",
        http=Http("PUT", "/accounts/{account}/admin"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.updated",),
        notes=(
            "The account's connections close with 1001, so that they open again with the new rights.",
            "`conflict`: it is the last administrator that is not disabled, or a bot.",
        ),
    ),
    command(
        "account.set_name",
        SetName,
        AccountResult,
        doc="Gives an account another name to sign in with; the old one stays reserved for it.",
        http=Http("PUT", "/accounts/{account}/name"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.renamed",),
        notes=("As `account.rename`, without a limit, and it does not count for the account's own.",),
    ),
    command(
        "account.set_display_name",
        SetDisplayName,
        AccountResult,
        doc="Changes the name that others see.",
        http=Http("PUT", "/accounts/{account}/display_name"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.updated",),
    ),
    command(
        "account.set_password",
        SetPassword,
        doc="Sets a password; ends all devices.",
        http=Http("PUT", "/accounts/{account}/password"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.secured",),
        notes=("All devices of the account end.",),
    ),
    query(
        "account.devices",
        ListAccountDevices,
        DeviceList,
        doc="The devices of an account.",
        http=Http("GET", "/accounts/{account}/devices"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
        notes=("As `device.list`.",),
    ),
    command(
        "account.reset_totp",
        ResetTotp,
        doc="Removes the second factor of an account.",
        http=Http("DELETE", "/accounts/{account}/totp"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
    ),
    command(
        "account.reset_passkeys",
        ResetPasskeys,
        doc="Removes all passkeys of an account.",
        http=Http("DELETE", "/accounts/{account}/passkeys"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
        notes=("Devices that they signed in stay signed in: `account.sign_out` ends those.",),
    ),
    command(
        "account.recovery_link",
        MakeRecoveryLink,
        RecoveryLink,
        doc="A link, good once and for an hour, to a page that sets a password.",
        http=Http("POST", "/accounts/{account}/recovery_link", 201),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
        notes=(
            "The link opens a page that sets a new password. It works once, for an hour; one to a placeholder"
            " that an import made, for two weeks.",
        ),
    ),
    command(
        "account.token",
        IssueToken,
        BearerToken,
        doc="A bearer token good for every client.",
        http=Http("POST", "/accounts/{account}/tokens", 201),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
        notes=(
            "The account is told of it. Without `expires_in` the token lasts a year. It has no refresh"
            " token. After a restore from a backup it is void.",
        ),
    ),
    command(
        "account.erase",
        EraseAccount,
        Erased,
        doc="Deletes an account and all that it wrote, for ever.",
        http=Http("POST", "/accounts/{account}/erase"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.updated", "message.deleted", "member.left", "account.deleted"),
        notes=(
            "What `account.delete` does, ordered by an operator; the same refusal for the last owner of a"
            " space.",
            "`erased` counts what is erased. `done` is `false` after a dry run, or when the deletion takes"
            " longer than 20 seconds and goes on.",
        ),
    ),
)
