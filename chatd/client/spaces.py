"""Spaces: their members, the invites that lead into them, their custom emoji. Methods of `Client`.

Each takes the fields of its request in `chatd.contract`, and gives its result or the one row or list in it.
"""

from __future__ import annotations

from chatd.client.asking import Asker, all_pages
from chatd.contract.emoji import AddEmoji, CustomEmoji, EmojiList, ListEmoji, RemoveEmoji
from chatd.contract.fields import GrantedRole
from chatd.contract.invite import AcceptInvite, CreateInvite, InviteResult, NewInvite
from chatd.contract.member import Member, MemberPage
from chatd.contract.space import (
    CreateSpace,
    ListSpaceMembers,
    ListSpaces,
    OwnSpace,
    Space,
    SpaceList,
    SpaceResult,
)
from chatd.contract.spec import Done


async def create_space(
    asker: Asker, name: str, *, description: str | None = None, icon: str | None = None
) -> Space:
    """The new space, which the account owns. `icon` is the address of a picture."""
    return (await asker.ask(CreateSpace(name, description, icon), SpaceResult)).space


async def spaces(asker: Asker) -> list[OwnSpace]:
    """The spaces that the account is a member of; all for an operator."""
    return await all_pages(asker, ListSpaces(), SpaceList, lambda page: page.spaces)


async def space_members(asker: Asker, space: str) -> list[Member]:
    """All members of a space, by account id, page by page."""
    return await all_pages(asker, ListSpaceMembers(space), MemberPage, lambda page: page.members)


async def create_invite(
    asker: Asker,
    space: str,
    *,
    role: GrantedRole = "member",
    max_uses: int | None = None,
    expires_in: int | None = None,
) -> NewInvite:
    """The invite with its `code`, which is shown this once. `expires_in`: seconds."""
    return (await asker.ask(CreateInvite(space, role, max_uses, expires_in), InviteResult)).invite


async def accept_invite(asker: Asker, code: str) -> Space:
    """The space that the account is a member of now."""
    return (await asker.ask(AcceptInvite(code), SpaceResult)).space


async def emoji(asker: Asker, space: str) -> list[CustomEmoji]:
    """All custom emoji of a space, by name."""
    return (await asker.ask(ListEmoji(space), EmojiList)).emoji


async def add_emoji(asker: Asker, space: str, name: str, image: str) -> None:
    """From now on `:name:` is a reaction in the rooms of this space. `image` is the address of a picture."""
    await asker.ask(AddEmoji(space, name, image), Done)


async def remove_emoji(asker: Asker, space: str, name: str) -> None:
    """Reactions that were given with it stay as they are."""
    await asker.ask(RemoveEmoji(space, name), Done)
