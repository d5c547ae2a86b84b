"""The contract's objects to and from what stands in frames, as a client does it. No I/O.

A newer server may send more than this library knows. Fields that a class does not declare are left out; an
event or signal of an unknown type, or of another shape, keeps its payload as the map that came.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec
from msgspec.structs import fields

from chatd.client.errors import Unreadable
from chatd.contract.events import EVENTS
from chatd.contract.requests import row_of
from chatd.contract.shared_payloads import Nothing
from chatd.contract.signals import SIGNALS
from chatd.contract.spec import RequestType, StreamKind

T = TypeVar("T")


def row_for(request: object, result: type[Any]) -> RequestType:
    """The row of a request. Raises TypeError when it is no request, or its result is of another type."""
    row = row_of(request)
    if row.result is not result:
        raise TypeError(f"the result of {row.name} is {row.result.__name__}, not {result.__name__}")
    return row


def data_of(request: Any) -> dict[str, Any]:
    """The `data` of a request; fields that have their default are left out."""
    data: dict[str, Any] = {}
    for field in fields(request):
        value = getattr(request, field.name)
        if field.required or value != field.default:
            data[field.encode_name] = msgspec.to_builtins(value)
    return data


def read_result(name: str, data: Mapping[str, Any], type_: type[T]) -> T:
    """The result of the request `name`. Raises Unreadable."""
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError as error:
        raise Unreadable(f"the answer to {name} is not a {type_.__name__}: {error}") from error


def read_event(name: str, stream: str, data: Mapping[str, Any]) -> object:
    """The payload of an event; Nothing where the account is not shown it."""
    row = EVENTS.get((cast(StreamKind, stream.partition("/")[0]), name))
    if row is None:
        return data
    return Nothing() if row.withheld and not data else _payload(data, row.payload)


def read_signal(name: str, data: Mapping[str, Any]) -> object:
    """The payload of a signal."""
    row = SIGNALS.get(name)
    return data if row is None else _payload(data, row.payload)


def _payload(data: Mapping[str, Any], type_: type[Any]) -> object:
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError:
        return data
