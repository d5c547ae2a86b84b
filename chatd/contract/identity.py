"""Identities: single sign-on, and what it links to an account."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.fields import NO_NUL, Password, Time, Token, Url
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class GetProvider(Struct, frozen=True):
    pass


class BeginIdentity(Struct, frozen=True):
    password: Password | None = None


class AddIdentity(Struct, frozen=True):
    code: Token


class ListIdentities(Struct, frozen=True):
    pass


Subject = Annotated[str, Meta(min_length=1, max_length=255, pattern=NO_NUL)]


class RemoveIdentity(Struct, frozen=True):
    issuer: Url
    subject: Subject
    password: Password | None = None


class IdentityProvider(Struct, frozen=True, kw_only=True):
    """Where a browser begins to sign in, and what the button says."""

    name: str
    url: str


class ProviderResult(Struct, frozen=True, kw_only=True):
    provider: IdentityProvider | None


class IdentityLink(Struct, frozen=True, kw_only=True):
    """Where a browser begins to link an identity; works once, for a minute."""

    url: str


class Identity(Struct, frozen=True, kw_only=True):
    issuer: str
    subject: str
    at: Time


class IdentityResult(Struct, frozen=True, kw_only=True):
    identity: Identity


class IdentityList(Struct, frozen=True, kw_only=True):
    """The oldest first."""

    identities: list[Identity]


REQUESTS: tuple[RequestType, ...] = (
    query(
        "identity.provider",
        GetProvider,
        ProviderResult,
        doc="Where a browser begins to sign on, if it can.",
        http=Http("GET", "/identities/provider"),
        scope="never",
        asker="anyone",
        rate="sign_in",
        notes=(
            "`provider` is `null` where the server has no single sign-on. To sign in, send the browser to"
            " `url`, with `?challenge=` and the challenge.",
            "A client makes a secret `verifier` of 43 to 128 letters and digits; the challenge is the"
            " base64url of its SHA-256, without padding. The browser comes back to `/#sso=CODE`; the client"
            " gives the code and the verifier to `account.exchange`. The challenge may be left out; only"
            " with it can nobody slip their own code to a client.",
        ),
    ),
    command(
        "identity.begin",
        BeginIdentity,
        IdentityLink,
        doc="Where a browser begins to link an identity.",
        http=Http("POST", "/identities/begin"),
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        notes=(
            "Takes the password where the account has one. The browser goes to `url` (good once, for a"
            " minute) and comes back to `/#identity=CODE`; only the same account can give that code to"
            " `identity.add`.",
        ),
    ),
    command(
        "identity.add",
        AddIdentity,
        IdentityResult,
        doc="Links the identity that the browser brought.",
        http=Http("POST", "/identities", 201),
        scope="never",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
        notes=(
            "`conflict`: the identity belongs to another account, or the account has eight already. The"
            " account's sessions get `account.secured`.",
        ),
    ),
    query(
        "identity.list",
        ListIdentities,
        IdentityList,
        doc="The identities of the caller.",
        http=Http("GET", "/identities"),
        scope="never",
        notes=("The oldest first.",),
    ),
    command(
        "identity.remove",
        RemoveIdentity,
        doc="Ends the link to an identity.",
        http=Http("POST", "/identities/remove"),
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.secured",),
        notes=(
            "Takes the password where the account has one. `conflict` if it is the only way into the"
            " account. The account's sessions get `account.secured`.",
        ),
    ),
)
