"""A second factor at the desk: codes of an app (TOTP), each good once, and codes on paper.

The secret stands in a table of its own, the recovery codes only as hashes. What is read here is written
before anybody else reads it (`desk.spending`), so that two who give one code at the same time are not both
believed.
"""

from __future__ import annotations

import base64
import secrets
from typing import Final

from chatd.actors.runtime.envelope import Answer
from chatd.auth.tokens import hashed
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain import totp
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.handlers.credentials import prove, secure
from chatd.handlers.desk import Desk, now
from chatd.ports import Caller, DropSecondFactor, PutSecondFactor, Row

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10  # 80 bits: more than anybody tries, and short enough to be typed
HASH_BYTES: Final = 32

ASKED: Final = Refusal(
    "unauthenticated",
    "this account has a second factor: sign in with `code` as well, from its app or a recovery code",
    {"second_factor": True},
)
WRONG_CODE: Final = Refusal(
    "unauthenticated",
    "this code is wrong or has been used; wait for the next one, or give a recovery code",
    {"second_factor": True},
)
NOT_BEGUN: Final = Refusal("conflict", "there is no secret to confirm; begin with totp.begin")
ON_ALREADY: Final = Refusal("conflict", "this account has a second factor; remove it first")
OFF: Final = Refusal("conflict", "this account has no second factor")


async def begin(desk: Desk, caller: Caller, command: c.BeginTotp) -> Answer:
    account = await prove(desk, caller, command.password)
    if isinstance(account, Refusal):
        return account
    secret = secrets.token_bytes(totp.SECRET_BYTES)
    async with desk.spending:
        factor = await desk.reader.second_factor(account["id"])
        if factor is not None and factor["confirmed"]:
            return ON_ALREADY
        await desk.write(PutSecondFactor(account["id"], secret, False, 0, b""))
    uri = totp.uri(secret, account["name"], desk.settings.server_name)
    return {"secret": totp.to_base32(secret), "uri": uri}


async def confirm(desk: Desk, caller: Caller, command: c.ConfirmTotp) -> Answer:
    """The first code shows that the app has the secret; from here on signing in takes one."""
    account = caller.account
    async with desk.spending:
        factor = None if account is None else await desk.reader.second_factor(account)
        if account is None or factor is None:
            return NOT_BEGUN
        if factor["confirmed"]:
            return ON_ALREADY
        step = totp.step_of(factor["secret"], _typed(command.code), now(), 0)
        if step is None:
            return WRONG_CODE
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        hashes = b"".join(hashed(_typed(code)) for code in codes)
        put = PutSecondFactor(account, factor["secret"], True, step, hashes)
        answer = await secure(desk, account, account, "totp_on", put)
    return answer if isinstance(answer, Refusal) else {"recovery_codes": codes}


async def get(desk: Desk, caller: Caller, query: c.GetTotp) -> Answer:
    factor = None if caller.account is None else await desk.reader.second_factor(caller.account)
    if factor is None or not factor["confirmed"]:
        return {"enabled": False, "recovery_codes": 0}
    return {"enabled": True, "recovery_codes": len(factor["recovery_codes"]) // HASH_BYTES}


async def remove(desk: Desk, caller: Caller, command: c.RemoveTotp) -> Answer:
    account = await prove(desk, caller, command.password)
    if isinstance(account, Refusal):
        return account
    if await needed(desk, account["id"]) is None:
        return OFF
    attempt = desk.login_throttle.sign_in(account["name"], caller)
    if isinstance(attempt, Refusal):
        return attempt
    with attempt:
        if (refusal := await spend(desk, account["id"], command.code)) is not None:
            return refusal
        attempt.void()
    return await secure(desk, account["id"], account["id"], "totp_off", DropSecondFactor(account["id"]))


async def reset(desk: Desk, caller: Caller, command: c.ResetTotp) -> Answer:
    """By an operator, for somebody who lost the app and the codes."""
    if await desk.reader.account(command.account) is None:
        return NO_SUCH_ACCOUNT
    if await needed(desk, command.account) is None:
        return OFF
    return await secure(desk, command.account, caller.by, "totp_off", DropSecondFactor(command.account))


# --- at signing in ---------------------------------------------------------------------------------------


async def needed(desk: Desk, account: str) -> Row | None:
    """The second factor that signing in takes, if it takes one."""
    factor = await desk.reader.second_factor(account)
    return factor if factor is not None and factor["confirmed"] else None


async def spend(desk: Desk, account: str, code: str) -> Refusal | None:
    """Uses a code up; the refusal when it is none, or was used before."""
    given = _typed(code)
    async with desk.spending:
        factor = await needed(desk, account)
        if factor is None:
            return None
        secret, used, left = factor["secret"], factor["used_step"], factor["recovery_codes"]
        if (step := totp.step_of(secret, given, now(), used)) is not None:
            await desk.write(PutSecondFactor(account, secret, True, step, left))
            return None
        hashes = [left[start : start + HASH_BYTES] for start in range(0, len(left), HASH_BYTES)]
        if (spent := hashed(given)) not in hashes:
            return WRONG_CODE
        rest = b"".join(one for one in hashes if one != spent)
        await desk.write(PutSecondFactor(account, secret, True, used, rest))
    return None


def _new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _typed(code: str) -> str:
    """Without what people put between: spaces, dashes, capitals."""
    return "".join(code.split()).replace("-", "").lower()
