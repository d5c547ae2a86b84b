"""`python -m bench`: measures chatd and its rival on this machine and prints what came out."""

from __future__ import annotations

import functools
import gc
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import attrs
import click

from bench import (
    backups,
    curve,
    download,
    drawing,
    durable,
    event_readers,
    fanout,
    followers,
    grown,
    growth,
    idle,
    joins,
    lookup,
    machine,
    mentions,
    moving_in,
    nodes,
    opens,
    resume,
    small_gets,
    socketio,
    start,
    storm,
    streams,
    three_nodes,
)
from bench.community import Refused
from bench.curve import Chart
from bench.figure import Figure, table
from bench.process import ServerFailed
from bench.receiver import Receiver, Stalled
from bench.setting import BEFORE, QUICK, RIVAL, Plan, Setting
from bench.websocket import ConnectionEnded

Measure = Callable[[Setting], list[Figure]]

# In the order in which they run. The first three share one crowd.
MEASURES: dict[str, Measure] = {
    **{name: functools.partial(fanout.small_room, only=[name]) for name in fanout.SMALL},
    "flood-1000": fanout.large_room,
    "durable": durable.acknowledged_posts,
    "mentions": mentions.mentions,
    "burst": durable.burst,
    "opens": opens.session_opens,
    "storm": storm.everybody_returns,
    "streams": streams.events_over_http,
    "followers": followers.with_and_without,
    "resume": resume.resume_missed,
    "memory": idle.idle_memory,
    "joins": joins.joins,
    "start": start.first_sign_in,
    "grown": grown.grown_database,
    "archive": lookup.look_up,
    "import": moving_in.moving_in,
    "backup": backups.backups,
    "gets": small_gets.small_gets,
    "readers": event_readers.event_readers,
    "download": download.download,
    "nodes": nodes.one_node,
    "three-nodes": three_nodes.three_nodes,
    "curves": growth.curves,
}
FAILURES = (AssertionError, ConnectionEnded, OSError, Refused, ServerFailed, Stalled)
ROUNDS_OF_BUILDS = 6
WITH_RIVAL = {*fanout.SMALL, "flood-1000", "durable", "burst", "storm"}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, type=click.Choice(list(MEASURES)))
@click.option(
    "--only",
    "names",
    multiple=True,
    type=click.Choice(list(MEASURES)),
    help="Measure this; repeatable. The bare word does the same.",
)
@click.option("--quick", is_flag=True, help="Small and short: shows that it works, the figures mean little.")
@click.option("--full", is_flag=True, help="Curves up to ten million messages, which takes an hour.")
@click.option(
    "--svg",
    "pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw the curves into this folder.",
)
@click.option("--rival/--no-rival", default=True, help="Measure socket.io beside chatd.")
@click.option(
    "--before",
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
    help="Measure an earlier chatd beside this one instead: a folder with its sources.",
)
@click.option(
    "--json", "document", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too."
)
def main(
    words: tuple[str, ...],
    names: tuple[str, ...],
    quick: bool,
    full: bool,
    pictures: Path | None,
    rival: bool,
    before: Path | None,
    document: Path | None,
) -> None:
    """Measures chatd, beside it a socket.io server, and compares with the targets."""
    asked = {*words, *names}
    wanted = [name for name in MEASURES if not asked or name in asked]
    cores = machine.choose_cores()
    about = machine.description(cores)
    click.echo(about)
    folder_of_rival = _rival() if rival and not before and WITH_RIVAL.intersection(wanted) else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # walks out like Ctrl-C: nothing is left behind
    machine.allow_many_sockets()
    gc.disable()  # the load makes no cycles, and a collection among thousands of ages would show in them
    machine.pin(cores.load)
    with tempfile.TemporaryDirectory(prefix="chatd-bench-") as folder:
        setting = Setting(
            plan=_plan(quick, full, before is not None),
            cores=cores,
            folder=Path(folder),
            receiver=Receiver(),
            rival=folder_of_rival,
            before=before,
            say=lambda text: click.echo(f"· {text}", err=True),
        )
        figures, failures = _measured(setting, wanted)
    beside = BEFORE if before else RIVAL
    if figures:
        click.echo(f"\n{table(figures, beside)}\n")
    if setting.charts:
        _show(setting.charts, pictures)
    if quick:
        click.echo("A quick run: too small and too short to compare with the targets.")
    if document:
        figures_as_data = [figure.document(beside) for figure in figures]
        document.write_text(
            json.dumps(
                {
                    "machine": about,
                    "quick": quick,
                    "figures": figures_as_data,
                    "charts": [chart.document() for chart in setting.charts],
                },
                indent=2,
            )
        )
    if failures:
        raise click.ClickException(f"{failures} of the measurements could not be made, see above")


def _show(charts: list[Chart], pictures: Path | None) -> None:
    click.echo(f"{curve.text(charts)}\n")
    if pictures:
        try:
            for path in drawing.draw(charts, pictures):
                click.echo(f"drawn: {path}")
        except drawing.NoPlotting as reason:
            click.echo(reason, err=True)


def _plan(quick: bool, full: bool, two_builds: bool) -> Plan:
    """Two builds differ by little, so their turns are many."""
    if quick:
        return QUICK
    plan = Plan(full=full)
    return attrs.evolve(plan, rounds=ROUNDS_OF_BUILDS) if two_builds else plan


def _measures(wanted: list[str]) -> list[Measure]:
    small = [name for name in fanout.SMALL if name in wanted]
    together: list[Measure] = [functools.partial(fanout.small_room, only=small)] if small else []
    return together + [MEASURES[name] for name in wanted if name not in fanout.SMALL]


def _measured(setting: Setting, wanted: list[str]) -> tuple[list[Figure], int]:
    """All figures that could be taken, and how many measurements failed: one does not cost the others."""
    figures: list[Figure] = []
    failures = 0
    for measure in _measures(wanted):
        try:
            figures += measure(setting)
        except FAILURES as failure:
            failures += 1
            click.echo(f"  failed: {type(failure).__name__}: {failure}", err=True)
            setting.receiver.dismiss_all()
    return figures, failures


def _rival() -> Path | None:
    try:
        return socketio.installed()
    except socketio.NoRival as reason:
        click.echo(f"no rival: {reason}; only chatd is measured", err=True)
        return None


if __name__ == "__main__":
    main()
