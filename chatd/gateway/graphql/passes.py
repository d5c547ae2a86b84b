"""Executes an operation in synchronous passes.

Every asynchronous execution of graphql-core needs asyncio. So a resolver that lacks its value notes what it
wants and gives null; what is wanted is asked, all profiles with one question; and the operation is executed
again, until nothing is wanted. Profiles that a page names cost one question, however many rows it has.
Mutations are asked one after another, in the order in which they stand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    execute_sync,
)

from chatd.contract.errors import Refusal
from chatd.contract.profile import MAX_PROFILES, ProfileList
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType
from chatd.frames.codec import json_bytes
from chatd.gateway.graphql.asker import Asker
from chatd.ports import Desk

PROFILES: Final = REQUESTS["profile.list"]
Work = Callable[[Callable[[], ExecutionResult]], Awaitable[ExecutionResult]]

MOST_PROFILES: Final = 1000  # of one operation; more stay null
MAX_ERRORS: Final = 5  # that are told of the variables of an operation
MESSAGE: Final = 300  # characters; the library's quote what is wrong


class Operation(msgspec.Struct, frozen=True, eq=False):
    """What a client asked, validated. `root`: of a subscription, what has come."""

    schema: GraphQLSchema
    document: DocumentNode
    name: str | None
    variables: dict[str, Any]
    root: dict[str, Any] | None = None


class Passes:
    """What is known and wanted of one operation; the context of its resolvers."""

    def __init__(self, desk: Desk, asker: Asker) -> None:
        self.cursor: dict[str, Any] | None = None  # of a subscription that has not begun
        self._desk = desk
        self._asker = asker
        self._answers: dict[str, Any] = {}  # by the key of a field of the operation
        self._wanted: dict[str, tuple[RequestType, dict[str, Any]]] = {}
        self._profiles: dict[str, Any] = {}
        self._strangers: dict[str, None] = {}  # accounts whose profiles are wanted; a dict keeps their order

    async def execute(self, operation: Operation, work: Work) -> ExecutionResult:
        """`work` has each pass done beside the event loop."""
        execution = partial(
            execute_sync,
            operation.schema,
            operation.document,
            operation.root,
            self,
            operation.variables,
            operation.name,
            max_coercion_errors=MAX_ERRORS,
        )
        while True:
            result = await work(execution)
            if not self._wanted and not self._strangers:
                return result
            await self._ask()

    # --- called by resolvers, in a thread, while nothing else touches this

    def request(self, key: str, row: RequestType, data: dict[str, Any]) -> Any:
        """The result for the field `key` of the operation. Raises GraphQLError if it was refused."""
        if key in self._answers:
            answer = self._answers[key]
            if isinstance(answer, Refusal):
                raise GraphQLError(answer.message, extensions=extensions(answer))
            return answer
        if row.kind == "query" or not self._wanted:
            self._wanted[key] = (row, data)
        return None

    def profile(self, account: str | None) -> Any:
        if account is None:
            return None
        known = len(self._profiles) + len(self._strangers)
        if account not in self._profiles and known < MOST_PROFILES:
            self._strangers[account] = None
        return self._profiles.get(account)

    # ---

    async def _ask(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for key, (row, data) in wanted.items():
            self._answers[key] = plain(await self._answer(row, data))
        strangers, self._strangers = list(self._strangers), {}
        for start in range(0, len(strangers), MAX_PROFILES):
            await self._meet(strangers[start : start + MAX_PROFILES])

    async def _answer(self, row: RequestType, data: dict[str, Any]) -> object:
        return self._asker.refused(row) or await self._desk.ask(self._asker.caller, row, data)

    async def _meet(self, accounts: list[str]) -> None:
        self._profiles |= dict.fromkeys(accounts)
        found = await self._answer(PROFILES, {"accounts": accounts})
        if isinstance(found, ProfileList):
            self._profiles |= {profile.account: plain(profile) for profile in found.profiles}


def plain(answer: object) -> Any:
    """A result as JSON has it, so that its keys are the names on the wire; a refusal as it is."""
    return answer if isinstance(answer, Refusal) else msgspec.json.decode(json_bytes(answer))


def extensions(refusal: Refusal) -> dict[str, Any]:
    """What GraphQL says of a refusal beside its message."""
    data: Mapping[str, Any] = refusal.data or {}
    return {"code": refusal.code, **({"data": data} if data else {})}


def refused(refusal: Refusal) -> ExecutionResult:
    """The result of an operation that is refused as a whole."""
    return ExecutionResult(None, [GraphQLError(refusal.message, extensions=extensions(refusal))])


def wrong(errors: Iterable[GraphQLError]) -> ExecutionResult:
    """The result of a document that is none, or asks too much: `invalid`, like all that is malformed."""
    return ExecutionResult(
        None,
        [
            GraphQLError(
                error.message[:MESSAGE],
                source=error.source,
                positions=error.positions,
                extensions={"code": "invalid"},
            )
            for error in errors
        ],
    )
