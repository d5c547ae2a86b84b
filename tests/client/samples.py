"""Results as the contract declares them, from as little of them as a test is about."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from msgspec import UNSET, UnsetType

from chatd.contract.requests import REQUESTS
from chatd.contract.wire_names import wire_name

_EMPTY: dict[type, Any] = {str: "-", int: 0, float: 0.0, bool: False}


def result(name: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a server replies to the request `name`: `given`, and something for every other field."""
    filled: dict[str, Any] = _filled(REQUESTS[name].result, given or {})
    return filled


def _filled(type_: Any, given: Any) -> Any:
    """`given` with everything that its type wants besides; UNSET stands for nothing given."""
    origin, parts = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return _filled(parts[0], given)
    if origin in (Union, types.UnionType):
        return _one_of(parts, given)
    if attrs.has(type_):
        return _object(type_, given)
    if origin is list:
        return [_filled(parts[0], one) for one in (given or ())]
    if origin is dict or type_ is dict:
        return {name: _filled(parts[1], one) if parts else one for name, one in (given or {}).items()}
    if given is not UNSET:
        return given
    return parts[0] if origin is Literal else _EMPTY.get(type_)


def _one_of(parts: tuple[Any, ...], given: Any) -> Any:
    if given is UNSET and type(None) in parts:
        return None
    if given is None:
        return None
    kinds = [part for part in parts if part not in (type(None), UnsetType)]
    structured = [part for part in kinds if attrs.has(part)]
    return _filled(structured[0] if structured and isinstance(given, Mapping) else kinds[0], given)


def _object(type_: type[Any], given: Any) -> dict[str, Any]:
    given = {} if given is UNSET else given
    hints = get_type_hints(type_, include_extras=True)
    filled = {}
    for field in attrs.fields(type_):
        name = wire_name(field.name)
        if name in given or field.default is attrs.NOTHING:
            filled[name] = _filled(hints[field.name], given.get(name, UNSET))
    undeclared = given.keys() - filled.keys()
    assert not undeclared, f"{type_.__name__} has no {undeclared}"
    return filled


def holds(whole: Any, part: Any) -> bool:
    """Whether `whole` says all that `part` says; maps of `whole` may have more in them."""
    if isinstance(part, Mapping):
        return all(name in whole and holds(whole[name], one) for name, one in part.items())
    if attrs.has(type(part)):
        return type(whole) is type(part) and holds(_fields(whole), _fields(part))
    if isinstance(part, list | tuple):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part)


def _fields(one: Any) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in attrs.fields(type(one))}
