"""Handler of notifications."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.actors.workers.view_updater import Views
from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.contract.notification import ListNotifications, Notification, NotificationPage
from chatd.contract.rows import pick
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.ports import Caller


class Notifications(msgspec.Struct, frozen=True, eq=False):
    views: Views
    bus: Bus

    async def list_(self, caller: Caller, query: ListNotifications) -> NotificationPage | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        view = self.views.notifications
        question = view.page(caller.account, query.after, query.unread, query.limit)
        page = await self.views.ask(view, question, self.bus.head)
        if page is None:
            return Refusal("not_found", f"you have no notification {quote(query.after or '')}: after")
        return NotificationPage(
            notifications=[pick(Notification, row) for row in page.rows],
            next=page.rows[-1]["id"] if page.more else None,
            unread=page.unread,
        )
