"""Nothing of an export is lost in silence: what is left out because a value has a wrong type is counted."""

from __future__ import annotations

import copy
import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from imports import test_hostile as hostile
from imports.reading import folder
from imports.small_exports import JSON
from imports.test_broken_exports import paths

from chatctl.imports.export import Export, Options, Unreadable
from chatctl.imports.survey import Survey, survey

ODD: list[Any] = [10**30, "zzz", ["x", 7], {"x": {}}]
COUNTED = ("messages", "replies", "edited", "reactions", "files", "files_elsewhere", "emoji")


def whole(reader: type[Export], path: Path) -> Survey:
    with reader.read(path, Options(zone="Europe/Berlin", day_first=True)) as export:
        return survey(export)


def as_files(files: dict[str, Any]) -> dict[str, str | bytes]:
    return {name: what if isinstance(what, str | bytes) else json.dumps(what) for name, what in files.items()}


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    document = copy.deepcopy(document)
    here = document
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return document


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize(
    ("reader", "document", "write"),
    [*hostile.FORMATS, *((reader, document, dict) for reader, document in JSON)],
    ids=lambda one: getattr(one, "format", ""),
)
def test_what_is_left_out_because_of_its_type_is_told(
    reader: type[Export], document: Any, write: Callable[[Any], dict[str, Any]], tmp_path: Path
) -> None:
    good = whole(reader, folder(tmp_path / "good", as_files(write(document))))
    silent = []
    for path in paths(document):
        for odd in ODD:
            now = at(document, path)
            if isinstance(odd, type(now)) or (isinstance(odd, int) and isinstance(now, str)):
                continue  # it may well be what it says, of something that is not in the export
            if isinstance(odd, dict) and len(path) == 1:
                continue  # a whole file, in which the list could stand by its name
            try:
                files = as_files(write(changed(document, path, odd)))
            except (AttributeError, TypeError, struct.error):
                continue  # this cannot be written
            shutil.rmtree(tmp_path / "odd", ignore_errors=True)
            try:
                found = whole(reader, folder(tmp_path / "odd", files))
            except Unreadable:
                continue
            less = [name for name in COUNTED if getattr(found, name) < getattr(good, name)]
            told = any(
                problem.count > getattr(good.problems.get(kind), "count", 0)
                for kind, problem in found.problems.items()
            )
            if less and not told:
                silent.append((path, odd, less))
    assert silent == []


PEOPLE = [f"p{number}" for number in range(5)]
# Where the number of reactions that a message takes stands, and a message with more.
REACTED: list[tuple[type[Export], str, Any, Callable[[Any], dict[str, Any]], tuple[Any, ...], Any]] = [
    (*hostile.FORMATS[0][:1], "slack.messages._REACTIONS", *hostile.FORMATS[0][1:],
     ("general/2015-01-01.json", 0, "reactions"), [{"name": "tada", "users": PEOPLE}]),
    (*hostile.FORMATS[1][:1], "mattermost.posts._REACTIONS", *hostile.FORMATS[1][1:],
     (4, "post", "reactions"), [{"user": one, "emoji_name": "tada"} for one in PEOPLE]),
    (*hostile.FORMATS[2][:1], "rocketchat.messages._REACTIONS", *hostile.FORMATS[2][1:],
     ("rocketchat_message", 0, "reactions"), {":tada:": {"usernames": PEOPLE}}),
    (JSON[0][0], "discord.messages.MAX_REACTIONS", JSON[0][1], dict, ("tea.json", "messages", 0, "reactions"),
     [{"emoji": {"name": "x"}, "count": 5, "users": [{"id": str(n), "name": "x"} for n in range(1, 6)]}]),
    (JSON[2][0], "telegram.messages.MAX_REACTIONS", JSON[2][1], dict,
     ("result.json", "chats", "list", 0, "messages", 1, "reactions"),
     [{"emoji": "x", "count": 5, "recent": [{"from_id": f"user{n}"} for n in range(5)]}]),
    (JSON[4][0], "teams.messages.MAX_REACTIONS", JSON[4][1], dict,
     ("teams/t/messages_t.json", 0, "Reactions"),
     [{"ReactionType": "like", "User": {"User": {"Id": one}}} for one in PEOPLE]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "limit", "document", "write", "path", "value"), REACTED, ids=[one[1] for one in REACTED]
)
def test_that_a_message_has_more_reactions_than_are_taken_is_told(
    reader: type[Export],
    limit: str,
    document: Any,
    write: Callable[[Any], dict[str, Any]],
    path: tuple[Any, ...],
    value: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = folder(tmp_path, as_files(write(changed(document, path, value))))
    told = whole(reader, files)
    assert "changed" not in told.problems
    monkeypatch.setattr(f"chatctl.imports.{limit}", 3)
    fewer = whole(reader, files)
    assert fewer.reactions == told.reactions - 2
    [place] = fewer.problems["changed"].places
    assert place.endswith(": more than 3 reactions")
