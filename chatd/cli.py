"""`chatd`: runs a server, shows its settings, prints its protocol. What cannot be is one readable line."""

from __future__ import annotations

import errno
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from chatd import __version__
from chatd.command_line.flags import one_flag_of
from chatd.command_line.late_modules import load_libraries
from chatd.command_line.setting_table import setting_lines
from chatd.log import log
from chatd.log.system_journal import open_journal
from chatd.output import STDERR, STDOUT, open_standard_files
from chatd.settings import Settings, SettingsError, loading
from chatd.shortage import shortage

BY_PIPE: Final = 141  # as shells report a command ended by a closed pipe
NOT_TAKEN: Final = (errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF)  # what is written to standard output

HELP: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"]}


class Root(click.Group):
    """Wrong usage is one line, and what a terminal cannot show becomes backslashes."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        open_standard_files()
        sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - Python has none for a closed one
        sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
        try:
            status = super().main(args, prog_name, complete_var, False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "chatd"
            sys.stderr.write(f"chatd: {error.format_message().rstrip('.')}; see `{path} -h`\n")
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except OSError as error:
            if error.errno not in NOT_TAKEN:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for the flush at the very end
            if error.errno == errno.EPIPE:
                ctx.exit(BY_PIPE)
            sys.stderr.write(f"chatd: cannot write the output: {os.strerror(error.errno)}\n")
            ctx.exit(1)
        return result


@click.group(cls=Root, context_settings=HELP)
@click.version_option(__version__, prog_name="chatd")
def main() -> None:
    """Team chat that you host yourself: one process, embedded storage, nothing lost."""


def _settings(command: Callable[..., None]) -> Callable[..., None]:
    """The options that hold settings. They are text, as `chatd.settings.loading` reads every source alike."""
    options = (
        click.option("--data", metavar="DIR", help="Folder that holds everything. [default: ./chat-data]"),
        click.option("--host", metavar="ADDRESS", help="Address to listen on. [default: 127.0.0.1]"),
        click.option("--port", metavar="PORT", help="Port; 0 picks a free one. [default: 8400]"),
        click.option("--config", metavar="FILE", type=Path, help="TOML file with a [chatd] table."),
        click.option("--no-limits", is_flag=True, help="Rates and quotas off, for load tests."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _flags(data: str | None, host: str | None, port: str | None, no_limits: bool) -> dict[str, Any]:
    """The settings that were given as flags."""
    given = {"data": data, "host": host, "port": port, "limits": False if no_limits else None}
    return {name: value for name, value in given.items() if value is not None}


@main.command()
@_settings
def serve(data: str | None, host: str | None, port: str | None, config: Path | None, no_limits: bool) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    Every setting can also stand in the file given with --config, or in the environment as CHATD_NAME;
    `chatd check` shows which one is taken.
    """
    flags = _flags(data, host, port, no_limits)
    try:
        chosen = loading.load(config, flags)
    except SettingsError as error:
        _fail(error, 2)
    _log_to_stderr(chosen.log_level)
    gc.disable()  # until it listens: what is loaded stays, and looking for garbage takes a tenth of the time
    load_libraries()
    from chatd.app import run

    if (problem := run(chosen, _say, partial(_reload, config, flags))) is not None:
        _fail(shortage(problem) or problem)


@main.command()
@_settings
def check(data: str | None, host: str | None, port: str | None, config: Path | None, no_limits: bool) -> None:
    """Print every setting, its value and where it comes from; status 1 when something is wrong.

    Takes the options of `chatd serve`, reads what that would read, and starts nothing.
    """
    found = loading.look(config, _flags(data, host, port, no_limits))
    for line in setting_lines(found.chosen, sys.stdout.isatty()):
        sys.stdout.write(f"{line}\n")  # click.echo would write UTF-8 where the terminal speaks ASCII
    for problem in found.problems:
        sys.stderr.write(f"chatd: {problem}\n")
    if found.problems:
        sys.exit(1)


@main.command()
@click.argument("url")
@click.option("--data", metavar="DIR", type=Path, required=True, help="The standby's folder.")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="Where it shows itself. [127.0.0.1]")
@click.option("--port", metavar="PORT", type=click.IntRange(0, 65535), default=8400, help="[8400]")
@click.option("--token-file", metavar="FILE", type=Path, help="An admin's token; without it CHATD_TOKEN.")
@click.option("--plain", is_flag=True, help="Go without TLS to another machine, in a network of yours.")
def follow(url: str, data: Path, host: str, port: int, token_file: Path | None, plain: bool) -> None:
    """Be a warm standby of the server at URL until SIGTERM or Ctrl-C: copy all it has, and every change.

    The server needs the setting `follow`. `chatd promote` makes a server of the standby.
    """
    _log_to_stderr("info")
    from chatd.standby.start import start

    if (problem := start(url, token_file, data, host, port, plain, _say)) is not None:
        _fail(problem)


