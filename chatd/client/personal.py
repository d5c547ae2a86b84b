"""What is the account's alone: presence, notifications, how it hears of things, what it keeps.
Methods of `Client`.

Each takes the fields of its request in `chatd.contract`, and gives its result or the one row or list in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatd.client.asking import Asker, all_pages
from chatd.contract.block import AddBlock, Block, BlockPage, ListBlocks, RemoveBlock
from chatd.contract.bookmark import AddBookmark, Bookmark, BookmarkPage, ListBookmarks, RemoveBookmark
from chatd.contract.draft import Draft, DraftList, ListDrafts, SetDraft
from chatd.contract.fields import DEFAULT_PAGE, Level, PresenceState
from chatd.contract.notification import ListNotifications, NotificationPage, ReadNotifications
from chatd.contract.preferences import GetPreferences, PreferencesResult, UpdatePreferences
from chatd.contract.presence import AccountPresence, PresenceList, SetPresence, WatchPresence
from chatd.contract.spec import Done
from chatd.contract.subscription import UpdateSubscription
from chatd.contract.thread import FollowThread, UnfollowThread

# --- presence ---------------------------------------------------------------------------------------------


async def set_presence(asker: Asker, state: PresenceState) -> None:
    """`online` or `away` for this session; `dnd` or `invisible` for the account, until it says otherwise."""
    await asker.ask(SetPresence(state), Done)


async def watch_presence(asker: Asker, accounts: Iterable[str]) -> list[AccountPresence]:
    """How these accounts are now; from here on `presence` signals tell what changes, over reconnects too.

    Takes the place of what was watched before.
    """
    return (await asker.ask(WatchPresence(list(accounts)), PresenceList)).presences


# --- notifications ----------------------------------------------------------------------------------------


async def notifications(
    asker: Asker, *, after: str | None = None, unread: bool = False, limit: int = DEFAULT_PAGE
) -> NotificationPage:
    """A page of them, newest first; with `unread` only those that have not been read."""
    return await asker.ask(ListNotifications(after, unread, limit), NotificationPage)


async def read_notifications(asker: Asker, ids: Iterable[str]) -> None:
    """These have been read."""
    await asker.ask(ReadNotifications(list(ids)), Done)


async def subscribe(
    asker: Asker, room: str, level: Level | None = None, *, mute_for: int | None = None
) -> None:
    """`level`: hear of `all` messages of the room, of `mentions`, or of `none`. `mute_for`: seconds of
    silence, 0 ends it. What is not given stays as it is."""
    await asker.ask(UpdateSubscription(room, level, mute_for), Done)


async def follow_thread(asker: Asker, room: str, seq: int) -> None:
    """Hear of new replies in the thread that this message began or belongs to."""
    await asker.ask(FollowThread(room, seq), Done)


async def unfollow_thread(asker: Asker, room: str, seq: int) -> None:
    """Hear of its replies no more."""
    await asker.ask(UnfollowThread(room, seq), Done)


async def preferences(asker: Asker) -> PreferencesResult:
    """Quiet hours, receipts, favourites and orders; and the rooms of which one hears otherwise than usual."""
    first = await asker.ask(GetPreferences(), PreferencesResult)
    if first.next is None:
        return first
    rest = GetPreferences(after=first.next)
    subscriptions = await all_pages(asker, rest, PreferencesResult, lambda page: page.subscriptions)
    everything = [*first.subscriptions, *subscriptions]
    return PreferencesResult(preferences=first.preferences, subscriptions=everything, next=None)


async def set_preferences(
    asker: Asker,
    *,
    quiet_from: int | None = None,
    quiet_to: int | None = None,
    time_zone: str | None = None,
    receipts: bool | None = None,
    favourites: Sequence[str] | None = None,
    space_order: Sequence[str] | None = None,
    room_order: Sequence[str] | None = None,
    quick_reactions: Sequence[str] | None = None,
    push_preview: bool | None = None,
) -> None:
    """Quiet hours in minutes from midnight of `time_zone` (IANA); whether others may see how far one has
    read; rooms, spaces and emoji in the order in which clients show them; whether what is pushed to devices
    says the text. What is not given stays as it is."""
    command = UpdatePreferences(
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        time_zone=time_zone,
        receipts=receipts,
        favourites=_listed(favourites),
        space_order=_listed(space_order),
        room_order=_listed(room_order),
        quick_reactions=_listed(quick_reactions),
        push_preview=push_preview,
    )
    await asker.ask(command, Done)


def _listed(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)


async def block(asker: Asker, account: str) -> None:
    """Hear nothing of this account any more; it is not told."""
    await asker.ask(AddBlock(account), Done)


async def unblock(asker: Asker, account: str) -> None:
    """Hear of it again."""
    await asker.ask(RemoveBlock(account), Done)


async def blocks(asker: Asker) -> list[Block]:
    """All whom the account has blocked, page by page."""
    return await all_pages(asker, ListBlocks(), BlockPage, lambda page: page.blocks)


# --- saved things -----------------------------------------------------------------------------------------


async def add_bookmark(asker: Asker, room: str, seq: int, note: str | None = None) -> None:
    """Keeps a message for later, with a note to oneself."""
    await asker.ask(AddBookmark(room, seq, note), Done)


async def remove_bookmark(asker: Asker, room: str, seq: int) -> None:
    """Keeps it no longer."""
    await asker.ask(RemoveBookmark(room, seq), Done)


async def bookmarks(asker: Asker) -> list[Bookmark]:
    """All bookmarks with their messages, the newest first, page by page."""
    return await all_pages(asker, ListBookmarks(), BookmarkPage, lambda page: page.bookmarks)


async def set_draft(asker: Asker, room: str, text: str, thread: int | None = None) -> None:
    """Keeps what is being written, for the account's other devices too; an empty text ends the draft."""
    await asker.ask(SetDraft(room, text, thread), Done)


async def drafts(asker: Asker) -> list[Draft]:
    """All drafts, the newest first."""
    return (await asker.ask(ListDrafts(), DraftList)).drafts
