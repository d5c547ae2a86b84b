"""The handler of the audit: who did what. Texts are never shown."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.contract.audit import AuditEntry, AuditPage, ListAudit
from chatd.contract.errors import Refusal
from chatd.contract.events import AUDITED, OVER_ACCOUNTS
from chatd.contract.rows import pick
from chatd.handlers.paging import cut
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader

NO_TYPE: Final = Refusal(
    "invalid", "type must be an audited event, such as member.banned; docs/reference/events.md lists them"
)
WHOLE_SERVER: Final = Refusal(
    "forbidden",
    "the audit of the server and of direct rooms is for operators and admins; name a space for its audit",
)


class Audit(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListAudit) -> AuditPage | Refusal:
        if query.type is not None and query.type not in (*AUDITED, *OVER_ACCOUNTS):
            return NO_TYPE
        viewer = None if caller.operator else caller.account
        if query.space is None:
            if not (caller.operator or caller.admin):
                return WHOLE_SERVER
            viewer = None
        else:
            what = "seeing the audit"
            state = await self.visibility.space_with(caller, query.space, "audit.list", what)
            if isinstance(state, Refusal):
                return state
        rows = await self.reader.audit(query, viewer)
        page, following = cut(rows, query.limit, "position")
        return AuditPage(entries=[pick(AuditEntry, row) for row in page], next=following)
