"""The contract's classes as GraphQL types, made when something refers to them.

Names stay those of the contract. `Int` of GraphQL ends at 2^31, so positions, times and other numbers that
may pass it are `Long`; what has keys of its own is `JSON`. Values with dots in them are no names of GraphQL:
a set of values that has some is `String`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final, Literal, get_args, get_origin

import msgspec
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
)
from graphql.type import GraphQLNullableInputType, GraphQLNullableOutputType, GraphQLOutputType
from msgspec import inspect

from chatd.contract import fields

MAX_INT: Final = 2**31 - 1
LONG: Final = GraphQLScalarType(
    "Long", description="A whole number of up to 53 bits: a seq, a position, milliseconds since 1970."
)
JSON: Final = GraphQLScalarType("JSON", description="Any value of JSON, whose keys no type names.")
DONE: Final = GraphQLScalarType("Done", description="Always `{}`: it was done, and there is nothing to tell.")
# The contract's names for sets of values.
_ALIASES: Final = {
    frozenset(get_args(alias)): name for name, alias in vars(fields).items() if get_origin(alias) is Literal
}
_NAME: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")

# Fields of a class besides its own: what it links to.
Links = Callable[[inspect.StructType], Mapping[str, GraphQLField]]


class Types:
    """All types of one schema. `links` is asked about each class that is shown."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._shown: dict[type[Any], GraphQLObjectType | GraphQLScalarType] = {}
        self._taken: dict[type[Any], GraphQLInputObjectType] = {}
        self._enums: dict[tuple[Any, ...], GraphQLEnumType] = {}

    def shown(self, cls: type[Any]) -> GraphQLObjectType | GraphQLScalarType:
        """The type of results of this class."""
        if (found := self._shown.get(cls)) is None:
            struct = _struct(cls)
            if struct.fields:
                found = GraphQLObjectType(cls.__name__, lambda: self._fields(struct), description=_doc(cls))
            else:
                found = DONE
            self._shown[cls] = found
        return found

    def arguments(self, cls: type[Any]) -> dict[str, GraphQLArgument]:
        """The fields of a request."""
        return {
            field.encode_name: GraphQLArgument(
                self._input(field.type, field.encode_name, required=field.required)
            )
            for field in _struct(cls).fields
        }

    def _fields(self, struct: inspect.StructType) -> dict[str, GraphQLField]:
        own = {
            field.encode_name: GraphQLField(
                self._output(field.type, field.encode_name, always=field.required)
            )
            for field in struct.fields
        }
        return {**own, **self._links(struct)}

    def _output(self, of: inspect.Type, name: str, *, always: bool = True) -> GraphQLOutputType:
        """`always`: whether the field is always there; null stands for one that is not."""
        kind, null = _bare(of)
        found: GraphQLNullableOutputType = self._output_of(kind, name)
        return GraphQLNonNull(found) if always and not null else found

    def _output_of(self, kind: inspect.Type, name: str) -> Any:
        match kind:
            case inspect.StructType():
                return self.shown(kind.cls)
            case inspect.ListType() | inspect.VarTupleType():
                return GraphQLList(self._output(kind.item_type, name))
            case _:
                return self._plain(kind, name)

    def _input(self, of: inspect.Type, name: str, *, required: bool) -> Any:
        kind, null = _bare(of)
        found: GraphQLNullableInputType = self._input_of(kind, name)
        return GraphQLNonNull(found) if required and not null else found

    def _input_of(self, kind: inspect.Type, name: str) -> Any:
        match kind:
            case inspect.StructType():
                return self._taken.setdefault(kind.cls, self._input_object(kind))
            case inspect.ListType() | inspect.VarTupleType():
                return GraphQLList(self._input(kind.item_type, name, required=True))
            case _:
                return self._plain(kind, name)

    def _input_object(self, struct: inspect.StructType) -> GraphQLInputObjectType:
        return GraphQLInputObjectType(
            f"{struct.cls.__name__}Input",
            lambda: {
                field.encode_name: GraphQLInputField(
                    self._input(field.type, field.encode_name, required=field.required)
                )
                for field in struct.fields
            },
        )

    def _plain(self, kind: inspect.Type, name: str) -> GraphQLScalarType | GraphQLEnumType:
        match kind:
            case inspect.StrType():
                return GraphQLString
            case inspect.BoolType():
                return GraphQLBoolean
            case inspect.FloatType():
                return GraphQLFloat
            case inspect.IntType():
                return GraphQLInt if kind.le is not None and kind.le <= MAX_INT else LONG
            case inspect.LiteralType():
                return self._enum(kind.values, name)
            case _:
                return JSON

    def _enum(self, values: tuple[Any, ...], name: str) -> GraphQLEnumType | GraphQLScalarType:
        if not all(isinstance(value, str) and _NAME.fullmatch(value) for value in values):
            return GraphQLString
        if values not in self._enums:
            choices = {value: GraphQLEnumValue(value) for value in values}
            self._enums[values] = GraphQLEnumType(self._enum_name(values, name), choices)
        return self._enums[values]

    def _enum_name(self, values: tuple[Any, ...], field: str) -> str:
        """The one that the contract has for these values, or one made of the field's."""
        if (alias := _ALIASES.get(frozenset(values))) is not None:
            return alias
        title = "".join(part.capitalize() for part in field.rstrip("_").split("_"))
        used = {enum.name for enum in self._enums.values()}
        names = (f"{title}Choice{number or ''}" for number in count())
        return next(name for name in names if name not in used)


def _struct(cls: type[Any]) -> inspect.StructType:
    found = inspect.type_info(cls)
    assert isinstance(found, inspect.StructType)
    return found


def _bare(of: inspect.Type) -> tuple[inspect.Type, bool]:
    """The type without what is said about it, and whether it may be null."""
    null = False
    while not isinstance(of, inspect.StructType):
        if isinstance(of, inspect.Metadata):
            of = of.type
        elif isinstance(of, inspect.UnionType):
            rest = [one for one in of.types if not isinstance(one, inspect.NoneType)]
            null = null or len(rest) < len(of.types)
            if len(rest) != 1:
                return inspect.AnyType(), null
            of = rest[0]
        else:
            break
    return of, null


def _doc(cls: type[Any]) -> str | None:
    """Its own docstring; msgspec makes none."""
    doc = cls.__doc__
    return doc if doc and issubclass(cls, msgspec.Struct) else None
