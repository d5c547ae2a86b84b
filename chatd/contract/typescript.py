"""The contract as TypeScript, made from the tables, for clients in browsers and Node.

What a client sends is strict: a field with `?` may be left out, and is null only where its type says so. What
a client receives is what the server always sends; there a `?` marks a field that may be missing. The maps
`Requests`, `Events` and `Signals` give the types by the names on the wire.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import inspect

from chatd.contract import fields, file
from chatd.contract.close_codes import CLOSE_CODES
from chatd.contract.errors import MEANINGS
from chatd.contract.events import EVENTS
from chatd.contract.requests import REQUESTS
from chatd.contract.signals import SIGNALS
from chatd.contract.spec import EventType, RequestType, StreamKind

HEADER: Final = "// The contract of chatd as types, made by `chatd schema --typescript`. Do not edit."
FRAMES: Final = """\
/** What the payload is for those who may not see it; every field is then missing. */
export type Hidden = Readonly<Record<string, never>>

export type RequestName = keyof Requests
export type DataOf<N extends RequestName> = Requests[N]['data']
export type ResultOf<N extends RequestName> = Requests[N]['result']

/** An event as it comes; `T` is one type of event, or several. */
export type EventOf<T extends keyof Events> = {
  [N in T]: {
    readonly event: N
    readonly stream: string
    readonly seq: number
    readonly position: number
    readonly hash?: string
    readonly at: number
    readonly by: string
    readonly data: Events[N]
  }
}[T]

/** A signal as it comes; `T` is one type of signal, or several. */
export type SignalOf<T extends keyof Signals> = {
  [N in T]: { readonly signal: N; readonly stream: string; readonly by: string; readonly data: Signals[N] }
}[T]"""
LIMITS_DOC: Final = (
    "What fields of requests take, by their types. Texts are counted in code points, as `[...text].length`"
    " does, lists in entries."
)
ENDLESS: Final = 2**53  # the largest number that every client can count; no limit to tell of
_PLAIN: Final[Mapping[type, str]] = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
}


def typescript() -> str:
    """The file; the same contract always gives the same text."""
    parts = (
        HEADER,
        *_choices(),
        f"// {LIMITS_DOC}",
        "\n".join(_limits()),
        *_classes(),
        _requests(),
        _kinds(),
        _events(),
        _signals(),
        FRAMES,
    )
    return "\n\n".join(parts) + "\n"


# --- names and limits ---------------------------------------------------------------------------------


def _aliases(of: Any) -> dict[str, Any]:
    """The types that the contract's modules give a name."""
    found = {**vars(file), **vars(fields)}
    return {name: value for name, value in found.items() if get_origin(value) is of and name[0].isupper()}


_LITERALS: Final = {**_aliases(Literal), "ErrorCode": Literal[tuple(MEANINGS)]}
# Literals lose their names inside of msgspec; their values tell which one it was.
_NAME_OF: Final = {frozenset(get_args(of)): name for name, of in _LITERALS.items()}


def _choices() -> Iterator[str]:
    """Each closed list as an array, for loops, and as a type."""
    for name, of in _LITERALS.items():
        values = get_args(of)
        constant = _constant(f"{name}es" if name.endswith("s") else f"{name}s")
        said = "\n".join(f"- `{code}`: {meaning}." for code, meaning in MEANINGS.items())
        doc = _doc(said) if name == "ErrorCode" else ""
        listed = ", ".join(map(_quoted, values))
        yield (
            f"export const {constant} = [{listed}] as const\n"
            f"{doc}export type {name} = (typeof {constant})[number]"
        )
    rows = "\n".join(f"- {one.code}: {one.meaning}. Connect again: {one.reconnect}." for one in CLOSE_CODES)
    codes = " | ".join(str(one.code) for one in CLOSE_CODES)
    doc = _doc("Why the server closes a connection.\n" + rows)
    yield f"{doc}export type CloseCode = {codes}"


