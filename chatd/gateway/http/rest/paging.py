"""Links from a page to the following one (RFC 8288)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from chatd.contract.spec import RequestType

# Takes a result and the fields of its request; gives the fields of the following page, none at the end.
Following = Callable[[Any, Mapping[str, Any]], Mapping[str, object]]

TAKES_NEXT: Final = ("cursor", "after", "before")  # the field that takes `next`: the first that there is


def following_of(row: RequestType) -> Following | None:
    """How to find the page after a result of this request; None: its results are no pages."""
    if row.kind != "query":
        return None
    shown = {field.name for field in msgspec.structs.fields(row.result)}
    if "next" in shown:
        name = next(name for name in TAKES_NEXT if name in row.fields)
        return lambda result, data: {} if result.next is None else {name: result.next}
    if "more_before" in shown:
        return _of_history
    if row.name == "event.list":
        return lambda result, data: {"after": result.position} if result.events else {}
    return None


def _of_history(result: Any, data: Mapping[str, Any]) -> Mapping[str, object]:
    """History is read backwards, and from a message on (`after`) forwards."""
    if not result.messages:
        return {}
    if "after" in data:
        return {"after": result.messages[-1].seq} if result.more_after else {}
    return {"before": result.messages[0].seq} if result.more_before else {}


def link(path: str, in_path: tuple[str, ...], data: Mapping[str, Any], more: Mapping[str, object]) -> bytes:
    """The value of `Link`. `path`: of this page, as it was asked for, with these fields; `more`: those of the
    following page that are others."""
    fields = {name: _written(value) for name, value in data.items() if name not in in_path}
    if "before" in more:
        fields.pop("around", None)
    fields |= {name: _written(value) for name, value in more.items()}
    address = f"{quote(path, safe='/%')}?{urlencode(fields)}"
    return f'<{address}>; rel="next"'.encode()


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
