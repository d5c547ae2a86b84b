"""Reports of messages, for the moderators of a space."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Reason, Time
from chatd.contract.http import Http
from chatd.contract.message import Message
from chatd.contract.spec import RequestType, command, query


class ListReports(Struct, frozen=True):
    space: Id | None = None
    open: bool = True
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class ReadReportContext(Struct, frozen=True):
    report: Id


class ResolveReport(Struct, frozen=True):
    report: Id
    reason: Reason | None = None


class Report(Struct, frozen=True, kw_only=True):
    """`message` is the reported message as it stands now, `text` what it said when it was reported; both are
    null when it was erased since."""

    id: Id
    space: Id | None
    room: Id
    seq: int
    by: Id
    reason: str | None
    at: Time
    resolved_by: str | None
    resolved_at: Time | None
    resolution: str | None
    message: Message | None
    text: str | None


class ReportContext(Struct, frozen=True, kw_only=True):
    """`messages`: the reported one with some before and after it, oldest first."""

    report: Report
    messages: list[Message]


class ReportPage(Struct, frozen=True, kw_only=True):
    """The oldest first. `next` is the `after` of the following page, null at the end."""

    reports: list[Report]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "report.list",
        ListReports,
        ReportPage,
        doc="What was reported in a space or, for operators, in direct rooms; oldest first.",
        http=Http("GET", "/reports"),
        scope="moderate",
        refusals=("not_found",),
        notes=(
            "Reports stand in the reporter's own stream and in this list; nobody else learns of them.",
            "A report goes to those who hold `report.list` and see the room of the message; where there is"
            " nobody, as in a private room without moderators, to the owners of the space. They read the"
            " message here, also when they may not see the room. It never goes to the author of the message"
            " or a bot of theirs. Operators get all.",
            "Without `space` it lists the reports from direct rooms, for operators and admins only; their"
            " `space` is null.",
        ),
    ),
    query(
        "report.context",
        ReadReportContext,
        ReportContext,
        doc="The reported message and its neighbours.",
        http=Http("GET", "/reports/{report}"),
        scope="moderate",
        refusals=("not_found",),
        notes=(
            "For those who get the report. The neighbours are shown to who sees the room and, of a direct"
            " room, to operators and admins; others get the message alone.",
        ),
    ),
    command(
        "report.resolve",
        ResolveReport,
        doc="Resolves a report.",
        http=Http("POST", "/reports/{report}/resolve"),
        scope="moderate",
        refusals=("not_found", "conflict"),
        events=("report.resolved",),
        notes=("Needs an account; for reports from direct rooms, an admin's. Nothing tells the reporter.",),
    ),
)
