"""From what a client sends to what it gets: read, measured, validated, executed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from time import thread_time
from typing import Any, Final, TypeVar

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
from chatd.gateway.graphql.asker import Asker
from chatd.gateway.graphql.budget import Budget
from chatd.gateway.graphql.passes import Operation, Passes, refused, wrong
from chatd.gateway.graphql.schema import make_schema
from chatd.ports import Desk

_CACHED: Final = 256  # documents that are known to be valid, or not
MAX_ERRORS: Final = 10
MAX_QUESTION: Final = 128 * 1024  # bytes of a question with its variables
T = TypeVar("T")


class Question(msgspec.Struct, frozen=True, rename="camel"):
    """What a client sends, over HTTP and in `subscribe`. `extensions` of the client are not looked at."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


class Execution:
    """Answers questions. One pass runs at a time, in a thread: two would take turns at the interpreter."""

    def __init__(self, desk: Desk, limited: bool) -> None:
        self._desk = desk
        self._budget = Budget(limited)
        self._limiter = trio.CapacityLimiter(1)

    async def prepare(
        self, asker: Asker, question: Question
    ) -> tuple[Operation, OperationType] | ExecutionResult:
        """What is asked, or why it cannot be."""
        if refusal := self._budget.refusal(asker.caller):
            return refused(refusal)
        return await self._work(asker, partial(_prepare, question))

    async def execute(self, asker: Asker, operation: Operation) -> ExecutionResult:
        result = await Passes(self._desk, asker).execute(operation, partial(self._work, asker))
        # a variable of another type than its declaration shows only now
        return wrong(result.errors or ()) if result.data is None else result

    async def cursor(self, asker: Asker, operation: Operation) -> dict[str, Any] | None:
        """Where a subscription is to begin."""
        passes = Passes(self._desk, asker)
        await passes.execute(operation, partial(self._work, asker))
        return passes.cursor

    async def _work(self, asker: Asker, work: Callable[[], T]) -> T:
        done, seconds = await trio.to_thread.run_sync(_timed, work, limiter=self._limiter)
        self._budget.spend(asker.caller, seconds)
        return done


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and how long it had the processor."""
    begun = thread_time()
    return work(), thread_time() - begun


def encode(result: ExecutionResult) -> bytes:
    """Without `data` where nothing was executed, as GraphQL says; a refused field does not make it null."""
    shown = result.formatted
    return msgspec.json.encode({"errors": shown["errors"]} if result.data is None else shown)


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