def _limits() -> Iterator[str]:
    for name, of in _aliases(Annotated).items():
        least, most = _bounds(inspect.type_info(of))
        if least is not None and least > 1:
            yield f"export const MIN_{_constant(name)} = {least}"
        if most is not None and most < ENDLESS:
            yield f"export const MAX_{_constant(name)} = {most:_}"


def _bounds(type_: inspect.Type) -> tuple[int | None, int | None]:
    match type_:
        case inspect.Metadata(type=inner):
            return _bounds(inner)
        case inspect.IntType(ge=least, le=most):
            return least, most
        case inspect.StrType(min_length=least, max_length=most):
            return least, most
        case inspect.ListType(min_length=least, max_length=most):
            return least or None, most
    return None, None


def _constant(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


# --- classes ------------------------------------------------------------------------------------------


def _classes() -> Iterator[str]:
    asked = _reached(row.request for row in REQUESTS.values())
    told = [
        *(row.result for row in REQUESTS.values()),
        *(row.payload for row in EVENTS.values()),
        *(row.payload for row in SIGNALS.values()),
    ]
    for class_ in sorted({*asked, *_reached(told)}, key=lambda one: one.__name__):
        yield _class(class_, class_ in asked)


def _reached(classes: Iterable[type[Any]]) -> set[type[Any]]:
    found: set[type[Any]] = set()
    waiting = [inspect.type_info(one) for one in classes]
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, inspect.StructType):
            if type_.cls not in found:
                found.add(type_.cls)
                waiting += [field.type for field in type_.fields]
            continue
        for slot in ("type", "item_type", "key_type", "value_type"):
            if (inner := getattr(type_, slot, None)) is not None:
                waiting.append(inner)
        waiting += [*getattr(type_, "types", ()), *getattr(type_, "item_types", ())]
    return found


def _class(class_: type[Any], asked: bool) -> str:
    info = inspect.type_info(class_)
    assert isinstance(info, inspect.StructType)
    doc = _doc(cleandoc(vars(class_).get("__doc__") or ""))
    if not info.fields:
        return f"{doc}export type {class_.__name__} = Readonly<Record<string, never>>"
    lines = "".join(_field(field, asked) for field in info.fields)
    return f"{doc}export type {class_.__name__} = {{\n{lines}}}"


def _field(field: inspect.Field, asked: bool) -> str:
    fixed = field.default is not msgspec.NODEFAULT or field.default_factory is not msgspec.NODEFAULT
    may_lack = not field.required and (asked or not fixed)  # what is told with a default is always there
    doc = _doc(_said(field), "  ") if asked else ""
    return f"{doc}  readonly {_key(field.encode_name)}{'?' if may_lack else ''}: {_type(field.type)}\n"


def _said(field: inspect.Field) -> str:
    """What a field of a request takes, in words."""
    type_ = field.type
    if isinstance(type_, inspect.UnionType):  # with null
        (type_,) = (one for one in type_.types if not isinstance(one, inspect.NoneType))
    words = (
        (type_.extra_json_schema or {}).get("description") if isinstance(type_, inspect.Metadata) else None
    )
    least, most = _bounds(type_)
    plain = type_.type if isinstance(type_, inspect.Metadata) else type_
    unit = {inspect.StrType: " characters", inspect.ListType: " entries"}.get(type(plain), "")
    size = None
    if most is not None and most < ENDLESS:
        size = f"{least} to {most:,}{unit}" if least is not None else f"at most {most:,}{unit}"
    default = None
    if not field.required and field.default not in (None, msgspec.NODEFAULT):
        default = f"default {json.dumps(field.default)}"
    return "; ".join(part for part in (size, words, default) if part)


