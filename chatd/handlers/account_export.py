"""The handler of `account.export`: everything that is an account's own, in pages of items of a kind.

A cursor is signed for whose export it is and who asked for it: nobody gets a page without the first one, of
which the account is told.

What the log's tables know comes first, section by section; notifications come last, from their view. Secrets
are not part of it, and neither is what others wrote.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Annotated, Final

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


class AccountExports(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    views: Views
    bus: Bus
    histories: Histories
    credentials: Credentials
    key: bytes  # signs cursors

    async def export(self, caller: Caller, query: ExportAccount) -> ExportPage | Refusal:
        account = await self._whose(caller, query.account)
        if isinstance(account, Refusal):
            return account
        shown_to = f"{account} {caller.by}"
        cursor = _Cursor() if query.after is None else self._read(query.after, shown_to)
        if cursor is None:
            return BAD_CURSOR
        if not await self.histories.has(cursor.position, cursor.hash):
            return ANOTHER
        head = _Cursor(START, self.bus.head, self.bus.hash)
        if account != caller.account and query.after is None:
            told = await self.credentials.secure(account, caller.by, "exported")
            if isinstance(told, Refusal):
                return told
        found = await self._items(account, cursor.place, query.limit + 1)
        if found is None:
            return BAD_CURSOR
        page = fitting(found[: query.limit], lambda one: len(msgspec.json.encode(one[1].data)))
        items = [ExportItem(kind=item.kind, data=item.data) for _, item in page]
        if len(found) == len(page):
            return ExportPage(items=items, next=None)
        last = msgspec.structs.replace(head, place=page[-1][0])
        return ExportPage(items=items, next=self._sign(last, shown_to))

    async def _whose(self, caller: Caller, wanted: str | None) -> str | Refusal:
        account = wanted or caller.account
        if account is None:
            return Refusal("invalid", "an operator must say whose, in `account`")
        if account != caller.account and not (caller.operator or caller.admin):
            return Refusal("forbidden", "only an operator may export another account")
        row = await self.reader.account(account)
        return NO_SUCH_ACCOUNT if row is None or row["deleted"] else account

    async def _items(self, account: str, after: ExportPlace, most: int) -> Found | None:
        """None: `after` names a notification that is not there."""
        found: Found = []
        if after.kind != NOTIFICATION:
            found = await self.reader.export(account, after, most)
            after = ExportPlace(NOTIFICATION, "", 0, "")
        if len(found) == most:
            return found
        notified = await self._notifications(account, after.a or None, most - len(found))
        return None if notified is None else found + notified

    def _sign(self, cursor: _Cursor, shown_to: str) -> str:
        place = cursor.place
        cells = _Cells(place.kind, place.a, place.b, place.c, cursor.position, cursor.hash)
        told = msgspec.json.encode(cells)
        return base64.urlsafe_b64encode(self._signature(told, shown_to) + told).decode()

    def _read(self, after: str, shown_to: str) -> _Cursor | None:
        """The cursor, if it was signed here for the same account and caller."""
        try:
            signed = base64.urlsafe_b64decode(after.encode("ascii"))
            told = signed[_SIGNATURE_BYTES:]
            if not hmac.compare_digest(signed[:_SIGNATURE_BYTES], self._signature(told, shown_to)):
                return None
            cells = _decode_cells(told)
        except (ValueError, binascii.Error, msgspec.MsgspecError):
            return None
        place = ExportPlace(cells.kind, cells.a, cells.b, cells.c)
        known = place.kind == NOTIFICATION or place.kind in EXPORTED
        return _Cursor(place, cells.position, cells.hash) if known else None

    def _signature(self, told: bytes, shown_to: str) -> bytes:
        signed = b"account.export\0" + shown_to.encode() + b"\0" + told
        return hmac.digest(self.key, signed, "sha256")[:_SIGNATURE_BYTES]

    async def _notifications(self, account: str, after: str | None, limit: int) -> Found | None:
        view = self.views.notifications
        page = await self.views.ask(view, view.page(account, after, False, limit), self.bus.head)
        if page is None:
            return None
        return [
            (ExportPlace(NOTIFICATION, row["id"], 0, ""), Exported(NOTIFICATION, row)) for row in page.rows
        ]


# --- the cursor --------------------------------------------------------------------------------------------


class _Cursor(msgspec.Struct, frozen=True):
    """Where the next page begins, and where the log stood when the page before was read."""

    place: ExportPlace = START
    position: int = 0
    hash: str | None = None


class _Cells(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A cursor as it is written, behind its signature."""

    kind: str
    a: str
    b: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    c: str
    position: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    hash: str | None


_SIGNATURE_BYTES: Final = 16
_decode_cells: Final = msgspec.json.Decoder(_Cells).decode
