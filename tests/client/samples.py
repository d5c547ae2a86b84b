"""Objects of the contract for tests: what a test says nothing of is as plain as its type allows."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct, to_builtins
from msgspec.structs import fields

T = TypeVar("T")

PLAIN: dict[Any, Any] = {str: "x", int: 1, float: 1.0, bool: False}


def sample(class_: type[T], **given: Any) -> T:
    """An object of the class with these fields; others without a default get a plain value."""
    hints = get_type_hints(class_)
    for field in fields(class_):
        if field.required and field.name not in given:
            given[field.name] = _plain(hints[field.name])
    return class_(**given)


def wire(class_: type[Any], **given: Any) -> Any:
    """The same as it stands on the wire."""
    return to_builtins(sample(class_, **given))


def _plain(hint: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Struct):
        return sample(hint)
    if origin is Annotated:
        return _plain(args[0])
    if origin is Literal:
        return args[0]
    if origin in (Union, UnionType):
        return None if type(None) in args else _plain(args[0])
    return PLAIN[hint] if hint in PLAIN else origin()
