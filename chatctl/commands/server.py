"""`chatctl server …`: checks, live load, streams, followers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, cast

import rich_click as click

from chatctl.commands.export import export_server
from chatctl.commands.server_status import compaction, status
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.labels import Labels
from chatctl.output import duration, local_time, print_json, print_line, print_result, print_table, size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatd.client import Client
    from chatd.contract.server import ServerChecked, ServerVerified, StreamLoad

MARKS: Final = {"fine": "fine   ", "look": "look   ", "wrong": "wrong  "}


@click.group("server")
def command() -> None:
    """The server: status, live load, checks of its data, an export of everything."""


command.add_command(export_server)
command.add_command(status)


@command.command()
@click.pass_obj
def check(connection: Connection) -> None:
    """A quick look at the database file and the disk; status 1 when something is wrong."""
    from chatd.contract.server import CheckServer, ServerChecked

    _findings(
        connection,
        connection.ask(CheckServer(), ServerChecked, seconds=None),
        "the database file and the disk are sound",
    )


@command.command()
@click.option("--no-contents", is_flag=True, help="Do not read the files, only look at their sizes.")
@click.pass_obj
def verify(connection: Connection, no_contents: bool) -> None:
    """Replay the whole log, compare the tables with it, and look at all files; status 1 when something is
    wrong."""
    from chatd.contract.server import ServerVerified, VerifyServer

    answer = connection.ask(VerifyServer(not no_contents), ServerVerified, seconds=None)
    fine = f"the log of {answer.events} events and all tables agree"
    if answer.blobs:
        fine += f", and {counted(answer.blobs, 'blob')} of files {'are' if answer.blobs > 1 else 'is'} there"
    _findings(connection, answer, fine)


@command.command()
@click.pass_obj
def compact(connection: Connection) -> None:
    """Give disk back that erased texts and dropped tables have taken, while the server goes on."""
    from chatd.contract.server import CompactServer, ServerCompacted

    with _progress(connection):
        done = connection.ask(CompactServer(), ServerCompacted, seconds=None)
    freed = done.before - done.after
    if freed > 0:
        sentence = f"gave {size(freed)} back: {size(done.before)} before, {size(done.after)} now"
    else:
        sentence = f"nothing to give back: {size(done.after)} in use"
    print_result(connection, done, sentence)


@command.command()
@click.option("--no-certificate", is_flag=True, help="Do not connect to the server's own `public_url`.")
@click.pass_obj
def doctor(connection: Connection, no_certificate: bool) -> None:
    """Look at all that an admin should know, and say what to do; status 1 when something is wrong."""
    from chatd.contract.doctor import AskDoctor, ServerDoctor

    answer = connection.ask(AskDoctor(not no_certificate), ServerDoctor, seconds=30)
    if connection.json:
        print_json(answer)
    for one in answer.checks if not connection.json else ():
        print_line(f"{MARKS[one.state]} {one.topic}: {one.says}")
        if one.remedy is not None:
            print_line(f"        {one.remedy}")
    if not answer.ok:
        raise Failed(counted(sum(one.state == "wrong" for one in answer.checks), "thing") + " to mend")


@command.command()
@click.option("--once", is_flag=True, help="Print one screen and end.")
@click.pass_obj
def top(connection: Connection, once: bool) -> None:
    """Actors, mailboxes, commits and connections, live; q or Ctrl-C ends it."""
    from chatd.contract.server import GetServerTop, ServerTop

    if connection.json:
        print_json(connection.ask(GetServerTop(), ServerTop))
        return
    from chatctl.top import named_top, print_once, watch

    if once or not sys.stdout.isatty():
        print_once(connection.run(lambda client: named_top(client, Labels(client))))
    else:
        watch(connection)


@command.command()
@click.pass_obj
def sessions(connection: Connection) -> None:
    """Who is connected, and who leaves how much unread."""
    from chatd.contract.server import GetServerSessions, ServerSessions

    answer = connection.ask(GetServerSessions(), ServerSessions)
    if connection.json:
        print_json(answer)
        return
    names = connection.run(lambda client: _named(client, [row.by for row in answer.sessions]))
    print_table(
        ["who", "protocol", "since", "unread", "behind", "demoted", "handled"],
        (
            [
                names.get(row.by, row.by) or "nobody yet",
                row.protocol,
                local_time(row.began_at),
                size(row.queued),
                "yes" if row.behind else "",
                str(row.demotions),
                str(row.handled),
            ]
            for row in answer.sessions
        ),
    )
    if answer.total > len(answer.sessions):
        print_line(f"and {counted(answer.total - len(answer.sessions), 'session')} more")


@command.command()
@click.option("--kind", type=click.Choice(["account", "room", "server", "space"]), help="Only of this kind.")
@click.pass_obj
def streams(connection: Connection, kind: str | None) -> None:
    """Every stream of the log: its newest event, and how busy it was in the last minute."""
    rows = connection.run(lambda client: _all_streams(client, kind))
    if connection.json:
        print_json(rows)
        return
    head = ["stream", "events", "newest", "last minute"]
    print_table(head, ([row.stream, str(row.seq), local_time(row.at), str(row.minute)] for row in rows))


@command.command()
@click.pass_obj
def followers(connection: Connection) -> None:
    """Who follows the log, and how far: views, notifier, scheduler. `server status` shows standbys."""
    from chatd.contract.server import GetServerFollowers, ServerFollowers

    answer = connection.ask(GetServerFollowers(), ServerFollowers)
    if connection.json:
        print_json(answer)
        return
    print_table(
        ["follower", "position", "behind", "late", "restarts", ""],
        (
            [
                row.name,
                "" if row.position is None else str(row.position),
                counted(row.lag, "event"),
                duration(row.late_ms // 1000),
                str(row.restarts),
                row.error or "",
            ]
            for row in answer.followers
        ),
    )


@contextmanager
def _progress(connection: Connection) -> Iterator[None]:
    """Shows on standard error how far a compaction is. It asks on a connection of its own: on one, a query
    waits for the command before it."""
    from chatctl.imports.progress import Progress
    from chatd.contract.server import GetServerStatus, ServerStatus

    done = Event()
    with Progress() as progress:

        def show() -> None:
            with suppress(Failed):  # the command says what is wrong
                while not done.wait(1):
                    state = connection.ask(GetServerStatus(), ServerStatus).compacting
                    if state is not None:
                        progress.show(compaction(state))

        showing = Thread(target=show, daemon=True)
        showing.start()
        try:
            yield
        finally:
            done.set()
            showing.join(2)


async def _named(client: Client, ids: Iterable[str]) -> dict[str, str]:
    labels = Labels(client)
    return {id_: await labels.name(id_) for id_ in ids}


async def _all_streams(client: Client, kind: str | None) -> list[StreamLoad]:
    from chatd.contract.server import GetServerStreams, ServerStreams

    found: list[StreamLoad] = []
    after: str | None = None
    while True:
        page = await client.ask(GetServerStreams(cast("Any", kind), after, 500), ServerStreams)
        found += page.streams
        after = page.next
        if after is None:
            return found


def _findings(connection: Connection, answer: ServerChecked | ServerVerified, fine: str) -> None:
    findings = answer.findings
    if connection.json:
        print_json(answer)
    for finding in findings if not connection.json else ():
        print_line(finding)
    if findings or not answer.ok:
        count = counted(len(findings), "finding")
        if findings and all(";" in finding for finding in findings):  # behind it stands what to do
            raise Failed(count)
        raise Failed(f"{count}; keep a copy of the data folder and look at your newest good backup")
    if not connection.json:
        print_line(fine)
