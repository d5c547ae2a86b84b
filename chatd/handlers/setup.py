"""The first start: a one-time code that makes the first account, its space and a room to talk in."""

from __future__ import annotations

import hmac
from typing import Any

from chatd.auth.tokens import hashed, new_secret
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.contract.table import TABLE
from chatd.domain.event import space_stream
from chatd.handlers import account as accounts
from chatd.handlers import space as spaces
from chatd.handlers.desk import Desk
from chatd.ports import Caller, PutSetupCode

USED = Refusal("not_found", "this link has been used or is not the newest one; restart chatd for a new one")


async def new_code(desk: Desk) -> str | None:
    """A code for the form, or None when there are accounts already. A new one replaces the old."""
    if await desk.reader.any_account():
        return None
    code = new_secret()
    await desk.write(PutSetupCode(hashed(code)))
    return code


async def set_up(desk: Desk, code: str, name: str, password: str, space: str) -> dict[str, Any] | Refusal:
    """Makes an administrator's account, a space that it owns and the room "general" in it."""
    async with desk.setting_up:
        wanted = await desk.reader.setup_code()
        if wanted is None or not hmac.compare_digest(wanted, hashed(code)):
            return USED
        made_space = TABLE["space.create"].read({"name": space})
        if isinstance(made_space, Refusal):
            return made_space
        command = TABLE["account.create"].read({"name": name, "password": password, "admin": True})
        if isinstance(command, Refusal):
            return command
        made = await accounts.create(desk, Caller("setup", "system"), command)
        if isinstance(made, Refusal):
            return made
        await desk.write(PutSetupCode(None))
    account = made["account"]["id"]
    caller = Caller("setup", account, account)
    answer = await spaces.create(desk, caller, made_space)
    if isinstance(answer, Refusal):
        return answer
    room = c.CreateRoom(answer["space"]["id"], "general")
    await desk.ask(space_stream(room.space), room, desk.context(caller))
    return made
