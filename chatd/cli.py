"""`chatd`: runs a server, shows its settings, prints its protocol. What cannot be is one readable line."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

import click

from chatd import __version__, loading
from chatd.log import log
from chatd.output import STDERR, STDOUT, open_standard_files
from chatd.setting_table import setting_lines
from chatd.settings import Settings, SettingsError

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


@click.group(cls=Root, context_settings=HELP)
@click.version_option(__version__, prog_name="chatd")
def main() -> None:
    """Team chat that you host yourself: one process, embedded storage, nothing lost."""


def _settings(command: Callable[..., None]) -> Callable[..., None]:
    """The options that hold settings. They are text: `chatd.loading` reads every source in the same way."""
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
    open_standard_files()
    flags = _flags(data, host, port, no_limits)
    try:
        chosen = loading.load(config, flags)
    except SettingsError as error:
        for line in str(error).splitlines():
            STDERR.write(f"chatd: {line}\n")
        sys.exit(2)
    _log_to_stderr(chosen.log_level)
    gc.disable()  # until it listens: what is loaded stays, and looking for garbage takes a tenth of the time
    from chatd.app import run

    if (problem := run(chosen, _say, partial(_reload, config, flags))) is not None:
        STDERR.write(f"chatd: {problem}\n")
        sys.exit(1)


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
@click.option("--asyncapi", "form", flag_value="asyncapi", help="As an AsyncAPI 3 document.")
@click.option("--openapi", "form", flag_value="openapi", help="REST, as an OpenAPI 3.1 document.")
def schema(form: str | None) -> None:
    """Print the whole protocol as JSON Schema (2020-12)."""
    from chatd.contract.asyncapi import asyncapi
    from chatd.contract.openapi import openapi
    from chatd.contract.schema import json_schema

    document = {None: json_schema, "asyncapi": asyncapi, "openapi": openapi}[form](__version__)
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()  # what is no UTF-8 is no JSON
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=ascii_only) + "\n")


def _reload(config: Path | None, flags: dict[str, Any]) -> Settings:
    """The settings as they are now, and the log's level with them. Raises SettingsError."""
    fresh = loading.load(config, flags)
    _log_to_stderr(fresh.log_level)
    return fresh


def _say(line: str) -> None:
    STDOUT.write(line + "\n")


def _log_to_stderr(level: str) -> None:
    """Key-value lines for people on a terminal, JSON for everything else."""
    log.configure(level, os.isatty(STDERR.fd))


if __name__ == "__main__":
    main()
