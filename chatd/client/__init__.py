"""The trio client library: `connect`, and what it gives and raises. Bots, tests and chatctl use it."""

from chatd.client.client import Client, History, Posted, connect, refresh, sign_in, sign_up
from chatd.client.errors import ClientError, Disconnected, Refused, SessionEnded
from chatd.client.event import RELOADED, Cursor, Event, Signal
from chatd.client.tokens import Tokens

__all__ = [
    "RELOADED",
    "Client",
    "ClientError",
    "Cursor",
    "Disconnected",
    "Event",
    "History",
    "Posted",
    "Refused",
    "SessionEnded",
    "Signal",
    "Tokens",
    "connect",
    "refresh",
    "sign_in",
    "sign_up",
]
