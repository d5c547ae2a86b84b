"""Spaces: their members, the invites that lead into them, their custom emoji. Methods of `Client`."""

from __future__ import annotations

from typing import Any

from chatd.client.asking import Asker, Row, all_pages, row, rows


async def create_space(
    asker: Asker, name: str, *, description: str | None = None, icon: str | None = None
) -> Row:
    result = await asker.request("space.create", name=name, description=description, icon=icon)
    return row(result["space"])


async def spaces(asker: Asker) -> list[Row]:
    return rows((await asker.request("space.list"))["spaces"])


async def space_members(asker: Asker, space: str) -> list[Row]:
    """All members of a space, page by page."""
    return await all_pages(asker, "space.members", "members", space=space)


async def create_invite(
    asker: Asker,
    space: str,
    *,
    role: str | None = None,
    max_uses: int | None = None,
    expires_in: int | None = None,
) -> Row:
    """The invite with its `code`, which is shown this once. `expires_in`: seconds."""
    result = await asker.request(
        "invite.create", space=space, role=role, max_uses=max_uses, expires_in=expires_in
    )
    return row(result["invite"])


async def accept_invite(asker: Asker, code: str) -> Any:
    """The space that the account is a member of now."""
    return (await asker.request("invite.accept", code=code))["space"]


async def emoji(asker: Asker, space: str) -> list[Row]:
    """`{name, image, by, at}` of each custom emoji, by name."""
    return rows((await asker.request("emoji.list", space=space))["emoji"])


async def add_emoji(asker: Asker, space: str, name: str, image: str) -> None:
    """From now on `:name:` is a reaction in the rooms of this space."""
    await asker.request("emoji.add", space=space, name=name, image=image)


async def remove_emoji(asker: Asker, space: str, name: str) -> None:
    await asker.request("emoji.remove", space=space, name=name)
