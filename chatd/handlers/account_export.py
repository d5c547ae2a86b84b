"""Everything that is an account's own, to take along: pages of items, each of a kind.

What the log's tables know comes first, section by section; what the account was notified of comes last,
from its view. Secrets are not part of it, and neither is what others wrote.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

import msgspec

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account import state as accounts
from chatd.handlers.desk import Desk
from chatd.ports import EXPORTED, START, Caller, Exported, ExportPlace

PAGE_BYTES: Final = 512 * 1024
NOTIFICATION: Final = "notification"
BAD_CURSOR: Final = Refusal("invalid", "after is the `next` of the page before")

Found = list[tuple[ExportPlace, Exported]]


async def export(desk: Desk, caller: Caller, query: c.ExportAccount) -> Answer:
    account = query.account or caller.account
    if account is None:
        return Refusal("invalid", "an operator says whose: account")
    if account != caller.account and not (caller.operator or caller.admin):
        return Refusal("forbidden", "only an operator may export what is somebody else's")
    row = await desk.reader.account(account)
    if row is None or row["deleted"]:
        return accounts.NO_SUCH_ACCOUNT
    after = START if query.after is None else _read(query.after)
    if after is None:
        return BAD_CURSOR
    wanted = query.limit + 1
    found: Found = []
    if after.kind != NOTIFICATION:
        found = await desk.reader.export(account, after, wanted)
        after = ExportPlace(NOTIFICATION, "", 0, "")
    if len(found) < wanted:
        told = await _notifications(desk, account, after.a or None, wanted - len(found))
        if told is None:
            return BAD_CURSOR
        found += told
    page = _fitting(found[: query.limit])
    following = _written(page[-1][0]) if len(found) > len(page) else None
    items = [{"kind": item.kind, "data": item.data} for _, item in page]
    return {"items": items, "next": following}


async def _notifications(desk: Desk, account: str, after: str | None, limit: int) -> Found | None:
    view = desk.views.notifications
    page = await desk.views.ask(view, view.page(account, after, False, limit), desk.bus.head)
    if page is None:
        return None
    return [(ExportPlace(NOTIFICATION, row["id"], 0, ""), Exported(NOTIFICATION, row)) for row in page.rows]


def _fitting(found: Found) -> Found:
    """As many as go into one message that any client takes, and at least one."""
    size = 0
    for index, (_, item) in enumerate(found):
        size += len(msgspec.json.encode(item.data))
        if index and size > PAGE_BYTES:
            return found[:index]
    return found


# --- the cursor --------------------------------------------------------------------------------------------

_decode: Final = msgspec.json.Decoder(tuple[str, str, int, str]).decode


def _written(place: ExportPlace) -> str:
    cells: list[Any] = [place.kind, place.a, place.b, place.c]
    return base64.urlsafe_b64encode(msgspec.json.encode(cells)).decode()


def _read(cursor: str) -> ExportPlace | None:
    try:
        place = ExportPlace(*_decode(base64.urlsafe_b64decode(cursor.encode("ascii"))))
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    known = place.kind == NOTIFICATION or place.kind in EXPORTED
    return place if known and abs(place.b) < 2**63 else None
