"""The handler of `message.search`."""

from __future__ import annotations

from typing import Final

import msgspec
import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.workers.view_updater import Views
from chatd.contract.errors import Refusal
from chatd.contract.message import SearchHit, SearchMessages, SearchPage
from chatd.contract.rows import pick
from chatd.handlers.rows import file_infos
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, FilesOfMessage, Reader, Row, StoreUnavailable

TOO_SLOW: Final = Refusal(
    "overloaded", "this search takes too long; use longer words, choose a room, or narrow the dates"
)

NO_FILES: Final = FilesOfMessage([], [])


class Searches(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    views: Views
    bus: Bus
    visibility: Visibility

    async def search(self, caller: Caller, query: SearchMessages) -> SearchPage | Refusal:
        view = self.views.search
        question = view.find(caller.account, caller.operator, query)
        if isinstance(question, Refusal):
            return question
        # the question itself leaves out messages of rooms that the caller may not see
        if query.room is not None:
            room = await self.visibility.room(caller, query.room)
            if isinstance(room, Refusal):
                return room
        if query.space is not None:
            space = await self.visibility.space(caller, query.space)
            if isinstance(space, Refusal):
                return space
        try:
            page = await self.views.ask(view, question, self.bus.head)
        except StoreUnavailable as error:
            if isinstance(error.__cause__, trio.TooSlowError):
                return TOO_SLOW
            raise
        files = await self.reader.files_of_messages([(hit["room"], hit["seq"]) for hit in page.hits])
        return SearchPage(
            hits=[_hit(hit, files.get((hit["room"], hit["seq"]), NO_FILES)) for hit in page.hits],
            next=page.next,
        )


def _hit(hit: Row, of_message: FilesOfMessage) -> SearchHit:
    return pick(SearchHit, hit, attachments=of_message.attachments, files=file_infos(of_message.files))
