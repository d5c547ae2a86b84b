"""Signing up, in and out: what gives tokens for what proves who somebody is."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.account import Account
from chatd.contract.fields import (
    AccountName,
    Code,
    DeviceName,
    Id,
    Name,
    Password,
    Token,
)
from chatd.contract.http import Http
from chatd.contract.passkey import Base64Url, Ceremony, Host, PasskeyChallenge, PasskeyProof
from chatd.contract.spec import RequestType, command


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


class SignedIn(Struct, frozen=True, kw_only=True):
    """`expires_in`: seconds until the access token expires."""

    account: Account
    access_token: str
    refresh_token: str
    expires_in: int


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
)
