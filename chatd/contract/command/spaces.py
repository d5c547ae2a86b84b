"""What can be asked about spaces and invites."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import (
    DEFAULT_PAGE,
    About,
    EmojiName,
    GrantedRole,
    Id,
    Limit,
    Name,
    Seconds,
    Token,
    Url,
)


@attrs.frozen
class CreateSpace:
    name: Name
    description: About | None = None
    icon: Url | None = None
    owner: Id | None = None


@attrs.frozen
class ListSpaces:
    pass


@attrs.frozen
class GetSpace:
    space: Id


@attrs.frozen
class ListSpaceMembers:
    space: Id
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class CreateInvite:
    space: Id
    role: GrantedRole = "member"
    max_uses: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    expires_in: Seconds | None = None


@attrs.frozen
class ListInvites:
    space: Id


@attrs.frozen
class RevokeInvite:
    code: Token


@attrs.frozen
class AcceptInvite:
    code: Token


# --- custom emoji -----------------------------------------------------------------------------------


@attrs.frozen
class AddEmoji:
    space: Id
    name: EmojiName
    image: Url


@attrs.frozen
class RemoveEmoji:
    space: Id
    name: EmojiName


@attrs.frozen
class ListEmoji:
    space: Id
