"""`chatd serve`: settings in, a running server out, one readable line when it cannot be."""

from __future__ import annotations

import json
import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, TextIO, cast

import click
import structlog
import trio
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer

from chatd import __version__, settings
from chatd.actors.runtime.supervisor import GaveUp
from chatd.app import serve as serve_app
from chatd.gateway.net.listener import CannotListen
from chatd.output import STDERR, STDOUT, open_standard_files
from chatd.ports import StoreError


@click.group()
@click.version_option(__version__, prog_name="chatd")
def main() -> None:
    """Team chat that you host yourself: one process, embedded storage, nothing lost."""


@main.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that holds everything. [default: ./chat-data]",
)
@click.option("--host", help="Address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one. [default: 8400]")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with a [chatd] table.",
)
@click.option("--no-limits", is_flag=True, help="Rate limits off, for load tests.")
def serve(
    data: Path | None, host: str | None, port: int | None, config: Path | None, no_limits: bool
) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    Every setting can also stand in the file given with --config, or in the environment as CHATD_NAME.
    """
    open_standard_files()
    given: dict[str, Any] = {"data": data, "host": host, "port": port, "limits": False if no_limits else None}
    flags = {name: value for name, value in given.items() if value is not None}
    try:
        chosen = settings.load(config, flags)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    for name in settings.unknown_variables():
        STDERR.write(f"chatd: {name} is set but is no setting; see docs/operations.md\n")
    _log_to_stderr(chosen.log_level)
    try:
        trio.run(serve_app, chosen, _say, partial(_reload, config, flags))
    except* (StoreError, CannotListen, OSError, GaveUp) as errors:
        STDERR.write(f"chatd: {_first(errors)}\n")
        sys.exit(1)


@main.command()
@click.option("--asyncapi", is_flag=True, help="As an AsyncAPI 3 document.")
def schema(asyncapi: bool) -> None:
    """Print the whole protocol as JSON Schema (2020-12)."""
    from chatd.contract.asyncapi import asyncapi as asyncapi_document
    from chatd.contract.schema import json_schema

    document = asyncapi_document(__version__) if asyncapi else json_schema(__version__)
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _reload(config: Path | None, flags: dict[str, Any]) -> settings.Settings:
    """The settings as they are now, and the log's level with them. Raises SettingsError."""
    if config is not None and not config.is_file():
        raise settings.SettingsError(f"{config} is not there any more")
    fresh = settings.load(config, flags)
    _log_to_stderr(fresh.log_level)
    return fresh


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _say(line: str) -> None:
    STDOUT.write(line + "\n")


# Without local variables: they hold tokens, passwords and what people write.
_tracebacks = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


def _log_to_stderr(level: str) -> None:
    """Key-value lines for people on a terminal, JSON for everything else."""
    plain = structlog.dev.plain_traceback
    terminal = os.isatty(STDERR.fd)
    pretty: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=plain)
        if terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.set_exc_info if terminal else _tracebacks,
            pretty,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, STDERR)),
    )


if __name__ == "__main__":
    main()
