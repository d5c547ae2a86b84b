"""An account as presence knows it: where it sits, what it chose, and what of it is shown to whom."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from chatd.actors.runtime.chunk import SignalFrame
from chatd.actors.runtime.feed import Feed
from chatd.actors.runtime.signals import signal_frame
from chatd.contract import presence
from chatd.contract.fields import ShownPresence
from chatd.contract.signals import PresenceChanged
from chatd.domain.event import account_stream
from chatd.ports import Caller


class Shown(msgspec.Struct, frozen=True):
    """What a watcher is told of an account. `last_seen` is None while it is there, or never was."""

    state: ShownPresence
    last_seen: int | None = None

    def row(self, account: str) -> presence.AccountPresence:
        return presence.AccountPresence(account=account, state=self.state, last_seen=self.last_seen)

    def signal(self, account: str) -> SignalFrame:
        changed = PresenceChanged(state=self.state, last_seen=self.last_seen)
        return SignalFrame(signal_frame("presence", account_stream(account), account, changed))


class PresenceSession(msgspec.Struct, eq=False):
    """A session that is open, or was until a moment ago: then it has no `feed`."""

    caller: Caller
    account: str
    feed: Feed | None
    away: bool = False
    told: dict[str, Shown] = msgspec.field(default_factory=dict)  # the accounts that it watches


class AccountPresence(msgspec.Struct, eq=False):
    """An account of which something is known in memory."""

    mode: str | None = None  # `dnd` or `invisible`, where the account chose it
    last_seen: int | None = None
    sessions: list[PresenceSession] = msgspec.field(default_factory=list)
    streams: Iterable[str] = ()  # what it belongs to, as its newest session knows or knew it
    followed: Iterable[str] | None = None  # the same, as known of it while it is connected to another node
    chosen_at: int = 0  # when the mode was chosen; 0: it is what was stored
    elsewhere: dict[str, bool] = msgspec.field(default_factory=dict)  # node with sessions of it -> all away
    left: int = 0  # when it went from a node last, since it came
    _looked: tuple[Shown, Shown] | None = None

    def looks_new(self) -> bool:
        """Whether it looks otherwise, to others or to itself, than when this was asked last."""
        before, self._looked = self._looked, (self.shown(), self.shown(to_itself=True))
        return self._looked != before

    def belong(self) -> None:
        """What it belongs to is to be asked of a session that is connected here, or of what is followed."""
        feeds = (session.feed for session in self.sessions if session.feed is not None)
        connected = next((feed.streams for feed in feeds), self.followed)
        if connected is not None:
            self.streams = connected

    def come(self) -> None:
        """It is about to be connected, here or elsewhere."""
        if not self.somewhere:
            self.left = 0

    def go(self) -> None:
        """Others do not see it there any more: since it went, or since it chose that. Each node knows both
        times as the node does where it happened, so all say the same."""
        self.last_seen = self.chosen_at if self.mode == "invisible" else self.left

    @property
    def there(self) -> bool:
        """Whether others see it there."""
        return self.somewhere and self.mode != "invisible"

    @property
    def somewhere(self) -> bool:
        """Whether it is connected, to this server or to another node."""
        return bool(self.sessions) or bool(self.elsewhere)

    @property
    def here_away(self) -> bool | None:
        """Whether all its sessions here are away; None: there is none."""
        return all(session.away for session in self.sessions) if self.sessions else None

    def disconnected(self, device: str | None) -> PresenceSession | None:
        """What is left of a session of this device that ended a moment ago."""
        return next(
            (session for session in self.sessions if not session.feed and session.caller.device == device),
            None,
        )

    def seen(self, now: int) -> int:
        """When others saw it last, if `now` is what the clock says."""
        return now if self.there or self.last_seen is None else self.last_seen

    def shown(self, to_itself: bool = False) -> Shown:
        if not self.somewhere or (self.mode == "invisible" and not to_itself):
            return Shown("offline", self.last_seen)
        if self.mode == "invisible":
            return Shown("invisible", self.last_seen)
        if self.mode == "dnd":
            return Shown("dnd")
        away = self.here_away is not False and all(self.elsewhere.values())
        return Shown("away" if away else "online")
