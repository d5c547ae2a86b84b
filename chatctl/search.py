"""Searching: as many pages as it takes, and hits as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from chatctl.failure import Failed
from chatctl.lookup import account_names, find_room, find_space, room_names
from chatctl.output import local_time, sanitized
from chatd.domain.names.keys import name_key

if TYPE_CHECKING:
    from rich.text import Text

    from chatd.client import Client
    from chatd.contract.message import SearchHit

PAGE = 500


@attrs.frozen
class SearchResult:
    """Hits, the newest first; whether there are `more`; names of accounts and rooms where people read."""

    hits: list[SearchHit]
    more: bool
    people: dict[str, str]
    rooms: dict[str, str]

    def lines(self) -> Iterator[Text]:
        """One for each hit; what was found stands out on a terminal."""
        from rich.text import Text

        for hit in self.hits:
            room, by = self.rooms.get(hit.room, hit.room), self.people.get(hit.by, hit.by)
            line = Text(sanitized(f"{room} {hit.seq}  {local_time(hit.at)}  {by}: "))
            snippet, shown = hit.snippet, 0
            for start, end in hit.highlights:
                line.append(sanitized(snippet[shown:start]))
                line.append(sanitized(snippet[start:end]), style="bold")
                shown = end
            yield line.append(sanitized(snippet[shown:]))


async def find_messages(
    client: Client, text: str, space: str | None, room: str | None, by: str | None, limit: int, named: bool
) -> SearchResult:
    """`named`: with names for people to read."""
    people = await account_names(client) if by or named else {}
    where: dict[str, Any] = {"by": _author(people, by) if by else None}
    if room:
        where["room"] = (await find_room(client, room, space)).id
    elif space:
        where["space"] = (await find_space(client, space)).id
    hits: list[SearchHit] = []
    cursor = None
    while len(hits) < limit:
        page = await client.search(text, **where, limit=min(limit - len(hits), PAGE), cursor=cursor)
        hits += page.hits
        if (cursor := page.next) is None:
            break
    return SearchResult(hits, cursor is not None, people, await room_names(client) if named else {})


def _author(people: dict[str, str], wanted: str) -> str:
    if wanted in people:
        return wanted
    for account, name in people.items():
        if name_key(name) == name_key(wanted):
            return account
    raise Failed(f"there is no account {wanted!r}; `chatctl account list` shows them")
