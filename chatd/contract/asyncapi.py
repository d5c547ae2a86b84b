"""The protocol as an AsyncAPI 3 document: one channel, an operation for each request, event and signal.

The document says what the server does: it receives requests and replies, and sends events and signals.
"""

from __future__ import annotations

from typing import Any, Final

from chatd.contract import schema
from chatd.contract.events import EVENTS
from chatd.contract.requests import REQUESTS
from chatd.contract.schema import Schema
from chatd.contract.signals import SIGNALS

VERSION: Final = "3.1.0"
CHANNEL: Final = "ws"
JSON, MSGPACK = "chatd.v1.json", "chatd.v1.msgpack"


def asyncapi(version: str) -> Schema:
    """The document; `version` is that of chatd."""
    messages = _messages()
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "chatd",
            "version": version,
            "description": (
                f"Chat over one WebSocket, in JSON (subprotocol {JSON}) or MessagePack ({MSGPACK})."
                " A client opens its session first, with the request session.open."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:8400", "protocol": "ws"}},
        "channels": {
            CHANNEL: {
                "address": "/ws",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": _operations(),
        "components": {"messages": messages, "schemas": schema.classes(_to_schema)},
    }


def _to_schema(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _to_message(name: str) -> Schema:
    return {"$ref": f"#/channels/{CHANNEL}/messages/{name}"}


def _messages() -> dict[str, Schema]:
    found = {"error": _message("error", schema.error(), replies=True)}
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
    return found


def _message(name: str, payload: Schema, replies: bool = False) -> Schema:
    """`replies`: its id says to which request it belongs."""
    message: dict[str, Any] = {"name": name, "summary": payload["description"], "payload": payload}
    if replies:
        message["correlationId"] = {"location": "$message.payload#/id"}
    return message


def _operations() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for name, row in REQUESTS.items():
        found[f"request.{name}"] = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{CHANNEL}"},
            "summary": row.doc,
            "tags": [{"name": row.noun}],
            "messages": [_to_message(f"request.{name}")],
            "reply": {
                "channel": {"$ref": f"#/channels/{CHANNEL}"},
                "messages": [_to_message(f"result.{name}"), _to_message("error")],
            },
        }
    for event in EVENTS.values():
        found |= _sent(f"event.{event.stream}.{event.name}", event.doc)
    for signal in SIGNALS.values():
        found |= _sent(f"signal.{signal.name}", signal.doc)
    return found


def _sent(name: str, doc: str) -> dict[str, Schema]:
    return {
        name: {
            "action": "send",
            "channel": {"$ref": f"#/channels/{CHANNEL}"},
            "summary": doc,
            "messages": [_to_message(name)],
        }
    }
