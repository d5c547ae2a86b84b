"""`chatctl`: the root command, its options, and how every command ends.

Exit status: 0 done; 1 refused or failed, with one line on stderr; 2 wrong usage. A closed pipe and
Ctrl-C end it quietly.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import rich_click as click
from click.core import ParameterSource

from chatctl.commands import (
    access,
    account,
    audit,
    backup,
    block,
    bot,
    completion,
    direct,
    event,
    invite,
    member,
    message,
    report,
    room,
    server,
    space,
    view,
)
from chatctl.connection import Connection
from chatctl.failure import Failed
from chatctl.output import sanitized
from chatd import __version__

BY_CTRL_C = 130  # as shells report a command ended by a signal
BY_PIPE = 141


class Root(click.RichGroup):
    """Turns failures into one line and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except Failed as failure:
            click.echo(f"chatctl: {sanitized(str(failure))}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the very end
            ctx.exit(BY_PIPE)
        except (KeyboardInterrupt, BaseExceptionGroup) as error:
            if isinstance(error, BaseExceptionGroup) and error.subgroup(KeyboardInterrupt) is None:
                raise
            ctx.exit(BY_CTRL_C)
        return result


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(),
    default="./chat-data",
    envvar="CHATD_DATA",
    show_envvar=True,
    show_default=True,
    help="Data folder of the chatd to connect to, through its admin socket.",
)
@click.option(
    "--url", envvar="CHATD_URL", show_envvar=True, help="Connect to this address instead, with a token."
)
@click.option("--token", envvar="CHATD_TOKEN", show_envvar=True, help="Access or bearer token for --url.")
@click.option(
    "--token-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="File with the token."
)
@click.option("--json", is_flag=True, help="Print one JSON document; one line an event for tail.")
@click.version_option(__version__, prog_name="chatctl")
@click.pass_context
def cli(
    ctx: click.Context, data: str, url: str | None, token: str | None, token_file: Path | None, json: bool
) -> None:
    """Administer a chatd: accounts, spaces, rooms, moderation, the log, backups.

    Takes names and ids; a room may be written SPACE/ROOM.
    """
    if url and _on_command_line(ctx, "data"):
        if _on_command_line(ctx, "url"):
            raise click.UsageError("give --data or --url, not both")
        url = None  # the command line takes precedence over the environment
    if token_file is not None:
        token = token_file.read_text().strip()
    if url and not token:
        raise click.UsageError("--url needs a token: give --token, --token-file or CHATD_TOKEN")
    ctx.obj = Connection(data, url or None, token, json)


def _on_command_line(ctx: click.Context, option: str) -> bool:
    return ctx.get_parameter_source(option) is ParameterSource.COMMANDLINE


COMMANDS = (
    account,
    bot,
    space,
    member,
    room,
    direct,
    block,
    access,
    invite,
    message,
    report,
    audit,
    event,
    view,
    server,
    backup,
    completion,
)
for module in COMMANDS:
    cli.add_command(module.command)


def main() -> None:
    cli(prog_name="chatctl")


if __name__ == "__main__":
    main()
