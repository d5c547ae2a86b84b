"""`chatctl space retention`, `chatctl room retention`: for how long messages are kept, and legal holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs
import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.labels import Labels
from chatctl.lookup import ID, find_room, find_space
from chatctl.number import MessageNumber
from chatctl.options import in_space, reason, yes
from chatctl.output import local_time, plain, print_result, print_rows
from chatd.command_line.flags import one_flag_of

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.retention import OldMessages, PreservedMessage
    from chatd.contract.room import Room
    from chatd.contract.space import Space

AS_SPACE: Final = -1  # what `space` means as a number of days
PRESERVED_COLUMNS: Final = {
    "seq": "number",
    "by": "by",
    "at": "at",
    "deleted_by": "deleted by",
    "deleted_at": "deleted at",
    "texts": "text",
    "files": "files",
}


class KeepDays(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """Days, `all` (0), and where a space stands around it `space`."""

    name = "days"

    def __init__(self, in_room: bool) -> None:
        self._words = {"all": 0, **({"space": AS_SPACE} if in_room else {})}

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        word = str(value)
        if word in self._words:
            return self._words[word]
        match = re.fullmatch(r"([1-9][0-9]*)d?", word)
        if match is None:
            known = " or ".join(self._words)
            self.fail(f"{word!r} is no number of days; write 30, 30d, {known}", param, ctx)
        return int(match[1])


_hold: Final = one_flag_of(
    "hold",
    hold=("begin", "Begin a legal hold (operators)."),
    end_hold=("end", "End the legal hold (operators)."),
)


@click.command("retention")
@click.argument("space")
@click.argument("keep", type=KeepDays(in_room=False), metavar="[DAYS|all]", required=False)
@_hold
@reason
@yes
@click.pass_obj
def of_space(
    connection: Connection, space: str, keep: int | None, hold: str | None, reason: str | None, yes: bool
) -> None:
    """Show or set for how many days messages are kept in the rooms of a space."""
    from chatd.contract.retention import SetSpaceHold, SetSpaceRetention

    async def find(client: Client) -> Space:
        return await find_space(client, space)

    found = connection.run(find)
    if not yes:
        days = found.keep_days if keep is None else keep
        change = Change(found.name, found.keep_days, days, found.hold and hold == "end", keep is not None)
        _confirm(connection, change, space=found.id)
    if keep is not None:
        connection.do(SetSpaceRetention(found.id, keep, reason))
    if hold is not None:
        connection.do(SetSpaceHold(found.id, hold == "begin", reason))
    found = connection.run(find)
    value = {"space": found.id, "keep_days": found.keep_days, "hold": found.hold}
    print_result(connection, value, f"{found.name}: {_sentence(found.keep_days)}{_held(found.hold)}")


@click.command("retention")
@click.argument("room")
@click.argument("keep", type=KeepDays(in_room=True), metavar="[DAYS|all|space]", required=False)
@_hold
@reason
@yes
@in_space
@click.pass_obj
def of_room(
    connection: Connection,
    room: str,
    keep: int | None,
    hold: str | None,
    reason: str | None,
    yes: bool,
    space: str | None,
) -> None:
    """Show or set for how many days messages are kept in a room."""
    from chatd.contract.retention import SetRoomHold, SetRoomRetention
    from chatd.contract.room import GetRoom, RoomDetailResult

    async def find(client: Client) -> tuple[Room, int]:
        found = await find_room(client, room, space)
        return found, 0 if found.space is None else (await find_space(client, found.space)).keep_days

    found, of_space = connection.run(find)
    name = found.name or found.id
    if not yes:
        before = of_space if found.keep_days is None else found.keep_days
        days = {None: before, AS_SPACE: of_space}.get(keep, keep or 0)
        change = Change(name, before, days, found.hold and hold == "end", keep is not None)
        _confirm(connection, change, room=found.id)
    if keep is not None:
        connection.do(SetRoomRetention(found.id, None if keep == AS_SPACE else keep, reason))
    if hold is not None:
        connection.do(SetRoomHold(found.id, hold == "begin", reason))
    now = connection.ask(GetRoom(found.id), RoomDetailResult).room
    sentence = "as its space says" if now.keep_days is None else _sentence(now.keep_days)
    value = {"room": now.id, "keep_days": now.keep_days, "hold": now.hold}
    print_result(connection, value, f"{name}: {sentence}{_held(now.hold)}")


@click.command()
@click.argument("room")
@click.option("--after", type=MessageNumber(), metavar="SEQ", help="Only those behind this one.")
@in_space
@click.pass_obj
def preserved(connection: Connection, room: str, after: int | None, space: str | None) -> None:
    """Messages that were deleted under a legal hold, for operators."""
    from chatd.contract.retention import ListPreserved, PreservedPage

    async def work(client: Client) -> list[dict[str, Any]]:
        is_id = ID.fullmatch(room)  # also of a deleted room, which is in no list
        found = room if is_id else (await find_room(client, room, space)).id
        rows: list[PreservedMessage] = []
        begin = after
        while True:
            page = await client.ask(ListPreserved(found, begin), PreservedPage)
            rows += page.messages
            if page.next is None:
                break
            begin = page.next
        shown: list[dict[str, Any]] = plain(rows)
        if not connection.json:
            labels = Labels(client)
            for row in shown:
                row["by"], row["deleted_by"] = (
                    await labels.account(row["by"]),
                    await labels.account(row["deleted_by"]),
                )
                row["texts"] = " → ".join(row["texts"])
                row["files"] = ", ".join(file["name"] for file in row["files"])
        return shown

    print_rows(connection, connection.run(work), PRESERVED_COLUMNS, "nothing was deleted under a legal hold")


@attrs.frozen
class Change:
    """What is to be said of a place: for how many days it kept messages and is to keep them (0: for ever),
    whether a legal hold that stands on it is to end, and whether a rule is named at all."""

    name: str
    before: int
    days: int
    hold_ends: bool
    named: bool

    @property
    def stricter(self) -> bool:
        return self.named and self.days > 0 and not 0 < self.before <= self.days


def _confirm(connection: Connection, change: Change, **where: str) -> None:
    """Asks whether what would be erased may go."""
    if not (change.stricter or change.hold_ends):
        return
    told = []
    old = _old(connection, change, where)
    if change.days:
        older = f"messages in {change.name} that are older than {counted(change.days, 'day')}"
        told.append(f"From tomorrow on {older} are erased for good, pinned ones too{_now(old)}.")
    elif change.hold_ends and old is not None and old.messages:
        told.append(f"From tomorrow on rooms go on erasing by their own rules{_now(old)}.")
    if change.hold_ends:
        told.append(f"What was deleted in {change.name} under the legal hold is erased then{_besides(old)}.")
    confirm(f"{' '.join(told)} Go on?", yes=False)


def _old(connection: Connection, change: Change, where: dict[str, str]) -> OldMessages | None:
    """How much that is now, for who may know; the others are asked without it."""
    from chatd.contract.retention import CountOldMessages, OldMessages

    try:
        return connection.ask(CountOldMessages(change.days, **where, hold_ends=change.hold_ends), OldMessages)
    except Failed:
        return None


def _now(old: OldMessages | None) -> str:
    if old is None:
        return ""
    since = f", the oldest of {local_time(old.oldest)}" if old.oldest is not None else ""
    return f"; now that is {counted(old.messages, 'message')}{since}"


def _besides(old: OldMessages | None) -> str:
    return "" if old is None else f"; that is {counted(old.preserved, 'message')}"


def _sentence(days: int) -> str:
    return f"messages are kept for {counted(days, 'day')}" if days else "messages are kept for ever"


def _held(hold: bool) -> str:
    return "; a legal hold stands, so nothing is erased" if hold else ""
