"""Refusals that several handlers share."""

from __future__ import annotations

from typing import Final

from chatd.contract.errors import Refusal

NO_TOKEN: Final = Refusal("unauthenticated", "this token is not valid; sign in again")
LAST_ADMIN: Final = Refusal("conflict", "this is the last administrator; make somebody else one first")
DISABLED: Final = Refusal("forbidden", "this account is disabled; ask the people who run this server")
TOKEN_OF_DISABLED: Final = Refusal("unauthenticated", DISABLED.message)
# An operator at the admin socket is no account, and so has nothing of its own:
OPERATOR_HAS_NO_DEVICES: Final = Refusal(
    "forbidden", "this is for accounts: an operator has no password and no devices"
)
OPERATOR_KEEPS_NOTHING: Final = Refusal("forbidden", "this is for accounts: use an account's token")
OPERATOR_REPORTS_NOTHING: Final = Refusal(
    "forbidden", "only accounts can report messages: use an account's token"
)
OPERATOR_HAS_NO_IDENTITIES: Final = Refusal(
    "forbidden", "an operator has no identities; sign in with an account"
)
