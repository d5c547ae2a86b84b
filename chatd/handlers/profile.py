"""The handler of profiles."""

from __future__ import annotations

import msgspec

from chatd.contract.profile import ListProfiles, Profile, ProfileList
from chatd.contract.rows import pick
from chatd.ports import Caller, Reader


class Profiles(msgspec.Struct, frozen=True, eq=False):
    reader: Reader

    async def list_(self, caller: Caller, query: ListProfiles) -> ProfileList:
        viewer = None if caller.operator else caller.by
        rows = await self.reader.profiles(viewer, query.accounts)
        return ProfileList(profiles=[pick(Profile, row) for row in rows])
