"""Handlers for operators: what sessions, streams and followers do at the moment."""

from __future__ import annotations

from heapq import nlargest
from typing import Final

import msgspec

from chatd.actors.workers.scheduler import Scheduler
from chatd.actors.workers.view_updater import Views
from chatd.clock import now
from chatd.concurrency.collecting import collected
from chatd.contract.server import (
    FollowerLoad,
    GetServerFollowers,
    GetServerSessions,
    GetServerStreams,
    ServerFollowers,
    ServerSessions,
    ServerStreams,
    StreamLoad,
)
from chatd.handlers.figures import Figures
from chatd.handlers.paging import cut
from chatd.ports import Caller, StreamReader

MOST_SESSIONS: Final = 200
BUSIEST_STREAMS: Final = 20
MINUTE: Final = 60_000  # milliseconds
AMONG: Final = 5_000  # events of the log, looked at for what was busy


class ServerLoads(msgspec.Struct, frozen=True, eq=False):
    reader: StreamReader
    figures: Figures
    views: Views

    async def sessions(self, caller: Caller, query: GetServerSessions) -> ServerSessions:
        rows = await collected(self.figures.live, lambda session: session.row())
        busiest = nlargest(MOST_SESSIONS, rows, lambda row: (row.queued, row.handled))
        return ServerSessions(sessions=busiest, total=len(rows))

    async def streams(self, caller: Caller, query: GetServerStreams) -> ServerStreams:
        found = await self.reader.streams(query.kind, query.after, query.limit + 1)
        page, following = cut(found, query.limit, "stream")
        busy = await self.reader.busy_streams(now() - MINUTE, AMONG, AMONG)
        minutes = {row["stream"]: row["minute"] for row in busy}
        streams = [StreamLoad(**row, minute=minutes.get(row["stream"], 0)) for row in page]
        busiest = [StreamLoad(**row) for row in busy[:BUSIEST_STREAMS]]
        return ServerStreams(streams=streams, busiest=busiest, next=following)

    async def followers(self, caller: Caller, query: GetServerFollowers) -> ServerFollowers:
        figures, head = self.figures, self.figures.bus.head
        found = []
        for view in self.views.rows():
            restarts = self.views.updaters[view.name].restarts
            found.append(
                FollowerLoad(
                    name=f"view {view.name}",
                    position=view.position,
                    head=view.head,
                    lag=view.lag,
                    late_ms=0,
                    restarts=restarts,
                    error=view.error,
                )
            )
        if (notifier := figures.notifier) is not None:
            position, lag = figures.notifier_position, figures.notifier_lag
            found.append(_follower(notifier.name, position, head, lag, 0, notifier.restarts))
        if (pusher := figures.pusher) is not None:
            position, lag = (pusher.position, pusher.lag) if figures.leads else (None, 0)
            found.append(_follower(pusher.name, position, head, lag, 0, pusher.restarts))
        for worker in figures.workers:
            if isinstance(worker, Scheduler):
                late = int(figures.scheduler_late * 1000)
                found.append(_follower(worker.name, None, head, 0, late, worker.restarts))
        return ServerFollowers(followers=found)


def _follower(name: str, position: int | None, head: int, lag: int, late: int, restarts: int) -> FollowerLoad:
    return FollowerLoad(
        name=name, position=position, head=head, lag=lag, late_ms=late, restarts=restarts, error=None
    )
