"""The whole protocol as JSON Schema (2020-12), made from the tables.

A document's `$defs` hold the classes of the contract by their names, `result.<request>`, which is one of
them, and the frames: `request.<name>`, `reply.<request>`, `event.<kind of stream>.<type>`, `signal.<type>`,
`result`, `error`. What a client sends is a `ClientFrame`, what it receives is a `ServerFrame`. Requests are
closed: a field that they do not have is refused. What clients receive is open: they ignore what they do not
know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, get_args

import msgspec
from msgspec.structs import fields as fields_of

from chatd.contract.errors import Code
from chatd.contract.events import EVENTS
from chatd.contract.fields import MAX_ID
from chatd.contract.requests import REQUESTS
from chatd.contract.signals import SIGNALS
from chatd.contract.spec import EventType, RequestType, SignalType

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ID: Final[Schema] = {"type": ["integer", "string"], "maxLength": MAX_ID}
INTEGER: Final[Schema] = {"type": "integer"}
MAX_INT32: Final = 2**31 - 1
STRING: Final[Schema] = {"type": "string"}
NULL: Final[Schema] = {"type": "null"}


def json_schema(version: str) -> Schema:
    """The document; `version` is that of chatd."""
    requests = {f"request.{row.name}": request(row, to_definition) for row in REQUESTS.values()}
    news = {
        **{f"event.{row.stream}.{row.name}": event(row, to_definition) for row in EVENTS.values()},
        **{f"signal.{row.name}": signal(row, to_definition) for row in SIGNALS.values()},
    }
    definitions = {
        **classes(to_definition),
        **requests,
        **{f"result.{name}": to_definition(row.result.__name__) for name, row in REQUESTS.items()},
        **{f"reply.{name}": reply(row, to_definition) for name, row in REQUESTS.items()},
        **news,
        "result": result(),
        "error": error(),
        "ClientFrame": {"oneOf": [to_definition(name) for name in requests]},
        "ServerFrame": {"oneOf": [to_definition(name) for name in ("result", "error", *news)]},
    }
    return {
        "$schema": DIALECT,
        "title": f"chatd {version}",
        "description": "Frames of chatd's wire protocol 1. `reply.<request>` is what a request gets.",
        "anyOf": [to_definition("ClientFrame"), to_definition("ServerFrame")],
        "$defs": dict(sorted(definitions.items())),
    }


def to_definition(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def classes(to: Callable[[str], Schema]) -> dict[str, Schema]:
    """The schema of every class that the tables name. `to` makes a reference to one of them."""
    used = [
        *(row.request for row in REQUESTS.values()),
        *(row.result for row in REQUESTS.values()),
        *(row.payload for row in EVENTS.values()),
        *(row.payload for row in SIGNALS.values()),
    ]
    template = to("{name}")["$ref"]
    _, found = msgspec.json.schema_components(dict.fromkeys(used), ref_template=template)
    requests = {row.request.__name__ for row in REQUESTS.values()}
    return {
        name: _of_request(schema) if name in requests else schema
        for name, schema in sorted(_with_uniform_tuples(found).items())
    }


def _with_uniform_tuples(value: Any) -> Any:
    """A tuple of one type as an array of so many items: `prefixItems` and the `items: false` beside it are of
    2020-12 alone, and not everything that makes code reads them.
    """
    if isinstance(value, list):
        return [_with_uniform_tuples(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _with_uniform_tuples(one) for key, one in value.items()}
    match found.get("prefixItems"):
        case [first, *others] if all(other == first for other in others):
            del found["prefixItems"]
            found["items"] = first
    return found


def sized(document: Schema) -> Schema:
    """The same document, with a `format` for each integer that may not fit into 32 bits: what makes code of
    it takes one without for an int32. For OpenAPI and AsyncAPI; JSON Schema has no such format, and strict
    readers refuse those that they do not know.
    """
    return {key: _sized(value) for key, value in document.items()}


def _sized(value: Any) -> Any:
    if isinstance(value, list):
        return [_sized(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = sized(value)
    if found.get("type") == "integer" and found.get("maximum", 2**53) > MAX_INT32:
        found["format"] = "int64"
    return found


def _of_request(schema: Schema) -> Schema:
    """Knows all its fields; what may be left out may be null as well."""
    fields = {
        name: field if name in schema["required"] else _or_null(field)
        for name, field in schema["properties"].items()
    }
    return {**schema, "properties": fields, "additionalProperties": False}


def _or_null(field: Schema) -> Schema:
    if NULL in field.get("anyOf", ()):
        return field
    beside = {key: value for key, value in field.items() if key in ("default", "description")}
    return {"anyOf": [{key: value for key, value in field.items() if key not in beside}, NULL], **beside}


# --- frames -------------------------------------------------------------------------------------------


def request(row: RequestType, to: Callable[[str], Schema]) -> Schema:
    may_lack_data = not any(field.required for field in fields_of(row.request))
    data = to(row.request.__name__)
    fields = {"id": ID, row.kind: {"const": row.name}, "data": _or_null(data) if may_lack_data else data}
    return _frame(fields, row.doc, ("id", row.kind) if may_lack_data else None, closed=True)


def result(of: Schema | None = None) -> Schema:
    """The reply to a request that was carried out; `of` is what it says."""
    return _frame({"id": ID, "result": of or {"type": "object"}}, "What a request gives.")


def reply(row: RequestType, to: Callable[[str], Schema]) -> Schema:
    """Either of both; a refusal has one of the codes that the row names."""
    return {
        "description": f"What {row.name} gets.",
        "oneOf": [result(to(row.result.__name__)), error(sorted(row.codes))],
    }


def error(codes: Iterable[Code] = get_args(Code)) -> Schema:
    about = {"code": {"enum": list(codes)}, "message": STRING, "data": {"type": "object"}}
    refusal = {"type": "object", "properties": about, "required": ["code", "message"]}
    no_id = {"type": [*ID["type"], "null"]}
    return _frame({"id": no_id, "error": refusal}, "Why a request was refused, and what to do about it.")


def event(row: EventType, to: Callable[[str], Schema]) -> Schema:
    """Who may not see the payload is shown an empty one."""
    payload = to(row.payload.__name__)
    hidden = {"type": "object", "maxProperties": 0}
    fields = {
        "event": {"const": row.name},
        "stream": _stream(row.stream),
        "seq": INTEGER,
        "position": INTEGER,
        "hash": STRING,
        "at": INTEGER,
        "by": STRING,
        "data": payload if not row.withheld else {"anyOf": [payload, hidden]},
    }
    # a later addition: events that clients kept from before are events still
    required = tuple(name for name in fields if name != "hash")
    return _frame(fields, row.doc, required)


def signal(row: SignalType, to: Callable[[str], Schema]) -> Schema:
    fields = {
        "signal": {"const": row.name},
        "stream": _stream(row.stream),
        "by": STRING,
        "data": to(row.payload.__name__),
    }
    return _frame(fields, f"{row.doc} Heard by: {row.hears}.")


def _stream(kind: str) -> Schema:
    return {"type": "string", "pattern": f"^{kind}/"}


def _frame(fields: Schema, doc: str, required: tuple[str, ...] | None = None, closed: bool = False) -> Schema:
    more = {"additionalProperties": False} if closed else {}
    return {
        "description": doc,
        "type": "object",
        "properties": fields,
        "required": [*(fields if required is None else required)],
        **more,
    }
