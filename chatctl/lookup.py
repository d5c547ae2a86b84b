"""Looks up accounts, spaces and rooms by what somebody typed. An id takes precedence over a name.

Names of spaces and rooms need not be unique: if several match, the error lists them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import attrs

from chatctl.failure import Failed
from chatd.domain.names.keys import name_key

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.account import Account
    from chatd.contract.account_admin import GetAccount
    from chatd.contract.room import Room
    from chatd.contract.space import OwnSpace

MAX_ID: Final = 64  # characters; longer than any name
ID: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # what ids look like today


class Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


@attrs.frozen
class Person:
    """An account, as far as whoever asks may know it. `name` is the id where no name is known."""

    id: str
    name: str


async def find_account(client: Client, wanted: str) -> Account:
    """The account of this id or name."""
    from chatd.contract.account_admin import GetAccount

    if 1 <= len(wanted) <= MAX_ID:
        for request in (GetAccount(account=wanted), GetAccount(name=wanted)):
            if (found := await _account(client, request)) is not None:
                return found
    raise Failed(f"there is no account {wanted!r}; `chatctl account list` shows them")


async def _account(client: Client, request: GetAccount) -> Account | None:
    from chatd.client import Refused
    from chatd.contract.account import AccountResult

    try:
        return (await client.ask(request, AccountResult)).account
    except Refused as refusal:
        if refusal.code != "not_found":
            raise
        return None


async def find_person(client: Client, space: str | None, wanted: str) -> Person:
    """Somebody by name or id: for an operator anybody, for an account who is in the space, or an id."""
    if client.account is None:
        account = await find_account(client, wanted)
        return Person(account.id, account.name)
    members = await client.space_members(space) if space else []
    if fitting := _fitting([Person(member.account, member.name) for member in members], wanted):
        return fitting[0]
    if ID.fullmatch(wanted):
        return Person(wanted, wanted)
    raise Failed(f"nobody called {wanted!r} is in the space; name who has left it by the id")


async def find_acquaintance(client: Client, wanted: str) -> Person:
    """Somebody who shares a space with the account, by name or id, or anybody by id."""
    known = [Person(id_, name) for id_, name in (await account_names(client)).items()]
    fitting = _fitting(known, wanted)
    if not fitting and ID.fullmatch(wanted):
        return Person(wanted, wanted)
    if not fitting:
        raise Failed(f"nobody called {wanted!r} is in your spaces; name others by the id")
    return fitting[0]


async def find_author(client: Client, space: str | None, wanted: str) -> str:
    """What stands as `by` in the log: an account's id, `operator:…` or `system`."""
    if wanted == "system" or wanted.startswith("operator:"):
        return wanted
    return (await find_person(client, space, wanted)).id


async def find_space(client: Client, wanted: str) -> OwnSpace:
    """The space of this name or id."""
    fitting = _fitting(await client.spaces(), wanted)
    if not fitting:
        raise Failed(f"there is no space {wanted!r}; `chatctl space list` shows them")
    if len(fitting) > 1:
        raise Failed(_ambiguous("spaces", wanted, [space.id for space in fitting], "its id"))
    return fitting[0]


async def find_room(client: Client, wanted: str, space: str | None = None) -> Room:
    """The room of this name, `SPACE/ROOM` or id; only in `space` when that is given."""
    spaces = [await find_space(client, space)] if space else await client.spaces()
    rooms = {room.id: (room, of) for of in spaces for room in await client.rooms(of.id)}
    if wanted in rooms:
        return rooms[wanted][0]
    key = name_key(wanted)
    fitting = [(room, of) for room, of in rooms.values() if name_key(room.name) == key]
    if not fitting and "/" in wanted:
        fitting = [
            (room, of)
            for room, of in rooms.values()
            if key in (name_key(f"{of.name}/{room.name}"), name_key(f"{of.id}/{room.name}"))
        ]
    if not fitting and space is None and (direct := await _room_of_no_space(client, wanted)) is not None:
        return direct
    if not fitting:
        raise Failed(f"there is no room {wanted!r}; `chatctl room list` shows them")
    if len(fitting) > 1:
        candidates = [f"{of.name}/{room.name} ({room.id})" for room, of in fitting]
        raise Failed(_ambiguous("rooms", wanted, candidates, "SPACE/ROOM or the id"))
    return fitting[0][0]


async def _room_of_no_space(client: Client, wanted: str) -> Room | None:
    """A direct room has no name and is in no list: it is found by its id alone."""
    from chatd.client import Refused

    if not 1 <= len(wanted) <= MAX_ID:
        return None
    try:
        return await client.room(wanted)
    except Refused as refusal:
        if refusal.code != "not_found":
            raise
        return None


async def find_stream(client: Client, wanted: str) -> str:
    """`room/…`, `space/…` or `account/…` with the id where a name stands; `server/main` as it is."""
    kind, slash, owner = wanted.partition("/")
    if not slash or not owner:
        raise Failed(
            f"{wanted!r} is not a stream; write room/ROOM, space/SPACE, account/ACCOUNT or server/main"
        )
    match kind:
        case "room":
            return f"room/{(await find_room(client, owner)).id}"
        case "space":
            return f"space/{(await find_space(client, owner)).id}"
        case "account":
            return f"account/{(await find_account(client, owner)).id}"
        case "server" if owner == "main":
            return wanted
    raise Failed(f"there are no {kind} streams; write room/ROOM, space/SPACE, account/ACCOUNT or server/main")


async def all_accounts(client: Client) -> list[Account]:
    """Every account of the server, for an operator."""
    from chatd.contract.account_admin import AccountPage, ListAccounts

    return await client.all_pages(ListAccounts(), AccountPage, lambda page: page.accounts)


async def account_names(client: Client, but_disabled: bool = False) -> dict[str, str]:
    """Names of accounts by id: of all for an operator, of those in its spaces for an account; there without
    those that are disabled, if asked so."""
    if client.account is None:
        return {account.id: account.name for account in await all_accounts(client)}
    members = [await client.space_members(space.id) for space in await client.spaces()]
    offered = (member for some in members for member in some if not (but_disabled and member.disabled))
    return {member.account: member.name for member in offered}


async def room_names(client: Client) -> dict[str, str]:
    """`SPACE/ROOM` for each room that can be seen; a direct room shows as an id."""
    return {
        room.id: f"{space.name}/{room.name}"
        for space in await client.spaces()
        for room in await client.rooms(space.id)
    }


def _fitting(things: Sequence[N], wanted: str) -> list[N]:
    if by_id := [thing for thing in things if thing.id == wanted]:
        return by_id
    return [thing for thing in things if name_key(thing.name) == name_key(wanted)]


def _ambiguous(what: str, wanted: str, candidates: list[str], instead: str) -> str:
    return f"{len(candidates)} {what} are called {wanted!r}: {', '.join(candidates)}; give {instead}"
