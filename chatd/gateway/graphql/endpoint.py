"""`/api/graphql` over HTTP (the specification "GraphQL over HTTP"): `POST`, and `GET` for queries."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from graphql import ExecutionResult, OperationType
from starlette.requests import Request
from starlette.responses import Response

from chatd.contract.errors import Refusal
from chatd.gateway.graphql.execution import Execution, Question, encode
from chatd.gateway.graphql.passes import refused
from chatd.gateway.http.problem import PRIVATE
from chatd.gateway.http.rest.response import Header, problem
from chatd.ports import Caller, Desk

METHODS: Final = ("GET", "POST")
RESPONSE: Final = "application/graphql-response+json"
_FIELDS: Final = ("query", "operationName", "variables")
ONLY_QUERIES: Final = Refusal("invalid", "GET is for queries; send mutations with POST")
NO_SUBSCRIPTIONS: Final = Refusal(
    "invalid", "subscriptions need the WebSocket at this path, with subprotocol graphql-transport-ws"
)


class Endpoint:
    """Answers one HTTP request."""

    def __init__(self, desk: Desk, execution: Execution) -> None:
        self._desk = desk
        self._execution = execution

    async def answer(self, request: Request) -> Response:
        caller = await self._caller(request)
        if isinstance(caller, Refusal):
            return _problem(caller)
        question = await _question(request)
        if isinstance(question, Refusal):
            return _problem(question)
        prepared = await self._execution.prepare(question)
        if isinstance(prepared, ExecutionResult):
            return _response(request, prepared)
        operation, kind = prepared
        if kind is OperationType.SUBSCRIPTION:
            return _response(request, refused(NO_SUBSCRIPTIONS))
        if kind is not OperationType.QUERY and request.method == "GET":
            return _problem(ONLY_QUERIES, 405, ((b"allow", b"POST"),))
        return _response(request, await self._execution.execute(caller, operation))

    async def _caller(self, request: Request) -> Caller | Refusal:
        """Who asks: a stranger without a token."""
        caller: Caller = request.state.caller
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if caller.operator or not scheme:
            return caller
        if scheme.lower() != "bearer":
            return Refusal("unauthenticated", "send the token as `Authorization: Bearer …`")
        return await self._desk.admit(token.strip(), caller.address)


async def _question(request: Request) -> Question | Refusal:
    try:
        if request.method == "GET":
            return msgspec.convert(_asked_by_query(request), Question)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            return Refusal(
                "invalid", "send a JSON object as application/json: {query, variables, operationName}"
            )
        return msgspec.json.decode(await request.body(), type=Question)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        return Refusal("invalid", f"not {{query, variables, operationName}}: {error}")


def _asked_by_query(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: request.query_params[name] for name in _FIELDS if name in request.query_params
    }
    if "variables" in found:
        found["variables"] = msgspec.json.decode(found["variables"])
    return found


def _response(request: Request, result: ExecutionResult) -> Response:
    """Old clients, which take plain JSON, are told everything with status 200."""
    whole = RESPONSE in request.headers.get("accept", "")
    status = 400 if whole and result.data is None else 200
    media_type = RESPONSE if whole else "application/json"
    return Response(encode(result), status, dict(PRIVATE), media_type)


def _problem(refusal: Refusal, status: int | None = None, headers: tuple[Header, ...] = ()) -> Response:
    answer = problem(refusal, status=status, headers=headers)
    response = Response(answer.body, answer.status)
    response.raw_headers += answer.headers
    return response
