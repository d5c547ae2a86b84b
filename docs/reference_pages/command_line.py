"""command-line.md: every command of chatd and chatctl, as their `--help` says it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from chatctl import cli as chatctl
from chatd import cli as chatd
from reference_pages.markdown import code, docstring, page, table

INTRODUCTION = """\
What `--help` says, for all commands. [operations.md](../operations.md) explains how to run the server,
[chatctl.md](../chatctl.md) how `chatctl` finds it, and what its exit status means."""


def command_line() -> str:
    programs = ((chatd.main, "chatd"), (chatctl.cli, "chatctl"))
    return page("Command line", INTRODUCTION, *(_program(command, name) for command, name in programs))


def _program(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, color=False)
    return "\n\n".join([f"## {name}", _help(command), _options(context), *_commands(context)])


def _commands(context: click.Context) -> Iterator[str]:
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        within = click.Context(command, info_name=name, parent=context, color=False)
        if isinstance(command, click.Group):
            yield "\n\n".join([f"### `{within.command_path}`", _help(command)])
            yield from _commands(within)
        else:
            yield _command(within)


def _command(context: click.Context) -> str:
    usage = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
    level = "####" if context.parent and context.parent.parent else "###"
    parts = [
        f"{level} `{context.command_path}`",
        f"```\n{usage}\n```",
        _help(context.command),
        _options(context),
    ]
    return "\n\n".join(part for part in parts if part)


def _help(command: click.Command) -> str:
    return docstring(command.callback).replace("\b\n", "")


def _options(context: click.Context) -> str:
    """Without `--help`, which every command has."""
    records = (
        parameter.get_help_record(context)
        for parameter in context.command.params
        if isinstance(parameter, click.Option)
    )
    rows = [(code(names), re.sub(r"\s+", " ", said)) for names, said in filter(None, records)]
    return table(("option", ""), rows).rstrip("\n") if rows else ""
