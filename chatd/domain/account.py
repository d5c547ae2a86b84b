"""An account: its name and profile, and whether it is shut out. Passwords and devices are no facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from chatd.domain import command as c
from chatd.domain import personal
from chatd.domain.decision import Context, Decision, given
from chatd.domain.event import Event, Fact, account_stream
from chatd.domain.refusal import Refusal

ABSENT: Final = Refusal("not_found", "there is no such account")
NAME_TAKEN: Final = Refusal("conflict", "this name is taken; choose another one")
_NAME: Final = re.compile(r"\w[\w.-]*")


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
    created_at: int = 0
    mine: personal.Personal = attrs.Factory(personal.Personal)

    @property
    def exists(self) -> bool:
        return self.head > 0

    def frame(self) -> dict[str, Any]:
        """The account as its owner and operators see it."""
        return {
            "id": self.id,
            "name": self.name,
            "display_name": self.display_name,
            "about": self.about,
            "avatar": self.avatar,
            "admin": self.admin,
            "disabled": self.disabled,
            "created_at": self.created_at,
        }


def created(account: str, command: c.CreateAccount | c.SignUp, context: Context) -> Fact | Refusal:
    """The first fact of a new account, or what is wrong with its name."""
    name = unicodedata.normalize("NFKC", command.name)
    if not _NAME.fullmatch(name):
        return Refusal("invalid", "a name is letters, digits, '.', '_' and '-', and begins with none of '.-'")
    data: dict[str, Any] = {
        "account": account,
        "name": name,
        "display_name": (command.display_name or "").strip() or name,
    }
    if isinstance(command, c.CreateAccount) and command.admin:
        data["admin"] = True
    return Fact(account_stream(account), 1, "account.created", context.at, context.by, data)


def _create(state: AccountState, command: c.CreateAccount | c.SignUp, context: Context) -> Decision | Refusal:
    if state.exists:
        return Refusal("conflict", "this account exists already")
    fact = created(state.id, command, context)
    if isinstance(fact, Refusal):
        return fact
    fresh = AccountState(state.id)
    apply(fresh, fact)
    return Decision((fact,), lambda _: {"account": fresh.frame()})


def _update(state: AccountState, command: c.UpdateAccount, context: Context) -> Decision | Refusal:
    data = given(display_name=command.display_name, about=command.about, avatar=command.avatar)
    return _changed(state, context, data, lambda: {"account": state.frame()})


def _disable(state: AccountState, command: c.DisableAccount, context: Context) -> Decision | Refusal:
    return _changed(state, context, {} if state.disabled else {"disabled": True}, dict)


def _enable(state: AccountState, command: c.EnableAccount, context: Context) -> Decision | Refusal:
    return _changed(state, context, {"disabled": False} if state.disabled else {}, dict)


def _changed(
    state: AccountState, context: Context, data: dict[str, Any], answer: Callable[[], dict[str, Any]]
) -> Decision | Refusal:
    if not state.exists:
        return ABSENT
    fact = Fact(account_stream(state.id), state.head + 1, "account.updated", context.at, context.by, data)
    return Decision((fact,) if data else (), lambda _: answer())


def _decide_personal(state: AccountState, command: Any, context: Context) -> Decision | Refusal:
    if not state.exists:
        return ABSENT
    news = personal.DECIDERS[type(command)](state.mine, command, context)
    if isinstance(news, Refusal):
        return news
    if news is None:
        return Decision()
    type_, data = news
    fact = Fact(account_stream(state.id), state.head + 1, type_, context.at, context.by, data)
    return Decision((fact,))


_DECIDERS: Final[Mapping[type[Any], Callable[[AccountState, Any, Context], Decision | Refusal]]] = {
    c.SignUp: _create,
    c.CreateAccount: _create,
    c.UpdateAccount: _update,
    c.DisableAccount: _disable,
    c.EnableAccount: _enable,
    **dict.fromkeys(personal.DECIDERS, _decide_personal),
}


def decide(state: AccountState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` means for this account now. Changes nothing."""
    return _DECIDERS[type(command)](state, command, context)


def apply(state: AccountState, event: Fact | Event) -> None:
    """Makes a fact of this account's stream part of its state."""
    data = event.data
    match event.type:
        case "account.created":
            state.name, state.display_name = data["name"], data["display_name"]
            state.admin, state.created_at = data.get("admin", False), event.at
        case "account.updated":
            for field in ("display_name", "about", "avatar", "disabled", "admin"):
                if field in data:
                    setattr(state, field, data[field])
        case _:
            personal.apply(state.mine, event)
    state.head = event.seq
