"""What was found in an export and what came of it: lines for people, documents for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import attrs

from chatctl.count import counted
from chatctl.imports.moved import Moved
from chatctl.imports.problems import Kind, Problem, Problems
from chatctl.imports.survey import RoomCount, Survey
from chatctl.output import size
from chatd.contract.import_ import ImportUndone

SHOWN_ROOMS: Final = 40
SHOWN_PEOPLE: Final = 5


COUNTS: Final = (
    *("messages", "replies", "edited", "deleted", "reactions", "pins"),
    *("files", "files_elsewhere", "file_bytes", "emoji", "future"),
)


def survey_document(found: Survey) -> dict[str, Any]:
    return {
        "format": found.format,
        "source": found.source,
        **{name: getattr(found, name) for name in COUNTS},
        "people": [
            {
                "key": key,
                "name": person.name,
                "display_name": person.display_name,
                "bot": person.bot,
                "messages": found.authors.get(key, 0),
            }
            for key, person in found.people.items()
        ],
        "rooms": [
            {
                "key": one.room.key,
                "name": one.room.name,
                "kind": one.room.kind,
                "archived": one.room.archived,
                "members": len(one.room.members),
                "messages": one.messages,
                "first": one.first,
                "last": one.last,
            }
            for one in found.rooms
        ],
        "problems": _problems(found.problems),
    }


def survey_lines(found: Survey) -> Iterator[str]:
    yield (
        f"{found.format}: {counted(found.messages, 'message')} by {counted(len(found.authors), 'author')}"
        f" in {counted(len(found.rooms), 'room')}"
    )
    yield (
        f"  {found.replies} replies, {found.edited} edited, {found.deleted} deleted,"
        f" {counted(found.reactions, 'reaction')}, {counted(found.pins, 'pin')}"
    )
    yield (
        f"  {counted(found.files, 'file')} ({size(found.file_bytes)}) in it,"
        f" {found.files_elsewhere} elsewhere; {found.emoji} custom emoji"
    )
    for one in found.rooms[:SHOWN_ROOMS]:
        yield _room_line(one)
    if len(found.rooms) > SHOWN_ROOMS:
        yield f"  … and {len(found.rooms) - SHOWN_ROOMS} more rooms (--json lists all)"
    alone = [one for one in found.rooms if one.room.kind == "direct" and len(set(one.room.members)) < 2]
    if alone:
        messages = counted(sum(one.messages for one in alone), "message")
        rooms = counted(len(alone), "direct room")
        yield f"{messages} in {rooms} of one person: notes to oneself are not imported"
    if found.future:
        yield (
            f"{counted(found.future, 'message')} from later than now: an import gives them the time at which"
            " they come in. Is this machine's clock right, and the server's?"
        )
    bots = sum(person.bot for person in found.people.values())
    people = "1 person" if len(found.people) == 1 else f"{len(found.people)} people"
    yield f"{people}, {bots} of them bots; who has no account here gets a placeholder"
    yield from problem_lines(found.problems)


def _room_line(one: RoomCount) -> str:
    when = "" if one.first is None or one.last is None else f", {_day(one.first)} to {_day(one.last)}"
    archived = ", archived" if one.room.archived else ""
    name = one.room.name or one.room.key
    return f"  {name} ({one.room.kind}{archived}): {counted(one.messages, 'message')}{when}"


def problem_lines(problems: dict[Kind, Problem]) -> Iterator[str]:
    for kind, problem in problems.items():
        more = " …" if problem.count > len(problem.places) else ""
        yield f"{problem.count} x {kind}: {', '.join(problem.places)}{more}"


def moved_document(moved: Moved, problems: Problems) -> dict[str, Any]:
    counts = attrs.asdict(moved)
    return {"import": counts.pop("import_"), **counts, "problems": _problems(problems.by_kind)}


def moved_lines(moved: Moved, problems: Problems) -> Iterator[str]:
    """What came; then what did not."""
    changed = f", {moved.edited} edited, {moved.deleted} deleted" if moved.edited or moved.deleted else ""
    yield (
        f"{counted(moved.added, 'message')} added{changed}, {moved.unchanged} there already;"
        f" {counted(moved.reactions, 'reaction')}, {counted(moved.files, 'file')};"
        f" {counted(moved.rooms, 'room')}, {counted(moved.people, 'new placeholder')}"
    )
    if moved.further_parts:
        yield f"{moved.further_parts} of them are further parts of others that were too long for one message"
    if moved.missing_files:
        yield f"{counted(moved.missing_files, 'file')} could not be had; each message says which"
    if moved.missing_roots:
        replies = "1 reply" if moved.missing_roots == 1 else f"{moved.missing_roots} replies"
        yield f"{replies} to something that is not in the export: they stand alone"
    if moved.future:
        yield future_line(moved)
    if moved.dropped:
        yield f"{moved.dropped} reactions, pins or emoji were left out: unknown here, or more than allowed"
    if moved.decided_late:
        who = ", ".join(moved.decided_late[:SHOWN_PEOPLE])
        yield f"an earlier run has decided who this is, and messages cannot change hands: {who}"
    if moved.unknown_people:
        who = ", ".join(moved.unknown_people[:SHOWN_PEOPLE])
        yield (
            f"nobody who came in has these keys of the table: {who}. If it should be somebody:"
            f" `chatctl import undo {moved.import_}`, mend the table, and run the import again"
        )
    if moved.rooms_deleted:
        which = ", ".join(moved.rooms_deleted[:SHOWN_ROOMS])
        yield f"left out, since they were deleted here: {which}. `--room ROOM=HERE` brings one elsewhere"
    if moved.direct_left_out:
        yield f"{counted(moved.direct_left_out, 'direct room')} of one person left out"
    if moved.people:
        yield f"`chatctl import people {moved.import_} --links FILE` writes links to claim placeholders with"
    yield from problem_lines(problems.by_kind)


def undone_document(import_: str, erased: int, last: ImportUndone) -> dict[str, Any]:
    left = {
        "rooms": last.rooms_left,
        "people": last.people_left,
        "members": last.members_left,
        "emoji": last.emoji_left,
    }
    return {"import": import_, "erased": erased, "left": left, "stays_with": last.stays_with}


def undone_lines(erased: int, last: ImportUndone) -> Iterator[str]:
    """What went; then what stays because people have used it."""
    yield f"the import is taken back: {counted(erased, 'message')} erased"
    left = (
        (last.rooms_left, counted(last.rooms_left, "room")),
        (last.people_left, counted(last.people_left, "account")),
        (last.members_left, counted(last.members_left, "membership")),
        (last.emoji_left, f"{last.emoji_left} custom emoji"),
    )
    said = [what for count, what in left if count]
    if said:
        yield f"left, since people have used them: {', '.join(said)}"
    if last.stays_with is not None:
        yield (
            "memberships, custom emoji and who is who stay with another import of the same source:"
            f" {last.stays_with}"
        )


def future_line(moved: Moved) -> str:
    return (
        f"{counted(moved.future, 'message')} from later than the server's clock got its time instead. If the"
        f" clock is behind: set it, `chatctl import undo {moved.import_}`, and run the import again"
    )


def _problems(problems: dict[Kind, Problem]) -> dict[str, Any]:
    return {kind: {"count": problem.count, "places": problem.places} for kind, problem in problems.items()}


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")
