"""Moving an export into a space of a running server: people, rooms, emoji, and the messages of each room.

All of it can be done again. What is there by the keys of the export stays as it is, so a move that was cut
off goes on, and one of a newer export adds what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import trio
from msgspec.structs import replace

from chatctl.imports import fit
from chatctl.imports.accounts import Accounts
from chatctl.imports.attach import Missing, Uploads
from chatctl.imports.choice import Choice
from chatctl.imports.export import Export
from chatctl.imports.keys import sent
from chatctl.imports.lane import Lane
from chatctl.imports.moved import Moved
from chatctl.imports.records import File, Room
from chatctl.imports.sharing import Sharing
from chatd.client.nursery import all_of
from chatd.contract.emoji import EmojiList, ListEmoji
from chatd.contract.import_ import (
    AddImportEmoji,
    AddImportRooms,
    EmojiMade,
    FinishImport,
    ImportedRooms,
    ImportRoom,
)
from chatd.contract.spec import Done

if TYPE_CHECKING:
    from chatd.client import Client

MEMBERS_AT_ONCE: Final = 1_000  # of a room in one request, so that it fits into a frame


class Move:
    """`clients`: as many as there are to be rooms under way at once. The messages of one room come one batch
    after another, and between two of them the server would wait. `told` hears of progress now and then."""

    def __init__(
        self,
        clients: Sequence[Client],
        export: Export,
        source: str,
        import_: str,
        choice: Choice,
        uploads: Uploads,
        told: Callable[[Moved, str], None],
    ) -> None:
        self.moved = moved = Moved(import_)
        self._client = client = clients[0]
        self._export = content = Sharing(export, source)
        self._import = import_
        self._choice = choice
        self._uploads = uploads
        self._told = told
        self._accounts = accounts = Accounts(client, content, choice, moved)
        self._adding = trio.Lock()
        reading = trio.CapacityLimiter(1)
        self._lanes = [
            Lane(client, content, import_, accounts, uploads, moved, reading, told) for client in clients
        ]

    async def run(self, space: str, owner: str | None) -> Moved:
        """`owner`: of the space. Raises Failed and what the client raises."""
        told = partial(self._told, self.moved, "")
        await self._accounts.add(self._export.people(), members=True, told=told)
        await self._add_emoji(space, self._client.account or owner)
        rooms = self._choice.of(self._export.rooms())
        self.moved.rooms = len(rooms)
        waiting = iter(rooms)
        await all_of(partial(self._move_rooms, waiting, lane) for lane in self._lanes)
        await self._client.ask(FinishImport(self._import), Done)
        self.moved.unknown_people = [key for key in self._choice.accounts if key not in self._accounts.ids]
        return self.moved

    async def _move_rooms(self, waiting: Iterator[Room], lane: Lane) -> None:
        for room in waiting:
            async with self._adding:  # in the order of the export, as their names and their people
                id_ = await self._add_room(room)
            if id_ is not None:
                await self._move(room, id_, lane)
            self.moved.rooms_done += 1
            self._told(self.moved, room.name)

    async def _move(self, room: Room, id_: str, lane: Lane) -> None:
        """A room that somebody deletes meanwhile is left out from there on, and the others come."""
        from chatd.client import Refused

        try:
            await lane.move(room, id_)
        except Refused as why:
            if why.code != "not_found":
                raise
            async with self._adding:
                if await self._add_room(room) is not None:
                    raise

    async def _add_room(self, room: Room) -> str | None:
        """Its id; None for a direct room that chatd has none like, and for a room that was deleted here."""
        await self._accounts.add_keys(room.members)
        members = list(dict.fromkeys(self._accounts.ids[key] for key in room.members))
        kind = room.kind
        if kind == "direct":
            if len(members) < 2:
                self.moved.direct_left_out += 1
                return None
            if len(members) > fit.MOST_DIRECT:
                kind = "private"
        asked = ImportRoom(
            sent(room.key),
            fit.room_name(room.name, room.key),
            kind,
            fit.topic(room.topic),
            room.archived,
            room.created_at,
            members[:MEMBERS_AT_ONCE],
            self._choice.rooms.get(room.key) or self._choice.rooms.get(room.name),
        )
        [added] = (await self._client.ask(AddImportRooms(self._import, [asked]), ImportedRooms)).rooms
        for begin in range(MEMBERS_AT_ONCE, len(members), MEMBERS_AT_ONCE):  # whoever asks again adds to them
            more = replace(asked, members=members[begin : begin + MEMBERS_AT_ONCE])
            await self._client.ask(AddImportRooms(self._import, [more]), ImportedRooms)
        if added.deleted:
            self.moved.rooms_deleted.append(room.name or room.key)
            return None
        if not added.own:
            self._export.shared.add(room.key)
        return added.room

    async def _add_emoji(self, space: str, by: str | None) -> None:
        """Those whose pictures are in the export, as long as the space takes them. One of that name that is
        there already stays as it is. The pictures are `by` whoever imports, or for an operator by the owner:
        they would go with the account of somebody in the export."""
        from chatd.client import Refused

        owner = by or next(iter(self._accounts.ids.values()), None)
        there = await self._client.ask(ListEmoji(space), EmojiList)
        names = {emoji.name for emoji in there.emoji}
        for emoji in self._export.emoji():
            if owner is None:
                return
            if emoji.name in names:
                continue
            try:
                image = await self._uploads.upload(File(emoji.name, emoji.name, path=emoji.path), owner)
                await self._client.ask(AddImportEmoji(self._import, emoji.name, image), EmojiMade)
            except (Missing, Refused):
                self.moved.dropped += 1
