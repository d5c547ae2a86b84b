"""Rows of accounts and rooms as the wire shows them."""

from __future__ import annotations

from typing import Any

from chatd.ports import Row


def public_account(row: Row) -> dict[str, Any]:
    """What its owner and operators see; nobody sees more."""
    shown = {name: value for name, value in row.items() if name != "scopes"}
    return {**shown, "bot": row["owner"] is not None}


def room_frame(row: Row) -> dict[str, Any]:
    """A room, as `chatd.domain.room.state.RoomState.frame` gives it. Only a direct one names its people."""
    if row["kind"] == "direct":
        return row
    return {name: value for name, value in row.items() if name != "accounts"}
