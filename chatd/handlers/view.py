"""Views at the desk: what they know, how far they are, and building one again."""

from __future__ import annotations

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.handlers.desk import Desk
from chatd.ports import Caller


async def list_(desk: Desk, caller: Caller, query: c.ListViews) -> Answer:
    return {"views": desk.views.frames()}


async def rebuild(desk: Desk, caller: Caller, command: c.RebuildView) -> Answer:
    follower = desk.views.followers.get(command.name)
    if follower is None:
        known = ", ".join(sorted(desk.views.followers))
        return Refusal("not_found", f"there is no view {command.name!r}; there are: {known}")
    follower.rebuild()
    return {}


async def notifications(desk: Desk, caller: Caller, query: c.ListNotifications) -> Answer:
    if caller.account is None:
        return Refusal("invalid", "an operator is notified of nothing; ask as an account")
    view = desk.views.notifications
    question = view.page(caller.account, query.after, query.unread, query.limit)
    page = await desk.views.ask(view, question, desk.bus.head)
    if page is None:
        return Refusal("not_found", f"you have no notification {query.after!r}: after")
    following = page.rows[-1]["id"] if page.more else None
    return {"notifications": page.rows, "next": following, "unread": page.unread}
