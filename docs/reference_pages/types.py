"""Types in words: what a field takes, and the fields of a class."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import msgspec.inspect as kinds

from chatd.contract.fields import NO_NUL
from chatd.domain.policy.roles import RANK
from reference_pages.markdown import code, docstring, table

SAFE_INTEGER: Final = 2**53


def request_fields(class_: type[Any]) -> str:
    """A table of what a request takes. A field with a default may be left out."""
    rows = (
        (_name(field), _with_default(field), "" if field.required else "optional") for field in fields(class_)
    )
    return table(("field", "type", ""), rows)


def object_fields(class_: type[Any]) -> str:
    """A table of what an object of the server holds. A field that is not required may be missing.

    Lengths and ranges bind who sends; of what the server sends they say nothing that matters.
    """
    rows = (
        (_name(field), words(_unlimited(field.type)), "" if field.required else "may be missing")
        for field in fields(class_)
    )
    return table(("field", "type", ""), rows)


def _unlimited(type_: kinds.Type) -> kinds.Type:
    match type_:
        case kinds.StrType():
            return kinds.StrType()
        case kinds.IntType():
            return kinds.IntType()
        case kinds.ListType(item_type=item):
            return kinds.ListType(_unlimited(item))
        case kinds.UnionType(types):
            return kinds.UnionType(tuple(_unlimited(one) for one in types))
    return type_


@cache
def fields(class_: type[Any]) -> tuple[kinds.Field, ...]:
    info = kinds.type_info(class_)
    assert isinstance(info, kinds.StructType)
    return info.fields


def _name(field: kinds.Field) -> str:
    return code(field.encode_name)


def _with_default(field: kinds.Field) -> str:
    """A default of null says nothing more than that the field is optional."""
    optional = not field.required and field.default in (None, kinds.NODEFAULT)
    if optional:
        return words(_without_null(field.type))
    default = "" if field.required else f", default {code(_literal(field.default))}"
    return words(field.type) + default


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_null(type_: kinds.Type) -> kinds.Type:
    if isinstance(type_, kinds.UnionType):
        left = [one for one in type_.types if not isinstance(one, kinds.NoneType)]
        return left[0] if len(left) == 1 else kinds.UnionType(tuple(left))
    return type_


def words(type_: kinds.Type) -> str:
    match type_:
        case kinds.UnionType(types):
            return " or ".join(words(one) for one in types)
        case kinds.NoneType():
            return "null"
        case kinds.LiteralType(values):
            return "one of " + code(*_in_order(values))
        case kinds.Metadata(type=inner, extra_json_schema=said):
            return f"{words(inner)}: {(said or {}).get('description', '')}"
        case kinds.StrType():
            return "string" + _string_limits(type_)
        case kinds.IntType():
            return "integer" + _span(type_.ge, type_.le)
        case kinds.FloatType():
            return "number" + _span(type_.ge, type_.le)
        case kinds.BoolType():
            return "boolean"
        case kinds.ListType(item_type=item):
            return "list" + _length(type_.min_length, type_.max_length) + f" of {_plural(item)}"
        case kinds.TupleType(item_types=items):
            return "[" + ", ".join(words(item) for item in items) + "]"
        case kinds.DictType(key_type=key, value_type=value):
            if isinstance(key, kinds.StrType):
                return "object" if isinstance(value, kinds.AnyType) else f"object of {_plural(value)} by name"
            return f"object with {words(value)} for each of {code(*_in_order(_values(key)))}"
        case kinds.StructType(cls=class_):
            return link(class_)
        case kinds.AnyType():
            return "anything"
    raise TypeError(f"no words for {type_}")


def link(class_: type[Any]) -> str:
    return f"[`{class_.__name__}`](#type-{class_.__name__.lower()})"


def described(class_: type[Any]) -> str:
    """A section of a class: its heading, what it is, its fields."""
    sent_by_clients = getattr(kinds.type_info(class_), "forbid_unknown_fields", False)
    rows = (
        (request_fields if sent_by_clients else object_fields)(class_).rstrip("\n") if fields(class_) else ""
    )
    return "\n\n".join(part for part in (f"#### Type `{class_.__name__}`", docstring(class_), rows) if part)


def parts_of(class_: type[Any]) -> list[type[Any]]:
    """The classes that its fields name, in their order."""
    return [found for field in fields(class_) for found in _classes(field.type)]


def _classes(type_: kinds.Type) -> list[type[Any]]:
    match type_:
        case kinds.UnionType(types) | kinds.TupleType(item_types=types):
            return [found for one in types for found in _classes(one)]
        case kinds.ListType(item_type=item) | kinds.DictType(value_type=item):
            return _classes(item)
        case kinds.StructType(cls=class_):
            return [class_]
    return []


def _values(type_: kinds.Type) -> Iterable[Any]:
    assert isinstance(type_, kinds.LiteralType)
    return type_.values


def _in_order(values: Iterable[Any]) -> list[Any]:
    """Roles from the highest; what is no role as it comes."""
    return sorted(values, key=lambda value: -RANK.get(value, 0))


def _plural(type_: kinds.Type) -> str:
    match type_:
        case kinds.StrType() if _string_limits(type_):
            return f"strings{_string_limits(type_)}"
        case kinds.StrType():
            return "strings"
        case kinds.IntType():
            return "integers"
        case kinds.LiteralType(values):
            return code(*_in_order(values))
    return words(type_)


def _string_limits(type_: kinds.StrType) -> str:
    matching = "" if type_.pattern in (None, NO_NUL) else f" that matches {code(type_.pattern)}"
    if (type_.min_length, type_.max_length) == (None, None):
        return matching
    return f"{_length(type_.min_length, type_.max_length)} characters{matching}"


def _length(least: int | None, most: int | None) -> str:
    return _span(least or None, most)


def _span(least: float | None, most: float | None) -> str:
    if most is None:
        return "" if least is None else f" from {_number(least)}"
    return f" of up to {_number(most)}" if least is None else f" from {_number(least)} to {_number(most)}"


def _number(value: float) -> str:
    return "2⁵³" if value == SAFE_INTEGER else f"{value:,g}" if isinstance(value, float) else f"{value:,}"
