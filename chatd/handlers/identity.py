"""Single sign-on at the desk: who the provider says somebody is, and which account that is here.

An identity leads to an account because it was linked to it, never because names or addresses are alike.
The second factor is the provider's task: it is not asked for again here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.auth.sso_flow import NONE, OVER, s256
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.contract.table import TABLE
from chatd.domain.decision import Context
from chatd.domain.event import account_stream
from chatd.domain.names.keys import name_key
from chatd.handlers.credentials import confirm, secure
from chatd.handlers.desk import Desk, now
from chatd.handlers.device import drop, signed_in
from chatd.handlers.profile import public_account
from chatd.handlers.sign_in import DISABLED
from chatd.ports import Caller, DropDevices, DropIdentities, Identity, PutIdentity, Row

MAX_IDENTITIES: Final = 8
STRANGER: Final = Refusal(
    "forbidden",
    "no account here belongs to this identity; sign in with a password and link it, or ask the people"
    " who run this server for an account",
)
NOBODY: Final = Refusal("forbidden", "an operator has no identities; sign in with an account")
FRAGMENTED: Final = Refusal(
    "conflict", "this identity belongs to another account here; remove it there first"
)
TOO_MANY: Final = Refusal("conflict", f"an account has at most {MAX_IDENTITIES} identities; remove one first")
LAST: Final = Refusal(
    "conflict", "without this identity there is no way into the account: have a password set first"
)
ABSENT: Final = Refusal("not_found", "this identity is not linked to the account")
_UNFIT: Final = re.compile(r"[^\w-]+")
_NAME_LENGTH: Final = 32
_NAMES: Final = 50  # that are looked at for somebody new
_TRIES: Final = 5


async def provider(desk: Desk, caller: Caller, query: c.GetProvider) -> Answer:
    if not desk.sso.offered:
        return {"provider": None}
    return {"provider": {"name": desk.settings.oidc_name, "url": desk.sso.start}}


async def exchange(desk: Desk, caller: Caller, command: c.ExchangeCode) -> Answer:
    """The code with which a browser came back, for tokens. A first sign-in may make the account."""
    back = desk.sso.returned.take(command.code)
    challenge = None if command.verifier is None else s256(command.verifier)
    if back is None or back.account is not None or back.challenge != challenge:
        return OVER
    identity = back.identity
    async with desk.linking:
        known = await desk.reader.identity(identity.issuer, identity.subject)
        if known is None:
            return await _first_sign_in(desk, identity, command.device or "")
    if await _let_in(desk, known["account"]) is None:
        return DISABLED
    device, issued = signed_in(desk, known["account"], command.device or "")
    await desk.write(device)
    row = await _let_in(desk, known["account"])
    if row is None:  # it was shut out in this very moment
        await drop(desk, DropDevices(known["account"], device=device.device), "the account was shut out")
        return DISABLED
    return {"account": public_account(row), **issued}


async def _let_in(desk: Desk, account: str) -> Row | None:
    """The account, unless it is disabled, or about to be deleted."""
    row = await desk.reader.account(account)
    if row is None or row["disabled"]:
        return None
    return None if account in {order["account"] for order in await desk.reader.erasures()} else row


# --- one's own -------------------------------------------------------------------------------------------


async def begin(desk: Desk, caller: Caller, command: c.BeginIdentity) -> Answer:
    """With the password, where there is one: what is linked signs in for ever."""
    if not desk.sso.offered:
        return NONE
    if caller.account is None:
        return NOBODY
    if refusal := await confirm(desk, caller, command.password):
        return refusal
    return {"url": desk.sso.ticket(caller.account)}


async def add(desk: Desk, caller: Caller, command: c.AddIdentity) -> Answer:
    """Links the identity with which a browser came back, if this account had sent it."""
    back = desk.sso.returned.take(command.code)
    if back is None or back.account is None or back.account != caller.account:
        return OVER
    account, identity = back.account, back.identity
    async with desk.linking:
        known = await desk.reader.identity(identity.issuer, identity.subject)
        if known is not None:
            return {"identity": _shown(known)} if known["account"] == account else FRAGMENTED
        if len(await desk.reader.identities(account)) >= MAX_IDENTITIES:
            return TOO_MANY
        put = PutIdentity(identity.issuer, identity.subject, account, now())
        told = await secure(desk, account, caller.by, "identity_added", put)
        if isinstance(told, Refusal):
            return told
    return {"identity": {"issuer": put.issuer, "subject": put.subject, "at": put.at}}


async def list_(desk: Desk, caller: Caller, query: c.ListIdentities) -> Answer:
    if caller.account is None:
        return NOBODY
    return {"identities": [_shown(row) for row in await desk.reader.identities(caller.account)]}


async def remove(desk: Desk, caller: Caller, command: c.RemoveIdentity) -> Answer:
    account = caller.account
    if account is None:
        return NOBODY
    if refusal := await confirm(desk, caller, command.password):
        return refusal
    async with desk.linking:
        linked = await desk.reader.identities(account)
        if (command.issuer, command.subject) not in {(row["issuer"], row["subject"]) for row in linked}:
            return ABSENT
        if len(linked) == 1 and await desk.reader.credential(account) is None:
            return LAST
        drop_it = DropIdentities(account, command.issuer, command.subject)
        return await secure(desk, account, caller.by, "identity_removed", drop_it)


def _shown(row: Row) -> dict[str, Any]:
    return {"issuer": row["issuer"], "subject": row["subject"], "at": row["at"]}


# --- somebody new ----------------------------------------------------------------------------------------


async def _first_sign_in(desk: Desk, identity: Identity, device_name: str) -> Answer:
    if not desk.settings.oidc_sign_up:
        return STRANGER
    answer: Answer = STRANGER
    for name in await _free_names(desk, identity):
        account = desk.new_id()
        command = TABLE["account.create"].read({"name": name, "display_name": _display_name(identity)})
        if isinstance(command, Refusal):
            return command
        device, issued = signed_in(desk, account, device_name)
        at = now()
        writes = (PutIdentity(identity.issuer, identity.subject, account, at), device)
        answer = await desk.ask(account_stream(account), command, Context(account, at), writes)
        if not isinstance(answer, Refusal):
            row = await desk.reader.account(account)
            assert row is not None
            return {"account": public_account(row), **issued}
        if answer.code not in ("conflict", "invalid"):  # those are about the name: the next one may do
            return answer
    return answer


async def _free_names(desk: Desk, identity: Identity) -> list[str]:
    """What the account may be called: as at the provider, or like it, or something that is never wrong."""
    names = list(_names(identity))
    taken = {row["name_key"] for row in await desk.reader.accounts_named([name_key(name) for name in names])}
    free = [name for name in names if name_key(name) not in taken]
    return [*free[:_TRIES], f"member-{desk.new_id()[-10:].lower()}"]


def _names(identity: Identity) -> Iterator[str]:
    fit = (_fit(name) for name in (identity.name, identity.display_name))
    base = next((name for name in fit if len(name) >= 2), "member")
    yield base
    for number in range(2, _NAMES):
        yield f"{base[: _NAME_LENGTH - 2].rstrip('.-')}{number}"


def _fit(name: str | None) -> str:
    """`name` with what a name may not have left out; of an address what stands before the @."""
    local = unicodedata.normalize("NFKC", name or "").partition("@")[0]
    return _UNFIT.sub(".", local).lstrip(".-")[:_NAME_LENGTH].rstrip(".-")


def _display_name(identity: Identity) -> str | None:
    return (identity.display_name or "").replace("\0", "").strip()[:80] or None
