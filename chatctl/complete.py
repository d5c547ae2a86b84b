"""Completion of names: accounts, spaces and rooms, asked from the running server.

A shell waits for it, so it is quick or silent: no server, no rights, no answer in time all complete nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import rich_click as click
from click.shell_completion import CompletionItem

from chatctl.connection import Connection
from chatctl.failure import Failed
from chatctl.lookup import account_names

if TYPE_CHECKING:
    from chatd.client import Client

SECONDS: Final = 2.0
MOST: Final = 200  # names offered
PLAIN: Final = frozenset("._-+/")  # of ASCII's signs those that mean nothing to a shell
KINDS: Final = {
    **dict.fromkeys(("account", "owner", "by", "bot"), "account"),
    "space": "space",
    "room": "room",
}  # of what the parameters of this name are


class Name(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """A name or an id. It is text; only completion knows more."""

    name = "text"

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        connection = ctx.find_object(Connection)
        if connection is None:
            return []
        try:
            named = connection.run(lambda client: _named(client, self.kind), seconds=SECONDS)
        except (Failed, click.UsageError):
            return []
        return _fitting(named, incomplete)


def complete_names(group: click.Group) -> None:
    """Lets every parameter below the group that takes a name complete it."""
    for command in group.commands.values():
        for param in command.params:
            if param.name in KINDS and param.type is click.STRING:
                param.type = Name(KINDS[param.name])
        if isinstance(command, click.Group):
            complete_names(command)


async def _named(client: Client, kind: str) -> list[tuple[str, str]]:
    """Pairs of what may be written and the id."""
    if kind == "account":
        return [(name, id_) for id_, name in (await account_names(client, but_disabled=True)).items()]
    spaces = await client.spaces()
    if kind == "space":
        return [(space.name, space.id) for space in spaces]
    return [
        (written, room.id)
        for space in spaces
        for room in await client.rooms(space.id)
        for written in (room.name, f"{space.name}/{room.name}")
    ]


def _fitting(named: list[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    """In order. An id stands for a name that is no plain word."""
    lowered = incomplete.lower()
    fitting = sorted({pair for pair in named if pair[0].lower().startswith(lowered)})
    return [
        CompletionItem(name, help=id_) if _is_plain(name) else CompletionItem(id_, help=name)
        for name, id_ in fitting[:MOST]
    ]


def _is_plain(name: str) -> bool:
    """Whether a shell takes it as one word and no more. Members choose names, and bash puts what is completed
    on the line as it is: `quay;reboot` would be carried out with the rest of the line."""
    return not name.startswith("-") and not any(
        char.isspace() or (char.isascii() and not char.isalnum() and char not in PLAIN) for char in name
    )
