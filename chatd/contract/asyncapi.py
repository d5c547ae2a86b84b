"""The protocol as an AsyncAPI 3 document: an operation for each request, event and signal of the WebSocket,
and one for the stream of server-sent events.

The document says what the server does: it receives requests and replies, and sends events and signals. What
AsyncAPI has no word for stands in extensions of the operations (`x-scope`, `x-refusals`, `x-audience` …).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from chatd.contract import schema
from chatd.contract.events import EVENTS
from chatd.contract.http import API
from chatd.contract.requests import REQUESTS
from chatd.contract.schema import Schema
from chatd.contract.session import SessionOpened
from chatd.contract.signals import SIGNALS
from chatd.contract.spec import EventType, RequestType, SignalType

VERSION: Final = "3.0.0"  # nothing newer is said, and some tools know nothing newer
CHANNEL: Final = "ws"
STREAM: Final = "stream"  # the channel of server-sent events, and its operation
HOST: Final = "127.0.0.1:8400"
TO_CHANNEL: Final[Schema] = {"$ref": f"#/channels/{CHANNEL}"}
JSON, MSGPACK = "chatd.v1.json", "chatd.v1.msgpack"
STREAM_DOC: Final = (
    "Server-sent events (text/event-stream), for a bearer token in `Authorization`. The first is `opened`,"
    " the last `closed`; between them come those of the kinds `event` and `signal`. The id of an event is a"
    " cursor: sent back as `Last-Event-ID` or `?cursor=`, it resumes exactly after that event."
)
CLOSED: Final[Schema] = {
    "description": "The last event of a stream that the server ends: why, and whether to connect again.",
    "type": "object",
    "required": ["code", "reason", "reconnect"],
    "properties": {
        "code": {"type": "integer", "description": "A close code, as of a WebSocket."},
        "reason": schema.STRING,
        "reconnect": {"type": "boolean"},
    },
}
STREAMED: Final = ("event.", "signal.", f"{STREAM}.")


def asyncapi(version: str) -> Schema:
    """The document; `version` is that of chatd."""
    messages = _messages()
    document: Schema = {
        "asyncapi": VERSION,
        "info": {
            "title": "chatd",
            "version": version,
            "description": (
                f"Chat over one WebSocket, in JSON (subprotocol {JSON}) or MessagePack ({MSGPACK})."
                " A client opens its session first, with the request session.open. Who cannot open a"
                " WebSocket gets the same events and signals as server-sent events."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {"host": HOST, "protocol": "ws"},
            "http": {"host": HOST, "protocol": "http", "security": [{"type": "http", "scheme": "bearer"}]},
        },
        "channels": {
            CHANNEL: {
                "address": "/ws",
                "servers": [{"$ref": "#/servers/local"}],
                "bindings": {"ws": {"method": "GET"}},
                "messages": {
                    name: _to_component(name) for name in messages if not name.startswith(f"{STREAM}.")
                },
            },
            STREAM: {
                "address": "/api/v1/events",
                "description": STREAM_DOC,
                "servers": [{"$ref": "#/servers/http"}],
                "messages": {name: _to_component(name) for name in messages if name.startswith(STREAMED)},
            },
        },
        "operations": {**_operations(), STREAM: _streamed(messages)},
        "components": {"messages": messages, "schemas": schema.classes(_to_schema)},
    }
    return schema.sized(document)


def _to_schema(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _to_message(name: str) -> Schema:
    return {"$ref": f"#/channels/{CHANNEL}/messages/{name}"}


def _to_component(name: str) -> Schema:
    return {"$ref": f"#/components/messages/{name}"}


def _messages() -> dict[str, Schema]:
    found: dict[str, dict[str, Any]] = {"error": _message("error", schema.error(), replies=True)}
    for name, row in REQUESTS.items():
        asked = schema.request(row, _to_schema)
        given = schema.result(_to_schema(row.result.__name__))
        found[f"request.{name}"] = _message(name, asked, replies=True)
        found[f"result.{name}"] = _message(name, given, replies=True)
    for event in EVENTS.values():
        key = f"event.{event.stream}.{event.name}"
        found[key] = _message(event.name, schema.event(event, _to_schema))
    for signal in SIGNALS.values():
        found[f"signal.{signal.name}"] = _message(signal.name, schema.signal(signal, _to_schema))
    opened = {"description": "The first event of a stream.", **_to_schema(SessionOpened.__name__)}
    found[f"{STREAM}.opened"] = _message("opened", opened)
    found[f"{STREAM}.closed"] = _message("closed", CLOSED)
    for key, message in found.items():
        message["payload"] = {"title": _title(key), **message["payload"]}
    return found


def _title(key: str) -> str:
    """What programs that make code call the class: a payload without one they number."""
    return "".join(word.capitalize() for word in re.split(r"\W|_", key))


def _message(name: str, payload: Schema, replies: bool = False) -> dict[str, Any]:
    """`replies`: its id says to which request it belongs."""
    message: dict[str, Any] = {"name": name, "summary": payload["description"], "payload": payload}
    if replies:
        message["correlationId"] = {"location": "$message.payload#/id"}
    return message


def _operations() -> dict[str, Schema]:
    return {
        **{f"request.{name}": _asked(row) for name, row in REQUESTS.items()},
        **{f"event.{row.stream}.{row.name}": _happened(row) for row in EVENTS.values()},
        **{f"signal.{row.name}": _signalled(row) for row in SIGNALS.values()},
    }


def _streamed(messages: Mapping[str, Schema]) -> Schema:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{STREAM}"},
        "summary": "Follows the events of an account over HTTP.",
        "messages": [
            {"$ref": f"#/channels/{STREAM}/messages/{name}"} for name in messages if name.startswith(STREAMED)
        ],
    }


def _asked(row: RequestType) -> Schema:
    return {
        "action": "receive",
        "channel": TO_CHANNEL,
        "summary": row.doc,
        **({"description": "\n".join(f"- {note}" for note in row.notes)} if row.notes else {}),
        "tags": [{"name": row.noun}],
        "messages": [_to_message(f"request.{row.name}")],
        "reply": {
            "channel": TO_CHANNEL,
            "messages": [_to_message(f"result.{row.name}"), _to_message("error")],
        },
        "x-kind": row.kind,
        "x-http": f"{row.http.method} {API}{row.http.path}",
        "x-asker": row.asker,
        "x-scope": row.scope,
        "x-decided-by": row.decided_by,
        "x-rate": row.rate,
        "x-pipelined": row.pipelined,
        "x-refusals": sorted(row.codes),
        "x-events": list(row.events),
    }


def _happened(row: EventType) -> Schema:
    return {
        **_sent(f"event.{row.stream}.{row.name}", row.doc),
        "x-stream": row.stream,
        "x-audience": row.audience,
        "x-audited": row.audited,
        "x-personal": [*row.personal, *(["text"] if row.text else [])],
        "x-lets": row.lets,
        "x-erases": row.erases,
    }


def _signalled(row: SignalType) -> Schema:
    return {**_sent(f"signal.{row.name}", row.doc), "x-stream": row.stream, "x-audience": row.hears}


def _sent(message: str, doc: str) -> Schema:
    return {"action": "send", "channel": TO_CHANNEL, "summary": doc, "messages": [_to_message(message)]}
