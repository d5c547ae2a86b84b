"""What can be asked about single sign-on, and the identities that it gives an account."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import NO_NUL, Label, Password, Token, Url

Subject = Annotated[str, Meta(min_length=1, max_length=255, pattern=NO_NUL)]


@attrs.frozen
class GetProvider:
    pass


@attrs.frozen
class ExchangeCode:
    code: Token
    verifier: Token | None = None
    device: Label | None = None


@attrs.frozen
class BeginIdentity:
    password: Password | None = None


@attrs.frozen
class AddIdentity:
    code: Token


@attrs.frozen
class ListIdentities:
    pass


@attrs.frozen
class RemoveIdentity:
    issuer: Url
    subject: Subject
    password: Password | None = None
