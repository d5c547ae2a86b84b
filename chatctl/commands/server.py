"""`chatctl server …`: status, checks, live load."""

from __future__ import annotations

import sys
from typing import Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.failure import Failed
from chatctl.output import duration, local_time, print_json, print_line, print_object, size


@click.group("server")
def command() -> None:
    """The server: status, live load, and checks of its data."""


@command.command()
@click.pass_obj
def status(connection: Connection) -> None:
    """Version, address, sizes and counts of the server."""
    answer = connection.ask("server.status")
    if not connection.json:
        answer = _readable(answer)
    print_object(connection, answer)


@command.command()
@click.pass_obj
def check(connection: Connection) -> None:
    """A quick look at the database file and the disk; status 1 when something is wrong."""
    _findings(
        connection, connection.ask("server.check", seconds=None), "the database file and the disk are sound"
    )


@command.command()
@click.pass_obj
def verify(connection: Connection) -> None:
    """Replay the whole log and compare the tables with it; status 1 when something is wrong."""
    answer = connection.ask("server.verify", seconds=None)
    _findings(connection, answer, f"the log of {answer['events']} events and all tables agree")


@command.command()
@click.option("--once", is_flag=True, help="Print one screen and end.")
@click.pass_obj
def top(connection: Connection, once: bool) -> None:
    """Actors, mailboxes, commits and connections, live; q or Ctrl-C ends it."""
    if connection.json:
        print_json(connection.ask("server.top"))
        return
    from chatctl.top import print_once, watch

    if once or not sys.stdout.isatty():
        print_once(connection.ask("server.top"))
    else:
        watch(connection)


def _findings(connection: Connection, answer: dict[str, Any], fine: str) -> None:
    findings = answer["findings"]
    if connection.json:
        print_json(answer)
    for finding in findings if not connection.json else ():
        print_line(finding)
    if findings or not answer["ok"]:
        count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
        raise Failed(f"{count}; keep a copy of the data folder and look at your newest good backup")
    if not connection.json:
        print_line(fine)


def _readable(answer: dict[str, Any]) -> dict[str, Any]:
    shown = dict(answer)
    for field in ("memory", "database", "wal"):
        if field in shown:
            shown[field] = size(shown[field])
    if isinstance(shown.get("uptime"), int | float):
        shown["uptime"] = duration(shown["uptime"])
    if isinstance(shown.get("started_at"), int):
        shown["started_at"] = local_time(shown["started_at"])
    if isinstance(shown.get("actors"), dict):
        shown["actors"] = ", ".join(f"{count} {kind}" for kind, count in shown["actors"].items())
    shown["ready"] = "yes" if shown.get("ready") else "no"
    return shown