@main.command()
@click.option("--data", metavar="DIR", type=Path, required=True, help="The standby's folder.")
def promote(data: Path) -> None:
    """Make a server's folder of a standby's. A standby that runs is ended first."""
    from chatd.ports import StoreError
    from chatd.standby.promotion import promote
    from chatd.store.ops.ownership import given

    try:
        with given(data):  # not as its owner: root may have run the standby
            done = promote(data)
    except StoreError as error:
        _fail(error)
    STDOUT.write(f"promoted: {data} has everything of {done.url} up to position {done.position}\n")
    if done.missing:
        STDOUT.write(
            f"files whose bytes had not come yet: {done.missing}; `chatctl server verify` names them\n"
        )
    STDOUT.write(f"start it with `chatd serve --data {data}`, and never start the former server again\n")


@main.command()
@click.option("--data", metavar="DIR", type=Path, required=True, help="The node's folder.")
def leave(data: Path) -> None:
    """Make a server of its own of a node's folder. The cluster goes on without it."""
    from chatd.ports import StoreError
    from chatd.store.ops.leaving import leave
    from chatd.store.ops.ownership import as_owner

    try:
        with as_owner(data):
            left = leave(data)
    except StoreError as error:
        _fail(error)
    said = "is a server of its own now" if left else "was one already"
    STDOUT.write(f"{data} {said}; clients of the cluster load anew when they come to it\n")


@main.command()
@one_flag_of(
    "form",
    asyncapi=("asyncapi", "As an AsyncAPI 3 document."),
    openapi=("openapi", "REST, as an OpenAPI 3.1 document."),
    typescript=("typescript", "As types of TypeScript."),
)
def schema(form: str | None) -> None:
    """Print the whole protocol as JSON Schema (2020-12)."""
    if form == "typescript":
        from chatd.contract.typescript import typescript

        sys.stdout.write(typescript())
        return
    from chatd.contract.asyncapi import asyncapi
    from chatd.contract.openapi import openapi
    from chatd.contract.schema import json_schema

    document = {None: json_schema, "asyncapi": asyncapi, "openapi": openapi}[form](__version__)
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()  # what is no UTF-8 is no JSON
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=ascii_only) + "\n")


@main.command()
@click.option("--data", metavar="DIR", help="Folder that holds everything. [default: ./chat-data]")
@click.option("--config", metavar="FILE", type=Path, help="TOML file with a [chatd] table.")
@one_flag_of(
    "how",
    rehearse=("rehearse", "Try it on a copy, and say what it does."),
    undo=("undo", "Go back to the copy that the newest one left."),
)
@click.option("--force", is_flag=True, help="With --undo: lose what was written since.")
def upgrade(data: str | None, config: Path | None, how: str | None, force: bool) -> None:
    """Bring the database to what this chatd needs, as the next start would.

    It is copied aside first, and changed in one transaction. Only --rehearse works while a server runs.
    """
    if force and how != "undo":
        raise click.UsageError("--force goes with --undo")
    try:
        chosen = loading.load(config, _flags(data, None, None, False))
    except SettingsError as error:
        _fail(error, 2)
    log.configure("warning", os.isatty(STDERR.fd), None)
    from chatd.command_line.upgrade import carry_out

    sys.exit(carry_out(chosen.data, how, force))


def _reload(config: Path | None, flags: dict[str, Any]) -> Settings:
    """The settings as they are now, and the log's level with them. Raises SettingsError."""
    fresh = loading.load(config, flags)
    _log_to_stderr(fresh.log_level)
    return fresh


def _fail(why: object, status: int = 1) -> NoReturn:
    for line in str(why).splitlines():
        STDERR.write(f"chatd: {line}\n")
    sys.exit(status)


def _say(line: str) -> None:
    STDOUT.write(line + "\n")


def _log_to_stderr(level: str) -> None:
    """Key-value lines for people on a terminal, JSON for everything else; with fields where systemd reads."""
    log.configure(level, os.isatty(STDERR.fd), open_journal(STDERR.fd))


if __name__ == "__main__":
    main()
