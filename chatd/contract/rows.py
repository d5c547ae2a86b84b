"""How results and rows are made of what the store and the actors know.

An object leaves the server by allow-list: `pick` takes the fields that its class declares, and nothing else.
A field that may be missing on the wire has the default UNSET; a field that is null there says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def pick(class_: type[T], row: Mapping[str, Any], **more: Any) -> T:
    """An object of a class of the contract from a row, whose keys are the names on the wire; fields in `more`
    take the place of the row's."""
    names: Any = class_
    pairs = zip(names.__struct_fields__, names.__struct_encode_fields__, strict=True)
    found = {name: row[wire] for name, wire in pairs if name not in more and wire in row}
    return class_(**found, **more)


def field_names(class_: type[Any]) -> tuple[str, ...]:
    names: tuple[str, ...] = class_.__struct_fields__
    return names


def fields_of(row: object) -> dict[str, Any]:
    """The fields of a row, as they stand in it."""
    return {name: getattr(row, name) for name in field_names(type(row))}
