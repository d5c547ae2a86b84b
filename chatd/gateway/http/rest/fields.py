"""Fields in an address: those of the path, and those of the query string, read by the types that they have.

What is no number where one belongs stays a text, so that the contract refuses it in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import inspect

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.contract.spec import RequestType
from chatd.gateway.http.rest.paths import unquoted

_INTEGER: Final = re.compile(r"(-?)0*([0-9]+)")
_DIGITS: Final = 20  # that are read of an integer; one that has more is out of range whatever they are
_NUMBER: Final = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,19})?")
_BOOLEANS: Final = {"true": True, "false": False}
MAX_PARAMETERS: Final = 128

Read = Callable[[str], Any]


def _integer(text: str) -> Any:
    found = _INTEGER.fullmatch(text)
    return text if found is None else int(found[1] + found[2][:_DIGITS])


def _number(text: str) -> Any:
    return float(text) if _NUMBER.fullmatch(text) else text


def _boolean(text: str) -> Any:
    return _BOOLEANS.get(text, text)


class Fields(msgspec.Struct, frozen=True, eq=False):
    """Of one request. `typed`: how those are read that are no texts; `lists`: those that may be repeated."""

    in_path: tuple[str, ...]
    typed: Mapping[str, Read]
    lists: frozenset[str]

    def of_path(self, values: tuple[str, ...]) -> dict[str, Any] | Refusal:
        """The fields in the path; `values` as they were sent."""
        typed, found = self.typed, {}
        for name, value in zip(self.in_path, values, strict=True):
            try:
                text = unquoted(value)
            except ValueError:
                return Refusal("invalid", f"{name}: not UTF-8 with percent signs")
            found[name] = typed[name](text) if name in typed else text
        return found

    def of_query(self, query: str, data: dict[str, Any]) -> Refusal | None:
        """Adds the fields of the query string to `data`; says what is wrong with it."""
        parts, typed = query.split("&"), self.typed
        if len(parts) > MAX_PARAMETERS:
            return Refusal("invalid", f"at most {MAX_PARAMETERS} parameters in the query string")
        for part in parts:
            name, equals, value = part.partition("=")
            try:
                name, text = unquoted(name.replace("+", " ")), unquoted(value.replace("+", " "))
            except ValueError:
                return Refusal("invalid", "the query string is not UTF-8 with percent signs")
            if not equals or not name:
                return Refusal("invalid", "the query string has the form name=value&name=value")
            read = typed[name](text) if name in typed else text
            if name in self.lists:
                data.setdefault(name, []).append(read)
            elif name in data:
                return Refusal("invalid", f"{quote(name)} is given twice")
            else:
                data[name] = read
        return None

    def of_body(self, said: dict[str, Any], data: dict[str, Any]) -> Refusal | None:
        """Adds the fields of the body to `data`, which has those of the path."""
        for name, value in said.items():
            if name in data:
                return Refusal("invalid", f"{name}: stands in the address, leave it out of the body")
            data[name] = value
        return None


def fields_of(row: RequestType) -> Fields:
    struct = inspect.type_info(row.request)
    assert isinstance(struct, inspect.StructType)
    typed: dict[str, Read] = {}
    lists: set[str] = set()
    for field in struct.fields:
        type_ = _bare(field.type)
        if isinstance(type_, inspect.ListType):
            lists.add(field.encode_name)
            type_ = _bare(type_.item_type)
        if isinstance(type_, inspect.IntType):
            typed[field.encode_name] = _integer
        elif isinstance(type_, inspect.FloatType):
            typed[field.encode_name] = _number
        elif isinstance(type_, inspect.BoolType):
            typed[field.encode_name] = _boolean
    return Fields(row.http.fields, typed, frozenset(lists))


def _bare(type_: inspect.Type) -> inspect.Type:
    """Without what it may be besides, and without remarks."""
    if isinstance(type_, inspect.Metadata):
        return _bare(type_.type)
    if isinstance(type_, inspect.UnionType):
        return next(_bare(one) for one in type_.types if not isinstance(one, inspect.NoneType))
    return type_
