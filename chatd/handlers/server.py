"""What operators ask: the log as it grows, how the server is, whether it is sound, a copy of it."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any, Final

import trio

from chatd import __version__
from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.event import Event
from chatd.handlers.desk import Desk, now
from chatd.ports import Caller, StoreError

BUSIEST: Final = 50
PAGE_BYTES: Final = 512 * 1024
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


async def list_events(desk: Desk, caller: Caller, query: c.ListEvents) -> Answer:
    if query.after is None:
        return {"events": [], "position": desk.bus.head}
    if query.wait:
        with trio.move_on_after(query.wait):
            await desk.bus.wait_beyond(query.after)
    head = desk.bus.head
    events = [
        event
        for event in await desk.reader.events(query.after, query.limit, query.stream)
        if event.position <= head
    ]
    whole = len(events)
    events = _fitting(events)
    full = whole == query.limit or len(events) < whole
    position = events[-1].position if full else max(head, query.after)
    return {"events": [event.frame() for event in events], "position": position}


def _fitting(events: list[Event]) -> list[Event]:
    """As many as go into one message that any client takes, and at least one."""
    size = 0
    for index, event in enumerate(events):
        size += len((event.text or "").encode())
        if index and size > PAGE_BYTES:
            return events[:index]
    return events


async def status(desk: Desk, caller: Caller, query: c.GetServerStatus) -> Answer:
    return await measured(desk)


async def measured(desk: Desk) -> dict[str, Any]:
    sizes = desk.maintenance.sizes()
    awake = desk.directory.counts()
    return {
        "version": __version__,
        "ready": True,
        "epoch": desk.epoch,
        "position": desk.bus.head,
        "started_at": desk.started_at,
        "uptime": (now() - desk.started_at) // 1000,
        "pid": os.getpid(),
        "data": str(desk.settings.data.absolute()),
        "address": desk.address,
        **await desk.reader.counts(),
        "connections": len(desk.sessions),
        "sessions": sum(session.claims is not None for session in desk.sessions),
        "memory": _memory(),
        "database": sizes.database,
        "wal": sizes.wal,
        "actors": {
            "awake": sum(awake.values()),
            **{f"{kind}s": awake[kind] for kind in ("room", "space", "account")},
        },
        "views": desk.views.frames(),
    }


async def top(desk: Desk, caller: Caller, query: c.GetServerTop) -> Answer:
    before = trio.current_time()
    await trio.lowlevel.checkpoint()
    lag = trio.current_time() - before
    commits = desk.writer.commits
    used = resource.getrusage(resource.RUSAGE_SELF)
    actors = [_actor(actor) for actor in (desk.writer, *desk.directory, *desk.sessions)]
    actors.sort(key=lambda actor: (actor["depth"], actor["handled"]), reverse=True)
    return {
        "position": desk.bus.head,
        "commits": {
            "count": commits.count,
            "failed": commits.failed,
            "facts": commits.facts,
            "last_batch": commits.last_batch,
            "mean_batch": round(commits.facts / max(commits.count, 1), 2),
            "last_ms": round(commits.last_ms, 3),
            "mean_ms": round(commits.total_ms / max(commits.count, 1), 3),
            "waiting": len(desk.writer.mailbox),
        },
        "connections": len(desk.sessions),
        "sessions": sum(session.claims is not None for session in desk.sessions),
        "actors": actors[:BUSIEST],
        "loop_lag_ms": round(lag * 1000, 3),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "memory": _memory(),
    }


def _actor(actor: Any) -> dict[str, Any]:
    mail = actor.statistics()
    return {
        "name": actor.name,
        "depth": mail.depth,
        "capacity": mail.capacity,
        "oldest_wait_ms": round(mail.oldest_wait * 1000, 3),
        "turns": mail.turns,
        "handled": mail.handled,
        "restarts": actor.restarts,
    }


def _memory() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


async def check(desk: Desk, caller: Caller, query: c.CheckServer) -> Answer:
    findings = await desk.maintenance.check()
    return {"ok": not findings, "findings": list(findings)}


async def verify(desk: Desk, caller: Caller, query: c.VerifyServer) -> Answer:
    verified = await desk.maintenance.verify()
    found = list(verified.findings)
    return {"ok": not found, "events": verified.events, "findings": found}


async def back_up(desk: Desk, caller: Caller, command: c.CreateBackup) -> Answer:
    path = Path(command.path)
    if not path.is_absolute():
        return Refusal("invalid", "path is absolute: the server does not know your folder")
    try:
        copy = await desk.maintenance.backup(path)
    except StoreError as error:
        return Refusal("conflict", str(error))
    return {"path": str(copy.path), "bytes": copy.bytes, "position": copy.position}
