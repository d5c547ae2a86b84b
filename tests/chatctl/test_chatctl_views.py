"""What people see: plain tables on a pipe, names with ids beside, local times."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios
import time
from datetime import datetime
from typing import Any, get_args, get_type_hints

import pytest
from click import UsageError
from msgspec import Struct

from chatctl.count import counted
from chatctl.date import Date
from chatctl.output import is_time, local_time
from chatd.contract import fields
from chatd.contract.requests import REQUESTS

ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
LONGEST_NAME = 80  # of a space
MILLISECONDS = re.compile(r"\b1[5-9]\d{11}\b")


def test_a_table_on_a_pipe_is_bare_lines_of_fields_with_tabs(chatctl, town):
    lines = chatctl("room", "members", town.room["id"]).splitlines()
    assert lines[0].split("\t") == ["name", "display name", "role", "disabled", "joined", "id"]
    assert lines[1].split("\t")[0] == town.account["name"]
    assert lines[1].split("\t")[-1] == town.account["id"]
    assert len(lines) == 2
    assert not [line for line in lines if line != line.strip() or "  " in line or "─" in line]


def test_an_object_on_a_pipe_is_a_line_a_field(chatctl, town):
    lines = chatctl("space", "show", town.space["id"]).splitlines()
    assert f"name\t{town.space['name']}" in lines
    assert all("\t" in line for line in lines)


def on_terminal(chatctl: Any, *words: str, columns: int = 80) -> list[str]:
    """The lines that a command shows on a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with chatctl.start(*words, stdin=theirs, stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # how Linux says that the other side of a terminal is closed
                break
        assert run.wait(60) == 0
    os.close(ours)
    return re.sub(r"\x1b\[[\d;]*m", "", shown.decode()).splitlines()


def test_a_table_on_a_terminal_begins_with_its_headings(chatctl, town):
    first, *more = on_terminal(chatctl, "room", "members", town.room["id"])
    assert first.split()[0] == "name"
    assert any(town.account["name"] in line for line in more)


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize(
    "words", ["account list", "space list", "room list", "room show {room}", "invite list --space {space}"]
)
def test_an_id_is_never_broken_on_a_terminal_that_can_hold_it(chatctl, town, words, columns):
    town.ada("invite", "create", "--space", town.space["id"])
    words = words.format(room=town.room["id"], space=town.space["id"])
    ids = set(ID.findall(chatctl(*words.split())))
    lines = on_terminal(chatctl, *words.split(), columns=columns)
    assert ids <= set(ID.findall("\n".join(lines)))
    if words != f"room show {town.room['id']}":  # whose lines the terminal breaks where it must
        assert max(map(len, lines)) <= max(columns, len("display name") + 2 + LONGEST_NAME + 29)


def test_deleted_accounts_are_listed_only_when_asked_for(chatctl, town):
    gone = chatctl.json("account", "create", f"gone-{town.account['name']}", "--no-password")["id"]
    assert "deleted" not in chatctl("account", "list").splitlines()[0]
    assert gone in chatctl("account", "list")
    chatctl("account", "delete", gone, "--yes")
    assert gone not in chatctl("account", "list")
    assert gone not in [account["id"] for account in chatctl.json("account", "list")]
    table = chatctl("account", "list", "--all").splitlines()
    column = table[0].split("\t").index("deleted")
    assert next(row for row in table if gone in row).split("\t")[column] == "yes"


def test_one_thing_is_not_called_by_a_plural(chatctl, town):
    bare = chatctl.json("account", "create", f"solo-{town.account['name']}", "--no-password")["name"]
    chatctl.as_account(bare)
    assert chatctl("account", "delete", bare, "--dry-run").rstrip().endswith("would erase 1 device")
    counts = (0, "0 messages"), (1, "1 message"), (2, "2 messages")
    assert [counted(count, "message") for count, _ in counts] == [said for _, said in counts]


@pytest.mark.parametrize(
    "words",
    [
        ("space", "list"),
        ("space", "show", "{space}"),
        ("event", "tail", "--no-follow", "--stream", "room/{room}"),
        ("event", "tail", "--no-follow", "--stream", "space/{space}"),
        ("audit", "list", "--space", "{space}"),
        ("invite", "list", "--space", "{space}"),
        ("message", "show", "{room}", "1"),
    ],
    ids=lambda words: " ".join(words),
)
def test_who_did_it_is_shown_by_name_with_the_id_beside(chatctl, town, words):
    town.ada("invite", "create", "--space", town.space["id"])
    town.ada("message", "post", town.room["id"], "hello")
    ids = {"space": town.space["id"], "room": town.room["id"]}
    seq = {"1": str(chatctl.json("message", "list", town.room["id"])[-1]["seq"])}
    shown = chatctl(*(seq.get(word, word.format(**ids)) for word in words))
    assert f"{town.account['name']} ({town.account['id']})" in shown


def test_a_room_is_shown_by_name_with_the_id_beside(chatctl, town):
    shown = chatctl("event", "tail", "--no-follow", "--stream", f"room/{town.room['id']}")
    assert f"room/{town.space['name']}/{town.room['name']} ({town.room['id']})" in shown
    assert f"space\t{town.space['name']} ({town.space['id']})" in chatctl("room", "show", town.room["id"])


def test_who_has_left_a_room_is_shown_by_name(chatctl, town):
    town.ada("message", "post", town.room["id"], "goodbye")
    town.ada("room", "leave", town.room["id"])
    assert f"{town.account['name']}: goodbye" in chatctl("message", "list", town.room["id"])


def test_no_view_for_people_shows_milliseconds(chatctl, town):
    room, space, name = town.room["id"], town.space["id"], town.account["name"]
    seq = str(town.ada.json("message", "post", room, "hello")["seq"])
    town.ada("message", "edit", room, seq, "hello again")
    chatctl("invite", "create", "--space", space, "--expires-in", "7d")
    guest = chatctl.json("account", "create", f"guest-{name}", "--no-password")["id"]
    chatctl("member", "ban", guest, "--space", space, "--for", "7d", "--yes")
    for words in (
        ("account", "show", name),
        ("account", "list"),
        ("account", "devices", name),
        ("space", "show", space),
        ("space", "members", space),
        ("room", "show", room),
        ("room", "members", room),
        ("message", "show", room, seq),
        ("message", "edits", room, seq),
        ("invite", "list", "--space", space),
        ("member", "bans", "--space", space),
        ("audit", "list", "--space", space),
        ("event", "tail", "--no-follow", "--stream", f"space/{space}"),
        ("server", "status"),
    ):
        shown = chatctl(*words)
        assert not MILLISECONDS.findall(shown), words
        assert str(datetime.now().year) in shown, words


def times(hint: Any) -> bool:
    return hint is fields.Time or any(times(part) for part in get_args(hint) if part is not hint)


def test_every_time_of_the_contract_is_known_as_one_by_its_name():
    seen, waiting = set(), {row.result for row in REQUESTS.values()}
    while waiting:
        type_ = waiting.pop()
        seen.add(type_)
        for field, hint in get_type_hints(type_, include_extras=True).items():
            assert not times(hint) or is_time(field), f"{type_.__name__}.{field}"
            waiting |= {
                part
                for part in (hint, *get_args(hint))
                if isinstance(part, type) and issubclass(part, Struct)
            } - seen


@pytest.fixture
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")  # wherever the system has no list of zones
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (0, "1970-01-01 01:00:00"),
        (1_792_884_000_999, "2026-10-25 01:20:00"),
        (1_792_888_200_000, "2026-10-25 02:30:00+02:00"),
        (1_792_891_800_000, "2026-10-25 02:30:00+01:00"),
        (1_792_894_200_000, "2026-10-25 03:10:00"),
        (253_402_210_800_000, "9999-12-31 00:00:00"),
    ],
)
def test_times_are_local_and_can_be_given_as_they_are_shown(berlin, at, shown):
    """In the hour that clocks pass twice only their distance to UTC says which one is meant."""
    assert local_time(at) == shown
    assert Date().convert(shown, None, None) == at // 1000 * 1000


def test_a_time_that_came_twice_is_asked_for_again(berlin):
    with pytest.raises(UsageError, match=r"'2026-10-25 02:30:00\+02:00' or '2026-10-25 02:30:00\+01:00'"):
        Date().convert("2026-10-25T02:30", None, None)


def test_a_time_that_never_came_is_the_one_an_hour_later(berlin):
    assert local_time(Date().convert("2026-03-29T02:30", None, None)) == "2026-03-29 03:30:00"
