"""Handler of the views."""

from __future__ import annotations

import msgspec

from chatd.actors.workers.view_updater import Views
from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.contract.spec import DONE, Done
from chatd.contract.view import ListViews, RebuildView, ViewList
from chatd.handlers.server_log import ServerLog
from chatd.ports import Caller


class ViewHandlers(msgspec.Struct, frozen=True, eq=False):
    views: Views
    server_log: ServerLog

    async def list_(self, caller: Caller, query: ListViews) -> ViewList:
        return ViewList(views=self.views.rows())

    async def rebuild(self, caller: Caller, command: RebuildView) -> Done | Refusal:
        updater = self.views.updaters.get(command.name)
        if updater is None:
            known = ", ".join(sorted(self.views.updaters))
            return Refusal("not_found", f"there is no view {quote(command.name)}; there are: {known}")
        updater.rebuild()
        await self.server_log.record(caller, "view.rebuilt", view=command.name)
        return DONE
