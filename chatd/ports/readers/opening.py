"""The opening of a session: all that it needs of the store, in one look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from chatd.ports.rows import Row


class BearerRows(Struct, frozen=True):
    """What says whether the bearer of a token may come in; None for what there is not."""

    device: Row | None  # `{account, expires_at}`
    account: Row | None
    owner_disabled: bool | None  # of a bot


class OpeningRows(BearerRows, frozen=True):
    """The rows about an account, as the other questions give them; None for what there is not."""

    memberships: Sequence[Row]  # `{stream, role}`
    spaces: Sequence[Row]
    rooms: Sequence[Row]
    guest_in: Sequence[str]  # the streams of those of the spaces in which it is a guest
    unread: Sequence[Row]
    direct: Sequence[Row]
    presence: Row | None
    hash: str | None  # of the event at `position`, as `LogReader.hash_at` gives it
    changed_at: int  # position of the newest change of the account's memberships, 0 without one


class OpeningQuestion(Struct, frozen=True):
    """Who wants to open a session, by a token that is in order; `position`: where the client stands, None if
    it does not say."""

    account: str
    device: str
    position: int | None


class OpeningReader(Protocol):
    async def openings(self, questions: Sequence[OpeningQuestion]) -> list[OpeningRows]:
        """One for each question, in their order."""

    async def bearer(self, account: str, device: str) -> BearerRows: ...
