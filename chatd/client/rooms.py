"""Rooms, direct ones too: who is in them, what is unread in them, who is typing. Methods of `Client`.

Each takes the fields of its request in `chatd.contract`, and gives its result or the one row or list in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from chatd.client.asking import Asker, all_pages
from chatd.contract.direct import (
    AcceptDirect,
    DeclineDirect,
    DirectPage,
    LeaveDirect,
    ListDirects,
    OpenDirect,
)
from chatd.contract.fields import RoomKind
from chatd.contract.member import Member, MemberPage
from chatd.contract.read import MarkRead, MarkUnread
from chatd.contract.receipt import ListReceipts, Receipts
from chatd.contract.room import (
    CreateRoom,
    GetRoom,
    JoinRoom,
    LeaveRoom,
    ListedRoom,
    ListRoomMembers,
    ListRooms,
    OwnRoom,
    Room,
    RoomDetail,
    RoomDetailResult,
    RoomList,
    RoomResult,
)
from chatd.contract.spec import Done
from chatd.contract.typing import SetTyping
from chatd.contract.unread import ListUnread, UnreadList, UnreadRoom


async def create_room(
    asker: Asker,
    space: str,
    name: str,
    *,
    kind: RoomKind = "text",
    private: bool = False,
    topic: str | None = None,
) -> Room:
    """The new room, of which the account is the first member."""
    return (await asker.ask(CreateRoom(space, name, kind, private, topic), RoomResult)).room


async def rooms(asker: Asker, space: str) -> list[ListedRoom]:
    """The rooms of a space that the account may see."""
    return await all_pages(asker, ListRooms(space), RoomList, lambda page: page.rooms)


async def room(asker: Asker, room: str) -> RoomDetail:
    """One room, with what the account may do in it. Refused as `not_found` where it may not see it."""
    return (await asker.ask(GetRoom(room), RoomDetailResult)).room


async def members(asker: Asker, room: str) -> list[Member]:
    """All members of a room, by account id, page by page."""
    return await all_pages(asker, ListRoomMembers(room), MemberPage, lambda page: page.members)


async def join(asker: Asker, room: str) -> None:
    """Makes the account a member of a public room of its space."""
    await asker.ask(JoinRoom(room), Done)


async def leave(asker: Asker, room: str) -> None:
    """Ends the account's membership."""
    await asker.ask(LeaveRoom(room), Done)


async def open_direct(asker: Asker, accounts: Iterable[str]) -> Room:
    """The direct room of this account and `accounts`; the same people always meet in the same one.

    Without anybody else it is a room for oneself.
    """
    return (await asker.ask(OpenDirect(list(accounts)), RoomResult)).room


async def direct_rooms(asker: Asker) -> list[OwnRoom]:
    """The account's direct rooms, page by page; `request` where somebody new has written."""
    return await all_pages(asker, ListDirects(), DirectPage, lambda page: page.rooms)


async def accept_direct(asker: Asker, room: str) -> None:
    """Makes a request a direct room like any other; posting in it does so too."""
    await asker.ask(AcceptDirect(room), Done)


async def decline_direct(asker: Asker, room: str) -> None:
    """Takes a request off the list for good; nobody is told."""
    await asker.ask(DeclineDirect(room), Done)


async def leave_direct(asker: Asker, room: str) -> None:
    """Takes a direct room off the list: one of two until the next message, one of several for good."""
    await asker.ask(LeaveDirect(room), Done)


# --- how far one has come ---------------------------------------------------------------------------------


async def mark_read(asker: Asker, room: str, seq: int) -> None:
    """Everything up to `seq` has been read; never moves back."""
    await asker.ask(MarkRead(room, seq), Done)


async def mark_unread(asker: Asker, room: str, seq: int) -> None:
    """What came from `seq` on has not been read; others are not told."""
    await asker.ask(MarkUnread(room, seq), Done)


async def unread(asker: Asker) -> list[UnreadRoom]:
    """What is unread, for each room that the account is in."""
    return await all_pages(asker, ListUnread(), UnreadList, lambda page: page.rooms)


async def receipts(asker: Asker, room: str, seq: int) -> Receipts:
    """Ids of accounts that a message has reached, and of those that have read it: some of them, and how
    many there are."""
    return await asker.ask(ListReceipts(room, seq), Receipts)


async def typing(asker: Asker, room: str) -> None:
    """Shows the room that one is typing, for some seconds; call it again while it is so."""
    await asker.ask(SetTyping(room), Done)
