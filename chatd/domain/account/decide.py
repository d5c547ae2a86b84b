"""An account: its name, its profile, its bots, whether it is shut out. Passwords and devices are no facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from chatd.contract.account import (
    AccountResult,
    CreateAccount,
    DisableAccount,
    EnableAccount,
    RenameAccount,
    SignUp,
    UpdateAccount,
)
from chatd.contract.bot import DeleteBot, UpdateBot
from chatd.contract.errors import Refusal
from chatd.contract.events import PERSONAL
from chatd.contract.spec import Done
from chatd.domain import account_deletion
from chatd.domain.account import settings
from chatd.domain.account.state import ABSENT, AccountState, fact
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact, account_stream, body, payload
from chatd.domain.internal import FinishDeletion, MakeBot, SecureAccount, ShutOutAccount
from chatd.domain.names.keys import means_something
from chatd.domain.names.scripts import one_alphabet
from chatd.domain.policy import bots

NAME_TAKEN: Final = Refusal("conflict", "this name is taken; choose another one")
NO_BOT: Final = Refusal("not_found", "you have no such bot")
MAX_BOTS: Final = 20
NOTHING: Final[Mapping[str, Any]] = {}
MISSHAPEN: Final = Refusal(
    "invalid", "a name is letters, digits, '.', '_' and '-', and begins with none of '.-'"
)
MIXED: Final = Refusal(
    "invalid", "a name is written in one alphabet, so that nobody takes it for another name; choose one"
)
RESERVED: Final = Refusal(
    "invalid", "this name means something here, or looks as if it did; choose another one"
)
RENAMES: Final = 3  # in a month
MONTH: Final = 30 * 86_400_000  # milliseconds
_NAME: Final = re.compile(r"\w[\w.-]*")


def validate_name(name: str) -> str | Refusal:
    """The name as it will be shown, or what is wrong with it."""
    shown = unicodedata.normalize("NFKC", name)
    if not _NAME.fullmatch(shown):
        return MISSHAPEN
    if not one_alphabet(shown):
        return MIXED
    return RESERVED if means_something(shown) else shown


def created(account: str, command: CreateAccount | SignUp, context: Context) -> Fact | Refusal:
    """The first fact of a new account, or what is wrong with its name."""
    name = validate_name(command.name)
    if isinstance(name, Refusal):
        return name
    data: dict[str, Any] = {"account": account}
    if isinstance(command, CreateAccount) and command.admin:
        data["admin"] = True
    text = body(name=name, display_name=(command.display_name or "").strip() or name)
    return Fact(account_stream(account), 1, "account.created", context.at, context.by, data, text)


def _create(state: AccountState, command: CreateAccount | SignUp, context: Context) -> Decision | Refusal:
    if state.exists:
        return Refusal("conflict", "this account exists already")
    made = created(state.id, command, context)
    if isinstance(made, Refusal):
        return made
    fresh = AccountState(state.id)
    apply(fresh, made)
    return Decision((made,), lambda _: AccountResult(account=fresh.row()))


# --- its bots -----------------------------------------------------------------------------------------


def _make_bot(state: AccountState, command: MakeBot, context: Context) -> Decision | Refusal:
    if not state.exists:
        return ABSENT
    if state.owner is not None:
        return Refusal("forbidden", "a bot makes no bots")
    if len(state.bots) >= MAX_BOTS:
        return Refusal("conflict", f"an account has at most {MAX_BOTS} bots; delete one first (bot.delete)")
    made = created(command.bot, CreateAccount(command.name, display_name=command.display_name), context)
    if isinstance(made, Refusal):
        return made
    scopes = bots.ordered(command.scopes)
    made = attrs.evolve(made, data={**made.data, "owner": state.id, "scopes": scopes})
    fresh = AccountState(command.bot)
    apply(fresh, made)
    told = fact(state, "bot.created", context, {"bot": command.bot, "scopes": scopes})
    return Decision((made, told), lambda _: AccountResult(account=fresh.row()))


def _update_bot(state: AccountState, command: UpdateBot, context: Context) -> Decision | Refusal:
    if command.account not in state.bots:
        return NO_BOT
    scopes = bots.ordered(command.scopes)
    if state.bots[command.account] == scopes:
        return Decision()
    data = {"bot": command.account, "scopes": scopes}
    return Decision((fact(state, "bot.updated", context, data),))


def _delete_bot(state: AccountState, command: DeleteBot, context: Context) -> Decision | Refusal:
    if command.account not in state.bots:
        return NO_BOT
    return Decision((fact(state, "bot.deleted", context, {"bot": command.account}),))


# --- itself -------------------------------------------------------------------------------------------


def _update(state: AccountState, command: UpdateAccount, context: Context) -> Decision | Refusal:
    profile = drop_none(display_name=command.display_name, about=command.about, avatar=command.avatar)
    return _changed(state, context, {}, lambda: AccountResult(account=state.row()), profile)


def _rename(state: AccountState, command: RenameAccount, context: Context) -> Decision | Refusal:
    """Who had a name before keeps it from others: a new one is no way to be somebody else."""
    if not state.exists:
        return ABSENT
    name = validate_name(command.name)
    if isinstance(name, Refusal):
        return name
    if name == state.name:
        return Decision((), lambda _: AccountResult(account=state.row()))
    if len(state.renamed_at) >= RENAMES and (wait := state.renamed_at[0] + MONTH - context.at) > 0:
        data = {"retry_after": -(-wait // 1000)}
        return Refusal("rate_limited", f"a name changes at most {RENAMES} times in 30 days", data)
    text = body(name=name, before=state.name)
    return Decision(
        (fact(state, "account.renamed", context, {}, text),), lambda _: AccountResult(account=state.row())
    )


def _secure(state: AccountState, command: SecureAccount, context: Context) -> Decision | Refusal:
    if not state.exists:
        return ABSENT
    if state.owner is not None:
        return Refusal("conflict", "a bot has tokens and no password; its owner makes them with bot.token")
    return Decision((fact(state, "account.secured", context, {"change": command.change}),))


def _disable(state: AccountState, command: DisableAccount, context: Context) -> Decision | Refusal:
    return _changed(state, context, {} if state.disabled else {"disabled": True}, Done)


def _enable(state: AccountState, command: EnableAccount, context: Context) -> Decision | Refusal:
    return _changed(state, context, {"disabled": False} if state.disabled else {}, Done)


def _changed(
    state: AccountState,
    context: Context,
    data: dict[str, Any],
    answer: Callable[[], object],
    profile: Mapping[str, Any] = NOTHING,
) -> Decision | Refusal:
    """`profile` is what the account says of itself."""
    if not state.exists:
        return ABSENT
    text = body(**profile) if profile else None
    changed = (fact(state, "account.updated", context, data, text),) if data or profile else ()
    return Decision(changed, lambda _: answer())


def _decide_settings(state: AccountState, command: Any, context: Context) -> Decision | Refusal:
    if not state.exists:
        return ABSENT
    news = settings.DECIDERS[type(command)](state.settings, command, context)
    if isinstance(news, Refusal):
        return news
    if news is None:
        return Decision()
    type_, data = news
    own = {field: data.pop(field) for field in PERSONAL.get(type_, ()) if field in data}
    return Decision((fact(state, type_, context, data, body(**own) if own else None),))


_DECIDERS: Final[Mapping[type[Any], Callable[[AccountState, Any, Context], Decision | Refusal]]] = {
    SignUp: _create,
    CreateAccount: _create,
    UpdateAccount: _update,
    ShutOutAccount: account_deletion.close,
    FinishDeletion: account_deletion.end,
    MakeBot: _make_bot,
    UpdateBot: _update_bot,
    DeleteBot: _delete_bot,
    DisableAccount: _disable,
    EnableAccount: _enable,
    RenameAccount: _rename,
    SecureAccount: _secure,
    **dict.fromkeys(settings.DECIDERS, _decide_settings),
}


def decide(state: AccountState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` means for this account now. Changes nothing."""
    return _DECIDERS[type(command)](state, command, context)


def apply(state: AccountState, event: Fact | Event) -> None:
    """Makes a fact of this account's stream part of its state."""
    data = payload(event)
    match event.type:
        case "account.created":
            state.name, state.display_name = data.get("name", ""), data.get("display_name", "")
            state.admin, state.created_at = data.get("admin", False), event.at
            state.owner = data.get("owner")
        case "account.deleted":
            account_deletion.apply(state, event)
        case "bot.created" | "bot.updated":
            state.bots[data["bot"]] = data["scopes"]
        case "bot.deleted":
            state.bots.pop(data["bot"], None)
        case "account.renamed":
            state.name = data.get("name", state.name)
            state.renamed_at = [*state.renamed_at, event.at][-RENAMES:]
        case "account.updated":
            for field in ("display_name", "about", "avatar", "disabled", "admin"):
                if field in data:
                    setattr(state, field, data[field])
        case _:
            settings.apply(state.settings, event)
    state.head = event.seq
