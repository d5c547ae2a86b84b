"""How much one document may ask: its length, its depth, and what it costs, before it is validated.

A field costs one, and as often as the pages around it have rows (their `limit`). Introspection costs the
same whoever asks it, and graphql-core's own rule bounds its depth.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
)

from chatd.contract.fields import DEFAULT_PAGE, MAX_PAGE

MAX_TEXT: Final = 16 * 1024  # characters of a document
MAX_TOKENS: Final = 500  # the usual introspection has 183, a page of a room with authors 35
MAX_DEPTH: Final = 12
MAX_ROOTS: Final = 10  # fields of the operation itself, each of which is a request
MAX_COST: Final = 20_000
_CACHED: Final = 256  # documents


@lru_cache(_CACHED)
def read(text: str) -> DocumentNode:
    """The document. Raises GraphQLError."""
    if len(text) > MAX_TEXT:
        raise GraphQLError(f"a document has at most {MAX_TEXT} characters")
    return parse(text, max_tokens=MAX_TOKENS)


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation of this name, or the only one. Raises GraphQLError."""
    found = [
        node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
        and (name is None or (node.name is not None and node.name.value == name))
    ]
    if len(found) == 1:
        return found[0]
    if name is not None:
        raise GraphQLError(f"there is no operation {name!r}" if not found else f"{name!r} stands there twice")
    raise GraphQLError("say with operationName which of the operations is asked" if found else "no operation")


def check(document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
    """Raises GraphQLError for an operation that asks too much."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    walk = _Walk(fragments, variables)
    walk.selections(operation.selection_set, 1, 1, ())
    if walk.roots > MAX_ROOTS:
        raise GraphQLError(f"one operation makes at most {MAX_ROOTS} requests; ask in several")


class _Walk:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self.roots = 0
        self._cost = 0
        self._fragments = fragments
        self._variables = variables

    def selections(self, selected: SelectionSetNode, depth: int, times: int, inside: tuple[str, ...]) -> None:
        """`inside`: the fragments that lead here; a fragment within itself is left to validation."""
        for node in selected.selections:
            if isinstance(node, FieldNode):
                self._field(node, depth, times, inside)
            elif isinstance(node, InlineFragmentNode):
                self.selections(node.selection_set, depth, times, inside)
            elif isinstance(node, FragmentSpreadNode):
                self._spread(node.name.value, depth, times, inside)

    def _spread(self, name: str, depth: int, times: int, inside: tuple[str, ...]) -> None:
        self._count(1)
        fragment = self._fragments.get(name)
        if fragment is not None and name not in inside:
            self.selections(fragment.selection_set, depth, times, (*inside, name))

    def _field(self, node: FieldNode, depth: int, times: int, inside: tuple[str, ...]) -> None:
        if depth > MAX_DEPTH:
            raise GraphQLError(f"fields may stand at most {MAX_DEPTH} deep")
        if depth == 1:
            self.roots += 1
            if node.name.value.startswith("__"):
                return
            times = self._rows(node)
        self._count(times)
        if node.selection_set is not None:
            self.selections(node.selection_set, depth + 1, times, inside)

    def _rows(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "limit":
                value = argument.value
                given: Any = DEFAULT_PAGE
                if isinstance(value, IntValueNode):
                    given = int(value.value)
                elif isinstance(value, VariableNode):
                    given = self._variables.get(value.name.value)
                return min(given, MAX_PAGE) if isinstance(given, int) and given > 0 else DEFAULT_PAGE
        return DEFAULT_PAGE

    def _count(self, cost: int) -> None:
        self._cost += cost
        if self._cost > MAX_COST:
            raise GraphQLError(f"this asks for over {MAX_COST} values; ask for smaller pages or fewer fields")
