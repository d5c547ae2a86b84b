"""Views: tables that follow the log, and can be built from it again."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Label
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class ListViews(Struct, frozen=True):
    pass


class RebuildView(Struct, frozen=True):
    name: Label


class ViewState(Struct, frozen=True, kw_only=True):
    """`lag` events behind the log's `head`; `error` is what keeps it from going on, or null."""

    name: str
    position: int
    head: int
    lag: int
    error: str | None


class ViewList(Struct, frozen=True, kw_only=True):
    views: list[ViewState]


REQUESTS: tuple[RequestType, ...] = (
    query(
        "view.list",
        ListViews,
        ViewList,
        doc="The views of the log, and how far they have followed it.",
        http=Http("GET", "/views"),
        scope="never",
        asker="operator",
        notes=(
            "`lag` is how many events a view is behind the log's `head`; `error` is what keeps it from"
            " going on, or `null`.",
        ),
    ),
    command(
        "view.rebuild",
        RebuildView,
        doc="Drops a view and builds it from the log again.",
        http=Http("POST", "/views/{name}/rebuild"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
        events=("view.rebuilt",),
        notes=("Returns at once; the view is built in the background, and `view.list` says how far it is.",),
    ),
)
