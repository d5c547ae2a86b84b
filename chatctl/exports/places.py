"""Every space and every direct room of a server, for an operator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

import attrs

from chatctl.exports.lines import Place

if TYPE_CHECKING:
    from chatd.client import Client

PAGE: Final = 500  # streams


@attrs.frozen
class NamedPlace:
    """`file` is what its lines are called in a folder of many places."""

    of: Place
    id: str
    file: str


async def every_place(client: Client) -> AsyncIterator[NamedPlace]:
    """Rooms of a space come with it."""
    in_spaces: set[str] = set()
    for space in await client.spaces():
        yield NamedPlace("space", space.id, f"space-{space.id}.jsonl")
        in_spaces.update(room.id for room in await client.rooms(space.id))
    async for room in _rooms(client):
        if room not in in_spaces and await _is_direct(client, room):
            yield NamedPlace("room", room, f"direct-{room}.jsonl")


async def _rooms(client: Client) -> AsyncIterator[str]:
    from chatd.contract.server import GetServerStreams, ServerStreams

    after: str | None = None
    while True:
        page = await client.ask(GetServerStreams("room", after, PAGE), ServerStreams)
        for stream in page.streams:
            yield stream.stream.removeprefix("room/")
        after = page.next
        if after is None:
            return


async def _is_direct(client: Client, room: str) -> bool:
    from chatd.client import Refused

    try:
        return (await client.room(room)).space is None
    except Refused as refusal:
        if refusal.code != "not_found":  # it was deleted
            raise
        return False
