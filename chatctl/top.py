"""The screen of `chatctl server top`: one answer of `server.top` a second, and what changed in between."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chatctl.count import counted
from chatctl.ctrl_c import by_ctrl_c
from chatctl.output import console, print_line, print_table, sanitized, size, table
from chatctl.server_figures import clock_steps, refused_frames

if TYPE_CHECKING:
    import trio
    from rich.console import Group

    from chatctl.connection import Connection
    from chatctl.labels import Labels
    from chatd.client import Client
    from chatd.contract.server import ActorLoad, ServerTop

EVERY_SECONDS = 1.0
ACTOR_HEADINGS = ["actor", "waiting", "of", "oldest ms", "turns", "handled", "restarts"]
ACTOR_FIELDS = ["name", "depth", "capacity", "oldest_wait_ms", "turns", "handled", "restarts"]


async def named_top(client: Client, labels: Labels) -> ServerTop:
    """`server.top` with the names of the actors instead of ids, so that a line fits a terminal."""
    from msgspec.structs import replace

    from chatd.contract.server import GetServerTop, ServerTop

    answer = await client.ask(GetServerTop(), ServerTop)
    actors = [replace(actor, name=await labels.short(actor.name)) for actor in answer.actors]
    return replace(answer, actors=actors)


def print_once(answer: ServerTop) -> None:
    if sys.stdout.isatty():
        console().print(screen(answer, None, 0.0, rows=50))
        return
    for line in _summary(answer, ""):
        print_line(line)
    print_table(ACTOR_HEADINGS, _rows(answer.actors))


def screen(answer: ServerTop, before: ServerTop | None, seconds: float, rows: int) -> Group:
    """The whole screen. Rates compare with the answer `before`, which came `seconds` earlier."""
    from rich.console import Group
    from rich.text import Text

    rates = ""
    if before is not None and seconds > 0:
        per_second = {
            "events": answer.position - before.position,
            "commits": answer.commits.count - before.commits.count,
        }
        rates = "".join(f"   {count / seconds:.0f} {what}/s" for what, count in per_second.items())
        rates += f"   cpu {100 * (answer.cpu_seconds - before.cpu_seconds) / seconds:.0f} %"
    return Group(*map(Text, _summary(answer, rates)), table(ACTOR_HEADINGS, _rows(answer.actors[:rows])))


def _summary(answer: ServerTop, rates: str) -> list[str]:
    commits = answer.commits
    return [
        f"position {answer.position}   {counted(answer.connections, 'connection')}   "
        f"{counted(answer.sessions, 'session')}   memory {size(answer.memory)}   "
        f"loop lag {answer.loop_lag_ms:.1f} ms{rates}",
        f"commits {commits.count}   "
        f"batch {commits.last_batch} last, {commits.mean_batch:.1f} mean   "
        f"{commits.last_ms:.1f} ms last, {commits.mean_ms:.1f} mean   {commits.waiting} waiting",
        f"{counted(answer.behind, 'session')} behind, {counted(answer.demotions, 'demotion')}   "
        f"refused {refused_frames(answer.refused)}   {answer.log_lines_lost} log lines lost   "
        f"clock steps {clock_steps(answer)}",
    ]


def _rows(actors: Iterable[ActorLoad]) -> Iterable[list[str]]:
    return ([_rounded(getattr(actor, field)) for field in ACTOR_FIELDS] for actor in actors)


def watch(connection: Connection) -> None:
    """Shows the screen until q or Ctrl-C."""

    async def work(client: Client) -> None:
        import trio

        async with trio.open_nursery() as nursery:
            nursery.start_soon(_end_on_q, nursery.cancel_scope)
            await _refresh(client)

    try:
        with _keys():
            connection.run(work, seconds=None, patient=True)
    except (KeyboardInterrupt, BaseExceptionGroup) as error:
        if not by_ctrl_c(error):
            raise


async def _refresh(client: Client) -> None:
    import trio
    from rich.live import Live

    from chatctl.labels import Labels

    labels = Labels(client)
    before: ServerTop | None = None
    asked = 0.0
    with Live(console=console(), screen=True, auto_refresh=False) as live:
        while True:
            answer = await named_top(client, labels)
            now = trio.current_time()
            rows = max(1, live.console.height - 7)
            live.update(screen(answer, before, now - asked, rows), refresh=True)
            before, asked = answer, now
            await trio.sleep(EVERY_SECONDS)


async def _end_on_q(scope: trio.CancelScope) -> None:
    import trio

    if not sys.stdin.isatty():
        return
    while True:
        await trio.lowlevel.wait_readable(sys.stdin.fileno())
        if os.read(sys.stdin.fileno(), 64).lower() in (b"q", b"", b"\x04"):
            scope.cancel()
            return


@contextmanager
def _keys() -> Generator[None, None, None]:
    """Keys reach us one by one and unseen, as long as the screen is up."""
    if not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin.fileno())
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _rounded(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else sanitized(str(value))
