"""Handlers of reports. Only moderators learn of a report, and who made it."""

from __future__ import annotations

from typing import Final

import attrs

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.contract.errors import Refusal
from chatd.contract.message import ReportMessage
from chatd.contract.report import ListReports, Report, ReportPage, ResolveReport
from chatd.contract.rows import pick
from chatd.contract.spec import DONE, Done
from chatd.domain.event import account_stream
from chatd.domain.internal import CloseReport, FileReport
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.paging import cut
from chatd.handlers.refusals import OPERATOR_REPORTS_NOTHING
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, NoOpenReport, Reader

NO_REPORT: Final = Refusal("not_found", "there is no such report, or you may not see it")
NO_SPACE: Final = Refusal("forbidden", "a direct room has no moderators to report to")


@attrs.frozen(eq=False)
class MessageReports:
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
        if not state.space:
            return NO_SPACE
        found = await self.reader.messages(command.room, [command.seq])
        if not found or found[0]["deleted"]:
            return NO_SUCH_MESSAGE
        if await self.reader.has_reported(caller.account, command.room, command.seq):
            return DONE
        filed = FileReport(state.space, command.room, command.seq, command.reason)
        first = NoOpenReport(caller.account, command.room, command.seq)
        stream, context = account_stream(caller.account), context_of(caller)
        return await self.commands.ask(stream, filed, context, Done, conditions=(first,))


@attrs.frozen(eq=False)
class Reports:
    """What moderators do with reports."""

    reader: Reader
    commands: CommandBus
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListReports) -> ReportPage | Refusal:
        what = "seeing reports"
        state = await self.visibility.space_with(caller, query.space, "report.list", what)
        if isinstance(state, Refusal):
            return state
        rows = await self.reader.reports(query.space, query.open, query.after, query.limit + 1)
        page, following = cut(rows, query.limit, "id")
        return ReportPage(reports=[pick(Report, row) for row in page], next=following)

    async def resolve(self, caller: Caller, command: ResolveReport) -> Done | Refusal:
        if caller.account is None:
            return OPERATOR_REPORTS_NOTHING
        found = await self.reader.report(command.report)
        if found is None:
            return NO_REPORT
        what = "resolving reports"
        state = await self.visibility.space_with(caller, found["space"], "report.list", what)
        if isinstance(state, Refusal):
            return NO_REPORT
        if found["resolved_at"] is not None:
            return DONE
        close, context = CloseReport(command.report, command.reason), context_of(caller, with_id=False)
        return await self.commands.ask(account_stream(caller.account), close, context, Done)
