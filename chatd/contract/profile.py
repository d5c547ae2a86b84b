"""Profiles: what people see of each other."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from chatd.contract.fields import Id
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query

MAX_PROFILES: Final = 100  # asked at once

Accounts = Annotated[list[Id], Meta(min_length=1, max_length=MAX_PROFILES)]


class ListProfiles(Struct, frozen=True):
    accounts: Accounts


class Profile(Struct, frozen=True, kw_only=True):
    """`disabled`: its account is disabled, or that of a bot's owner; nobody reaches it."""

    account: Id
    name: str
    display_name: str
    about: str | None
    avatar: str | None
    bot: bool
    disabled: bool
    deleted: bool


class ProfileList(Struct, frozen=True, kw_only=True):
    """By account id."""

    profiles: list[Profile]


REQUESTS: tuple[RequestType, ...] = (
    query(
        "profile.list",
        ListProfiles,
        ProfileList,
        doc="What the caller may see of these accounts.",
        http=Http("GET", "/profiles"),
        scope="read",
        notes=(
            "One sees oneself, whom one shares a space or a room with, and who was or wrote in a room that"
            " one is in now, so that the authors of its messages have names. A guest shares a space with"
            " nobody. Others are left out, and so are ids of no account.",
        ),
    ),
)
