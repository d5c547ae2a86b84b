"""The second factor at sign-in: whether an account has one, and using up its codes.

The TOTP secret stands in a table of its own, recovery codes only as hashes. Each code is good once.
"""

from __future__ import annotations

from typing import Final

import attrs

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.turns import Turns
from chatd.auth.tokens import hashed
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.domain import totp
from chatd.ports import PutSecondFactor, Reader, Row

HASH_BYTES: Final = 32

CODE_NEEDED: Final = Refusal(
    "unauthenticated",
    "this account has a second factor: sign in with `code` as well, from its app or a recovery code",
    {"second_factor": True},
)
WRONG_CODE: Final = Refusal(
    "unauthenticated",
    "this code is wrong or has been used; wait for the next one, or give a recovery code",
    {"second_factor": True},
)


@attrs.frozen(eq=False)
class SecondFactors:
    """`turns` are taken by account, from reading a factor until its new state is stored."""

    reader: Reader
    commands: CommandBus
    turns: Turns = attrs.field(factory=Turns)

    async def of(self, account: str) -> Row | None:
        """The second factor that signing in takes, if it takes one. Raises StoreUnavailable."""
        factor = await self.reader.second_factor(account)
        return factor if factor is not None and factor["confirmed"] else None

    async def use(self, account: str, code: str) -> Refusal | None:
        """Uses a code up; the refusal when it is wrong, or was used before. Raises StoreUnavailable."""
        given = typed(code)
        async with self.turns.of(account):
            factor = await self.of(account)
            if factor is None:
                return None
            secret, used, left = factor["secret"], factor["used_step"], factor["recovery_codes"]
            if (step := totp.step_of(secret, given, now(), used)) is not None:
                await self.commands.write(PutSecondFactor(account, secret, True, step, left))
                return None
            hashes = [left[start : start + HASH_BYTES] for start in range(0, len(left), HASH_BYTES)]
            if (spent := hashed(given)) not in hashes:
                return WRONG_CODE
            rest = b"".join(one for one in hashes if one != spent)
            await self.commands.write(PutSecondFactor(account, secret, True, used, rest))
        return None


def typed(code: str) -> str:
    """A code without what people put between: spaces, dashes, capitals."""
    return "".join(code.split()).replace("-", "").lower()
