"""Searching: as many pages as it takes, and hits as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from chatctl.failure import Failed
from chatctl.names import find_room, find_space
from chatctl.output import harmless, moment
from chatd.domain.names import name_key

if TYPE_CHECKING:
    from rich.text import Text

    from chatd.client import Client

PAGE = 500


@attrs.frozen
class Found:
    """Hits, the newest first; whether there are `more`; names of accounts and rooms where people read."""

    hits: list[dict[str, Any]]
    more: bool
    people: dict[str, str]
    rooms: dict[str, str]

    def lines(self) -> Iterator[Text]:
        """One for each hit; what was found stands out on a terminal."""
        from rich.text import Text

        for hit in self.hits:
            room, by = self.rooms.get(hit["room"], hit["room"]), self.people.get(hit["by"], hit["by"])
            line = Text(harmless(f"{room} {hit['seq']}  {moment(hit['at'])}  {by}: "))
            snippet, shown = hit["snippet"], 0
            for start, end in hit["highlights"]:
                line.append(harmless(snippet[shown:start]))
                line.append(harmless(snippet[start:end]), style="bold")
                shown = end
            yield line.append(harmless(snippet[shown:]))


async def find_messages(
    client: Client, text: str, space: str | None, room: str | None, by: str | None, limit: int, named: bool
) -> Found:
    """`named`: with names for people to read."""
    people = await _people(client) if by or named else {}
    where: dict[str, Any] = {"by": _author(people, by) if by else None}
    if room:
        where["room"] = (await find_room(client, room, space))["id"]
    elif space:
        where["space"] = (await find_space(client, space))["id"]
    hits: list[dict[str, Any]] = []
    cursor = None
    while len(hits) < limit:
        page = await client.search(text, **where, limit=min(limit - len(hits), PAGE), cursor=cursor)
        hits += page.hits
        if (cursor := page.next) is None:
            break
    return Found(hits, cursor is not None, people, await _rooms(client) if named else {})


async def _people(client: Client) -> dict[str, str]:
    """Names of accounts: all of them for an operator, those of its spaces for an account."""
    if client.account is None:
        accounts = await client.all_pages("account.list", "accounts")
        return {account["id"]: account["name"] for account in accounts}
    members = [await client.space_members(space["id"]) for space in await client.spaces()]
    return {member["account"]: member["name"] for some in members for member in some}


def _author(people: dict[str, str], wanted: str) -> str:
    if wanted in people:
        return wanted
    for account, name in people.items():
        if name_key(name) == name_key(wanted):
            return account
    raise Failed(f"there is no account {wanted!r}; `chatctl account list` shows them")


async def _rooms(client: Client) -> dict[str, str]:
    """`SPACE/ROOM` for each room that can be seen; a direct room shows as an id."""
    return {
        room["id"]: f"{space['name']}/{room['name']}"
        for space in await client.spaces()
        for room in await client.rooms(space["id"])
    }
