"""Back in without e-mail: a link that an operator makes and hands over, good once and for an hour.

It leads to a page on which a new password is set (`chatd/gateway/http.py`). All devices end with that; a
second factor stays, and is reset apart.
"""

from __future__ import annotations

from typing import Final

from chatd.actors.runtime.envelope import Answer
from chatd.auth.tokens import hashed, new_secret
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.handlers import device as devices
from chatd.handlers.credentials import hash_new, secure
from chatd.handlers.desk import Desk, now
from chatd.ports import Caller, DropDevices, DropRecoveryLink, PutCredential, PutRecoveryLink, Row

LIFETIME: Final = 3600_000  # milliseconds
USED: Final = Refusal(
    "not_found", "this link has been used, has expired or was never right; ask for a new one"
)


async def make_link(desk: Desk, caller: Caller, command: c.MakeRecoveryLink) -> Answer:
    """A new link takes the place of an older one."""
    code, expires_at = new_secret(), now() + LIFETIME
    put = PutRecoveryLink(command.account, hashed(code), expires_at)
    answer = await secure(desk, command.account, caller.by, "recovery_link", put)
    if isinstance(answer, Refusal):
        return answer
    return {"url": f"{desk.address}/recover?code={code}", "expires_at": expires_at}


async def recover(desk: Desk, code: str, password: str) -> Answer:
    """Sets the password of the account that the link is for. A password that will not do leaves it good."""
    row = await _account(desk, code)
    if row is None:
        return USED
    password_hash = await hash_new(desk, password, row["name"], row["display_name"])
    if isinstance(password_hash, Refusal):
        return password_hash
    account, dropped = row["id"], DropDevices(row["id"])
    writes = (PutCredential(account, password_hash), DropRecoveryLink(account), dropped)
    async with desk.spending:
        if await _account(desk, code) is None:
            return USED
        answer = await secure(desk, account, account, "recovered", *writes)
    if isinstance(answer, Refusal):
        return answer
    devices.end(desk, dropped, "the password was set anew")
    return {"name": row["name"]}


async def _account(desk: Desk, code: str) -> Row | None:
    """Whom the link is for, while it is good."""
    link = await desk.reader.recovery_link(hashed(code))
    if link is None or link["expires_at"] <= now():
        return None
    return await desk.reader.account(link["account"])
