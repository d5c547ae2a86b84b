"""What is wrong with a field, in words: msgspec's, said so that people who never heard of it can mend it.

The field comes first, then what it takes. What was given is not repeated.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from chatd.contract.fields import NO_NUL

_PLACE: Final = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`")
_ANOTHER_TYPE: Final = re.compile(r"Expected `([\w| ]+)`, got `(\w+)`")
_OUT_OF_LIMITS: Final = re.compile(r"Expected `(\w+)` (of length )?([<>]=?) (\S+)")
_MISSHAPEN: Final = re.compile(r"Expected `str` matching regex (['\"].*['\"])")  # as `repr` writes it
_NOUNS: Final = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "a boolean",
    "array": "a list",
    "object": "an object",
}
_LIMITS: Final = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_UNITS: Final = {"str": "character", "array": "item"}
_REPEATED: Final = 60  # characters of what is not ours


def describe_error(type_: type[Any], error: msgspec.ValidationError) -> str:
    """`role: one of owner, admin, moderator, member, guest`. `type_` is what could not be made."""
    found = _PLACE.fullmatch(str(error))
    assert found is not None
    what, where = found["what"], found["where"] or ""
    where = where.removesuffix("_")  # `for` is no name that Python allows
    if missing := _MISSING.fullmatch(what):
        return f"{where}.{missing[1]}: missing".removeprefix(".")
    return f"{where}: {_said(type_, what, where)}".removeprefix(": ")


def shorten(said: str) -> str:
    """What somebody else said, as far as it is worth repeating."""
    return said if len(said) <= _REPEATED else f"{said[:_REPEATED]}…"


def _said(type_: type[Any], what: str, where: str) -> str:
    if what.startswith("Invalid enum value") and (values := _values(_hint(type_, where))):
        return "one of " + ", ".join(map(str, values))
    if found := _ANOTHER_TYPE.fullmatch(what):
        return f"expected {_named(found[1])}, got {_named(found[2])}"
    if found := _OUT_OF_LIMITS.fullmatch(what):
        unit = f" {_UNITS.get(found[1], 'item')}{'' if found[4] == '1' else 's'}" if found[2] else ""
        return f"expected {_named(found[1])} of {_LIMITS[found[3]]} {found[4]}{unit}"
    if found := _MISSHAPEN.fullmatch(what):
        return "expected a string " + ("without NUL" if found[1] == repr(NO_NUL) else f"matching {found[1]}")
    return shorten(what)


def _named(types: str) -> str:
    return " or ".join(_NOUNS.get(type_, type_) for type_ in types.split(" | "))


def _hint(type_: type[Any], where: str) -> Any:
    """The annotation of the field; `scopes[0]` stands within that of `scopes`."""
    name = re.split(r"\W", where)[0]
    return get_type_hints(type_).get(f"{name}_" if name == "for" else name)


def _values(hint: Any) -> tuple[Any, ...]:
    """Those of the closed list in an annotation."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return next((found for part in get_args(hint) if (found := _values(part))), ())
