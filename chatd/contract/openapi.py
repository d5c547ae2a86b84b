"""The requests over HTTP as an OpenAPI 3.1 document: an operation for each row, where its column `http` says.

What OpenAPI has no word for stands in extensions of the operations (`x-scope`, `x-rate` …). The stream of
events is no request; the AsyncAPI document describes what it carries.
"""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from typing import Any, Final

from chatd.contract import schema
from chatd.contract.errors import MEANINGS, Code
from chatd.contract.examples import EXAMPLES
from chatd.contract.fields import NO_NUL
from chatd.contract.http import API, STATUS
from chatd.contract.requests import REQUESTS, module_of
from chatd.contract.schema import NULL, Schema
from chatd.contract.spec import RequestType

VERSION: Final = "3.1.1"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
DESCRIPTION: Final = """\
Chat, one request at a time. Every request stands here that the WebSocket takes as well, with the same fields,
results and refusals; /api/asyncapi.json describes events.

A refusal is a problem (RFC 9457) whose `code` is the protocol's. Clients ignore fields that they do not
know."""
# A segment of a path as proxies leave it alone.
SEGMENT: Final[Schema] = {"pattern": r"^[^\x00-\x1f\x7f/\\]+$", "not": {"enum": [".", ".."]}}
# Without examples: a page that tries calls would send them, and each post would have the key of the first.
PARAMETERS: Final[dict[str, Schema]] = {
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The nonce, such as a UUID: what is asked again with the same key is done once.",
        "schema": {"type": "string", "pattern": r"^[!#-\[\]-~]{1,64}$"},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of an answer that the client has: while it is the same, 304.",
        "schema": {"type": "string"},
    },
}
# Refusals of the edge, which no row names: of an address, of a body, of a head that is too large.
_EDGE: Final[dict[int, tuple[Code, str]]] = {
    400: ("invalid", "The address, the query string or the body cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    413: ("too_large", "The body is too large."),
    415: ("invalid", "The body is sent as something else than JSON."),
    431: ("too_large", "The head is too large."),
}


def openapi(version: str) -> Schema:
    """The document; `version` is that of chatd."""
    classes = schema.classes(to_schema)
    paths: dict[str, dict[str, Schema]] = defaultdict(dict)
    for row in REQUESTS.values():
        asked = classes.pop(row.request.__name__)
        paths[row.http.path][row.http.method.lower()] = _operation(row, asked)
        if row.http.has_body:
            classes[row.request.__name__] = _body(row, asked)
    document: Schema = {
        "openapi": VERSION,
        "info": {"title": "chatd", "version": version, "description": DESCRIPTION},
        "servers": [{"url": API}],
        "tags": [{"name": noun, "description": _about(noun)} for noun in _nouns()],
        "paths": dict(paths),
        "components": {
            "schemas": {**classes, "Problem": _problem()},
            "responses": _refusals(),
            "parameters": PARAMETERS,
            "headers": _headers(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token, a bearer token of `account.token`, or a bot's token.",
                }
            },
        },
    }
    return schema.sized(document)


