"""Bookmarks: messages that an account keeps for later."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Label, Limit, Note, Seq, Time
from chatd.contract.http import Http
from chatd.contract.message import Message
from chatd.contract.spec import RequestType, command, query


class AddBookmark(Struct, frozen=True):
    room: Id
    seq: Seq
    note: Note | None = None


class RemoveBookmark(Struct, frozen=True):
    room: Id
    seq: Seq


class ListBookmarks(Struct, frozen=True):
    after: Label | None = None
    limit: Limit = DEFAULT_PAGE


class Bookmark(Struct, frozen=True, kw_only=True):
    room: Id
    seq: int
    note: str | None
    at: Time
    message: Message


class BookmarkPage(Struct, frozen=True, kw_only=True):
    """The newest first. `next` is the `after` of the following page, null at the end."""

    bookmarks: list[Bookmark]
    next: str | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "bookmark.add",
        AddBookmark,
        doc="Bookmarks a message.",
        http=Http("PUT", "/bookmarks/{room}/{seq}"),
        scope="read",
        refusals=("not_found", "conflict"),
        events=("bookmark.added",),
        notes=("For members of the room. A bookmark of a message gets a new `note` when it is added again.",),
    ),
    command(
        "bookmark.remove",
        RemoveBookmark,
        doc="Removes a bookmark.",
        http=Http("DELETE", "/bookmarks/{room}/{seq}"),
        scope="read",
        decided_by="account",
        refusals=("not_found",),
        events=("bookmark.removed",),
    ),
    query(
        "bookmark.list",
        ListBookmarks,
        BookmarkPage,
        doc="The caller's bookmarks, newest first.",
        http=Http("GET", "/bookmarks"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "Bookmarks of messages that were deleted, or that the caller may not see any more, are left out.",
        ),
    ),
)
