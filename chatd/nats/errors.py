"""What goes wrong between a client and NATS."""

from __future__ import annotations


class NatsError(Exception):
    """Of this package."""


class CannotConnect(NatsError):
    """No server could be reached, or none took the credentials; says which, and why."""


class NotConnected(NatsError):
    """There is no connection now, or it broke before the answer came: it is not known what arrived."""


class TooSlow(NatsError):
    """The server takes less than is sent, or the answer did not come in time."""


class TooLarge(NatsError):
    """The message is larger than the server takes; one byte more would end the connection."""


class NoResponders(NatsError):
    """Nobody listens there."""
