"""Invite codes: where one leads, and whether the account that made it is out.

Whether an invite still counts is decided by its space. What the space cannot know, whether the account that
made the invite is disabled or being deleted, is looked up here.
"""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.directory import Directory
from chatd.auth.tokens import hashed
from chatd.clock import new_id, now
from chatd.domain.event import space_stream
from chatd.domain.space.state import SpaceState
from chatd.ports import Reader


class FoundInvite(msgspec.Struct, frozen=True):
    """An invite of a space. `maker_out`: its maker is disabled, or being deleted. `usable`: whether the
    space lets in now of whom it knows nothing."""

    space: str
    invite: str
    maker_out: bool
    usable: bool


class InviteCodes(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    directory: Directory

    async def find(self, code: str) -> FoundInvite:
        """Where the code leads. One that leads nowhere gets a space that does not exist: it is refused there
        like an invite that has ended, after as long a time. Raises StoreUnavailable."""
        found, invite, usable = await self.reader.invite_code(hashed(code)), None, False
        if found is None:
            found = {"space": new_id(), "invite": ""}
        else:
            state: SpaceState = await self.directory.state_of(space_stream(found["space"]))
            invite = state.invites.get(found["invite"])
            usable = invite is not None and state.usable(invite, now())
        maker_out = await self._is_out("" if invite is None or invite.by_operator else invite.by)
        return FoundInvite(found["space"], found["invite"], maker_out, usable and not maker_out)

    async def _is_out(self, account: str) -> bool:
        """Whether the account, or of a bot its owner, is out. An empty id is nobody's."""
        row = await self.reader.account(account)
        deleting = {order["account"] for order in await self.reader.erasures()}
        if row is None:
            return bool(account)
        if row["disabled"] or account in deleting:
            return True
        return row["owner"] is not None and await self._is_out(row["owner"])
