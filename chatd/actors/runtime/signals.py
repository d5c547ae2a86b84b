"""Signal frames, as clients receive them."""

from __future__ import annotations

from typing import Any

from chatd.ports import Row


def signal_frame(name: str, stream: str, by: str, payload: Any) -> Row:
    """A signal about `stream` that the account `by` caused; `payload` is of the signal's type."""
    return {"signal": name, "stream": stream, "by": by, "data": payload}
