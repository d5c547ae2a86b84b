"""The block list of an account: of whom it hears nothing. Those who are on it are not told."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class AddBlock(Struct, frozen=True):
    account: Id


class RemoveBlock(Struct, frozen=True):
    account: Id


class ListBlocks(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class Block(Struct, frozen=True, kw_only=True):
    account: Id
    at: Time


class BlockPage(Struct, frozen=True, kw_only=True):
    """By account id. `next` is the `after` of the following page, null at the end."""

    blocks: list[Block]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "block.add",
        AddBlock,
        doc="Blocks an account: the caller hears nothing of it any more.",
        http=Http("PUT", "/blocks/{account}"),
        scope="never",
        refusals=("not_found", "conflict"),
        events=("block.added",),
        notes=(
            "A blocked account and its bots do not notify the caller; their messages count as neither unread"
            " nor mentions, their notifications are not listed, nor a direct room in which only they wrote,"
            " and `room.invite` does not make the caller a member. They get the same answers as before.",
            "Events of blocked accounts are delivered like all others; a client hides what they wrote,"
            " reacted and type by this list.",
        ),
    ),
    command(
        "block.remove",
        RemoveBlock,
        doc="Ends a block.",
        http=Http("DELETE", "/blocks/{account}"),
        scope="never",
        decided_by="account",
        events=("block.removed",),
    ),
    query(
        "block.list",
        ListBlocks,
        BlockPage,
        doc="Whom the caller has blocked.",
        http=Http("GET", "/blocks"),
        scope="never",
    ),
)
