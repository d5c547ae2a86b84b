"""What can be asked about bots: accounts that act for the account that made them."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import AccountName, Id, Name, Scope

Scopes = Annotated[list[Scope], Meta(max_length=6)]


@attrs.frozen
class CreateBot:
    name: AccountName
    scopes: Scopes
    display_name: Name | None = None
    owner: Id | None = None  # for operators; everybody else owns what they make


@attrs.frozen
class UpdateBot:
    account: Id
    scopes: Scopes


@attrs.frozen
class IssueBotToken:
    account: Id


@attrs.frozen
class DeleteBot:
    account: Id


@attrs.frozen
class ListBots:
    owner: Id | None = None  # for operators
