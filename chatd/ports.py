"""What the wings agree on: the log, the tables beside it, and who may be told about them.

The actors know the store only by these shapes; an in-memory twin or a distributed log can stand
behind them as well as SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import attrs

from chatd.domain.event import Event, Fact
from chatd.domain.refusal import Refusal

Row = dict[str, Any]
Render = Callable[[Sequence[Event]], bytes]  # events as the bytes that go to a client


# --- writes beside the log: secrets and registers that are durable but no facts --------------------


@attrs.frozen(slots=True)
class PutCredential:
    """The account's password hash (argon2id, PHC string); None takes the password away."""

    account: str
    password_hash: str | None


@attrs.frozen(slots=True)
class PutDevice:
    """A signed-in device. `refresh_hash` is SHA-256 of its refresh token; None for a bare token."""

    device: str
    account: str
    name: str
    refresh_hash: bytes | None
    created_at: int
    expires_at: int


@attrs.frozen(slots=True)
class RotateDevice:
    """A refresh: the new hash takes the place of the old one, which is remembered as `previous`."""

    device: str
    refresh_hash: bytes
    at: int
    expires_at: int


@attrs.frozen(slots=True)
class DropDevices:
    """Ends devices of an account: all, one (`device`), or all but one (`keep`)."""

    account: str
    device: str | None = None
    keep: str | None = None


@attrs.frozen(slots=True)
class PutInviteCode:
    """Where a code leads. `code_hash` is SHA-256 of the code; the code itself is never stored."""

    code_hash: bytes
    space: str
    invite: str


@attrs.frozen(slots=True)
class PutSetupCode:
    """SHA-256 of the one-time code that makes the first account; None when it has been used."""

    code_hash: bytes | None


@attrs.frozen(slots=True)
class MarkRead:
    """Moves an account's read marker in a room forward to `seq`; never back."""

    account: str
    room: str
    seq: int


@attrs.frozen(slots=True)
class PutSnapshot:
    """The state of `stream` after `seq`, so that loading need not start at the beginning."""

    stream: str
    seq: int
    state: bytes


Write = (
    PutCredential
    | PutDevice
    | RotateDevice
    | DropDevices
    | PutInviteCode
    | PutSetupCode
    | MarkRead
    | PutSnapshot
)


# --- the log ---------------------------------------------------------------------------------------


@attrs.frozen(slots=True)
class Append:
    """What one actor wants written, all of it or nothing: facts in order, and writes beside them."""

    facts: tuple[Fact, ...] = ()
    writes: tuple[Write, ...] = ()


@attrs.frozen(slots=True)
class Appended:
    """Durable. The append's facts, in their order, are events now."""

    events: tuple[Event, ...]


@attrs.frozen(slots=True)
class Taken:
    """Nothing of this append was written, because something it claims belongs to an earlier fact.

    `what` is `nonce` (a message with this author, room and nonce exists: `found` holds
    `{"by", "nonce", "seq", "position", "at", "text", "reply_to"}` for each; `text` is None when erased)
    or `name` (another account has this name), or `seq` (the stream is longer than its actor believed).
    """

    what: Literal["nonce", "name", "seq"]
    found: tuple[Row, ...] = ()


class StoreUnavailable(Exception):
    """The store cannot answer: disk full, I/O error, closing. Nothing of the call was written."""


class Commit(Protocol):
    """A transaction on its way to the disk."""

    async def wait(self) -> list[Appended | Taken]:
        """One outcome for each append, in order. Raises StoreUnavailable: then nothing was written."""


class Log(Protocol):
    """The durable order of everything. One writer."""

    def submit(self, appends: Sequence[Append]) -> Commit:
        """Starts one transaction for all appends at once, without waiting; commits run in the order
        in which they were submitted."""

    async def checkpoint(self) -> None:
        """Moves what the write-ahead log holds into the database file."""


@attrs.frozen(slots=True)
class Loaded:
    """What is needed to wake a stream: its newest snapshot, and where its log stands."""

    snapshot_seq: int
    snapshot: bytes | None
    head: int


@attrs.frozen(slots=True)
class Page:
    """Rows in ascending order, and whether there is more on either side."""

    rows: tuple[Row, ...]
    more_before: bool
    more_after: bool


