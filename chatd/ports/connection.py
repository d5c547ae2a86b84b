"""A connection, and the session behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from msgspec import Struct

from chatd.frames.codec import BadFrame
from chatd.ports.rows import Render, Row


class Caller(Struct, frozen=True):
    """Who speaks on a connection, as far as is known. `by` is what facts are attributed to.

    An `operator` speaks through the admin socket and stands above all spaces; an `admin` is an account
    that may ask what operators ask, and is otherwise an account like any other.
    """

    address: str
    by: str = ""
    account: str | None = None
    device: str | None = None
    operator: bool = False
    admin: bool = False
    owner: str | None = None  # of a bot
    scopes: frozenset[str] | None = None  # of a bot: what it may ask at most


class Message(Struct, frozen=True, eq=False):
    """One wire message. Its frames are read as they are asked for."""

    frames: Iterator[Row | BadFrame]
    size: int  # bytes


class Connection(Protocol):
    """The gateway's side of a connected client, as a session sees it. Only `receive` and `drained` wait."""

    @property
    def render(self) -> Render: ...

    @property
    def protocol(self) -> str:
        """What is spoken on it, for people: a subprotocol, or another word."""

    @property
    def queued(self) -> int:
        """Bytes that the client has not taken yet."""

    @property
    def last_heard(self) -> float:
        """When the client showed last that it is there, on trio's clock."""

    @property
    def lost(self) -> bool:
        """Whether the client is gone, and hears nothing any more."""

    def send(self, frames: Sequence[Row]) -> None: ...
    def write(self, rendered: bytes, at_once: bool = False) -> int:
        """What `render` made of events; with what else comes now, or at once if nothing waits. Returns what
        is `queued` then."""

    async def receive(self) -> Message | None:
        """The client's next message; None when it is lost or `stop_reading` was called."""

    def stop_reading(self) -> None:
        """Reads no more: `receive` gives what has arrived already, and then nothing."""

    async def drained(self, below: int) -> None:
        """Waits until fewer than `below` bytes are queued. Raises trio.BrokenResourceError if it is gone."""

    def close(self, code: int, reason: str) -> None:
        """Starts the closing handshake."""


OPEN_REQUESTS: Final = 1024  # that a session may have without an answer; more are left unread


class Session(Protocol):
    """The actor behind a connection."""

    @property
    def opened(self) -> bool:
        """Whether it is known whose session this is."""

    @property
    def idle(self) -> bool:
        """Whether all that was read has its answer."""

    async def run(self) -> None:
        """The session's life; returns when reading has ended and everything is answered."""

    def stop(self) -> None:
        """Refuse what comes from now on, finish what is under way, then return from `run`."""

    def cut(self) -> None:
        """Return from `run` now: what is under way gets no reply."""
