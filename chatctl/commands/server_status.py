"""`chatctl server status`: what a server says of itself, with sizes, times and counts as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.output import duration, local_time, plain, print_object, size
from chatctl.server_figures import clock_steps, refused_frames

if TYPE_CHECKING:
    from chatd.contract.server import BackupState, Compacting, ServerStatus, StandbyState
    from chatd.contract.view import ViewState


@click.command()
@click.pass_obj
def status(connection: Connection) -> None:
    """Version, address, sizes and counts of the server."""
    from chatd.contract.server import GetServerStatus, ServerStatus

    answer = connection.ask(GetServerStatus(), ServerStatus)
    print_object(connection, answer if connection.json else _readable(answer))


def _standing(view: ViewState) -> str:
    late = f", {counted(view.lag, 'event')} behind" if view.lag else ""
    return f"{view.name} at {view.position}{late}" + (f", stopped: {view.error}" if view.error else "")


def _backup(state: BackupState | None) -> str:
    if state is None:
        return "none is scheduled (backup_to)"
    newest = f"the newest of {local_time(state.last)}" if state.last else "none yet"
    failed = f"; the last try failed: {state.error}" if state.error else ""
    return f"to {state.to} every {duration(state.every)}, {newest}{failed}"


def compaction(state: Compacting | None) -> str:
    return "no" if state is None else f"{state.step}, {state.percent} % of it"


def _standby(status: ServerStatus, one: StandbyState) -> str:
    behind = f"{counted(max(0, status.position - one.position), 'event')} behind"
    missing = f", lacks {counted(one.files_missing, 'file')}" if one.files_missing else ""
    if one.lag_seconds > 5:
        behind += f" for {duration(one.lag_seconds)}"
    return f"{one.name} {behind}{missing}, asked at {local_time(one.heard_at)}"


def _readable(status: ServerStatus) -> dict[str, Any]:
    fields = plain(status)
    del fields["last_clock_step"]
    return {
        **fields,
        "ready": "yes" if status.ready else "no",
        "problems": "; ".join(status.problems) or "none",
        "started_at": local_time(status.started_at),
        "uptime": duration(status.uptime),
        "memory": size(status.memory),
        "file_bytes": size(status.file_bytes),
        "database": size(status.database) if status.database else "not at its path",
        "wal": size(status.wal),
        "refused": refused_frames(status.refused),
        "clock_steps": clock_steps(status),
        "views": "; ".join(map(_standing, status.views)),
        "backup": _backup(status.backup),
        "compacting": compaction(status.compacting),
        "standbys": "; ".join(_standby(status, one) for one in status.standbys) or "none",
        "actors": ", ".join(f"{count} {kind}" for kind, count in plain(status.actors).items()),
    }
