"""What can go wrong for a client: four exceptions, and nothing of the libraries below shows through."""

from __future__ import annotations

from typing import Any


class ClientError(Exception):
    """Every error of this library is one of these."""


class Refused(ClientError):
    """The server answered no.

    `code` comes from the protocol's closed list (`invalid`, `forbidden`, `not_found`, …), `message` says
    what was wrong, `data` holds details such as `retry_after` (seconds).
    """

    def __init__(self, code: str, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.data = data or {}

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before the next try, when the server named them."""
        delay = self.data.get("retry_after")
        return float(delay) if isinstance(delay, int | float) else None


class Disconnected(ClientError):
    """There is no connection. A command that raises this may have been carried out or not.

    `final` says that trying again will not help.
    """

    def __init__(self, message: str, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Untrusted(Disconnected):
    """The server's certificate is not to be trusted, and nothing was sent. The message says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, final=True)


class SessionEnded(Disconnected):
    """The server ended this session and wants no reconnect: close code `code` (4001, 4002, …)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"the server ended the session: {reason} (close code {code})", final=True)
        self.code = code
        self.reason = reason


class Unreadable(ClientError):
    """The server answered, but not what the contract declares: it is of another version than this library.

    A command that raises this was carried out.
    """


def refused(error: dict[str, Any]) -> Refused:
    """The exception for the `error` of a reply frame."""
    return Refused(error.get("code", "internal"), error.get("message", ""), error.get("data"))
