"""Messages, with the reactions, pins and versions that they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct

from chatd.ports.rows import Row

REACTORS: Final = 100  # accounts shown with a reaction; the rest are counted


class Page(Struct, frozen=True):
    """Rows in ascending order, and whether there is more on either side; of a thread also the message that
    began it, as it stood in the moment of the page."""

    rows: tuple[Row, ...]
    more_before: bool
    more_after: bool
    root: Row | None = None


class MessageReader(Protocol):
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
        replies: int, last_reply_at: int | None, attachments: [...], files: [...]}`, where a file has the
        fields of `FileInfo`. `text` is None for a deleted message; `accounts` are those
        who reacted, in their order, at most `REACTORS` of them; reactions stand in the order of their first.
        """

    async def messages(self, room: str, seqs: Sequence[int]) -> list[Row]:
        """These messages as `history` gives them, those that exist, by seq."""

    async def message_states(self, room: str, seqs: Sequence[int]) -> list[Row]:
        """What deciding about messages takes: `{seq, by, thread, deleted, text, versions, mentions,
        reactions: [[emoji, account], ...], attachments: [...]}`."""

    async def follows_thread(self, account: str, room: str, thread: int) -> bool:
        """Whether the account is notified of replies in the thread that the message began."""

    async def recent_posts(self, room: str, limit: int) -> list[Row]:
        """Those of the newest `limit` messages that carry a nonce, oldest first: as in `Taken.found`."""

    async def written(self, room: str, account: str, limit: int) -> list[int]:
        """Seqs of messages by the account that are not deleted, newest first."""

    async def edits(self, room: str, seq: int) -> list[Row]:
        """`{at, by, text}` of every version of a message that is not deleted, oldest first."""

    async def reactors(self, room: str, seq: int, emoji: str, after: str | None, limit: int) -> list[Row]:
        """`{account, name, display_name}` of those who reacted with `emoji`, by account id."""

    async def pins(self, room: str) -> list[Row]:
        """`{seq, by, at}`, newest first."""
