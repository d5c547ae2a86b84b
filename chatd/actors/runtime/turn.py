"""A turn of a stream actor: the commands that are decided together, and what was decided on them so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from chatd.actors.runtime.envelope import Envelope
from chatd.domain.decision import Decision
from chatd.domain.event import Fact
from chatd.ports import Append, Condition, FilesExist, Write

TURN_BYTES: Final = 256 * 1024  # of texts, about; a turn ends with the command that goes beyond
COMMAND_BYTES: Final = 512  # about, of what is no text


class Turn(msgspec.Struct):
    """What has been decided so far; it is appended as one.

    `files`: those that a decision relies on. `decided`: each with the place in `facts` where its facts begin.
    `refusals` are said once the facts before them are written. `unanswered`: whose commands were decided or
    refused, as they came. `beside`: the stream that was looked at, too, and where it stood. `leaves`:
    somebody leaves, which others know already, and must forget if it is not written.
    """

    facts: list[Fact] = msgspec.field(default_factory=list)
    writes: list[Write] = msgspec.field(default_factory=list)
    conditions: tuple[Condition, ...] = ()
    files: list[str] = msgspec.field(default_factory=list)
    decided: list[tuple[Envelope, Decision, int]] = msgspec.field(default_factory=list)
    refusals: list[Callable[[], None]] = msgspec.field(default_factory=list)
    unanswered: list[Envelope] = msgspec.field(default_factory=list)
    beside: tuple[tuple[str, int], ...] = ()
    leaves: bool = False

    def append(self) -> Append:
        there = (FilesExist(tuple(self.files)),) if self.files else ()
        beside = self.beside if self.facts else ()
        return Append(tuple(self.facts), tuple(self.writes), self.conditions + there, beside)


def next_turn(envelopes: list[Envelope]) -> tuple[list[Envelope], list[Envelope]]:
    """Those that are decided together now, and the rest."""
    if envelopes[0].conditions:
        return envelopes[:1], envelopes[1:]
    size = 0
    for count, envelope in enumerate(envelopes):
        if envelope.conditions or size > TURN_BYTES:
            return envelopes[:count], envelopes[count:]
        size += COMMAND_BYTES + len(getattr(envelope.command, "text", None) or "")
    return envelopes, []
