"""Drafts: what an account is writing, on all its devices."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.fields import Id, Seq, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class SetDraft(Struct, frozen=True):
    room: Id
    text: Annotated[str, Meta(max_length=10_000)]  # empty: there is no draft any more
    thread: Seq | None = None
    base: Time | None = None


class ListDrafts(Struct, frozen=True):
    pass


class Draft(Struct, frozen=True, kw_only=True):
    """`thread` is the seq of the thread's root, or null."""

    room: Id
    thread: int | None
    text: str
    at: Time


class DraftList(Struct, frozen=True, kw_only=True):
    """The newest first."""

    drafts: list[Draft]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "draft.set",
        SetDraft,
        doc="Saves a draft; an empty text deletes it.",
        http=Http("PUT", "/rooms/{room}/draft"),
        scope="post",
        refusals=("not_found", "conflict", "too_large"),
        notes=(
            "For members of the room. A room has one draft for itself and one for each thread, the same on"
            " all devices; the last one set counts. An empty `text` removes it. The account's sessions get"
            " the signal `draft.set`.",
            "`base` is the `at` of the draft that this one was made from. The signal repeats it, so that a"
            " device which wrote that draft can take this one in its place without losing anything.",
        ),
    ),
    query(
        "draft.list",
        ListDrafts,
        DraftList,
        doc="The caller's drafts.",
        http=Http("GET", "/drafts"),
        scope="read",
    ),
)
