"""The state of an account: its name, profile, flags, owner, bots and settings."""

from __future__ import annotations

from typing import Any, Final

import attrs

from chatd.contract.account import Account
from chatd.contract.errors import Refusal
from chatd.domain.account.settings import AccountSettings
from chatd.domain.decision import Context
from chatd.domain.event import Fact, account_stream

NO_SUCH_ACCOUNT: Final = Refusal("not_found", "there is no such account")


@attrs.define
class AccountState:
    """What the account's actor owns. `head` 0: there is no such account."""

    id: str
    head: int = 0
    name: str = ""
    display_name: str = ""
    about: str | None = None
    avatar: str | None = None
    admin: bool = False
    disabled: bool = False
    deleted: bool = False
    placeholder: bool = False  # an import made it, and its person has not signed in yet
    owner: str | None = None  # of a bot
    bots: dict[str, list[str]] = attrs.Factory(dict)  # bot -> its scopes
    created_at: int = 0
    renamed_at: list[int] = attrs.Factory(list)  # the newest renames, Unix milliseconds
    settings: AccountSettings = attrs.Factory(AccountSettings)

    @property
    def exists(self) -> bool:
        return self.head > 0 and not self.deleted

    def row(self) -> Account:
        """The account as its owner and operators see it."""
        return Account(
            id=self.id,
            name=self.name,
            display_name=self.display_name,
            about=self.about,
            avatar=self.avatar,
            admin=self.admin,
            disabled=self.disabled,
            deleted=self.deleted,
            bot=self.owner is not None,
            owner=self.owner,
            created_at=self.created_at,
            placeholder=self.placeholder,
        )


def fact(
    state: AccountState, type_: str, context: Context, data: dict[str, Any], text: str | None = None
) -> Fact:
    """The fact after the account's newest."""
    return Fact(account_stream(state.id), state.head + 1, type_, context.at, context.by, data, text)
