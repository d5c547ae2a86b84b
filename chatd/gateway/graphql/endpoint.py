"""`/api/graphql` over HTTP (the specification "GraphQL over HTTP"): `POST`, and `GET` for queries."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from graphql import ExecutionResult, OperationType
from starlette.requests import Request
from starlette.responses import Response

from chatd.contract.errors import Refusal
from chatd.gateway.graphql.asker import asker_of
from chatd.gateway.graphql.execution import MAX_QUESTION, Execution, Question, encode
from chatd.gateway.graphql.passes import refused
from chatd.gateway.http.rest.body import STRANGERS_BODY, why_no_json
from chatd.gateway.http.rest.response import Header, problem
from chatd.gateway.http.server.problem import NO_BEARER
from chatd.ports import Desk

SAFE: Final = ("GET", "HEAD")  # methods that change nothing
RESPONSE: Final = "application/graphql-response+json"
_FIELDS: Final = ("query", "operationName", "variables")
ONLY_QUERIES: Final = Refusal("invalid", "GET is for queries; send mutations with POST")
NO_JSON: Final = Refusal("invalid", "send application/json: an object with query, variables, operationName")
NO_SUBSCRIPTIONS: Final = Refusal(
    "invalid", "subscriptions need the WebSocket at this path, with subprotocol graphql-transport-ws"
)


class Endpoint:
    """Answers one HTTP request."""

    def __init__(self, desk: Desk, execution: Execution) -> None:
        self._desk = desk
        self._execution = execution

    async def answer(self, request: Request) -> Response:
        token = _token(request)
        if isinstance(token, Refusal):
            return _problem(token)
        asker = await asker_of(self._desk, request.state.caller, token)
        question = await _question(request, STRANGERS_BODY if asker.refusal else MAX_QUESTION)
        if isinstance(question, Response):
            return question
        prepared = await self._execution.prepare(asker, question)
        if isinstance(prepared, ExecutionResult):
            return _response(request, prepared)
        operation, kind = prepared
        if kind is OperationType.SUBSCRIPTION:
            return _response(request, refused(NO_SUBSCRIPTIONS))
        if kind is not OperationType.QUERY and request.method in SAFE:
            return _problem(ONLY_QUERIES, 405, ((b"allow", b"POST"),))
        return _response(request, await self._execution.execute(asker, operation))


def _token(request: Request) -> str | Refusal | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    return token.strip() if scheme.lower() == "bearer" and token else NO_BEARER


async def _question(request: Request, most: int) -> Question | Response:
    body = bytearray()
    try:
        if request.method in SAFE:
            return msgspec.convert(_asked_by_query(request), Question)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            return _problem(NO_JSON, 415)
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                return _problem(
                    Refusal("too_large", f"a question with its variables has at most {most} bytes")
                )
        return msgspec.json.decode(body, type=Question)
    except msgspec.ValidationError as error:
        return _no_question(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _no_question(why_no_json(body, error))


def _no_question(why: str) -> Response:
    return _problem(Refusal("invalid", f"not {{query, variables, operationName}}: {why}"))


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
    return Response(encode(result), status, media_type=media_type)


def _problem(refusal: Refusal, status: int | None = None, headers: tuple[Header, ...] = ()) -> Response:
    answer = problem(refusal, status=status, headers=headers)
    response = Response(answer.body, answer.status)
    response.raw_headers += answer.headers
    return response
