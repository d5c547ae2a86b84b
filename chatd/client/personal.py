"""What is the account's alone: presence, notifications, how it hears of things, what it keeps.
Methods of `Client`."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from chatd.client.asking import Asker, Row, all_pages, rows


@attrs.frozen(slots=True)
class Notifications:
    """A page of notifications, newest first. `next` is the `after` of the next page; `unread` counts all."""

    notifications: list[Row]
    next: str | None
    unread: int


@attrs.frozen(slots=True)
class Preferences:
    """Quiet hours, time zone, receipts; and the rooms of which the account hears otherwise than usual."""

    preferences: Row
    subscriptions: list[Row]


# --- presence ---------------------------------------------------------------------------------------------


async def set_presence(asker: Asker, state: str) -> None:
    """`online` or `away` for this session; `dnd` or `invisible` for the account, until it says otherwise."""
    await asker.request("presence.set", state=state)


async def watch_presence(asker: Asker, accounts: Iterable[str]) -> list[Row]:
    """How these accounts are now; from here on `presence` signals tell what changes, over reconnects too.

    Takes the place of what was watched before.
    """
    return rows((await asker.request("presence.watch", accounts=list(accounts)))["presences"])


# --- notifications ----------------------------------------------------------------------------------------


async def notifications(
    asker: Asker, *, after: str | None = None, unread: bool | None = None, limit: int | None = None
) -> Notifications:
    """A page of them; with `unread` only those that have not been read."""
    result = await asker.request("notification.list", after=after, unread=unread, limit=limit)
    return Notifications(result["notifications"], result["next"], result["unread"])


async def read_notifications(asker: Asker, ids: Iterable[str]) -> None:
    await asker.request("notification.read", ids=list(ids))


async def subscribe(
    asker: Asker, room: str, level: str | None = None, *, mute_for: int | None = None
) -> None:
    """`level`: hear of `all` messages of the room, of `mentions`, or of `none`. `mute_for`: seconds of
    silence, 0 ends it. What is not given stays as it is."""
    await asker.request("subscription.update", room=room, level=level, mute_for=mute_for)


async def follow_thread(asker: Asker, room: str, seq: int) -> None:
    """Hear of new replies in the thread that this message began or belongs to."""
    await asker.request("thread.follow", room=room, seq=seq)


async def unfollow_thread(asker: Asker, room: str, seq: int) -> None:
    await asker.request("thread.unfollow", room=room, seq=seq)


async def preferences(asker: Asker) -> Preferences:
    result = await asker.request("preferences.get")
    return Preferences(result["preferences"], result["subscriptions"])


async def set_preferences(
    asker: Asker,
    *,
    quiet_from: int | None = None,
    quiet_to: int | None = None,
    time_zone: str | None = None,
    receipts: bool | None = None,
) -> None:
    """Quiet hours in minutes from midnight of `time_zone` (IANA), and whether others may see how far one
    has read. What is not given stays as it is."""
    await asker.request(
        "preferences.update", quiet_from=quiet_from, quiet_to=quiet_to, time_zone=time_zone, receipts=receipts
    )


# --- saved things -----------------------------------------------------------------------------------------


async def add_bookmark(asker: Asker, room: str, seq: int, note: str | None = None) -> None:
    await asker.request("bookmark.add", room=room, seq=seq, note=note)


async def remove_bookmark(asker: Asker, room: str, seq: int) -> None:
    await asker.request("bookmark.remove", room=room, seq=seq)


async def bookmarks(asker: Asker) -> list[Row]:
    """`{room, seq, note, at, message}` of all bookmarks, the newest first, page by page."""
    return await all_pages(asker, "bookmark.list", "bookmarks")


async def set_draft(asker: Asker, room: str, text: str, thread: int | None = None) -> None:
    """Keeps what is being written, for the account's other devices too; an empty text ends the draft."""
    await asker.request("draft.set", room=room, text=text, thread=thread)


async def drafts(asker: Asker) -> list[Row]:
    """`{room, thread, text, at}` of each draft, the newest first."""
    return rows((await asker.request("draft.list"))["drafts"])
