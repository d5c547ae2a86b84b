"""Messages: posting, changing, finding and reading them, and what people put on them. Methods of `Client`."""

from __future__ import annotations

import attrs

from chatd.client.asking import Asker, Row, all_pages, row, rows


@attrs.frozen(slots=True)
class Posted:
    """Where a message stands now: `seq` in its room, `position` in the log, `at` Unix milliseconds."""

    seq: int
    position: int
    at: int


@attrs.frozen(slots=True)
class History:
    """Messages of a room, oldest first, and whether there are more on either side."""

    messages: list[Row]
    more_before: bool
    more_after: bool


@attrs.frozen(slots=True)
class Thread(History):
    """The replies in a thread, and the message that it began with."""

    root: Row


@attrs.frozen(slots=True)
class Found:
    """Hits of a search, newest first; `next` is the `cursor` of the page after this one, if there is one."""

    hits: list[Row]
    next: str | None


# --- one message ------------------------------------------------------------------------------------------


async def post(
    asker: Asker,
    room: str,
    text: str,
    nonce: str | None = None,
    reply_to: int | None = None,
    expires_in: int | None = None,
) -> Posted:
    """Posts exactly once, however often the connection breaks meanwhile.

    Give your own `nonce` to make that true over a restart of your program too. `expires_in`: seconds after
    which the server deletes the message.
    """
    result = await asker.request(
        "message.post", room=room, text=text, nonce=nonce, reply_to=reply_to, expires_in=expires_in
    )
    return Posted(result["seq"], result["position"], result["at"])


async def edit(asker: Asker, room: str, seq: int, text: str) -> None:
    """Gives one's own message another text."""
    await asker.request("message.edit", room=room, seq=seq, text=text)


async def delete(asker: Asker, room: str, seq: int, *, reason: str | None = None) -> None:
    """Erases a message's text, in all versions and for good. That it was there stays in the log."""
    await asker.request("message.delete", room=room, seq=seq, reason=reason)


async def message(asker: Asker, room: str, seq: int) -> Row:
    return row((await asker.request("message.get", room=room, seq=seq))["message"])


async def edits(asker: Asker, room: str, seq: int) -> list[Row]:
    """`{at, by, text}` of each version, oldest first; none of a deleted message."""
    return rows((await asker.request("message.edits", room=room, seq=seq))["versions"])


async def schedule(
    asker: Asker,
    room: str,
    text: str,
    post_at: int,
    *,
    reply_to: int | None = None,
    expires_in: int | None = None,
) -> Row:
    """Has the server post it at `post_at` (Unix milliseconds), whether or not anybody is connected then."""
    result = await asker.request(
        "message.schedule", room=room, text=text, post_at=post_at, reply_to=reply_to, expires_in=expires_in
    )
    return row(result["scheduled"])


async def unschedule(asker: Asker, scheduled: str) -> None:
    """Once this returns the message is not posted any more."""
    await asker.request("message.unschedule", scheduled=scheduled)


async def scheduled(asker: Asker) -> list[Row]:
    """The next one first. One that could not be posted says why in `failed`."""
    return rows((await asker.request("message.scheduled"))["scheduled"])


# --- pages of them ----------------------------------------------------------------------------------------


async def history(
    asker: Asker,
    room: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int | None = None,
) -> History:
    """A page of messages before, after or around a seq; the newest when none is given."""
    result = await asker.request(
        "room.history", room=room, before=before, after=after, around=around, limit=limit
    )
    return History(result["messages"], result["more_before"], result["more_after"])


async def thread(
    asker: Asker,
    room: str,
    seq: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> Thread:
    """A page of the thread that the message `seq` began or belongs to; the newest replies without more."""
    result = await asker.request(
        "thread.history", room=room, seq=seq, before=before, after=after, limit=limit
    )
    return Thread(result["messages"], result["more_before"], result["more_after"], result["root"])


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
    limit: int | None = None,
    cursor: str | None = None,
) -> Found:
    """A page of what the account may see and what fits. `before` and `after` are Unix milliseconds."""
    result = await asker.request(
        "message.search",
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
    return Found(result["hits"], result["next"])


# --- what people put on them ------------------------------------------------------------------------------


async def react(asker: Asker, room: str, seq: int, emoji: str) -> None:
    """`emoji` is one character as people see it, or `:name:` of a custom emoji of the space."""
    await asker.request("reaction.add", room=room, seq=seq, emoji=emoji)


async def unreact(asker: Asker, room: str, seq: int, emoji: str) -> None:
    await asker.request("reaction.remove", room=room, seq=seq, emoji=emoji)


async def reactors(asker: Asker, room: str, seq: int, emoji: str) -> list[Row]:
    """All who reacted with this emoji, page by page."""
    return await all_pages(asker, "reaction.list", "accounts", room=room, seq=seq, emoji=emoji)


async def pin(asker: Asker, room: str, seq: int) -> None:
    await asker.request("pin.add", room=room, seq=seq)


async def unpin(asker: Asker, room: str, seq: int) -> None:
    await asker.request("pin.remove", room=room, seq=seq)


async def pins(asker: Asker, room: str) -> list[Row]:
    """`{seq, by, at, message}` of each pin, the newest pin first."""
    return rows((await asker.request("pin.list", room=room))["pins"])
