"""Read-only questions to the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import attrs

from chatd.contract.audit import ListAudit
from chatd.contract.fields import ExportKind
from chatd.domain.event import Event
from chatd.ports.rows import Row

REACTORS: Final = 100  # accounts shown with a reaction; the rest are counted


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


@attrs.frozen(slots=True)
class ExportPlace:
    """Where an export stands: the section, and in it the key of the last item that was given."""

    kind: str
    a: str
    b: int
    c: str


START: Final = ExportPlace("", "", -1, "")  # before the first item
# the sections of an export, in their order
EXPORTED: Final[tuple[ExportKind, ...]] = (
    *("account", "name", "device", "identity", "bot", "membership", "preferences", "subscription"),
    *("read", "bookmark", "draft", "scheduled", "report", "invite", "message", "reaction"),
)


@attrs.frozen(slots=True)
class Exported:
    """Something that is an account's own."""

    kind: ExportKind
    data: Row


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
        self,
        room: str,
        *,
        before: int | None,
        after: int | None,
        around: int | None,
        limit: int,
        thread: int | None = None,
    ) -> Page:
        """Messages of a room, or of one thread in it (its replies); with none of the three, the newest.

        A message is `{seq, position, at, by, text, nonce, reply_to, thread: seq | None, mentions: [...],
        reactions: [{emoji, count, accounts: [...]}], edited_at, expires_at, deleted, pinned,
        replies: int, last_reply_at: int | None}`. `text` is None for a deleted message; `accounts` are those
        who reacted, in their order, at most `REACTORS` of them; reactions stand in the order of their first.
        """

    async def messages(self, room: str, seqs: Sequence[int]) -> list[Row]:
        """These messages as `history` gives them, those that exist, by seq."""

    async def message_states(self, room: str, seqs: Sequence[int]) -> list[Row]:
        """What deciding about messages takes: `{seq, by, thread, deleted, text, mentions,
        reactions: [[emoji, account], ...]}`."""

    async def edits(self, room: str, seq: int) -> list[Row]:
        """`{at, by, text}` of every version of a message that is not deleted, oldest first."""

    async def reactors(self, room: str, seq: int, emoji: str, after: str | None, limit: int) -> list[Row]:
        """`{account, name, display_name}` of those who reacted with `emoji`, by account id."""

    async def pins(self, room: str) -> list[Row]:
        """`{seq, by, at}`, newest first."""

    async def emoji(self, space: str) -> list[Row]:
        """`{name, image, by, at}`, by name."""

    # what has been read
    async def read_marker(self, account: str, room: str) -> int: ...
    async def markers(self, room: str, accounts: Sequence[str]) -> dict[str, int]:
        """The read markers that these accounts have in the room."""

    async def unread(self, account: str) -> list[Row]:
        """`{room, read, head, unread, mentions, first_unread}` for each room that the account is in.

        Unread are messages of others that are not deleted and came after both its marker and its
        joining; `mentions` counts those among them that mention it; `first_unread` is a seq or None.
        """

    async def receipts(self, room: str, seq: int) -> list[Row]:
        """`{account, delivered: bool, read: bool}` for the members who were in the room when that message
        came, but for its author and those who hide their receipts."""

    # what is the account's alone
    async def preferences(self, account: str) -> Row | None:
        """`{quiet_from, quiet_to, time_zone, receipts: bool}`"""

    async def subscriptions(self, account: str) -> list[Row]:
        """`{room, level, muted_until}`"""

    async def bookmarks(self, account: str, before: int | None, limit: int) -> list[Row]:
        """`{room, seq, note, at, position}` with position < `before`, newest first."""

    async def drafts(self, account: str) -> list[Row]:
        """`{room, thread, text, at}`, newest first."""

    async def presences(self, accounts: Sequence[str]) -> list[Row]:
        """`{account, mode, last_seen}`"""

    async def acquainted(self, account: str, others: Sequence[str]) -> list[str]:
        """Those of `others` who share a space or room with the account now, itself included."""

    # what is due
    async def scheduled(self, account: str) -> list[Row]:
        """`{id, room, text, reply_to, expires_in, post_at, created_at, failed}`, the next first."""

    async def due(self, at: int, limit: int) -> list[Row]:
        """Scheduled messages of all accounts with `post_at` <= `at` that have not failed: the same and
        `account`."""

    async def expired(self, at: int, limit: int) -> list[Row]:
        """`{room, seq}` of messages whose `expires_at` <= `at`, not deleted yet."""

    async def next_due(self) -> int | None:
        """The earliest time (Unix milliseconds) at which something is to be posted or to expire."""

    # order
    async def written(self, room: str, account: str, limit: int) -> list[int]:
        """Seqs of messages by the account that are not deleted, newest first."""

    async def reports(self, space: str, open: bool, after: str | None, limit: int) -> list[Row]:
        """`{id, space, room, seq, by, reason, at, resolved_by, resolved_at, resolution}`, id > `after`."""

    async def report(self, report: str) -> Row | None: ...
    async def has_reported(self, account: str, room: str, seq: int) -> bool:
        """Whether a report by the account about this message is open."""

    async def let_in(self, space: str, limit: int) -> list[Row]:
        """`{invite, account, at}` of the newest `limit` people that each invite let in, newest first."""

    async def bans(self, space: str) -> list[Row]:
        """`{type, account, by, at, reason}` of the newest `member.banned` and `member.muted` about each
        account, whether they still stand or not."""

    async def audit(self, query: ListAudit, viewer: str | None) -> list[Row]:
        """`{position, stream, seq, type, at, by, data}` of what happened in the space and its rooms, but for
        messages and reactions, newest first, and one more than `limit` when there is more.
        `viewer` sees no private rooms that it is not in; None sees all."""

    async def position_at(self, at: int) -> int:
        """The position of the last event at or before a time (Unix milliseconds), 0 before the first."""

    async def began(self, stream: str) -> int:
        """The position of the stream's first event."""

    async def members_at(self, stream: str, position: int) -> list[Row]:
        """`{account, name, role, owner}` of those who were in the stream at that position, by account id.
        `owner`: of a bot; `role`: its own."""

    # who goes
    async def erasures(self) -> list[Row]:
        """`{account, by, reason, messages: bool}` of the deletions under way, the oldest first."""

    async def belongings(self, account: str) -> Row:
        """How many `messages`, `spaces`, `rooms`, `bookmarks`, `drafts`, `scheduled`, `devices` and `bots`
        are the account's."""

    async def rooms_ever(self, account: str) -> list[str]:
        """The rooms that the account is or was in."""

    async def bots(self, owner: str) -> list[Row]:
        """`{account, name, display_name, scopes: [...], created_at}`"""

    async def export(
        self, account: str, after: ExportPlace, limit: int
    ) -> list[tuple[ExportPlace, Exported]]:
        """What is the account's own and comes after a place, each with its place; none at the end. What it
        was notified of is known to the view `notifications`."""

    # who acts on the log
    async def follower(self, name: str) -> int | None:
        """The position up to which it has acted; None when it never began."""

    async def recipients(self, after: int, upto: int) -> list[Row]:
        """Whom the messages posted in (`after`, `upto`] may concern, in log order: `{position, room, seq,
        at, by, thread, account, mentioned: bool, direct: bool, following: bool, level, muted_until,
        quiet_from, quiet_to, time_zone, read: bool}`. One row for each message and each member of its
        room other than the author who is mentioned (by id or by `room`), follows its thread, has
        level `all`, or when the room is direct. `read`: the account's marker has passed it already."""

    # who is where: current state, exact, written in the log's own transaction
    async def memberships(self, account: str) -> tuple[list[Row], int]:
        """Streams that the account is in now: `{stream, role}`, and the log's head at that look."""

    async def members(self, stream: str, after: str | None, limit: int) -> list[Row]:
        """`{account, name, display_name, role, joined_at, bot: bool}` ordered by account id, those after
        `after`."""

    async def member_count(self, stream: str) -> int: ...
    async def account(self, account: str) -> Row | None:
        """`{id, name, display_name, about, avatar, admin, disabled, deleted, created_at}`, and `{owner,
        scopes: [...]}` of a bot; None and empty for others"""

    async def account_named(self, name: str) -> Row | None:
        """By its name, compared as `name_key` compares."""

    async def accounts_named(self, keys: Sequence[str]) -> list[Row]:
        """`{id, name_key}` of the accounts whose names have or had these keys (`chatd.domain.names.keys`)."""

    async def accounts(self, after: str | None, limit: int) -> list[Row]: ...
    async def any_account(self) -> bool: ...
    async def spaces(self, ids: Sequence[str] | None = None) -> list[Row]:
        """`{id, name, description, icon, owner, created_at}`; None gives all that are not deleted."""

    async def rooms(self, ids: Sequence[str] | None = None, space: str | None = None) -> list[Row]:
        """`{id, space, name, kind, private, topic, archived, created_at, head, accounts}`; not the deleted
        ones. `accounts` are the people of a direct room, empty for others.
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
    async def identity(self, issuer: str, subject: str) -> Row | None:
        """`{issuer, subject, account, at}`"""

    async def identities(self, account: str) -> list[Row]:
        """The same, the oldest first."""

    async def second_factor(self, account: str) -> Row | None:
        """`{secret, confirmed: int, used_step, recovery_codes}`"""

    async def recovery_link(self, code_hash: bytes) -> Row | None:
        """`{account, expires_at}`"""

    async def invite_code(self, code_hash: bytes) -> Row | None:
        """`{space, invite}`"""

    async def invite(self, invite: str) -> Row | None:
        """The same, found by the invite's id."""

    async def setup_code(self) -> bytes | None: ...
    async def signing_key(self) -> bytes:
        """32 random bytes made with the database: the key that signs access tokens."""
