"""From what a client sends to what it gets: read, measured, validated, executed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import msgspec
import trio
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    validate,
)

from chatd.gateway.graphql import limits
from chatd.gateway.graphql.passes import Operation, Passes, wrong
from chatd.gateway.graphql.schema import make_schema
from chatd.ports import Caller, Desk

_CACHED: Final = 256  # documents that are known to be valid, or not
MAX_ERRORS: Final = 10


class Question(msgspec.Struct, frozen=True, rename="camel"):
    """What a client sends, over HTTP and in `subscribe`. `extensions` of the client are not looked at."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


class Execution:
    """Answers questions. One pass runs at a time, in a thread: two would take turns at the interpreter."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._limiter = trio.CapacityLimiter(1)

    async def prepare(self, question: Question) -> tuple[Operation, OperationType] | ExecutionResult:
        """What is asked, or why it cannot be."""
        return await trio.to_thread.run_sync(_prepare, question, limiter=self._limiter)

    async def execute(self, caller: Caller, operation: Operation) -> ExecutionResult:
        result = await Passes(self._desk, caller).execute(operation, self._limiter)
        # a variable of another type than its declaration shows only now
        return wrong(result.errors or ()) if result.data is None else result

    async def cursor(self, caller: Caller, operation: Operation) -> dict[str, Any] | None:
        """Where a subscription is to begin."""
        passes = Passes(self._desk, caller)
        await passes.execute(operation, self._limiter)
        return passes.cursor


def encode(result: ExecutionResult) -> bytes:
    return msgspec.json.encode(result.formatted)


def _prepare(question: Question) -> tuple[Operation, OperationType] | ExecutionResult:
    variables = question.variables or {}
    try:
        document = limits.read(question.query)
        node: OperationDefinitionNode = limits.operation_of(document, question.operation_name)
        limits.check(document, node, variables)
    except GraphQLError as error:
        return wrong((error,))
    if errors := _errors(question.query):
        return wrong(errors)
    name = None if node.name is None else node.name.value
    return Operation(make_schema(), document, name, variables), node.operation


@lru_cache(_CACHED)
def _errors(text: str) -> list[GraphQLError]:
    """What is not valid in the document; validation is quadratic, so it is remembered."""
    document: DocumentNode = limits.read(text)
    return validate(make_schema(), document, max_errors=MAX_ERRORS)
