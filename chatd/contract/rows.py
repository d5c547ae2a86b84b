"""How results and rows are declared, and how they are made of what the store and the actors know.

An object leaves the server by allow-list: `pick` takes the fields that its class declares, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, dataclass_transform

import attrs

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def result(class_: type[T]) -> type[T]:
    """A class whose objects stand on the wire: frozen, with fields given by name.

    A field that may be missing on the wire has the default UNSET; a field that is null there says so.
    """
    return attrs.frozen(class_, kw_only=True)


def pick(class_: type[T], row: Mapping[str, Any], **more: Any) -> T:
    """An object of a `result` class from a row; fields in `more` take the place of the row's."""
    found = {name: row[name] for name in field_names(class_) if name not in more and name in row}
    return class_(**found, **more)


def field_names(class_: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(class_))


def fields_of(row: object) -> dict[str, Any]:
    """The fields of a row, as they stand in it."""
    return {name: getattr(row, name) for name in field_names(type(row))}
