"""`chatd upgrade`, in words: what was tried, carried out or taken back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from chatd.ports import StoreError
from chatd.store.ops import upgrade
from chatd.store.ops.ownership import as_owner
from chatd.store.ops.rehearsal import Rehearsal, rehearse


def carry_out(data: Path, how: str | None, force: bool) -> int:
    """The exit status: 1 when it cannot be, or a rehearsal found something."""
    try:
        status = 0
        with as_owner(data):
            if how == "rehearse":
                tried = rehearse(data)
                lines, status = _tried(tried), 1 if tried.findings else 0
            elif how == "undo":
                lines = _undone(upgrade.undo(data, force))
            else:
                lines = _done(upgrade.upgrade(data))
        for line in lines:
            sys.stdout.write(f"{line}\n")
        return status
    except StoreError as error:
        sys.stderr.write(f"chatd: {error}\n")
        return 1


def _tried(tried: Rehearsal) -> Iterator[str]:
    if tried.before == tried.after:
        yield f"nothing to do: the database is of version {tried.after}, which this chatd needs"
        return
    yield f"from version {tried.before} to {tried.after}, {_mib(tried.bytes)}:"
    yield from (f"  {change}" for change in tried.changes)
    yield f"copied in {tried.copied:.1f} s, changed in {tried.migrated:.1f} s,"
    yield f"verified in {tried.verified:.1f} s:"
    if tried.findings:
        yield from (f"  {finding}" for finding in tried.findings)
        yield "do not upgrade: report this"
        return
    yield f"  {tried.events} events and all tables agree"
    seconds, room = tried.copied + tried.migrated, _mib(tried.bytes)
    yield f"the real one takes about {seconds:.1f} s, and {room} of the disk for its copy"
    yield "nothing was changed; carry it out with `chatd upgrade`, or start the server"


def _done(done: upgrade.Upgraded) -> Iterator[str]:
    if done.before == done.after:
        yield f"nothing to do: the database is of version {done.after}, which this chatd needs"
    else:
        yield f"from version {done.before} to {done.after}; the file of before is {done.copy}"
        yield "`chatd upgrade --undo` takes it back; delete the copy when nobody wants that any more"


def _undone(undone: upgrade.Undone) -> Iterator[str]:
    lost = f", without the {undone.lost} newest events" if undone.lost else ""
    yield f"the database is of version {undone.version} again{lost}"
    yield f"the one of before is kept as {undone.kept}"
    yield "start the chatd that needs that version: this one would upgrade it again"


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
