"""Identities: single sign-on, and what it links to an account."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import NO_NUL, Password, Time, Token, Url
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class GetProvider:
    pass


@attrs.frozen
class BeginIdentity:
    password: Password | None = None


@attrs.frozen
class AddIdentity:
    code: Token


@attrs.frozen
class ListIdentities:
    pass


Subject = Annotated[str, Meta(min_length=1, max_length=255, pattern=NO_NUL)]


@attrs.frozen
class RemoveIdentity:
    issuer: Url
    subject: Subject
    password: Password | None = None


@result
class IdentityProvider:
    """Where a browser begins to sign in, and what the button says."""

    name: str
    url: str


@result
class ProviderResult:
    provider: IdentityProvider | None


@result
class IdentityLink:
    """Where a browser begins to link an identity; works once, for a minute."""

    url: str


@result
class Identity:
    issuer: str
    subject: str
    at: Time


@result
class IdentityResult:
    identity: Identity


@result
class IdentityList:
    """The oldest first."""

    identities: list[Identity]


REQUESTS: tuple[RequestType, ...] = (
    query(
        "identity.provider",
        GetProvider,
        ProviderResult,
        doc="Where a browser begins to sign on, if it can.",
        scope="never",
        asker="anyone",
        rate="sign_in",
    ),
    command(
        "identity.begin",
        BeginIdentity,
        IdentityLink,
        doc="Where a browser begins to link an identity.",
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
    ),
    command(
        "identity.add",
        AddIdentity,
        IdentityResult,
        doc="Links the identity that the browser brought.",
        scope="never",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
    ),
    query("identity.list", ListIdentities, IdentityList, doc="The identities of the caller.", scope="never"),
    command(
        "identity.remove",
        RemoveIdentity,
        doc="Ends the link to an identity.",
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.secured",),
    ),
)
