"""A GraphQL client by hand: one question over HTTP, or the subprotocol graphql-transport-ws."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type
from graphql.type import GraphQLOutputType
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from chatd.gateway.graphql.schema import make_schema

from .serving import Server
from .talking import DEADLINE, Frame, plain

SUBPROTOCOL = "graphql-transport-ws"


def url(server: Server, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.port}/api/graphql"


def send(
    server: Server, body: object, token: str | None = None, method: str = "POST", **headers: str
) -> tuple[int, Any]:
    """Status and answer."""
    said = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    if token is not None:
        said["authorization"] = f"Bearer {token}"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url(server), data, said, method=method)
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def ask(server: Server, query: str, token: str | None = None, /, **variables: Any) -> Any:
    status, answer = send(server, {"query": query, "variables": variables}, token)
    assert status == 200, answer
    return answer


def asked(server: Server, token: str | None, name: str, data: Frame) -> Frame:
    """Asks a request of the table for all that its result has. Gives the result, or the error of a frame."""
    schema, field = make_schema(), name.replace(".", "_")
    kind, of = "query", schema.query_type
    if of is None or field not in of.fields:
        kind, of = "mutation", schema.mutation_type
    assert of is not None
    known = of.fields[field].args
    declared = "".join(f"${key}: {known[key].type} " for key in data if key in known)
    given = "".join(f"{key}: {'$' + key if key in known else 1} " for key in data)
    document = (
        f"{kind}{f'({declared})' if declared else ''} "
        f"{{ {field}{f'({given})' if given else ''} {selection(of.fields[field].type)} }}"
    )
    status, answer = send(server, {"query": document, "variables": data}, token)
    if status != 200:
        return {"error": {"code": answer["code"], "message": answer["detail"]}}
    if "errors" not in answer:
        return {"result": answer["data"][field]}
    error = answer["errors"][0]
    return {"error": {"message": error["message"], **error["extensions"]}}


def selection(of: GraphQLOutputType) -> str:
    """All fields of the type, and of the types of its fields."""
    named = get_named_type(of)
    if not isinstance(named, GraphQLObjectType):
        return ""
    return "{ " + " ".join(f"{name} {selection(field.type)}" for name, field in named.fields.items()) + " }"


def codes(answer: Frame) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


def dial(server: Server, *subprotocols: str, origin: str | None = None) -> ClientConnection:
    named = [Subprotocol(name) for name in subprotocols]
    given = None if origin is None else Origin(origin)
    return connect(url(server, "ws"), subprotocols=named, origin=given, **plain({}))


class Socket:
    """A connection over which operations go. `token`: in `connection_init`."""

    def __init__(self, server: Server, token: str | None = None, begin: bool = True) -> None:
        self.connection = dial(server, SUBPROTOCOL).__enter__()
        if begin:
            self.say(type="connection_init", payload={} if token is None else {"token": token})
            assert self.hear() == {"type": "connection_ack"}

    def say(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def hear(self) -> Frame:
        heard: Frame = json.loads(self.connection.recv(timeout=DEADLINE))
        return heard

    def subscribe(self, id_: str, query: str, **variables: Any) -> None:
        self.say(type="subscribe", id=id_, payload={"query": query, "variables": variables})

    def next(self, id_: str) -> Frame:
        """The data of the next result of this operation."""
        heard = self.hear()
        assert (heard["type"], heard["id"]) == ("next", id_), heard
        data: Frame = heard["payload"]["data"]
        return data

    def closed(self) -> int:
        """The code with which the server closes it, whatever it says before."""
        with pytest.raises(ConnectionClosed) as closed:
            self._hear_all()
        return 1006 if closed.value.rcvd is None else closed.value.rcvd.code

    def _hear_all(self) -> None:
        while True:
            self.connection.recv(timeout=DEADLINE)

    def close(self) -> None:
        self.connection.close()
