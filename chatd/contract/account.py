"""Accounts: signing up, in and out, profile, passwords, deletion, export."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from chatd.contract.device import DeviceList
from chatd.contract.fields import (
    DEFAULT_PAGE,
    MAX_PAGE,
    About,
    AccountName,
    Code,
    DeviceName,
    ExportKind,
    Id,
    Limit,
    Name,
    Password,
    PictureOrNone,
    Reason,
    Seconds,
    Time,
    Token,
)
from chatd.contract.http import Http
from chatd.contract.passkey import Base64Url, Ceremony, Host, PasskeyChallenge, PasskeyProof
from chatd.contract.spec import RequestType, command, query


class SignUp(Struct, frozen=True):
    name: AccountName
    password: Password
    display_name: Name | None = None
    invite: Token | None = None
    device: DeviceName | None = None


class SignIn(Struct, frozen=True):
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    password: Password
    device: DeviceName | None = None
    code: Code | None = None
    passkey: PasskeyProof | None = None


class BeginPasskeySignIn(Struct, frozen=True):
    host: Host | None = None


class PasskeySignIn(Struct, frozen=True):
    ceremony: Ceremony
    credential: Base64Url
    client_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url
    device: DeviceName | None = None


class Refresh(Struct, frozen=True):
    refresh_token: Token


class ExchangeCode(Struct, frozen=True):
    code: Token
    verifier: Token | None = None
    device: DeviceName | None = None


class SignOut(Struct, frozen=True):
    account: Id | None = None


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


class DeleteAccount(Struct, frozen=True):
    password: Password | None = None


class EraseAccount(Struct, frozen=True):
    account: Id
    reason: Reason | None = None
    dry_run: bool = False


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


class SignedIn(Struct, frozen=True, kw_only=True):
    """`expires_in`: seconds until the access token expires."""

    account: Account
    access_token: str
    refresh_token: str
    expires_in: int


class BearerToken(Struct, frozen=True, kw_only=True):
    token: str
    expires_at: Time


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


class ExportItem(Struct, frozen=True, kw_only=True):
    """`data` is the thing as the server stores it, by `kind`."""

    kind: ExportKind
    data: dict[str, Any]


class ExportPage(Struct, frozen=True, kw_only=True):
    items: list[ExportItem]
    next: str | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "account.sign_up",
        SignUp,
        SignedIn,
        doc="Makes an account and signs it in.",
        http=Http("POST", "/account/sign_up", 201),
        scope="never",
        asker="anyone",
        rate="sign_up",
        refusals=("unauthenticated", "forbidden", "not_found", "conflict", "overloaded"),
        events=("account.created", "member.joined"),
        notes=(
            "With an `invite` the account also joins the space that the invite leads to.",
            "The setting `sign_up` decides whether an invite is needed (`invite`) or nobody may sign up"
            " (`closed`).",
            "A name consists of letters with their marks, digits, `.`, `_` and `-` of one alphabet, and"
            " begins with a letter, digit or `_`. Names are compared without regard to case and width (NFKC,"
            " case-folded).",
            "A name is taken (`conflict`) if somebody has it, had it before, or has one that looks like it"
            " (confusables). `here`, `room`, `everyone`, `system` and what looks like them are `invalid`.",
            "A password has at least 8 characters and must not be easy to guess; if it is, `invalid` says"
            " what would be better.",
        ),
    ),
    command(
        "account.sign_in",
        SignIn,
        SignedIn,
        doc="Exchanges name and password for tokens.",
        http=Http("POST", "/account/sign_in"),
        scope="never",
        asker="anyone",
        rate="sign_in",
        refusals=("unauthenticated", "forbidden", "not_found", "conflict", "overloaded"),
        events=("account.secured",),
        notes=(
            "An account with a second factor needs a `code`, or a `passkey` over a challenge of"
            " `account.passkey_begin`. Without one, or with a wrong code, the refusal is `unauthenticated`"
            " with `data: {second_factor: true}`, and `passkey: true` beside it where the account has one;"
            " it comes only when name and password were right.",
            "Wrong passwords, codes and passkeys make later attempts wait, longer each time (`rate_limited`"
            " with `retry_after`).",
            "One signs in with the current name only, not with an earlier one. White space around it does not"
            " count; a password is compared as RFC 8265 says (OpaqueString).",
            "The account is told of its new device (`account.secured`).",
            "An account without a password signs in through a linked identity, or uses tokens that an"
            " operator issues.",
        ),
    ),
    command(
        "account.refresh",
        Refresh,
        SignedIn,
        doc="Exchanges a refresh token for new tokens.",
        http=Http("POST", "/account/refresh"),
        scope="never",
        asker="anyone",
        rate="refresh",
        refusals=("unauthenticated", "forbidden"),
        notes=(
            "A refresh token works once and returns the next pair. A client that lost the reply may use the"
            " old one again within a minute. If an older one comes back after that, it was copied: the"
            " device ends.",
        ),
    ),
    command(
        "account.exchange",
        ExchangeCode,
        SignedIn,
        doc="Exchanges what a single sign-on gave for tokens.",
        http=Http("POST", "/account/exchange"),
        scope="never",
        asker="anyone",
        rate="sign_in",
        refusals=("unauthenticated", "forbidden", "not_found", "conflict"),
        events=("account.created", "account.secured"),
        notes=(
            "The code comes from a single sign-on, works once, and lasts a minute. `verifier` is the secret"
            " whose challenge the client gave to the provider's URL; without a challenge there must be no"
            " verifier.",
            "`forbidden`: no account belongs to this identity and the server makes none, or the account is"
            " disabled.",
            "The reply and the new device are as with `account.sign_in`. A second factor is the provider's"
            " task; none is asked for.",
        ),
    ),
    command(
        "account.passkey_begin",
        BeginPasskeySignIn,
        PasskeyChallenge,
        doc="A challenge for signing in with a passkey.",
        http=Http("POST", "/account/passkey/begin"),
        scope="never",
        asker="anyone",
        rate="sign_in",
        refusals=("conflict",),
        notes=(
            "For `account.passkey_sign_in`, or for `passkey` of `account.sign_in`. The browser offers the"
            " passkeys that it has for `rp`; no name is needed. [`passkey.begin`](#passkeybegin) says what"
            " `host` is.",
        ),
    ),
    command(
        "account.passkey_sign_in",
        PasskeySignIn,
        SignedIn,
        doc="Exchanges an answer to a challenge for tokens.",
        http=Http("POST", "/account/passkey/sign_in"),
        scope="never",
        asker="anyone",
        rate="sign_in",
        refusals=("unauthenticated", "forbidden", "not_found", "conflict"),
        events=("account.secured",),
        notes=(
            "What `navigator.credentials.get` gave, each as base64url. A challenge is answered once.",
            "The device must have asked who its person is (user verification); no second factor is asked for"
            " then. The reply and the new device are as with `account.sign_in`.",
        ),
    ),
    command(
        "account.sign_out",
        SignOut,
        doc="Signs out this device; for an operator, all devices of `account`.",
        http=Http("POST", "/account/sign_out"),
        scope="always",
        refusals=("not_found",),
        events=("account.secured",),
        notes=(
            "The device's connections close with 4002 after the reply. `account` is for operators and ends"
            " all devices of that account, which is told so.",
        ),
    ),
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
