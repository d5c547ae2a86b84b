"""The trio client library: `connect`, and what it gives and raises. Bots, tests and chatctl use it.

Requests, results and payloads are the classes of `chatd.contract`, by noun.
"""

from chatd.client.client import Client, connect
from chatd.client.errors import ClientError, Disconnected, Refused, SessionEnded, Unreadable, Untrusted
from chatd.client.event import RELOADED, Event, Signal
from chatd.client.signing import refresh, sign_in, sign_up
from chatd.client.tokens import Tokens
from chatd.contract.session import Cursor

__all__ = [
    "Client",
    "ClientError",
    "Cursor",
    "Disconnected",
    "Event",
    "RELOADED",
    "Refused",
    "SessionEnded",
    "Signal",
    "Tokens",
    "Unreadable",
    "Untrusted",
    "connect",
    "refresh",
    "sign_in",
    "sign_up",
]