def to_schema(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _nouns() -> list[str]:
    return list(dict.fromkeys(row.noun for row in REQUESTS.values()))


def _about(noun: str) -> str:
    said = import_module(module_of(noun)).__doc__ or ""
    return said.strip().partition("\n\n")[0]


# --- what is asked ------------------------------------------------------------------------------------


def _operation(row: RequestType, asked: Schema) -> Schema:
    operation: Schema = {
        "operationId": row.name,
        "summary": row.doc,
        "tags": [row.noun],
        "parameters": _parameters(row, asked),
        "responses": _responses(row),
        "security": _security(row),
        "x-asker": row.asker,
        "x-scope": row.scope,
        "x-rate": row.rate,
        "x-refusals": sorted(row.codes),
    }
    if row.notes:
        operation["description"] = "\n".join(f"- {note}" for note in row.notes)
    if row.http.has_body:
        content = {"schema": to_schema(row.request.__name__)}
        body = _body(row, asked)
        if example := _example(row, body):
            content["example"] = example
        operation["requestBody"] = {"required": bool(body["required"]), "content": {JSON: content}}
    return operation


def _security(row: RequestType) -> list[Schema]:
    if row.decided_by == "session":
        return [{"bearer": []}, {}]
    return [{"bearer": []}] if row.asker != "anyone" else []


def _parameters(row: RequestType, asked: Schema) -> list[Schema]:
    properties, needed = asked["properties"], asked["required"]
    found = [
        _parameter("path", name, _segment(_not_null(properties[name])), True) for name in row.http.fields
    ]
    if not row.http.has_body:
        found += [
            _parameter("query", name, _not_null(of), name in needed)
            for name, of in properties.items()
            if name not in row.http.fields
        ]
    if "nonce" in row.fields:
        found.append({"$ref": "#/components/parameters/Idempotency-Key"})
    if row.kind == "query":
        found.append({"$ref": "#/components/parameters/If-None-Match"})
    return found


def _parameter(place: str, name: str, of: Schema, required: bool) -> Schema:
    more = {"description": of["description"]} if "description" in of else {}
    example = {"example": EXAMPLES[name]} if name in EXAMPLES else {}
    return {"name": name, "in": place, "required": required, "schema": of, **more, **example}


def _not_null(of: Schema) -> Schema:
    """A field in an address: left out, instead of null."""
    if "anyOf" not in of:
        return of
    (kept,) = (one for one in of["anyOf"] if one != NULL)
    default = of.get("default")
    return dict(kept) if default is None else {**kept, "default": default}


def _segment(of: Schema) -> Schema:
    """In a path nothing may stand that one reader of it takes for something else than another."""
    if of.get("type") != "string" or of.get("pattern", NO_NUL) != NO_NUL:
        return of
    return {**of, **SEGMENT}


def _body(row: RequestType, asked: Schema) -> Schema:
    """The fields that do not stand in the path."""
    in_path = row.http.fields
    return {
        **asked,
        "properties": {name: of for name, of in asked["properties"].items() if name not in in_path},
        "required": [name for name in asked["required"] if name not in in_path],
    }


def _example(row: RequestType, body: Schema) -> Schema:
    needed = body["required"]
    return {name: EXAMPLES[name] for name in needed} if EXAMPLES.keys() >= set(needed) else {}


# --- what is answered ---------------------------------------------------------------------------------


def _responses(row: RequestType) -> dict[str, Schema]:
    found: dict[str, Schema] = {
        str(row.http.status): {
            "description": "It was carried out." if row.kind == "command" else "What was asked for.",
            "headers": _to_headers(*_headers_of(row)),
            "content": {JSON: {"schema": to_schema(row.result.__name__)}},
        }
    }
    if row.kind == "query":
        found["304"] = {"description": "It is as the client has it.", "headers": _to_headers("ETag")}
    statuses = {STATUS[code] for code in row.codes} | _EDGE.keys()
    if not row.http.has_body:
        statuses.discard(415)
    refused = {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
    return found | refused


def _refusals() -> dict[str, Schema]:
    """The responses to requests that are refused, by status."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for status, (code, reason) in _EDGE.items():
        reasons[status].append(f"`{code}`: {reason}")
    for code, meaning in MEANINGS.items():
        reasons[STATUS[code]].append(f"`{code}`: {meaning}.")
    return {str(status): _refused(status, said) for status, said in sorted(reasons.items())}


def _headers_of(row: RequestType) -> list[str]:
    paged = row.kind == "query"
    return ["RateLimit", "RateLimit-Policy", *(("ETag", "Link") if paged else ())]


def _refused(status: int, reasons: list[str]) -> Schema:
    names = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}.get(status, ())
    return {
        "description": "\n\n".join(reasons),
        **({"headers": _to_headers(*names)} if names else {}),
        "content": {PROBLEM: {"schema": to_schema("Problem")}},
    }


def _to_headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> dict[str, Schema]:
    def header(description: str, **of: Any) -> Schema:
        return {"description": description, "schema": of or {"type": "string"}}

    return {
        "ETag": header("Stands for the body, weakly; `If-None-Match` takes it."),
        "Link": header('The following page, if there is one: `rel="next"` (RFC 8288).'),
        "RateLimit": header(
            "What is left of the rate that this request counted against; none without limits."
        ),
        "RateLimit-Policy": header("That rate: `q` requests in `w` seconds."),
        "Retry-After": header("Seconds after which to try again.", type="integer", minimum=0),
        "WWW-Authenticate": header("How to show a token (RFC 6750)."),
    }


def _problem() -> Schema:
    members: Schema = {
        "type": {"const": "about:blank"},
        "title": schema.STRING,
        "status": schema.INTEGER,
        "detail": {**schema.STRING, "description": "Why, and what to do about it."},
        "code": {"enum": [*MEANINGS]},
        "retry_after": {"type": "number", "description": "Seconds after which to try again."},
    }
    needed = [name for name in members if name != "retry_after"]
    return {
        "title": "Problem",
        "description": "Why a request was refused (RFC 9457).",
        "type": "object",
        "properties": members,
        "required": needed,
        "examples": [
            {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "there is no such room",
                "code": "not_found",
            }
        ],
    }
