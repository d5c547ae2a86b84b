"""Handlers of the second factor: switching it on and off."""

from __future__ import annotations

import base64
import secrets
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import STALE
from chatd.auth.login_throttle import LoginThrottle
from chatd.auth.tokens import hashed
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.contract.totp import (
    BeginTotp,
    ConfirmTotp,
    GetTotp,
    RecoveryCodes,
    RemoveTotp,
    TotpSecret,
    TotpState,
)
from chatd.domain import totp
from chatd.handlers.credentials import Credentials
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.second_factor import HASH_BYTES, WRONG_CODE, WRONG_FIRST_CODE, in_use, spend, typed
from chatd.ports import Caller, DropSecondFactor, PutSecondFactor, Reader, SecondFactorIs

RECOVERY_CODES: Final = 10
PENDING: Final = 20  # steps (ten minutes) in which beginning once more gives the same secret
RECOVERY_BYTES: Final = 10  # 80 bits: more than anybody tries, and short enough to be typed

NOT_BEGUN: Final = Refusal("conflict", "there is no secret to confirm; begin with totp.begin")
ON_ALREADY: Final = Refusal("conflict", "this account already has a second factor; remove it first")
OFF: Final = Refusal("conflict", "this account has no second factor")


class Totp(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    credentials: Credentials
    throttle: LoginThrottle
    server_name: str

    async def begin(self, caller: Caller, command: BeginTotp) -> TotpSecret | Refusal:
        account = await self.credentials.prove(caller, command.password)
        if isinstance(account, Refusal):
            return account
        secret = await self._begin(account["id"])
        if isinstance(secret, Refusal):
            return secret
        uri = totp.uri(secret, account["name"], self.server_name)
        return TotpSecret(secret=totp.to_base32(secret), uri=uri)

    @retried_when_stale
    async def _begin(self, account: str) -> bytes | Refusal:
        """A secret to be confirmed. Two tabs that begin at once get the same one."""
        factor = await self.reader.second_factor(account)
        if in_use(factor):
            return ON_ALREADY
        begun = totp.step_at(now())
        if factor is not None and 0 <= begun - factor["used_step"] < PENDING:
            return bytes(factor["secret"])
        secret = secrets.token_bytes(totp.SECRET_BYTES)
        put = PutSecondFactor(account, secret, False, begun, b"")
        written = await self.commands.write(put, conditions=(SecondFactorIs(account, factor),))
        return secret if written else STALE

    @retried_when_stale
    async def confirm(self, caller: Caller, command: ConfirmTotp) -> RecoveryCodes | Refusal:
        """The first code shows that the app has the secret; from here on signing in takes one."""
        account = caller.account
        if account is None:
            return NOT_BEGUN
        factor = await self.reader.second_factor(account)
        if factor is None:
            return NOT_BEGUN
        if in_use(factor):
            return ON_ALREADY
        step = totp.step_of(factor["secret"], typed(command.code), now(), 0)
        if step is None:
            return WRONG_FIRST_CODE
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        hashes = b"".join(hashed(typed(code)) for code in codes)
        put = PutSecondFactor(account, factor["secret"], True, step, hashes)
        read = (SecondFactorIs(account, factor),)
        answer = await self.credentials.secure(account, account, "totp_on", put, conditions=read)
        return answer if isinstance(answer, Refusal) else RecoveryCodes(recovery_codes=codes)

    async def get(self, caller: Caller, query: GetTotp) -> TotpState:
        factor = None if caller.account is None else await self.reader.second_factor(caller.account)
        left = len(factor["recovery_codes"]) // HASH_BYTES if in_use(factor) else 0
        return TotpState(enabled=in_use(factor), recovery_codes=left)

    async def remove(self, caller: Caller, command: RemoveTotp) -> Done | Refusal:
        account = await self.credentials.prove(caller, command.password)
        if isinstance(account, Refusal):
            return account
        if not in_use(await self.reader.second_factor(account["id"])):
            return OFF
        attempt = await self.throttle.attempt(account["name"], caller)
        if isinstance(attempt, Refusal):
            return attempt
        with attempt:
            answer = await self._remove(account["id"], command.code)
            if answer != WRONG_CODE:
                attempt.void()
        return answer

    @retried_when_stale
    async def _remove(self, account: str, code: str) -> Done | Refusal:
        factor = await self.reader.second_factor(account)
        if not in_use(factor):
            return OFF
        if spend(account, factor, code) is None:
            return WRONG_CODE
        dropped, read = DropSecondFactor(account), (SecondFactorIs(account, factor),)
        return await self.credentials.secure(account, account, "totp_off", dropped, conditions=read)


def _new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
