"""Handlers of the second factor: switching it on and off."""

from __future__ import annotations

import base64
import secrets
from typing import Final

import attrs

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
from chatd.handlers.second_factor import HASH_BYTES, WRONG_CODE, SecondFactors, typed
from chatd.ports import Caller, DropSecondFactor, PutSecondFactor, Reader

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10  # 80 bits: more than anybody tries, and short enough to be typed

NOT_BEGUN: Final = Refusal("conflict", "there is no secret to confirm; begin with totp.begin")
ON_ALREADY: Final = Refusal("conflict", "this account has a second factor; remove it first")
OFF: Final = Refusal("conflict", "this account has no second factor")


@attrs.frozen(eq=False)
class Totp:
    reader: Reader
    credentials: Credentials
    throttle: LoginThrottle
    factors: SecondFactors
    server_name: str

    async def begin(self, caller: Caller, command: BeginTotp) -> TotpSecret | Refusal:
        account = await self.credentials.prove(caller, command.password)
        if isinstance(account, Refusal):
            return account
        secret = secrets.token_bytes(totp.SECRET_BYTES)
        async with self.factors.turns.of(account["id"]):
            factor = await self.reader.second_factor(account["id"])
            if factor is not None and factor["confirmed"]:
                return ON_ALREADY
            await self.factors.commands.write(PutSecondFactor(account["id"], secret, False, 0, b""))
        uri = totp.uri(secret, account["name"], self.server_name)
        return TotpSecret(secret=totp.to_base32(secret), uri=uri)

    async def confirm(self, caller: Caller, command: ConfirmTotp) -> RecoveryCodes | Refusal:
        """The first code shows that the app has the secret; from here on signing in takes one."""
        account = caller.account
        if account is None:
            return NOT_BEGUN
        async with self.factors.turns.of(account):
            factor = await self.reader.second_factor(account)
            if factor is None:
                return NOT_BEGUN
            if factor["confirmed"]:
                return ON_ALREADY
            step = totp.step_of(factor["secret"], typed(command.code), now(), 0)
            if step is None:
                return WRONG_CODE
            codes = [_new_code() for _ in range(RECOVERY_CODES)]
            hashes = b"".join(hashed(typed(code)) for code in codes)
            put = PutSecondFactor(account, factor["secret"], True, step, hashes)
            answer = await self.credentials.secure(account, account, "totp_on", put)
        return answer if isinstance(answer, Refusal) else RecoveryCodes(recovery_codes=codes)

    async def get(self, caller: Caller, query: GetTotp) -> TotpState:
        factor = None if caller.account is None else await self.factors.of(caller.account)
        left = 0 if factor is None else len(factor["recovery_codes"]) // HASH_BYTES
        return TotpState(enabled=factor is not None, recovery_codes=left)

    async def remove(self, caller: Caller, command: RemoveTotp) -> Done | Refusal:
        account = await self.credentials.prove(caller, command.password)
        if isinstance(account, Refusal):
            return account
        if await self.factors.of(account["id"]) is None:
            return OFF
        attempt = self.throttle.sign_in(account["name"], caller)
        if isinstance(attempt, Refusal):
            return attempt
        with attempt:
            if (refusal := await self.factors.use(account["id"], command.code)) is not None:
                return refusal
            attempt.void()
        dropped = DropSecondFactor(account["id"])
        return await self.credentials.secure(account["id"], account["id"], "totp_off", dropped)


def _new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
