"""Searching at the desk."""

from __future__ import annotations

from typing import Final

import trio

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.handlers.desk import Desk
from chatd.handlers.visibility import visible_room, visible_space
from chatd.ports import Caller, StoreUnavailable

TOO_SLOW: Final = Refusal(
    "overloaded", "this search takes too long; say more of the words, name a room, or narrow the dates"
)


async def search(desk: Desk, caller: Caller, query: c.SearchMessages) -> Answer:
    view = desk.views.search
    question = view.find(caller.account, caller.operator, query)
    if isinstance(question, Refusal):
        return question
    # What is in a room nobody has named is left out by the question itself.
    if query.room is not None:
        room = await visible_room(desk, caller, query.room)
        if isinstance(room, Refusal):
            return room
    if query.space is not None:
        space = await visible_space(desk, caller, query.space)
        if isinstance(space, Refusal):
            return space
    try:
        page = await desk.views.ask(view, question, desk.bus.head)
    except StoreUnavailable as error:
        if isinstance(error.__cause__, trio.TooSlowError):
            return TOO_SLOW
        raise
    return {"hits": page.hits, "next": page.next}
