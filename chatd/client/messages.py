"""Messages: posting, changing, finding and reading them, and what people put on them. Methods of `Client`.

Each takes the fields of its request in `chatd.contract`, and gives its result or the one row or list in it.
"""

from __future__ import annotations

from chatd.client.asking import Asker, all_pages
from chatd.contract.fields import DEFAULT_PAGE
from chatd.contract.message import (
    DeleteMessage,
    EditMessage,
    GetMessage,
    ListEdits,
    ListScheduled,
    Message,
    MessagePage,
    MessageResult,
    MessageVersion,
    MessageVersions,
    Posted,
    PostMessage,
    ScheduledList,
    ScheduledMessage,
    ScheduledResult,
    ScheduleMessage,
    SearchMessages,
    SearchPage,
    UnscheduleMessage,
)
from chatd.contract.pin import AddPin, ListPins, Pin, PinList, RemovePin
from chatd.contract.reaction import AddReaction, ListReactions, Reactor, ReactorPage, RemoveReaction
from chatd.contract.room import RoomHistory
from chatd.contract.spec import Done
from chatd.contract.thread import ThreadHistory, ThreadPage

# --- one message ------------------------------------------------------------------------------------------


async def post(
    asker: Asker,
    room: str,
    text: str,
    nonce: str | None = None,
    reply_to: int | None = None,
    expires_in: int | None = None,
    attachments: list[str] | None = None,
) -> Posted:
    """Posts exactly once, however often the connection breaks meanwhile.

    Give your own `nonce` to make that true over a restart of your program too. `expires_in`: seconds after
    which the server deletes the message. `attachments`: ids of files; with them the text may be empty.
    """
    return await asker.ask(PostMessage(room, text, nonce, reply_to, expires_in, attachments), Posted)


async def edit(asker: Asker, room: str, seq: int, text: str) -> None:
    """Gives one's own message another text."""
    await asker.ask(EditMessage(room, seq, text), Done)


async def delete(asker: Asker, room: str, seq: int, *, reason: str | None = None) -> None:
    """Erases a message's text, in all versions and for good. That it was there stays in the log."""
    await asker.ask(DeleteMessage(room, seq, reason), Done)


async def message(asker: Asker, room: str, seq: int) -> Message:
    """One message as it reads now. Refused as `not_found` where there is none."""
    return (await asker.ask(GetMessage(room, seq), MessageResult)).message


async def edits(asker: Asker, room: str, seq: int) -> list[MessageVersion]:
    """All versions of a message, oldest first; none of a deleted message."""
    return await all_pages(asker, ListEdits(room, seq), MessageVersions, lambda page: page.versions)


async def schedule(
    asker: Asker,
    room: str,
    text: str,
    post_at: int,
    *,
    reply_to: int | None = None,
    expires_in: int | None = None,
) -> ScheduledMessage:
    """Has the server post it at `post_at` (Unix milliseconds), whether or not anybody is connected then."""
    request = ScheduleMessage(room, text, post_at, reply_to, expires_in)
    return (await asker.ask(request, ScheduledResult)).scheduled


async def unschedule(asker: Asker, scheduled: str) -> None:
    """Once this returns the message is not posted any more. `scheduled` is its `id`."""
    await asker.ask(UnscheduleMessage(scheduled), Done)


async def scheduled(asker: Asker) -> list[ScheduledMessage]:
    """The next one first. One that could not be posted says why in `failed`."""
    return (await asker.ask(ListScheduled(), ScheduledList)).scheduled


# --- pages of them ----------------------------------------------------------------------------------------


async def history(
    asker: Asker,
    room: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = DEFAULT_PAGE,
) -> MessagePage:
    """A page of messages before, after or around a seq, oldest first; the newest when none is given."""
    return await asker.ask(RoomHistory(room, before, after, around, limit), MessagePage)


async def thread(
    asker: Asker,
    room: str,
    seq: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = DEFAULT_PAGE,
) -> ThreadPage:
    """A page of the thread that the message `seq` began or belongs to; the newest replies without more."""
    return await asker.ask(ThreadHistory(room, seq, before, after, limit), ThreadPage)


async def search(
    asker: Asker,
    text: str | None = None,
    *,
    space: str | None = None,
    room: str | None = None,
    by: str | None = None,
    before: int | None = None,
    after: int | None = None,
    has_link: bool | None = None,
    has_file: bool | None = None,
    limit: int = DEFAULT_PAGE,
    cursor: str | None = None,
) -> SearchPage:
    """A page of what the account may see and what fits, newest first. `before` and `after` are Unix
    milliseconds; `cursor` is the `next` of the page before."""
    request = SearchMessages(
        text=text,
        space=space,
        room=room,
        by=by,
        before=before,
        after=after,
        has_link=has_link,
        has_file=has_file,
        limit=limit,
        cursor=cursor,
    )
    return await asker.ask(request, SearchPage)


# --- what people put on them ------------------------------------------------------------------------------


async def react(asker: Asker, room: str, seq: int, emoji: str) -> None:
    """`emoji` is one character as people see it, or `:name:` of a custom emoji of the space."""
    await asker.ask(AddReaction(room, seq, emoji), Done)


async def unreact(asker: Asker, room: str, seq: int, emoji: str) -> None:
    """Takes one's own reaction back."""
    await asker.ask(RemoveReaction(room, seq, emoji), Done)


async def reactors(asker: Asker, room: str, seq: int, emoji: str) -> list[Reactor]:
    """All who reacted with this emoji, by account id, page by page."""
    return await all_pages(asker, ListReactions(room, seq, emoji), ReactorPage, lambda page: page.accounts)


async def pin(asker: Asker, room: str, seq: int) -> None:
    """Keeps a message in view of the room."""
    await asker.ask(AddPin(room, seq), Done)


async def unpin(asker: Asker, room: str, seq: int) -> None:
    """Ends the pin of a message."""
    await asker.ask(RemovePin(room, seq), Done)


async def pins(asker: Asker, room: str) -> list[Pin]:
    """The pins of a room with their messages, the newest pin first."""
    return await all_pages(asker, ListPins(room), PinList, lambda page: page.pins)
