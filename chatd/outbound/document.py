"""JSON objects that other servers answer with."""

from __future__ import annotations

from typing import Any

import msgspec


def read_document(body: bytes) -> dict[str, Any]:
    """Raises msgspec.DecodeError, whatever is wrong with it."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except RecursionError:
        raise msgspec.DecodeError("it is nested too deep") from None
