"""`chatctl server …`: how the server is."""

from __future__ import annotations

import sys
from typing import Any

import rich_click as click

from chatctl.connection import Target
from chatctl.failure import Failed
from chatctl.output import moment, say, say_json, size, tell_object


@click.group("server")
def command() -> None:
    """How the server is, what it does, and whether its data are sound."""


@command.command()
@click.pass_obj
def status(target: Target) -> None:
    """What runs, where, and how big it is."""
    answer = target.ask("server.status")
    if not target.json:
        answer = _readable(answer)
    tell_object(target, answer)


@command.command()
@click.pass_obj
def check(target: Target) -> None:
    """A quick look at the database file and the disk; status 1 when something is wrong."""
    _findings(target, target.ask("server.check", seconds=None), "the database file and the disk are sound")


@command.command()
@click.pass_obj
def verify(target: Target) -> None:
    """Replay the whole log and compare the tables with it; status 1 when something is wrong."""
    answer = target.ask("server.verify", seconds=None)
    _findings(target, answer, f"the log of {answer['events']} events and all tables agree")


@command.command()
@click.option("--once", is_flag=True, help="Print one screen and end.")
@click.pass_obj
def top(target: Target, once: bool) -> None:
    """Actors, mailboxes, commits and connections, live; q or Ctrl-C ends it."""
    if target.json:
        say_json(target.ask("server.top"))
        return
    from chatctl.top import print_once, watch

    if once or not sys.stdout.isatty():
        print_once(target.ask("server.top"))
    else:
        watch(target)


def _findings(target: Target, answer: dict[str, Any], fine: str) -> None:
    findings = answer["findings"]
    if target.json:
        say_json(answer)
    for finding in findings if not target.json else ():
        say(finding)
    if findings or not answer["ok"]:
        count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
        raise Failed(f"{count}; keep a copy of the data folder and look at your newest good backup")
    if not target.json:
        say(fine)


def _readable(answer: dict[str, Any]) -> dict[str, Any]:
    shown = dict(answer)
    for field in ("memory", "database", "wal"):
        if field in shown:
            shown[field] = size(shown[field])
    if isinstance(shown.get("uptime"), int | float):
        shown["uptime"] = _span(shown["uptime"])
    if isinstance(shown.get("started_at"), int):
        shown["started_at"] = moment(shown["started_at"])
    if isinstance(shown.get("actors"), dict):
        shown["actors"] = ", ".join(f"{count} {kind}" for kind, count in shown["actors"].items())
    shown["ready"] = "yes" if shown.get("ready") else "no"
    return shown


def _span(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{f'{days} d ' if days else ''}{hours}:{minutes:02}:{seconds:02}"
