"""The first start: a one-time code makes the first account, its space and a room to talk in."""

from __future__ import annotations

import hmac
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.auth.tokens import hashed, new_secret
from chatd.contract.account import AccountResult
from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.contract.room import CreateRoom, RoomResult
from chatd.domain.event import space_stream
from chatd.handlers.account import Accounts
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.known_elsewhere import found
from chatd.handlers.space import Spaces
from chatd.ports import Caller, Freshness, PutSetupCode, Reader, SetupCodeIs

NO_SPACE: Final = "0" * 26  # a room's name is looked at before there is a space
USED: Final = Refusal("not_found", "this link has been used: there is an account already; sign in with it")
OLD: Final = Refusal(
    "not_found", "this link is not the newest one; take that which the newest start of chatd printed"
)


class Setup(msgspec.Struct, frozen=True, eq=False):
    """There is one code for the whole server; it goes in the transaction that makes the account."""

    reader: Reader
    commands: CommandBus
    accounts: Accounts
    spaces: Spaces
    fresh: Freshness | None = None

    async def new_code(self) -> str | None:
        """A code for the form, which replaces an older one; None when there are accounts already."""
        if await self.reader.any_account():
            return None
        code = new_secret()
        await self.commands.write(PutSetupCode(hashed(code)))
        return code

    @retried_when_stale
    async def set_up(
        self, code: str, name: str, password: str, space: str, room: str
    ) -> AccountResult | Refusal:
        """Makes an administrator's account, a space that it owns and a first room in it."""
        given = hashed(code)
        expected = await found(self.reader.setup_code, self.fresh, lambda newest: not _is(newest, given))
        if expected is None or not _is(expected, given):
            return USED if await self.reader.any_account() else OLD
        new_space = REQUESTS["space.create"].read({"name": space})
        if isinstance(new_space, Refusal):
            return new_space
        new_room = REQUESTS["room.create"].read({"space": NO_SPACE, "name": room})
        if isinstance(new_room, Refusal):
            return new_room
        command = REQUESTS["account.create"].read({"name": name, "password": password, "admin": True})
        if isinstance(command, Refusal):
            return command
        system, unused = Caller("setup", "system"), (SetupCodeIs(expected),)
        made = await self.accounts.create(system, command, PutSetupCode(None), conditions=unused)
        if isinstance(made, Refusal):
            return made
        caller = Caller("setup", made.account.id, made.account.id)
        answer = await self.spaces.create(caller, new_space)
        if isinstance(answer, Refusal):
            return answer
        first = CreateRoom(answer.space.id, new_room.name)
        await self.commands.ask(space_stream(first.space), first, context_of(caller), RoomResult)
        return made


def _is(expected: bytes | None, given: bytes) -> bool:
    return expected is not None and hmac.compare_digest(expected, given)
