"""The handler of `account.export`: everything that is an account's own, in pages of items of a kind.

What the log's tables know comes first, section by section; notifications come last, from their view. Secrets
are not part of it, and neither is what others wrote.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final

import attrs
import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.actors.workers.view_updater import Views
from chatd.contract.account import ExportAccount, ExportItem, ExportPage
from chatd.contract.errors import Refusal
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.handlers.credentials import Credentials
from chatd.handlers.histories import ANOTHER, Histories
from chatd.handlers.paging import fitting
from chatd.ports import EXPORTED, START, Caller, Exported, ExportPlace, Reader

NOTIFICATION: Final = "notification"
BAD_CURSOR: Final = Refusal("invalid", "after must be the `next` of the previous page")

Found = list[tuple[ExportPlace, Exported]]


@attrs.frozen(eq=False)
class AccountExports:
    reader: Reader
    views: Views
    bus: Bus
    histories: Histories
    credentials: Credentials

    async def export(self, caller: Caller, query: ExportAccount) -> ExportPage | Refusal:
        account = query.account or caller.account
        if account is None:
            return Refusal("invalid", "an operator must say whose, in `account`")
        if account != caller.account and not (caller.operator or caller.admin):
            return Refusal("forbidden", "only an operator may export another account")
        row = await self.reader.account(account)
        if row is None or row["deleted"]:
            return NO_SUCH_ACCOUNT
        cursor = _Cursor() if query.after is None else _decode(query.after)
        if cursor is None:
            return BAD_CURSOR
        if not await self.histories.has(cursor.position, cursor.hash):
            return ANOTHER
        after, head = cursor.place, _Cursor(START, self.bus.head, self.bus.hash)
        if account != caller.account and query.after is None:
            told = await self.credentials.secure(account, caller.by, "exported")
            if isinstance(told, Refusal):
                return told
        wanted = query.limit + 1
        found: Found = []
        if after.kind != NOTIFICATION:
            found = await self.reader.export(account, after, wanted)
            after = ExportPlace(NOTIFICATION, "", 0, "")
        if len(found) < wanted:
            notified = await self._notifications(account, after.a or None, wanted - len(found))
            if notified is None:
                return BAD_CURSOR
            found += notified
        page = fitting(found[: query.limit], lambda one: len(msgspec.json.encode(one[1].data)))
        items = [ExportItem(kind=item.kind, data=item.data) for _, item in page]
        return ExportPage(
            items=items,
            next=_encode(attrs.evolve(head, place=page[-1][0])) if len(found) > len(page) else None,
        )

    async def _notifications(self, account: str, after: str | None, limit: int) -> Found | None:
        view = self.views.notifications
        page = await self.views.ask(view, view.page(account, after, False, limit), self.bus.head)
        if page is None:
            return None
        return [
            (ExportPlace(NOTIFICATION, row["id"], 0, ""), Exported(NOTIFICATION, row)) for row in page.rows
        ]


# --- the cursor --------------------------------------------------------------------------------------------


@attrs.frozen
class _Cursor:
    """Where the next page begins, and where the log stood when the page before was read."""

    place: ExportPlace = START
    position: int = 0
    hash: str | None = None


class _Cells(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A cursor as it is written. Those of earlier versions end after the place."""

    kind: str
    a: str
    b: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    c: str
    position: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    hash: str | None = None


_decode_cells: Final = msgspec.json.Decoder(_Cells).decode


def _encode(cursor: _Cursor) -> str:
    place = cursor.place
    cells = _Cells(place.kind, place.a, place.b, place.c, cursor.position, cursor.hash)
    return base64.urlsafe_b64encode(msgspec.json.encode(cells)).decode()


def _decode(cursor: str) -> _Cursor | None:
    try:
        cells = _decode_cells(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    place = ExportPlace(cells.kind, cells.a, cells.b, cells.c)
    known = place.kind == NOTIFICATION or place.kind in EXPORTED
    return _Cursor(place, cells.position, cells.hash) if known else None
