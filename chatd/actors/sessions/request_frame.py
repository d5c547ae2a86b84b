"""Frames that ask for something: which request one names, and its typed data. Knows no session."""

from __future__ import annotations

from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.contract.fields import MAX_ID
from chatd.contract.requests import find
from chatd.contract.spec import RequestType
from chatd.ports import Row

BAD_ID: Final = Refusal(
    "invalid", f"a request needs an id: an integer of 64 bits, or a string of at most {MAX_ID} characters"
)

_KEYS: Final = {kind: frozenset({"id", kind, "data"}) for kind in ("command", "query")}


def request_type(frame: Row) -> RequestType | Refusal:
    """The row of the command or query that the frame names."""
    kind = "command" if "command" in frame else "query"
    if not frame.keys() <= (known := _KEYS[kind]):
        unknown = min(frame.keys() - known)
        return Refusal("invalid", f"unknown key {quote(unknown)}; a request has id, command or query, data")
    if kind not in frame:
        return Refusal("invalid", "a request needs a command or a query")
    return find(kind, frame[kind])


def request_data(request: RequestType, frame: Row) -> Any | Refusal:
    """The typed command or query."""
    data = frame.get("data")
    if data is None:  # which it may be wherever it may be left out
        data = {}
    if isinstance(data, dict):
        return request.read(data)
    return Refusal("invalid", "data must be a map; where it is empty, leave it out")
