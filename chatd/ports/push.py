"""Web push: what leaves for a push service, and what became of it."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

# `gone`: there is no such subscription any more; `refused`: it will not be taken later either.
PushOutcome = Literal["sent", "gone", "refused", "failed"]
Urgency = Literal["low", "normal", "high"]  # RFC 8030, 5.3


class Push(Struct, frozen=True):
    """One message for one subscription. `p256dh` and `auth`: the browser's public key and secret (RFC 8291);
    `ttl` is in seconds; `topic`: a newer message with it replaces one that still waits at the service."""

    endpoint: str
    p256dh: bytes
    auth: bytes
    payload: bytes
    ttl: int
    urgency: Urgency
    topic: str


class Pushed(Struct, frozen=True):
    """`reason` is for the log and holds nothing secret; `retry_after` (seconds) is the service's own word."""

    outcome: PushOutcome
    reason: str = ""
    retry_after: float = 0.0


class PushService(Protocol):
    """Sends to the push services of browsers."""

    @property
    def key(self) -> str:
        """This server's public key, 65 bytes in base64url."""

    def wrong(self, endpoint: str, p256dh: bytes) -> str | None:
        """What is wrong with a subscription, for people; None: nothing, as far as can be seen."""

    async def send(self, push: Push) -> Pushed:
        """Raises nothing."""
