"""What was imported: which imports, and what stands for what of their sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class ImportReader(Protocol):
    async def import_(self, id_: str) -> Row | None:
        """`{id, space, format, source, by, begun_at, finished_at, undone_at}`; times are Unix
        milliseconds."""

    async def imports(self, space: str, after: str | None, limit: int) -> list[Row]:
        """Those into the space, the oldest first; also with `{people, rooms, messages}`, how many it made
        that are left."""

    async def import_people(self, space: str, source: str, keys: Sequence[str]) -> list[Row]:
        """`{key, account, name}` of those who are known."""

    async def people_made_by(self, import_: str, after: str | None, limit: int) -> list[Row]:
        """`{account, name, display_name, placeholder}` of accounts that it made and that are not deleted."""

    async def import_rooms(self, space: str, source: str, keys: Sequence[str]) -> list[Row]:
        """`{key, room, name, own, deleted}` of those that are known; `own` where an import made it."""

    async def new_to(self, stream: str, accounts: Sequence[str]) -> list[str]:
        """Those of the accounts that never were members of the space or room and are not deleted, in their
        order."""

    async def of_deleted(self, accounts: Sequence[str]) -> list[str]:
        """Those of the accounts that are deleted, or about to be."""

    async def import_for_messages(self, import_: str, room: str, people: Sequence[str]) -> Row | None:
        """`{undone_at, has_room, unknown, gone}`: whether the room stands for one of the import's source,
        which of these people there are not, and which are deleted, or about to be."""

    async def imported_messages(self, room: str, keys: Sequence[str], whole: bool) -> list[Row]:
        """`{key, seq, thread, bare}`, `bare` where it has no files and is not deleted; `whole`: instead of
        that `{by, at, edited_at, deleted, text, pinned, reactions}`, where a reaction is an array of emoji
        and account, and `text` None when it was erased."""

    async def said_by_imports(self, room: str, seqs: Sequence[int]) -> dict[int, str | None]:
        """The newest text that an import gave these messages of the room; None: it was erased."""

    async def taken_off(self, room: str, seqs: Sequence[int]) -> list[Row]:
        """`{seq, emoji, by}` of what people took off these messages of the room: reactions and, `emoji` None,
        pins."""

    async def emoji_removed(self, space: str, source: str, name: str) -> bool:
        """Whether somebody removed a custom emoji of this name which an import of the source had brought."""

    async def brought_by(self, import_: str, limit: int) -> list[Row]:
        """`{room, seq, key}` of messages that the import brought and that are not deleted."""

    async def import_on_hold(self, import_: str) -> Row | None:
        """`{space, room, name}` of the place with a legal hold that has what the import brought or made, None
        without one; `room` None where the whole space has it."""

    async def unused_rooms_of(self, import_: str, limit: int) -> list[Row]:
        """`{room, last}` of those that it made, that are not deleted, and in which nobody else has written;
        `last`: the seq of the newest message there."""

    async def rooms_in_use(self, import_: str) -> int:
        """How many of those that it made are not deleted, and somebody else has written in them."""

    async def people_in_use(self, import_: str) -> int:
        """How many accounts it made that are not deleted, nor about to be."""

    async def placeholders_of(self, import_: str, limit: int) -> list[str]:
        """Accounts that it made, that nobody has claimed, and whose deletion was not ordered; none of those
        who wrote what another import brought."""
