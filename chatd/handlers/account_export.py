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
        account = query.account or caller.account
        if account is None:
            return Refusal("invalid", "an operator must say whose, in `account`")
        if account != caller.account and not (caller.operator or caller.admin):
            return Refusal("forbidden", "only an operator may export another account")
        row = await self.reader.account(account)
        if row is None or row["deleted"]:
            return NO_SUCH_ACCOUNT
        whose = f"{account} {caller.by}"
        cursor = _Cursor() if query.after is None else self._read(query.after, whose)
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
            next=self._sign(msgspec.structs.replace(head, place=page[-1][0]), whose)
            if len(found) > len(page)
            else None,
        )

    def _sign(self, cursor: _Cursor, whose: str) -> str:
        place = cursor.place
        cells = _Cells(place.kind, place.a, place.b, place.c, cursor.position, cursor.hash)
        told = msgspec.json.encode(cells)
        return base64.urlsafe_b64encode(self._signature(told, whose) + told).decode()

    def _read(self, after: str, whose: str) -> _Cursor | None:
        """The cursor, if it was signed here for the same account and caller."""
        try:
            signed = base64.urlsafe_b64decode(after.encode("ascii"))
            told = signed[_SIGNATURE_BYTES:]
            if not hmac.compare_digest(signed[:_SIGNATURE_BYTES], self._signature(told, whose)):
                return None
            cells = _decode_cells(told)
        except (ValueError, binascii.Error, msgspec.MsgspecError):
            return None
        place = ExportPlace(cells.kind, cells.a, cells.b, cells.c)
        known = place.kind == NOTIFICATION or place.kind in EXPORTED
        return _Cursor(place, cells.position, cells.hash) if known else None

    def _signature(self, told: bytes, whose: str) -> bytes:
        signed = b"account.export\0" + whose.encode() + b"\0" + told
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
