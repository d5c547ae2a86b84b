"""What an account's sessions hear of its scheduled messages."""

from __future__ import annotations

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.signals import signal_frame
from chatd.contract.message import ScheduledMessage
from chatd.contract.rows import fields_of, pick
from chatd.contract.signals import ScheduledChanged
from chatd.domain.event import account_stream
from chatd.ports import Row


def announce_scheduled(bus: Bus, account: str, entry: Row | ScheduledMessage) -> None:
    """Shows an entry as it is now."""
    fields = entry if isinstance(entry, dict) else fields_of(entry)
    _announce(bus, account, pick(ScheduledChanged, fields))


def announce_gone(bus: Bus, account: str, scheduled: str) -> None:
    """Says that an entry was posted or taken back."""
    _announce(bus, account, ScheduledChanged(id=scheduled, gone=True))


def _announce(bus: Bus, account: str, payload: ScheduledChanged) -> None:
    bus.signal(account, signal_frame("scheduled.changed", account_stream(account), account, payload))
