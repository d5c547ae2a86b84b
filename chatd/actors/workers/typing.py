"""Who is typing in a room. Nobody is shown that of an account that is invisible."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.actors.workers.presence import Presence
from chatd.ports import Row


class Typing(msgspec.Struct, frozen=True, eq=False):
    """What the actor of a room signals goes this way. Never waits."""

    bus: Bus
    presence: Presence

    def signal(self, stream: str, frame: Row, but: str) -> None:
        """Shows it to the subscribers of the stream, except to those of `but`, whom it is about."""
        if not self.presence.hides(but):
            self.bus.signal_stream(stream, frame, but)
