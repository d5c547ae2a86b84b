"""The schema: a field for each request of the contract's table, and one subscription, the session.

Queries of the table are fields of `Query`, commands are fields of `Mutation`; the dot of a name becomes an
underscore. Where a class names an account, the account's profile stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
)
from msgspec import inspect

from chatd.contract.profile import Profile
from chatd.contract.requests import REQUESTS
from chatd.contract.session import OpenSession, SessionOpened
from chatd.contract.spec import RequestType
from chatd.gateway.graphql.types import JSON, LONG, Types

# A field that names an account, or several -> the field with their profiles.
PROFILE_OF: Final[Mapping[str, str]] = {"by": "by_profile", "account": "profile", "owner": "owner_profile"}
PROFILES_OF: Final[Mapping[str, str]] = {
    "accounts": "profiles",
    "delivered": "delivered_to",
    "read": "read_by",
}
SESSION: Final = "session"

Info = GraphQLResolveInfo[Any]


@cache
def make_schema() -> GraphQLSchema:
    types = Types(lambda struct: _links(struct, types))
    rows = REQUESTS.values()
    return GraphQLSchema(
        query=_root("Query", (row for row in rows if row.kind == "query"), types),
        mutation=_root("Mutation", (row for row in rows if row.kind == "command"), types),
        # `Subscription` is what an account has to a room
        subscription=GraphQLObjectType("SubscriptionRoot", {SESSION: _session(types)}),
    )


def _root(name: str, rows: Iterable[RequestType], types: Types) -> GraphQLObjectType:
    return GraphQLObjectType(
        name,
        {
            row.name.replace(".", "_"): GraphQLField(
                types.shown(row.result),
                types.arguments(row.request),
                partial(_request, row=row),
                description=" ".join((row.doc, *row.notes)),
            )
            for row in rows
        },
    )


def _request(_root: Any, info: Info, row: RequestType, **data: Any) -> Any:
    return info.context.request(info.path.key, row, data)


def _links(struct: inspect.StructType, types: Types) -> dict[str, GraphQLField]:
    """The profiles of the accounts that the class names; a profile names itself."""
    if struct.cls is Profile:
        return {}
    found = {}
    for field in struct.fields:
        name = field.encode_name
        if name in PROFILE_OF and _is_id(field.type):
            found[PROFILE_OF[name]] = _profile_link(name, types)
        elif name in PROFILES_OF and _is_ids(field.type):
            found[PROFILES_OF[name]] = _profiles_link(name, types)
    return found


def _profile_link(name: str, types: Types) -> GraphQLField:
    return GraphQLField(
        types.shown(Profile),
        resolve=lambda source, info: info.context.profile(source.get(name)),
        description=f"The profile of `{name}`; null if you do not see it.",
    )


def _profiles_link(name: str, types: Types) -> GraphQLField:
    return GraphQLField(
        GraphQLNonNull(GraphQLList(types.shown(Profile))),
        resolve=lambda source, info: [info.context.profile(account) for account in source.get(name) or ()],
        description=f"The profiles of `{name}`; null for those that you do not see.",
    )


def _is_id(of: inspect.Type) -> bool:
    kinds = of.types if isinstance(of, inspect.UnionType) else (of,)
    return any(isinstance(kind, inspect.StrType) for kind in kinds)


def _is_ids(of: inspect.Type) -> bool:
    return isinstance(of, inspect.ListType) and _is_id(of.item_type)


# --- the session


def _session(types: Types) -> GraphQLField:
    text, number = GraphQLNonNull(GraphQLString), GraphQLNonNull(LONG)
    profile = _profile_link("by", types)
    common = {"stream": GraphQLField(text), "by": GraphQLField(text), "by_profile": profile}
    data = GraphQLField(GraphQLNonNull(JSON))
    event = GraphQLObjectType(
        "Event",
        {
            "event": GraphQLField(text),
            **common,
            "seq": GraphQLField(number),
            "position": GraphQLField(number),
            "hash": GraphQLField(text),
            "at": GraphQLField(number),
            "data": data,
        },
        description="What happened, as the log has it.",
    )
    signal = GraphQLObjectType(
        "Signal",
        {"signal": GraphQLField(text), **common, "data": data},
        description="News that is not in the log.",
    )
    opened = types.shown(SessionOpened)
    assert isinstance(opened, GraphQLObjectType)
    frame = GraphQLUnionType("SessionFrame", (opened, event, signal), resolve_type=_frame_type)
    cursor = {"cursor": types.arguments(OpenSession)["cursor"]}
    return GraphQLField(
        GraphQLNonNull(frame),
        cursor,
        _frame,
        description="A session: first what `session.open` gives, then its events and signals.",
    )


def _frame(root: Any, info: Info, cursor: Any = None) -> Any:
    """What has come. Before the beginning, when nothing has come yet, the cursor is noted."""
    info.context.cursor = cursor
    return root


def _frame_type(frame: Any, *_: Any) -> str:
    if "event" in frame:
        return "Event"
    return "Signal" if "signal" in frame else SessionOpened.__name__
