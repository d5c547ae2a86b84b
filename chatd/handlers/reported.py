"""Reported messages: who gets the report of one, and what they read of it."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.directory import Directory
from chatd.clock import now
from chatd.contract.report import Report
from chatd.contract.rows import pick
from chatd.domain.event import room_stream, space_stream
from chatd.domain.policy.reports import gets_report
from chatd.domain.room.state import RoomState
from chatd.handlers.rows import message_row
from chatd.ports import Caller, Reader, Row


class ReportedMessages(msgspec.Struct, frozen=True, eq=False):
    """`report` is a row of the reader. All raise StoreUnavailable."""

    reader: Reader
    directory: Directory

    async def is_for(self, caller: Caller, report: Row) -> bool:
        """Whether the caller gets the report."""
        if caller.operator:
            return True
        found = await self.reader.messages(report["room"], [report["seq"]])
        if report["space"] is None:  # of a direct room
            return caller.admin and not (found and found[0]["by"] == caller.by)
        room: RoomState = await self.directory.state_of(room_stream(report["room"]))
        space = await self.directory.state_of(space_stream(report["space"]))
        author = found[0]["by"] if found else ""
        return gets_report(room, space, caller.by, author, now())

    async def shown(self, report: Row) -> Report:
        """The report with the message that it is about, also to whoever may not see the room."""
        found = await self.reader.messages(report["room"], [report["seq"]])
        versions = await self.reader.edits(report["room"], report["seq"])
        said = [version["text"] for version in versions if version["at"] <= report["at"]]
        message = message_row(found[0]) if found else None
        return pick(Report, report, message=message, text=said[-1] if said else None)
