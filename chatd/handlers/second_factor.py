"""The second factor at sign-in: whether an account has one, and using up its codes.

The TOTP secret stands in a table of its own, recovery codes only as hashes. Each code is good once: whoever
uses one writes what is left under the condition (`SecondFactorIs`) that the factor is still what was read.
"""

from __future__ import annotations

from typing import Final, TypeGuard

from chatd.auth.tokens import hashed
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.domain import totp
from chatd.ports import PutSecondFactor, Row

HASH_BYTES: Final = 32

CODE_NEEDED: Final = Refusal(
    "unauthenticated",
    "this account has a second factor: sign in with `code` as well, from its app or a recovery code",
    {"second_factor": True},
)
CODE_OR_PASSKEY_NEEDED: Final = Refusal(
    "unauthenticated",
    "this account has a second factor: sign in with `passkey` or `code` as well",
    {"second_factor": True, "passkey": True},
)
WRONG_CODE: Final = Refusal(
    "unauthenticated",
    "this code is wrong or has been used; wait for the next one, or use a recovery code",
    {"second_factor": True},
)
WRONG_FIRST_CODE: Final = Refusal(
    "unauthenticated",
    "this code is wrong; wait for the next one, and set the clock of the device that shows it",
)


def in_use(factor: Row | None) -> TypeGuard[Row]:
    """Whether signing in takes a code of this factor: there is one, and it was confirmed."""
    return factor is not None and bool(factor["confirmed"])


def spend(account: str, factor: Row, code: str) -> PutSecondFactor | None:
    """The factor without the code that was given; None when that is wrong, or was used before."""
    given = typed(code)
    secret, used, left = factor["secret"], factor["used_step"], factor["recovery_codes"]
    if (step := totp.step_of(secret, given, now(), used)) is not None:
        return PutSecondFactor(account, secret, True, step, left)
    hashes = [left[start : start + HASH_BYTES] for start in range(0, len(left), HASH_BYTES)]
    if (spent := hashed(given)) not in hashes:
        return None
    rest = b"".join(one for one in hashes if one != spent)
    return PutSecondFactor(account, secret, True, used, rest)


def typed(code: str) -> str:
    """A code without what people put between: spaces, dashes, capitals."""
    return "".join(code.split()).replace("-", "").lower()
