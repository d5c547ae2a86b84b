"""Rows of the store as rows of the contract, where they differ."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import UNSET

from chatd.contract.account import Account
from chatd.contract.message import Message, ThreadSummary
from chatd.contract.room import Room
from chatd.contract.rows import pick
from chatd.ports import Row

R = TypeVar("R", bound=Room)


def account_row(row: Row) -> Account:
    return pick(Account, row, bot=row["owner"] is not None)


def room_row(row: Row, class_: type[R], **more: Any) -> R:
    """Only a direct room names its people."""
    accounts = row["accounts"] if row["kind"] == "direct" else UNSET
    return pick(class_, row, accounts=accounts, **more)


def message_row(row: Row) -> Message:
    thread = ThreadSummary(replies=row["replies"], last_at=row["last_reply_at"]) if row["replies"] else None
    return pick(Message, row, attachments=[], thread=thread)
