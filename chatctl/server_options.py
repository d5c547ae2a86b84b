"""The options that say which server to ask and how to print. They stand anywhere on the line.

The root command shows them; every other command takes them too, unless it has an option of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import rich_click as click
from click.core import ParameterSource

from chatctl.connection import Connection

DEFAULT_DATA: Final = "./chat-data"
GIVEN: Final = "chatctl.given"


def server_options(*, of_root: bool) -> list[click.Option]:
    """Fresh ones. Only those of the root read the environment, and only they are in the help."""
    read: dict[str, Any] = {"expose_value": False, "callback": _take, "hidden": not of_root}
    shown: dict[str, Any] = {"show_envvar": of_root}

    def variable(name: str) -> str | None:
        return name if of_root else None

    return [
        click.Option(
            ["--data"],
            type=click.Path(),
            envvar=variable("CHATD_DATA"),
            help=f"Data folder of the chatd to ask, through its admin socket. [default: {DEFAULT_DATA}]",
            **read,
            **shown,
        ),
        click.Option(
            ["--url"],
            envvar=variable("CHATD_URL"),
            help="Connect to this address instead, as who is signed in there or with a token.",
            **read,
            **shown,
        ),
        click.Option(
            ["--token"],
            envvar=variable("CHATD_TOKEN"),
            help="Access or bearer token for --url.",
            **read,
            **shown,
        ),
        click.Option(
            ["--token-file"],
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="File with the token.",
            **read,
        ),
        click.Option(
            ["--json"], is_flag=True, help="Print one JSON document; one line an event for tail.", **read
        ),
    ]


def accept_everywhere(group: click.Group) -> None:
    """Gives every command below the group the options, hidden."""
    for command in group.commands.values():
        taken = {name for param in command.params for name in param.opts}
        command.params += [one for one in server_options(of_root=False) if not taken & set(one.opts)]
        if isinstance(command, click.Group):
            accept_everywhere(command)


class NewFolder(click.Option):
    """The `--data` of a command that makes a folder: also the one that stands before the command. What the
    environment says is the folder of a server, and not meant."""

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        folder, typed = ctx.meta.get(GIVEN, {}).get("data", (None, False))
        if typed and self.name not in opts:
            return folder, ParameterSource.COMMANDLINE
        return super().consume_value(ctx, opts)


def _take(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keeps what was given, and makes the connection of all that was given so far."""
    given: dict[str, tuple[Any, bool]] = ctx.meta.setdefault(GIVEN, {})
    if value and param.name:
        typed = ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
        name = "token" if param.name == "token_file" else param.name
        if typed or name not in given:  # what is typed wins over the environment
            given[name] = (value.read_text().strip() if param.name == "token_file" else value, typed)
    ctx.obj = _connection(given)


def _connection(given: dict[str, tuple[Any, bool]]) -> Connection:
    data, data_typed = given.get("data", (DEFAULT_DATA, False))
    url, url_typed = given.get("url", (None, False))
    if data_typed and url_typed:
        raise click.UsageError("give --data or --url, not both")
    if data_typed:
        url = None  # what is typed takes precedence over the environment
    token, token_typed = given.get("token", (None, False))
    if url is None and not token_typed:
        token = None  # one in the environment is for the addresses
    return Connection(data, url, token, given.get("json", (False, False))[0])
