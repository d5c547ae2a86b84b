"""Field errors: msgspec's validation errors, reworded so that a client's author can correct the field.

The message names the field, then what it takes. It does not repeat the value that was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from chatd.contract.fields import NO_NUL

_PLACE: Final = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_ANOTHER_TYPE: Final = re.compile(r"Expected `([\w| ]+)`, got `(\w+)`")
_OUT_OF_LIMITS: Final = re.compile(r"Expected `(\w+)` (of length )?([<>]=?) (\S+)")
_PATTERN_MISMATCH: Final = re.compile(r"Expected `str` matching regex (['\"].*['\"])")  # as `repr` writes it
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
MAX_QUOTED: Final = 64  # characters


def describe_error(type_: type[Any], error: msgspec.ValidationError) -> str:
    """`role: one of owner, admin, moderator, member, guest`. `type_` is the class that could not be built."""
    found = _PLACE.fullmatch(str(error))
    assert found is not None
    what, where = found["what"], found["where"] or ""
    where = where.removesuffix("_")  # `for` is no name that Python allows
    if missing := _MISSING.fullmatch(what):
        return f"{where}.{missing[1]}: missing".removeprefix(".")
    return f"{where}: {_describe(type_, what, where)}".removeprefix(": ")


def shorten(text: str) -> str:
    """What a peer sent, fit for a message or the log: at most 64 characters, all of which can be shown.

    Everything foreign that is echoed or logged passes here. `repr` is no substitute: it makes one character
    into up to ten.
    """
    short = text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short)


def quote(said: object) -> str:
    """What a peer sent, shortened and in quotes."""
    return f"'{shorten(str(said))}'"


def _describe(type_: type[Any], what: str, where: str) -> str:
    if what.startswith("Invalid enum value") and (values := _values(_hint(type_, where))):
        return "one of " + ", ".join(map(str, values))
    if found := _UNKNOWN.fullmatch(what):
        return f"unknown field {quote(found[1])}"
    if found := _ANOTHER_TYPE.fullmatch(what):
        return f"expected {_type_name(found[1])}, got {_type_name(found[2])}"
    if found := _OUT_OF_LIMITS.fullmatch(what):
        return _limits(next(_metas(type_, where), None), found)
    if found := _PATTERN_MISMATCH.fullmatch(what):
        return _pattern(next(_metas(type_, where), None), found[1])
    return shorten(what)


def _limits(meta: msgspec.Meta | None, found: re.Match[str]) -> str:
    """`must have 2 to 32 characters`: both limits where the field is found, else the one that was broken."""
    unit, verb = _UNITS.get(found[1], "item") if found[2] else "", "have" if found[2] else "be"
    least, most = (None, None)
    if meta is not None:
        least, most = (meta.min_length, meta.max_length) if found[2] else (meta.ge, meta.le)
    if most is None or (least is None and not found[3].startswith("<")):
        limit, last = f"{_LIMITS[found[3]]} {found[4]}", found[4]
    elif not least and unit:
        limit, last = f"at most {most}", str(most)
    else:
        limit, last = f"{least or 0} to {most}" if unit else f"from {least or 0} to {most}", str(most)
    return f"must {verb} {limit}" + (f" {unit}{'' if last == '1' else 's'}" if unit else "")


def _pattern(meta: msgspec.Meta | None, pattern: str) -> str:
    if pattern == repr(NO_NUL):
        return "must not contain NUL"
    return f"must be {meta.description}" if meta is not None and meta.description else f"must match {pattern}"


def _metas(type_: type[Any], where: str) -> Iterator[msgspec.Meta]:
    """The limits of the field; for `scopes[0]` those of one item."""
    if "." in where:
        return
    hints = get_type_hints(type_, include_extras=True)
    yield from _in_hint(hints.get(_field(where)), "[" in where)


def _in_hint(hint: Any, inside: bool) -> Iterator[msgspec.Meta]:
    origin = get_origin(hint)
    if origin is list:
        if inside:
            yield from _in_hint(get_args(hint)[0], False)
        return
    for part in get_args(hint):
        if isinstance(part, msgspec.Meta):
            if not inside:
                yield part
        else:
            yield from _in_hint(part, inside)


def _type_name(types: str) -> str:
    return " or ".join(_NOUNS.get(type_, type_) for type_ in types.split(" | "))


def _hint(type_: type[Any], where: str) -> Any:
    """The annotation of the field; for `scopes[0]` that of `scopes`."""
    return get_type_hints(type_).get(_field(where))


def _field(where: str) -> str:
    name = re.split(r"\W", where)[0]
    return f"{name}_" if name == "for" else name


def _values(hint: Any) -> tuple[Any, ...]:
    """The values of the Literal in an annotation."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return next((found for part in get_args(hint) if (found := _values(part))), ())
