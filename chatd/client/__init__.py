"""The trio client library: `connect`, and what it gives and raises. Bots, tests and chatctl use it."""

from chatd.client.client import Client, connect
from chatd.client.errors import ClientError, Disconnected, Refused, SessionEnded
from chatd.client.event import RELOADED, Cursor, Event, Signal
from chatd.client.messages import Found, History, Posted, Thread
from chatd.client.personal import Notifications, Preferences
from chatd.client.rooms import Receipts
from chatd.client.signing import refresh, sign_in, sign_up
from chatd.client.tokens import Tokens

__all__ = [
    "Client",
    "ClientError",
    "Cursor",
    "Disconnected",
    "Event",
    "Found",
    "History",
    "Notifications",
    "Posted",
    "Preferences",
    "RELOADED",
    "Receipts",
    "Refused",
    "SessionEnded",
    "Signal",
    "Thread",
    "Tokens",
    "connect",
    "refresh",
    "sign_in",
    "sign_up",
]
