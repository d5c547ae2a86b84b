"""What destroys asks first, and where nobody can be asked it wants `--yes` instead of doing it or hanging."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator

import click
import pytest

from chatctl.cli import cli


@pytest.mark.parametrize(("answer", "status"), [("n", 1), ("y", 0)])
def test_on_a_terminal_it_asks_before_it_destroys(chatctl, town, answer, status):
    ours, theirs = pty.openpty()
    terminal = {"stdin": theirs, "stderr": theirs, "start_new_session": True}
    words = ("--json", "room", "delete", town.room["id"])
    with chatctl.start(*words, stdout=subprocess.PIPE, **terminal) as delete:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        assert town.room["name"].encode() in shown
        os.write(ours, f"{answer}\n".encode())
        printed = delete.stdout.read()
        assert delete.wait(60) == status
    os.close(ours)
    assert (printed == "") is (answer == "n")
    rooms = chatctl.json("room", "list", "--space", town.space["id"])
    assert (town.room["id"] in [room["id"] for room in rooms]) is (answer == "n")


def asked(chatctl, *words):
    """What it asks on a terminal, where it is answered no."""
    ours, theirs = pty.openpty()
    with chatctl.start(*words, stdin=theirs, stderr=theirs, start_new_session=True) as asking:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, b"n\n")
        assert asking.wait(60) == 1
    os.close(ours)
    return b" ".join(shown.split()).decode()


def test_before_messages_go_it_says_how_many(chatctl, town):
    assert "now that is 0 messages. Go on?" in asked(chatctl, "room", "retention", town.room["id"], "30")
    assert "now that is 0 messages. Go on?" in asked(town.ada, "space", "retention", town.space["id"], "30")


def test_whatever_erases_more_than_before_asks(chatctl, town):
    space, room = ("space", "retention", town.space["id"]), ("room", "retention", town.room["id"])
    chatctl(*room, "all")
    chatctl(*space, "30", "--yes")
    assert "older than 30 days are erased for good" in asked(chatctl, *room, "space")
    chatctl(*room, "60", "--yes")
    assert "older than 30 days" in asked(chatctl, *room, "space")
    assert "older than 59 days" in asked(chatctl, *room, "59d")
    for no_more in ("60", "61", "all"):
        chatctl(*room, no_more)
    chatctl(*room, "30", "--yes")
    chatctl(*room, "space")
    chatctl(*space, "31")


def test_before_a_legal_hold_ends_it_says_what_goes(chatctl, town):
    room = ("room", "retention", town.room["id"])
    chatctl(*room, "--hold")
    seq = town.ada.json("message", "post", town.room["id"], "said and taken back")["seq"]
    town.ada("message", "delete", town.room["id"], str(seq))
    assert "under the legal hold is erased then; that is 1 message. Go on?" in asked(
        chatctl, *room, "--end-hold"
    )
    chatctl(*room, "7", "--yes")
    shown = asked(chatctl, *room, "--end-hold")
    assert "older than 7 days are erased for good, pinned ones too; now that is 0 messages." in shown
    assert "that is 1 message. Go on?" in shown
    assert chatctl.run(*room, "--end-hold").exit_code == 2
    assert chatctl.json(*room, "--end-hold", "--yes")["hold"] is False
    assert chatctl.json(*room, "--end-hold")["hold"] is False


def test_with_yes_it_asks_nobody(chatctl, town):
    ours, theirs = pty.openpty()
    words = ("space", "delete", town.space["id"], "--yes")
    with chatctl.start(*words, stdin=theirs, stdout=subprocess.PIPE, start_new_session=True) as delete:
        os.close(theirs)
        assert "is deleted" in delete.stdout.read()
        assert delete.wait(60) == 0
    os.close(ours)


DESTROYING = {
    "account delete": ("{stray}",),
    "bot delete": ("{bot}",),
    "file delete": ("some-file",),
    "import undo": ("some-import",),
    "member ban": ("{account}", "--space", "{space}"),
    "member erase-messages": ("{account}", "--space", "{space}"),
    "member kick": ("{account}", "--space", "{space}"),
    "room delete": ("{room}",),
    "room remove": ("{room}", "{account}"),
    "room retention": ("{room}", "30"),
    "space delete": ("{space}",),
    "space retention": ("{space}", "30"),
}


def asking(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from asking(command, f"{path}{name} ")
        elif any(option.name == "yes" for option in command.params):
            yield path + name


def test_all_that_asks_is_known_here():
    assert set(asking(cli)) == set(DESTROYING)


@pytest.mark.parametrize("command", DESTROYING)
def test_a_script_that_does_not_say_yes_changes_nothing(chatctl, town, command):
    town.ada("message", "post", town.room["id"], "hello")
    bot = chatctl.json("bot", "create", f"rex-{town.account['name']}", "--owner", town.account["id"])
    stray = chatctl.json("account", "create", f"stray-{town.account['name']}", "--no-password")
    names = {"stray": stray["id"], "account": town.account["id"], "bot": bot["account"]["id"]}
    names |= {"space": town.space["id"], "room": town.room["id"]}
    before = chatctl.json("server", "status")["position"]
    result = chatctl.run(*command.split(), *(word.format(**names) for word in DESTROYING[command]))
    assert result.exit_code == 2
    assert "there is no terminal to ask on: give --yes" in result.stderr
    assert chatctl.json("server", "status")["position"] == before


def test_a_closed_standard_input_is_no_terminal_either(chatctl, town):
    with chatctl.start(
        "room",
        "delete",
        town.room["id"],
        preexec_fn=lambda: os.close(0),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as delete:
        assert "give --yes" in delete.stderr.read()
        assert delete.wait(60) == 2
