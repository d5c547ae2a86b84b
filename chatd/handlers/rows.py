"""Rows of the store as rows of the contract, where they differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from msgspec import UNSET

from chatd.contract.account import Account
from chatd.contract.file import FileInfo
from chatd.contract.message import Message, ThreadSummary
from chatd.contract.room import OwnRoom, Room
from chatd.contract.rows import pick
from chatd.ports import Row

R = TypeVar("R", bound=Room)


def account_row(row: Row) -> Account:
    return pick(Account, row, bot=row["owner"] is not None)


def room_row(row: Row, class_: type[R], **more: Any) -> R:
    """Only a direct room names its people."""
    direct = row["kind"] == "direct"
    accounts, disabled = (row[name] if direct else UNSET for name in ("accounts", "disabled"))
    return pick(class_, row, accounts=accounts, disabled=disabled, **more)


# in a room joined only just now
NOTHING_READ: Final[Row] = {"read": 0, "unread": 0, "mentions": 0, "first_unread": None}


def own_room(room: Row, unread: Row, role: str | None, request: bool | None) -> OwnRoom:
    """`unread`: what `Reader.unread` gives of the room; `request`: None outside direct rooms. The head is the
    one to which it counted, because whoever asked counts on from there."""
    counts = {name: unread[name] for name in (*NOTHING_READ, "head") if name in unread}
    return room_row(room, OwnRoom, **counts, role=role, request=UNSET if request is None else request)


def message_row(row: Row) -> Message:
    thread = ThreadSummary(replies=row["replies"], last_at=row["last_reply_at"]) if row["replies"] else None
    return pick(Message, row, thread=thread, files=file_infos(row["files"]))


def file_infos(rows: Iterable[Row]) -> list[FileInfo]:
    return [pick(FileInfo, row) for row in rows]