def _type(type_: inspect.Type) -> str:
    plain = _PLAIN.get(type(type_))
    if plain is not None:
        return plain
    match type_:
        case inspect.Metadata(type=inner):
            return _type(inner)
        case inspect.StructType(cls=class_):
            return class_.__name__
        case inspect.LiteralType(values=values):
            return _NAME_OF.get(frozenset(values)) or " | ".join(_quoted(one) for one in values)
        case inspect.UnionType(types=types):
            kept = (_type(one) for one in types if not _is_unset(one))
            return " | ".join(dict.fromkeys(kept))
        case inspect.ListType(item_type=item):
            return f"readonly {_bracketed(_type(item))}[]"
        case inspect.TupleType(item_types=items):
            return f"readonly [{', '.join(map(_type, items))}]"
        case inspect.DictType(key_type=key, value_type=value):
            named = _type(key)
            record = f"Record<{named}, {_type(value)}>"
            return f"Readonly<{record}>" if named == "string" else f"Readonly<Partial<{record}>>"
    raise TypeError(f"no TypeScript is known for {type_!r}")


def _is_unset(type_: inspect.Type) -> bool:
    return isinstance(type_, inspect.CustomType) and type_.cls is msgspec.UnsetType


def _bracketed(type_: str) -> str:
    return f"({type_})" if " " in type_ else type_


# --- the maps -----------------------------------------------------------------------------------------


def _requests() -> str:
    return _interface(
        "Requests", ((row.name, _doc(_notes(row), "  "), _row(row)) for row in REQUESTS.values())
    )


def _notes(row: RequestType) -> str:
    own = ", ".join(sorted(row.refusals))
    refused = (f"Refused as: {own}.",) if own else ()
    return "\n".join((row.doc, *(f"- {note}" for note in row.notes), *refused))


def _row(row: RequestType) -> str:
    names = (_quoted(row.kind), row.request.__name__, row.result.__name__)
    return "{{ readonly kind: {}; readonly data: {}; readonly result: {} }}".format(*names)


def _kinds() -> str:
    names = "".join(f"  {_quoted(row.name)},\n" for row in REQUESTS.values() if row.kind == "query")
    return (
        f"const QUERIES: ReadonlySet<string> = /* @__PURE__ */ new Set([\n{names}])\n\n"
        "/** The key under which a request's name is sent. */\n"
        "export function kindOf(name: RequestName): 'command' | 'query' {\n"
        "  return QUERIES.has(name) ? 'query' : 'command'\n}"
    )


def _events() -> str:
    by_stream: dict[StreamKind, list[EventType]] = {}
    for row in EVENTS.values():
        by_stream.setdefault(row.stream, []).append(row)
    maps = [
        _interface(
            f"{stream.capitalize()}Events", ((row.name, _doc(row.doc, "  "), _payload(row)) for row in rows)
        )
        for stream, rows in by_stream.items()
    ]
    by_name: dict[str, dict[str, None]] = {}
    for row in EVENTS.values():
        by_name.setdefault(row.name, {}).update(dict.fromkeys(_payload(row).split(" | ")))
    everything = ((name, "", " | ".join(payloads)) for name, payloads in by_name.items())
    return "\n\n".join((*maps, f"/** Of all streams. */\n{_interface('Events', everything)}"))


def _payload(row: EventType) -> str:
    return row.payload.__name__ + (" | Hidden" if row.withheld else "")


def _signals() -> str:
    rows = ((row.name, _doc(row.doc, "  "), row.payload.__name__) for row in SIGNALS.values())
    return _interface("Signals", rows)


def _interface(name: str, members: Iterable[tuple[str, str, str]]) -> str:
    lines = "".join(f"{doc}  {_quoted(key)}: {type_}\n" for key, doc, type_ in members)
    return f"export interface {name} {{\n{lines}}}"


# --- writing ------------------------------------------------------------------------------------------


def _doc(said: str, indent: str = "") -> str:
    lines = said.replace("*/", "* /").strip().splitlines()
    if len(lines) < 2:
        return "".join(f"{indent}/** {line} */\n" for line in lines)
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def _quoted(value: Any) -> str:
    return "'" + json.dumps(value)[1:-1].replace("'", "\\'") + "'" if isinstance(value, str) else str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else _quoted(name)