class Reader(Protocol):
    """Read-only questions. Each is one consistent look at the database. All raise StoreUnavailable."""

    # the log
    async def epoch(self) -> str: ...
    async def head(self) -> int:
        """The position of the newest event, 0 for an empty log."""

    async def load(self, stream: str) -> Loaded: ...
    async def stream_events(self, stream: str, after: int, limit: int) -> list[Event]:
        """Events of one stream with seq > `after`, oldest first, texts included."""

    async def events(self, after: int, limit: int, stream: str | None = None) -> list[Event]:
        """Events with position > `after`, oldest first, texts included."""

    async def visible_events(
        self, account: str, after: int, upto: int, limit: int
    ) -> tuple[list[Event], int]:
        """What `account` may see of the log in (`after`, `upto`], oldest first.

        Looks at no more than `limit` positions; the second value is the position up to which it looked
        (so a page may be empty and still make progress). An account sees an event when it was a
        member of the stream at that position, its own entering and leaving included.
        """

    async def recent_posts(self, room: str, limit: int) -> list[Row]:
        """Those of the newest `limit` messages that carry a nonce, oldest first: as in `Taken.found`."""

    # conversations
    async def history(
        self, room: str, *, before: int | None, after: int | None, around: int | None, limit: int
    ) -> Page:
        """Messages of a room: `{seq, position, at, by, text, reply_to, nonce}`. With none of the three,
        the newest."""

    async def read_marker(self, account: str, room: str) -> int: ...
    async def read_markers(self, account: str) -> dict[str, int]: ...

    # who is where: current state, exact, written in the log's own transaction
    async def memberships(self, account: str) -> tuple[list[Row], int]:
        """Streams that the account is in now: `{stream, role}`, and the log's head at that look."""

    async def members(self, stream: str, after: str | None, limit: int) -> list[Row]:
        """`{account, name, display_name, role, joined_at}` ordered by account id, those after `after`."""

    async def member_count(self, stream: str) -> int: ...
    async def account(self, account: str) -> Row | None:
        """`{id, name, display_name, about, avatar, admin, disabled, created_at}`"""

    async def account_named(self, name: str) -> Row | None:
        """By its name, compared as `name_key` compares."""

    async def accounts(self, after: str | None, limit: int) -> list[Row]: ...
    async def any_account(self) -> bool: ...
    async def spaces(self, ids: Sequence[str] | None = None) -> list[Row]:
        """`{id, name, description, icon, owner, created_at}`; None gives all that are not deleted."""

    async def rooms(self, ids: Sequence[str] | None = None, space: str | None = None) -> list[Row]:
        """`{id, space, name, kind, private, topic, archived, created_at, head}`; not the deleted ones.
        `head` is the seq of the stream's newest event."""

    async def counts(self) -> dict[str, int]:
        """How many `accounts`, `spaces` and `rooms` there are."""

    # secrets
    async def credential(self, account: str) -> str | None: ...
    async def device(self, device: str) -> Row | None:
        """`{id, account, name, refresh_hash, previous_hash, rotated_at, created_at, expires_at}`"""

    async def device_by_refresh(self, refresh_hash: bytes) -> Row | None:
        """The device whose present or previous refresh hash this is."""

    async def devices(self, account: str) -> list[Row]: ...
    async def invite_code(self, code_hash: bytes) -> Row | None:
        """`{space, invite}`"""

    async def invite(self, invite: str) -> Row | None:
        """The same, found by the invite's id."""

    async def setup_code(self) -> bytes | None: ...
    async def signing_key(self) -> bytes:
        """32 random bytes made with the database: the key that signs access tokens."""


# --- a connection and the session behind it --------------------------------------------------------


@attrs.frozen(slots=True)
class Caller:
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


class Connection(Protocol):
    """The gateway's side of a connected client, as a session sees it. Only `receive` and `drained` wait."""

    @property
    def render(self) -> Render: ...

    @property
    def queued(self) -> int:
        """Bytes that the client has not taken yet."""

    def send(self, frames: Sequence[Row]) -> None: ...
    def write(self, rendered: bytes, at_once: bool = False) -> None:
        """What `render` made of events; with what else comes now, or at once if nothing waits."""

    async def receive(self) -> Sequence[Row | Refusal]:
        """The frames of the client's next message; none when it is gone or `hush` was called."""

    def hush(self) -> None:
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

    async def run(self) -> None:
        """The session's life; returns when reading has ended and everything is answered."""

    def stop(self) -> None:
        """Refuse what comes from now on, finish what is under way, then return from `run`."""


# --- care of the store -----------------------------------------------------------------------------


class StoreError(Exception):
    """The folder or file cannot be used as it is. The message says why, and how to mend it."""


class Sizes(Protocol):
    """Bytes of the database file and of its write-ahead log."""

    @property
    def database(self) -> int: ...
    @property
    def wal(self) -> int: ...


class Verified(Protocol):
    """How many events were replayed, and where the log or what is derived from it does not agree."""

    @property
    def events(self) -> int: ...
    @property
    def findings(self) -> Sequence[str]: ...


class Backup(Protocol):
    """A finished copy: its size, and the position of its last event."""

    @property
    def path(self) -> Path: ...
    @property
    def bytes(self) -> int: ...
    @property
    def position(self) -> int: ...


class Maintenance(Protocol):
    """What an operator may ask of the store while it works. All but `sizes` raise StoreUnavailable."""

    async def check(self) -> Sequence[str]:
        """What is wrong with the database file or the disk below it; empty when all is well."""

    async def verify(self) -> Verified: ...

    async def backup(self, path: Path) -> Backup:
        """Writes a consistent copy. Raises StoreError when it cannot stand there."""

    def sizes(self) -> Sizes: ...
