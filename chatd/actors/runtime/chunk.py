"""What the bus hands to sessions: events of one commit, and signals.

Each is rendered once for each wire format, however many sessions get it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Final, cast

import attrs
from msgspec.structs import replace

from chatd.contract.events import RESTRICTED
from chatd.domain.event import Event
from chatd.ports import Render, Row

EVENT_BYTES: Final = 512  # what an event takes in memory, at least
# Whoever reads these later is shown them as they were, unless a later event of their stream says otherwise.
LASTING: Final = frozenset(
    {"message.posted", "reaction.added", "reaction.removed", "member.joined", "member.left"}
)


def weight(event: Event) -> int:
    """Approximate bytes of memory."""
    return EVENT_BYTES + len(event.text or "")


@attrs.define(slots=True, eq=False)
class Chunk:
    """Events of one stream that were committed together; rendered once for each wire format.

    `alone`: nothing else was committed with them, so they may be written at once. `first` and `last` are
    their positions; whoever comes back looks at those of thousands of chunks.
    """

    events: Sequence[Event]
    alone: bool = False
    stream: str = attrs.field(init=False)
    first: int = attrs.field(init=False)
    last: int = attrs.field(init=False)
    _rendered: dict[Render, bytes] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        newest = self.events[-1]
        self.stream = newest.stream
        self.first = self.events[0].position
        self.last = newest.position

    @property
    def selective(self) -> bool:
        """Whether some events are not for every subscriber of the stream."""
        return self.stream.startswith("space/") and any(event.type in RESTRICTED for event in self.events)

    @property
    def lasting(self) -> bool:
        """Whether nothing in it takes back or restates anything (see `chatd.store.queries.replay`)."""
        return self.stream.startswith("room/") and all(event.type in LASTING for event in self.events)

    @property
    def weight(self) -> int:
        """Approximate bytes of memory."""
        return sum(map(weight, self.events))

    def forget(self, seqs: Container[int | None]) -> int:
        """Drops the texts and files of these messages, their edits included; of None, all texts. Returns by
        how much lighter it is."""
        if None not in seqs and not any(_about(event, seqs) for event in self.events):
            return 0
        weight = self.weight
        self.events = [
            replace(event, text=None, files=None) if None in seqs or _about(event, seqs) else event
            for event in self.events
        ]
        self._rendered.clear()
        return weight - self.weight

    def forget_files(self, gone: Callable[[Row], bool]) -> None:
        """Drops what is known of files that are gone."""
        if any(event.files is not None and any(map(gone, event.files)) for event in self.events):
            self.events = [
                event
                if event.files is None
                else replace(event, files=[file for file in event.files if not gone(file)])
                for event in self.events
            ]
            self._rendered.clear()

    def rendered(self, render: Render) -> bytes:
        """What `render` makes of the events; made at most once."""
        rendered = self._rendered.get(render)
        if rendered is None:
            rendered = self._rendered[render] = render(self.events)
        return rendered


def _about(event: Event, seqs: Container[int | None]) -> bool:
    """Whether it is one of these messages, or says something of one."""
    return event.seq in seqs or event.data.get("seq", 0) in seqs


@attrs.define(slots=True, eq=False)
class SignalFrame:
    """Sent to present subscribers and not stored; rendered once for each wire format."""

    _frame: Row
    _rendered: dict[Render, bytes] = attrs.field(factory=dict, init=False)

    def frame(self) -> Row:
        return self._frame

    def rendered(self, render: Render) -> bytes:
        """What `render` makes of it; made at most once. `render` reads only the frame of an event."""
        rendered = self._rendered.get(render)
        if rendered is None:
            rendered = self._rendered[render] = render(cast("Sequence[Event]", (self,)))
        return rendered
