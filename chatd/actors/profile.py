"""An account's row as the wire shows it."""

from __future__ import annotations

from typing import Any

from chatd.ports import Row


def public_account(row: Row) -> dict[str, Any]:
    """What its owner and operators see; nobody sees more."""
    return {**row, "admin": bool(row["admin"]), "disabled": bool(row["disabled"])}
