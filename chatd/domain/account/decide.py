"""An account's decisions: name, profile, bots, disabling. Passwords and devices are not logged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from chatd.contract.account import AccountResult, RenameAccount, UpdateAccount
from chatd.contract.account_admin import (
    CreateAccount,
    DisableAccount,
    EnableAccount,
    SetAdmin,
    SetDisplayName,
    SetName,
)
from chatd.contract.bot import DeleteBot, UpdateBot
from chatd.contract.errors import Refusal
from chatd.contract.events import PERSONAL
from chatd.contract.shown import plain
from chatd.contract.sign_in import SignUp
from chatd.contract.spec import Done
from chatd.domain import account_deletion
from chatd.domain.account import settings
from chatd.domain.account.state import NO_SUCH_ACCOUNT, AccountState, fact
from chatd.domain.decision import SET_BACK, Context, Decision, drop_none
from chatd.domain.event import Event, Fact, account_stream, encode_personal, payload
from chatd.domain.files import refuse_picture
from chatd.domain.internal import (
    DisableForDeletion,
    FinishDeletion,
    MakeBot,
    MakePlaceholder,
    NotifyAll,
    SecureAccount,
)
from chatd.domain.names.folded import of_account
from chatd.domain.names.keys import as_read, is_reserved
from chatd.domain.names.scripts import single_script
from chatd.domain.names.spelling import spelled, well_spelled
from chatd.domain.policy import bots

NO_SUCH_BOT: Final = Refusal("not_found", "you have no such bot")
MAX_BOTS: Final = 20
NOTHING: Final[Mapping[str, Any]] = {}
MALFORMED_NAME: Final = Refusal(
    "invalid",
    "a name consists of letters with their marks, digits, '.', '_' and '-', and begins with a letter, a digit"
    " or '_'",
)
MIXED_SCRIPTS: Final = Refusal(
    "invalid", "a name uses one alphabet, so that it cannot be mistaken for another; choose another one"
)
RESERVED_DISPLAY_NAME: Final = Refusal(
    "invalid", "display_name: this means something here, or looks as if it did; choose another one"
)
RESERVED_NAME: Final = Refusal(
    "invalid", "this name is reserved, or looks like a reserved one; choose another one"
)
MAX_RENAMES: Final = 3  # in RENAME_WINDOW
RENAME_WINDOW: Final = 30 * 86_400_000  # milliseconds: 30 days
_ID: Final = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}", re.IGNORECASE | re.ASCII)
LIKE_AN_ID: Final = Refusal("invalid", "this name looks like an id, not like a name; choose another one")


def validate_name(name: str) -> str | Refusal:
    """The name as it will be shown, or the refusal that says what is wrong with it."""
    shown = as_read(spelled(name))
    if not well_spelled(shown):
        return MALFORMED_NAME
    if not single_script(shown):
        return MIXED_SCRIPTS
    if _ID.fullmatch(shown):
        return LIKE_AN_ID
    return RESERVED_NAME if is_reserved(shown) else shown


def account_created(
    account: str, command: CreateAccount | SignUp | MakePlaceholder, context: Context
) -> Fact | Refusal:
    """The first fact of a new account, or a refusal of its name."""
    name = validate_name(command.name)
    if isinstance(name, Refusal):
        return name
    if is_reserved(plain(command.display_name or "")):
        return RESERVED_DISPLAY_NAME
    data: dict[str, Any] = {"account": account}
    if isinstance(command, CreateAccount) and command.admin:
        data["admin"] = True
    if isinstance(command, MakePlaceholder):
        data["placeholder"] = True
    said = of_account({"name": name, "display_name": (command.display_name or "").strip() or name})
    text = encode_personal(**said)
    return Fact(account_stream(account), 1, "account.created", context.at, context.by, data, text)


def _create(
    state: AccountState, command: CreateAccount | SignUp | MakePlaceholder, context: Context
) -> Decision | Refusal:
    if state.exists:
        return Refusal("conflict", "this account already exists")
    made = account_created(state.id, command, context)
    if isinstance(made, Refusal):
        return made
    fresh = AccountState(state.id)
    apply(fresh, made)
    return Decision((made,), lambda _: AccountResult(account=fresh.row()))


# --- bots ---------------------------------------------------------------------------------------------


def _make_bot(state: AccountState, command: MakeBot, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_ACCOUNT
    if state.owner is not None:
        return Refusal("forbidden", "a bot cannot make bots")
    if len(state.bots) >= MAX_BOTS:
        return Refusal("conflict", f"an account has at most {MAX_BOTS} bots; delete one first (bot.delete)")
    made = account_created(
        command.bot, CreateAccount(command.name, display_name=command.display_name), context
    )
    if isinstance(made, Refusal):
        return made
    scopes = bots.unique_scopes(command.scopes)
    made = replace(made, data={**made.data, "owner": state.id, "scopes": scopes})
    fresh = AccountState(command.bot)
    apply(fresh, made)
    told = fact(state, "bot.created", context, {"bot": command.bot, "scopes": scopes})
    return Decision((made, told), lambda _: AccountResult(account=fresh.row()))


def _update_bot(state: AccountState, command: UpdateBot, context: Context) -> Decision | Refusal:
    if command.account not in state.bots:
        return NO_SUCH_BOT
    scopes = bots.unique_scopes(command.scopes)
    if state.bots[command.account] == scopes:
        return Decision()
    data = {"bot": command.account, "scopes": scopes}
    return Decision((fact(state, "bot.updated", context, data),))


def _delete_bot(state: AccountState, command: DeleteBot, context: Context) -> Decision | Refusal:
    if command.account not in state.bots:
        return NO_SUCH_BOT
    return Decision((fact(state, "bot.deleted", context, {"bot": command.account}),))


# --- profile and sign-in ------------------------------------------------------------------------------


def _update(state: AccountState, command: UpdateAccount, context: Context) -> Decision | Refusal:
    if is_reserved(plain(command.display_name or "")):
        return RESERVED_DISPLAY_NAME
    if refusal := refuse_picture("avatar", command.avatar, context):
        return refusal
    profile = drop_none(display_name=command.display_name, about=command.about, avatar=command.avatar)
    return _update_account(state, context, {}, lambda: AccountResult(account=state.row()), profile)


def _rename(state: AccountState, command: RenameAccount, context: Context) -> Decision | Refusal:
    """A former name stays reserved for its account, so that nobody else can take it over."""
    if not state.exists:
        return NO_SUCH_ACCOUNT
    name = validate_name(command.name)
    if isinstance(name, Refusal):
        return name
    if name == state.name:
        return Decision((), lambda _: AccountResult(account=state.row()))
    renamed_at = [at for at in state.renamed_at if at - context.at < SET_BACK]
    limited = not context.operator and len(renamed_at) >= MAX_RENAMES
    if limited and (wait := renamed_at[0] + RENAME_WINDOW - context.at) > 0:
        data = {"retry_after": -(-wait // 1000)}
        return Refusal("rate_limited", f"a name can be changed at most {MAX_RENAMES} times in 30 days", data)
    text = encode_personal(**of_account({"name": name, "before": state.name}))
    return Decision(
        (fact(state, "account.renamed", context, {}, text),), lambda _: AccountResult(account=state.row())
    )


_OF_BOTS: Final = ("token_made", "signed_out", "exported")  # what may befall a bot, too


# --- what operators change ----------------------------------------------------------------------------


def _set_admin(state: AccountState, command: SetAdmin, context: Context) -> Decision | Refusal:
    if state.owner is not None:
        return Refusal("conflict", "a bot cannot be an administrator; its owner can")
    change = {} if state.admin == command.admin else {"admin": command.admin}
    decided = _update_account(state, context, change, lambda: AccountResult(account=state.row()))
    return _with_reason(decided, command.reason)


def _set_name(state: AccountState, command: SetName, context: Context) -> Decision | Refusal:
    return _with_reason(_rename(state, RenameAccount(command.name), context), command.reason)


def _set_display_name(state: AccountState, command: SetDisplayName, context: Context) -> Decision | Refusal:
    change = UpdateAccount(display_name=command.display_name)
    return _with_reason(_update(state, change, context), command.reason)


def _with_reason(decided: Decision | Refusal, reason: str | None) -> Decision | Refusal:
    if isinstance(decided, Refusal) or reason is None:
        return decided
    facts = tuple(replace(one, data={**one.data, "reason": reason}) for one in decided.facts)
    return replace(decided, facts=facts)


def _secure(state: AccountState, command: SecureAccount, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_ACCOUNT
    if state.owner is not None and command.change not in _OF_BOTS:
        return Refusal("conflict", "a bot has no password; its owner makes tokens with bot.token")
    return Decision((fact(state, "account.secured", context, {"change": command.change}),))


def _disable(state: AccountState, command: DisableAccount, context: Context) -> Decision | Refusal:
    change = {} if state.disabled else {"disabled": True}
    return _with_reason(_update_account(state, context, change, Done), command.reason)


def _enable(state: AccountState, command: EnableAccount, context: Context) -> Decision | Refusal:
    change = {"disabled": False} if state.disabled else {}
    return _with_reason(_update_account(state, context, change, Done), command.reason)


def _update_account(
    state: AccountState,
    context: Context,
    data: dict[str, Any],
    answer: Callable[[], object],
    profile: Mapping[str, Any] = NOTHING,
) -> Decision | Refusal:
    """`data` are the fields of the fact, `profile` the personal ones."""
    if not state.exists:
        return NO_SUCH_ACCOUNT
    text = encode_personal(**of_account(profile)) if profile else None
    changed = (fact(state, "account.updated", context, data, text),) if data or profile else ()
    return Decision(changed, lambda _: answer())


def _notify(state: AccountState, command: NotifyAll, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_ACCOUNT
    told = settings.notifications(state.settings, command)
    first = state.head + 1
    return Decision(
        tuple(
            Fact(account_stream(state.id), seq, "notification.created", context.at, context.by, data)
            for seq, data in enumerate(told, first)
        )
    )


def _decide_settings(state: AccountState, command: Any, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_ACCOUNT
    change = settings.DECIDERS[type(command)](state.settings, command, context)
    if isinstance(change, Refusal):
        return change
    if change is None:
        return Decision()
    type_, data = change
    personal = {field: data.pop(field) for field in PERSONAL.get(type_, ()) if field in data}
    return Decision((fact(state, type_, context, data, encode_personal(**personal) if personal else None),))


_DECIDERS: Final[Mapping[type[Any], Callable[[AccountState, Any, Context], Decision | Refusal]]] = {
    SignUp: _create,
    CreateAccount: _create,
    MakePlaceholder: _create,
    UpdateAccount: _update,
    DisableForDeletion: account_deletion.disable,
    FinishDeletion: account_deletion.finish,
    MakeBot: _make_bot,
    UpdateBot: _update_bot,
    DeleteBot: _delete_bot,
    DisableAccount: _disable,
    EnableAccount: _enable,
    SetAdmin: _set_admin,
    SetName: _set_name,
    SetDisplayName: _set_display_name,
    RenameAccount: _rename,
    SecureAccount: _secure,
    NotifyAll: _notify,
    **dict.fromkeys(settings.DECIDERS, _decide_settings),
}


def decide(state: AccountState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` leads to in this account now. Changes nothing."""
    return _DECIDERS[type(command)](state, command, context)


def apply(state: AccountState, event: Fact | Event) -> None:
    """Applies a fact of this account's stream to its state."""
    data = payload(event)
    match event.type:
        case "account.created":
            state.name, state.display_name = data.get("name", ""), data.get("display_name", "")
            state.admin, state.created_at = data.get("admin", False), event.at
            state.owner = data.get("owner")
            state.placeholder = data.get("placeholder", False)
        case "account.secured":
            if data["change"] in ("password", "recovered"):
                state.placeholder = False
        case "account.deleted":
            account_deletion.apply(state, event)
        case "bot.created" | "bot.updated":
            state.bots[data["bot"]] = data["scopes"]
        case "bot.deleted":
            state.bots.pop(data["bot"], None)
        case "account.renamed":
            state.name = data.get("name", state.name)
            if event.by == state.id:
                state.renamed_at = [*state.renamed_at, event.at][-MAX_RENAMES:]
        case "account.updated":
            for field in ("display_name", "about", "avatar", "disabled", "admin"):
                if field in data:
                    setattr(state, field, data[field])
        case _:
            settings.apply(state.settings, event)
    state.head = event.seq
