"""Drafts: what an account is writing, on all its devices."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import Id, Seq, Time
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class SetDraft:
    room: Id
    text: Annotated[str, Meta(max_length=10_000)]  # empty: there is no draft any more
    thread: Seq | None = None


@attrs.frozen
class ListDrafts:
    pass


@result
class Draft:
    """`thread` is the seq of the thread's root, or null."""

    room: Id
    thread: int | None
    text: str
    at: Time


@result
class DraftList:
    """The newest first."""

    drafts: list[Draft]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "draft.set",
        SetDraft,
        doc="Saves a draft; an empty text deletes it.",
        scope="post",
        refusals=("not_found", "conflict", "too_large"),
        notes=(
            "For members of the room. A room has one draft for itself and one for each thread, the same on"
            " all devices; the last one set counts. An empty `text` removes it. The account's sessions get"
            " the signal `draft.set`.",
        ),
    ),
    query("draft.list", ListDrafts, DraftList, doc="The caller's drafts.", scope="read"),
)
