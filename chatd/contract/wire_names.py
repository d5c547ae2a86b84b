"""Names on the wire that Python keeps for itself: `for` and `from` are `for_` and `from_` in classes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import attrs
import msgspec

RESERVED: Final = frozenset({"for", "from"})


def wire_name(field: str) -> str:
    return field.removesuffix("_")


def python_names(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A map from the wire, with the names that its class has. Looks at the top level only."""
    if RESERVED.isdisjoint(data):
        return data
    return {f"{name}_" if name in RESERVED else name: value for name, value in data.items()}


def to_wire(result: Any) -> Any:
    """What stands on the wire for an object of the contract: itself where an encoder may take it as it is."""
    return to_builtins(result) if renames(type(result)) else result


def to_builtins(result: Any) -> Any:
    """The same as maps, lists and plain values, for whoever looks into it."""
    built = msgspec.to_builtins(result)
    return _renamed(built) if renames(type(result)) else built


def from_wire(data: Any, type_: type[Any]) -> Any:
    """An object of the contract, made of what stands on the wire. Raises msgspec.ValidationError."""
    return msgspec.convert(_restored(data) if renames(type_) else data, type_)


def renames(type_: Any) -> bool:
    """Whether the class, or one that it holds, has a field of another name on the wire."""
    return _renames(type_)


@cache
def _renames(type_: Any) -> bool:
    if attrs.has(type_):
        hints = get_type_hints(type_)
        return any(wire_name(name) in RESERVED or renames(hint) for name, hint in hints.items())
    return any(renames(part) for part in get_args(type_))


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {wire_name(name): _renamed(one) for name, one in value.items()}
    return [_renamed(one) for one in value] if isinstance(value, list) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _restored(one) for name, one in python_names(value).items()}
    return [_restored(one) for one in value] if isinstance(value, list) else value
