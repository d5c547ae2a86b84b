"""REST: an ASGI application that has the desk answer requests under `/api/v1`.

It looks for a request in a table of its own and makes none of Starlette's objects: most requests are small,
and asked often.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import partial
from typing import Any, Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.http import API, EVENTS
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType
from chatd.gateway.http.counting.observed import ROUTE
from chatd.gateway.http.rest.body import (
    TOO_LARGE_FOR_STRANGERS,
    fields_in,
    read_body,
    refuse_body,
    refuse_type,
)
from chatd.gateway.http.rest.conditions import refuse_condition
from chatd.gateway.http.rest.fields import Fields, fields_of
from chatd.gateway.http.rest.nonce import HEADER as KEY
from chatd.gateway.http.rest.nonce import refuse_key, take_key
from chatd.gateway.http.rest.paging import Following, following_of, link
from chatd.gateway.http.rest.paths import Paths, allowed
from chatd.gateway.http.rest.rate_fields import rate_fields
from chatd.gateway.http.rest.response import Response, problem, result_response
from chatd.gateway.http.server.problem import NO_BEARER, NO_TOKEN
from chatd.ports import Caller, Desk

_NO_PATH: Final = Refusal(
    "not_found", "there is nothing at this address; /api/openapi.json lists what there is"
)
_NO_QUERY: Final = Refusal("invalid", "the fields of this request stand in its body, not in the query string")
_TWO_TOKENS: Final = Refusal("conflict", "token: the body and Authorization say two things; send one of them")
_BEGINNING: Final = len(API)


class _Request(msgspec.Struct, frozen=True, eq=False):
    """A row of the contract, and what is known from it beforehand."""

    row: RequestType
    fields: Fields
    following: Following | None
    has_nonce: bool
    route: str


class Rest:
    """One for the server."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._paths = Paths(REQUESTS.values())
        self._requests = {
            row.name: _Request(
                row, fields_of(row), following_of(row), "nonce" in row.fields, API + row.http.path
            )
            for row in REQUESTS.values()
        }

    @staticmethod
    def serves(path: str) -> bool:
        return path.startswith(f"{API}/") and path != API + EVENTS

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        response = await self._respond(scope, receive)
        if response is not None:
            await send(
                {"type": "http.response.start", "status": response.status, "headers": response.headers}
            )
            await send({"type": "http.response.body", "body": response.body})

    async def _respond(self, scope: MutableMapping[str, Any], receive: Any) -> Response | None:
        """None: the client is gone."""
        path, method = scope["raw_path"].decode("latin-1"), scope["method"]
        found = self._paths.find(path[_BEGINNING:])
        if found is None:
            return problem(_NO_PATH)
        methods, values = found
        row = methods.get("GET" if method == "HEAD" else method)
        if row is None:
            return _other_method(method, methods)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request = self._requests[row.name]
        scope[ROUTE] = request.route
        if (refused := refuse_condition(headers, row)) is not None:
            return refused
        data = request.fields.of_path(values)
        if isinstance(data, Refusal):
            return problem(data)
        peer: Caller = scope["state"]["caller"]
        if row.http.has_body:
            if b"expect" in headers and (refused := await self._refuse_early(peer, headers, row)) is not None:
                return refused
            body = await read_body(headers, receive, partial(self._refuse_long, peer, headers, row))
            if body is None or isinstance(body, Response):
                return body
            wrong = _take_body(request, body, data) or (_NO_QUERY if scope["query_string"] else None)
        elif (refused := refuse_body(headers)) is not None:
            return refused
        else:
            query = scope["query_string"].decode("latin-1")
            wrong = request.fields.of_query(query, data) if query else None
        if wrong is None and KEY in headers:
            wrong = take_key(headers[KEY], data) if request.has_nonce else refuse_key(row)
        if wrong is not None:
            return problem(wrong)
        caller = await self._caller(peer, headers, row, data)
        if isinstance(caller, Refusal):
            return self._not_admitted(caller, headers, scope["state"]["caller"].address)
        return await self._answer(caller, request, path, data)

    async def _refuse_early(
        self, peer: Caller, headers: Mapping[bytes, bytes], row: RequestType
    ) -> Response | None:
        """What is certain before the body, for a client that waits to be asked for it. Who asks is checked
        again afterwards: the body may take its time."""
        if row.asker != "anyone":
            caller = await self._caller(peer, headers, row, {})
            if isinstance(caller, Refusal):
                return problem(caller, shown=b"authorization" in headers)
        return refuse_type(headers)

    async def _refuse_long(
        self, peer: Caller, headers: Mapping[bytes, bytes], row: RequestType
    ) -> Response | None:
        """Of strangers no long body is kept: anybody may send a thousand at once, as slowly as he likes."""
        if row.asker == "anyone":
            return TOO_LARGE_FOR_STRANGERS
        return await self._refuse_early(peer, headers, row)

    async def _caller(
        self, peer: Caller, headers: Mapping[bytes, bytes], row: RequestType, data: Mapping[str, Any]
    ) -> Caller | Refusal:
        """Who asks. Who asks what anybody may ask may have an old token, that he wants to renew perhaps."""
        if row.asker == "anyone" and row.decided_by != "session":
            return peer
        said = headers.get(b"authorization")
        if said is None:
            return peer if peer.operator or row.asker == "anyone" else NO_TOKEN
        token = _token(said)
        if not token:
            return NO_BEARER
        if row.asker == "anyone" and data.get("token") is not None:
            return peer if data["token"] == token else _TWO_TOKENS
        return await self._desk.admit(token, peer.address)

    def _not_admitted(self, refusal: Refusal, headers: Mapping[bytes, bytes], address: str) -> Response:
        said = headers.get(b"authorization")
        response = problem(refusal, shown=said is not None)
        if response.status == 429 and said is not None:
            left = self._desk.left_to_admit(_token(said), address)
            response.headers.extend(rate_fields(left, response.status))
        return response

    async def _answer(self, caller: Caller, request: _Request, path: str, data: dict[str, Any]) -> Response:
        row = request.row
        answer = await self._desk.ask(caller, row, data)
        if isinstance(answer, Refusal):
            response = problem(answer)
        else:
            response = result_response(row.http.status, answer, row.kind == "query")
            if request.following is not None and (more := request.following(answer, data)):
                response.headers.append((b"link", link(path, request.fields.in_path, data, more)))
        response.headers.extend(rate_fields(self._desk.left(caller, row, data), response.status))
        return response


def _token(authorization: bytes) -> str:
    """Empty: there is none."""
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _take_body(request: _Request, body: bytes, data: dict[str, Any]) -> Refusal | None:
    """Adds what the body says to `data`, which has the fields of the path."""
    said = fields_in(body)
    return said if isinstance(said, Refusal) else request.fields.of_body(said, data)


def _other_method(method: str, methods: Mapping[str, RequestType]) -> Response:
    allow = (b"allow", allowed(methods).encode())
    if method == "OPTIONS":
        return Response(204, [allow], b"")
    said = Refusal("invalid", f"{method} is not allowed here; allowed is {allowed(methods)}")
    return problem(said, status=405, headers=(allow,))
