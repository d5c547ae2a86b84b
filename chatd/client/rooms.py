"""Rooms, direct ones too: who is in them, what is unread in them, who is typing. Methods of `Client`."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from chatd.client.asking import Asker, Row, all_pages, row, rows


@attrs.frozen(slots=True)
class Receipts:
    """Ids of accounts that a message has reached, and of those that have read it: some of them, and how
    many there are."""

    delivered: list[str]
    read: list[str]
    delivered_count: int
    read_count: int


async def create_room(
    asker: Asker,
    space: str,
    name: str,
    *,
    kind: str | None = None,
    private: bool | None = None,
    topic: str | None = None,
) -> Row:
    result = await asker.request(
        "room.create", space=space, name=name, kind=kind, private=private, topic=topic
    )
    return row(result["room"])


async def rooms(asker: Asker, space: str) -> list[Row]:
    """The rooms of a space that the account may see."""
    return rows((await asker.request("room.list", space=space))["rooms"])


async def room(asker: Asker, room: str) -> Row:
    return row((await asker.request("room.get", room=room))["room"])


async def members(asker: Asker, room: str) -> list[Row]:
    """All members of a room, page by page."""
    return await all_pages(asker, "room.members", "members", room=room)


async def join(asker: Asker, room: str) -> None:
    await asker.request("room.join", room=room)


async def leave(asker: Asker, room: str) -> None:
    await asker.request("room.leave", room=room)


async def open_direct(asker: Asker, accounts: Iterable[str]) -> Row:
    """The direct room of this account and `accounts`; the same people always meet in the same one.

    Without anybody else it is a room for oneself.
    """
    return row((await asker.request("direct.open", accounts=list(accounts)))["room"])


# --- how far one has come ---------------------------------------------------------------------------------


async def mark_read(asker: Asker, room: str, seq: int) -> None:
    """Everything up to `seq` has been read; never moves back."""
    await asker.request("read.mark", room=room, seq=seq)


async def unread(asker: Asker) -> list[Row]:
    """`{room, read, head, unread, mentions, first_unread}` for each room that the account is in."""
    return rows((await asker.request("unread.list"))["rooms"])


async def receipts(asker: Asker, room: str, seq: int) -> Receipts:
    """Whom a message has reached, and who has read it."""
    result = await asker.request("receipt.list", room=room, seq=seq)
    return Receipts(result["delivered"], result["read"], result["delivered_count"], result["read_count"])


async def typing(asker: Asker, room: str) -> None:
    """Shows the room that one is typing, for some seconds; call it again while it is so."""
    await asker.request("typing.set", room=room)
