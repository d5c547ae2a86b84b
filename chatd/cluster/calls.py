"""What nodes say of commands for streams of another: the command, and its answer."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Struct

from chatd.cluster.node_message import NodeMessage
from chatd.contract.errors import Refusal

LONGEST: Final = 900_000  # bytes of a command or an answer
OVERLOADED: Final = Refusal(
    "overloaded", "too many commands wait for another node; try again in a few seconds"
)


Short = Annotated[str, msgspec.Meta(max_length=128)]


class Call(Struct, frozen=True, array_like=True):
    """The `n`-th command of a line. Answers to those before `first` have arrived. Its sender had applied the
    stream up to `sequence`, so it must not be decided by who knows less. `n` 0: the line has ended."""

    sender: Short
    line: Short
    stream: Short
    n: int
    first: int
    sequence: int
    command: bytes


class Answer(Struct, frozen=True, array_like=True):
    """To the `n`-th command; its facts are known where the stream has been applied up to `sequence`. Without
    a `result` the line is not known there: it must begin anew."""

    line: str
    n: int
    sequence: int
    result: bytes | None


CALL: Final = NodeMessage(Call)
ANSWER: Final = NodeMessage(Answer)


def calls_to(node: tuple[str, str]) -> str:
    """The subject; `node`: its name and its life."""
    name, life = node
    return f"call.{name}.{life}"


def answers_to(node: str) -> str:
    return f"answer.{node}"
