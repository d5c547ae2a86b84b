"""Handlers of reports. Only those who get a report learn of it, and who made it."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.contract.errors import Refusal
from chatd.contract.message import ReportMessage
from chatd.contract.report import (
    ListReports,
    ReadReportContext,
    Report,
    ReportContext,
    ReportPage,
    ResolveReport,
)
from chatd.contract.spec import DONE, Done
from chatd.domain.event import account_stream
from chatd.domain.internal import CloseReport, FileReport
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.paging import fitting, text_size
from chatd.handlers.refusals import OPERATOR_REPORTS_NOTHING
from chatd.handlers.reported import ReportedMessages
from chatd.handlers.rows import message_row
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, NoOpenReport, Reader, Row

NO_REPORT: Final = Refusal("not_found", "there is no such report, or you may not see it")
OPERATORS_READ: Final = Refusal(
    "forbidden", "reports from direct rooms are for operators and admins; name a space for its reports"
)
NEIGHBOURS: Final = 11  # messages shown with a report, the reported one in their middle


class MessageReports(msgspec.Struct, frozen=True, eq=False):
    """Reporting a message."""

    reader: Reader
    commands: CommandBus
    visibility: Visibility

    @retried_when_stale
    async def report(self, caller: Caller, command: ReportMessage) -> Done | Refusal:
        """Whoever sees a message may report it. While a report of the account is open, it is the same one."""
        if caller.account is None:
            return OPERATOR_REPORTS_NOTHING
        state = await self.visibility.room(caller, command.room)
        if isinstance(state, Refusal):
            return state
        found = await self.reader.messages(command.room, [command.seq])
        if not found or found[0]["deleted"]:
            return NO_SUCH_MESSAGE
        if await self.reader.has_reported(caller.account, command.room, command.seq):
            return DONE
        filed = FileReport(state.space or None, command.room, command.seq, command.reason)
        first = NoOpenReport(caller.account, command.room, command.seq)
        stream, context = account_stream(caller.account), context_of(caller)
        return await self.commands.ask(stream, filed, context, Done, conditions=(first,))


class Reports(msgspec.Struct, frozen=True, eq=False):
    """What is done with reports by those who get them."""

    reader: Reader
    commands: CommandBus
    visibility: Visibility
    reported: ReportedMessages

    async def list_(self, caller: Caller, query: ListReports) -> ReportPage | Refusal:
        if query.space is None:
            if not (caller.operator or caller.admin):
                return OPERATORS_READ
            return await self._page(caller, query)
        what = "seeing reports"
        state = await self.visibility.space_with(caller, query.space, "report.list", what)
        if isinstance(state, Refusal):
            return state
        return await self._page(caller, query)

    async def context(self, caller: Caller, query: ReadReportContext) -> ReportContext | Refusal:
        found = await self._received(caller, query.report, "seeing reports")
        if isinstance(found, Refusal):
            return found
        report, seq = await self.reported.shown(found), found["seq"]
        if found["space"] is not None:
            state = await self.visibility.room(caller, found["room"])
            if isinstance(state, Refusal):
                alone = [] if report.message is None else [report.message]
                return ReportContext(report=report, messages=alone)
        page = await self.reader.history(found["room"], before=None, after=None, around=seq, limit=NEIGHBOURS)
        rows = fitting(page.rows, lambda row: text_size(row["text"]))
        return ReportContext(report=report, messages=[message_row(row) for row in rows])

    async def _page(self, caller: Caller, query: ListReports) -> ReportPage:
        """A page of the reports that the caller gets."""
        rows: list[Row] = []
        after = query.after
        while len(rows) <= query.limit:
            more = await self.reader.reports(query.space, query.open, after, query.limit + 1)
            rows += [row for row in more if await self.reported.is_for(caller, row)]
            if len(more) <= query.limit:
                break
            after = more[-1]["id"]
        reports = [await self.reported.shown(row) for row in rows[: query.limit]]
        page = fitting(reports, lambda report: text_size(report.text) + text_size(_text_of(report)))
        return ReportPage(reports=page, next=page[-1].id if len(rows) > len(page) else None)

    async def resolve(self, caller: Caller, command: ResolveReport) -> Done | Refusal:
        if caller.account is None:
            return OPERATOR_REPORTS_NOTHING
        found = await self._received(caller, command.report, "resolving reports")
        if isinstance(found, Refusal):
            return found
        if found["resolved_at"] is not None:
            return DONE
        close, context = CloseReport(command.report, command.reason), context_of(caller, with_id=False)
        return await self.commands.ask(account_stream(caller.account), close, context, Done)

    async def _received(self, caller: Caller, report: str, what: str) -> Row | Refusal:
        """The report, if it is one that the caller gets."""
        found = await self.reader.report(report)
        if found is None:
            return NO_REPORT
        if found["space"] is not None:
            state = await self.visibility.space_with(caller, found["space"], "report.list", what)
            if isinstance(state, Refusal):
                return NO_REPORT
        return found if await self.reported.is_for(caller, found) else NO_REPORT


def _text_of(report: Report) -> str | None:
    return None if report.message is None else report.message.text
