"""Reports of messages, for the moderators of a space."""

from __future__ import annotations

import attrs

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Reason, Time
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class ListReports:
    space: Id
    open: bool = True
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class ResolveReport:
    report: Id
    reason: Reason | None = None


@result
class Report:
    id: Id
    space: Id
    room: Id
    seq: int
    by: Id
    reason: str | None
    at: Time
    resolved_by: str | None
    resolved_at: Time | None
    resolution: str | None


@result
class ReportPage:
    """The oldest first. `next` is the `after` of the following page, null at the end."""

    reports: list[Report]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "report.list",
        ListReports,
        ReportPage,
        doc="What was reported in a space, oldest first.",
        scope="moderate",
        refusals=("not_found",),
        notes=("Reports stand in the reporter's own stream and in this list; nobody else learns of them.",),
    ),
    command(
        "report.resolve",
        ResolveReport,
        doc="Resolves a report.",
        scope="moderate",
        refusals=("not_found", "conflict"),
        events=("report.resolved",),
        notes=("Needs an account. Nothing tells the reporter.",),
    ),
)
