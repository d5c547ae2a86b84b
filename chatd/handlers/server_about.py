"""What the server says of itself to whoever is at the door."""

from __future__ import annotations

import msgspec

from chatd.contract.server import GetServerAbout, ServerAbout
from chatd.ports import Caller, Reader
from chatd.settings import Settings


class AboutServer(msgspec.Struct, frozen=True, eq=False):
    settings: Settings
    reader: Reader

    async def about(self, caller: Caller, query: GetServerAbout) -> ServerAbout:
        return ServerAbout(
            name=self.settings.server_name,
            sign_up=self.settings.sign_up,
            set_up=await self.reader.any_account(),
        )
