"""What can be asked about accounts, and the opening of a session."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta, Struct

from chatd.contract.fields import (
    DEFAULT_PAGE,
    About,
    AccountName,
    Code,
    Id,
    Label,
    Limit,
    Name,
    Password,
    Seconds,
    Seq,
    Token,
    Url,
)


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
class SignOut:
    account: Id | None = None


@attrs.frozen
class UpdateAccount:
    display_name: Name | None = None
    about: About | None = None
    avatar: Url | None = None


@attrs.frozen
class RenameAccount:
    name: AccountName
    password: Password | None = None


@attrs.frozen
class ListDevices:
    pass


@attrs.frozen
class RevokeDevice:
    device: Id


@attrs.frozen
class ListAccountDevices:
    account: Id


@attrs.frozen
class BeginTotp:
    password: Password


@attrs.frozen
class ConfirmTotp:
    code: Code


@attrs.frozen
class GetTotp:
    pass


@attrs.frozen
class RemoveTotp:
    password: Password
    code: Code


@attrs.frozen
class ResetTotp:
    account: Id


@attrs.frozen
class MakeRecoveryLink:
    account: Id


@attrs.frozen
class ChangePassword:
    old: Password
    new: Password


@attrs.frozen
class CreateAccount:
    name: AccountName
    password: Password | None = None
    display_name: Name | None = None
    admin: bool = False


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
class IssueToken:
    account: Id
    name: Label | None = None
    expires_in: Seconds | None = None


@attrs.frozen
class ListAccounts:
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class Cursor(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a client stands. A Struct, because only those refuse unknown keys below the top level."""

    epoch: Id
    position: Seq


@attrs.frozen
class OpenSession:
    token: Token | None = None
    cursor: Cursor | None = None
