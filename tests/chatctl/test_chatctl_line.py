"""The line as people type it: options anywhere, help everywhere, names completed, plain errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from shutil import rmtree

import click
import pytest

from chatctl.cli import cli

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "--data", "{}", "space", "list"),
        ("space", "--json", "list", "--data", "{}"),
        ("space", "list", "--data={}", "--json"),
        ("--data", "/nowhere", "space", "list", "--data", "{}", "--json"),
    ],
    ids=" ".join,
)
def test_options_of_the_connection_stand_anywhere(chatctl, town, invoke, words):
    result = invoke(*(word.format(chatctl.data) for word in words))
    assert result.exit_code == 0, result.output
    assert town.space in json.loads(result.stdout)


def test_what_looks_like_an_option_in_a_text_is_a_text(town):
    posted = town.ada.json("message", "post", town.room["id"], "--", "--json")
    shown = town.ada.json("message", "show", town.room["id"], str(posted["seq"]))
    assert shown["text"] == "--json"


def test_an_address_is_accepted_behind_the_command(town, invoke):
    words = ("space", "list", "--json", "--token", town.ada.token, "--url", town.ada.url)
    assert [space["id"] for space in json.loads(invoke(*words).stdout)] == [town.space["id"]]


def test_a_folder_and_an_address_are_not_both_taken(chatctl, invoke):
    result = invoke("--data", chatctl.data, "space", "list", "--url", chatctl.url)
    assert result.exit_code == 2
    assert result.stderr.startswith("chatctl: give --data or --url, not both")


def test_what_is_typed_wins_over_the_environment(chatctl, town):
    environment = CLEAN | {"CHATD_URL": "http://127.0.0.1:9", "CHATD_TOKEN": "t", "CHATD_DATA": "/nowhere"}
    command = [sys.executable, "-m", "chatctl.cli", "space", "list", "--json", "--data", chatctl.data]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert town.space in json.loads(done.stdout)


def test_a_restored_folder_is_named_anywhere_on_the_line_and_not_by_the_environment(
    chatctl, invoke, tmp_path, monkeypatch
):
    copy = str(tmp_path / "copy.db")
    chatctl("backup", "create", copy)
    restore, options = ("backup", "restore", copy), ("--data", str(tmp_path / "new"))
    places = (
        [*options, *restore],
        ["backup", *options, "restore", copy],
        [*restore, *options],
        ["--data", chatctl.data, *restore, *options],  # what stands nearer to the command is its own
    )
    for place in places:
        assert invoke(*place).exit_code == 0, place
        assert (tmp_path / "new" / "chatd.db").exists()
        rmtree(tmp_path / "new")
    monkeypatch.setenv("CHATD_DATA", str(tmp_path / "new"))
    assert invoke(*restore).exit_code == 2
    assert not (tmp_path / "new").exists()


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = [[(*path, name)] for name in group.commands]
    deeper = [
        every_command(command, (*path, name))
        for name, command in group.commands.items()
        if isinstance(command, click.Group)
    ]
    return [one for some in [*below, *deeper] for one in some]


@pytest.mark.parametrize("path", [(), *every_command(cli)], ids=" ".join)
def test_every_command_explains_itself(invoke, path):
    result = invoke(*path, "-h")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["room", "nonsense"],
        ["room", "show"],
        ["room", "list", "--nonsense"],
        ["message", "list", "r", "--limit", "many"],
        ["invite", "create", "--space", "s", "--expires-in", "soon"],
        ["space", "list", "--url", "nonsense", "--token", "t"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_plain_line_on_a_pipe(nowhere, words):
    result = nowhere.run(*words)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("chatctl: ")
    assert "-h`" in line
    assert result.stdout == ""


# --- completion ------------------------------------------------------------------------------------------


def completed(*words: str, data: str, incomplete: str = "") -> list[str]:
    line = " ".join(["chatctl", "--data", data, *words, incomplete])
    environment = CLEAN | {
        "_CHATCTL_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) + 3),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from chatctl.cli import main; main()"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


def test_names_are_completed_from_the_running_server(chatctl, town):
    name, space, room = town.account["name"], town.space["name"], town.room["name"]
    assert name in completed("account", "show", data=chatctl.data, incomplete="ada-")
    assert completed("space", "show", data=chatctl.data, incomplete=space) == [space]
    assert completed("room", "members", data=chatctl.data, incomplete=room) == [room]
    of_space = completed("room", "show", data=chatctl.data, incomplete=f"{space}/")
    assert of_space == [f"{space}/{room}"]
    assert space in completed("room", "list", "--space", data=chatctl.data, incomplete="team-")


def test_a_name_that_a_shell_would_carry_out_is_completed_as_its_id(chatctl, town):
    """Members name rooms; an operator presses Tab and Enter, and bash takes what is completed as it is."""
    space, names = (
        town.space["name"],
        ("quay;reboot", "quay$(reboot)", "quay`reboot`", "quay*", "quay'", "!!"),
    )
    ids = {chatctl.json("room", "create", name, "--space", space)["id"] for name in names}
    begun = (completed("room", "show", data=chatctl.data, incomplete=part) for part in ("quay", "!"))
    assert {word for words in begun for word in words} == ids
    chatctl.json("space", "create", "{wharf,|sh}", "--owner", town.account["name"])
    plain = chatctl.json("room", "create", "Kai-Süd_1.b", "--space", "{wharf,|sh}")
    assert completed("room", "show", data=chatctl.data, incomplete="{wharf") == [plain["id"]]
    assert completed("room", "show", data=chatctl.data, incomplete="kai-s") == [plain["name"]]


def test_without_a_server_nothing_is_completed_and_nothing_said(tmp_path):
    assert completed("account", "show", data=str(tmp_path)) == []


def paths(group: click.Group, *words: str) -> Iterator[tuple[str, click.ParamType]]:
    """The arguments that name a file, a folder or a repository, each with its command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from paths(command, *words, name)
        for param in command.params:
            if isinstance(param, click.Argument) and param.name in ("target", "source", "repository", "path"):
                yield " ".join((*words, name, param.name)), param.type


def test_paths_are_left_to_the_shell():
    found = dict(paths(cli))
    assert {"backup create target", "backup check source", "backup list repository"} <= found.keys()
    assert {name for name, type_ in found.items() if not isinstance(type_, click.Path)} == set()


# --- other terminals -------------------------------------------------------------------------------------


def test_what_a_terminal_cannot_show_becomes_backslashes(chatctl, town):
    town.ada("message", "post", town.room["id"], "grüße 👋")
    environment = CLEAN | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "chatctl.cli", "--data", chatctl.data]
    words = ["message", "list", town.room["id"]]
    done = subprocess.run([*command, *words], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("gr\\xfc\\xdfe \\U0001f44b\n")
    done = subprocess.run(
        [*command, "--json", *words], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.isascii()
    assert json.loads(done.stdout)[-1]["text"] == "grüße 👋"


def test_a_text_that_is_not_of_the_terminals_encoding_is_refused(chatctl, town):
    command = [sys.executable, "-m", "chatctl.cli", *town.ada.options(), "message", "post", town.room["id"]]
    done = subprocess.run(
        [*map(os.fsencode, command), b"\xff\xfe"], env=CLEAN, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "chatctl: what was typed or piped in is not valid UTF-8\n")


@pytest.mark.parametrize("number", [str(10**21), "9" * 5000], ids=["22 digits", "5000 digits"])
@pytest.mark.parametrize(
    "words",
    [
        ("event", "tail", "--no-follow", "--from", "{}"),
        ("message", "show", "{room}", "{}"),
        ("room", "slow-mode", "{room}", "{}d"),
        ("invite", "create", "--space", "{space}", "--max-uses", "{}"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_number_that_is_too_large_for_anything_is_one_line(chatctl, town, words, number):
    names = {"room": town.room["id"], "space": town.space["id"]}
    result = chatctl.run(*(word.format(number, **names) for word in words))
    assert result.exit_code in (1, 2)
    (line,) = result.stderr.splitlines()
    assert line.startswith("chatctl: ")


def test_who_reads_the_log_from_behind_its_end_is_told_so_in_words_of_the_line(chatctl, town):
    refusal = chatctl.refused("event", "tail", "--no-follow", "--from", str(10**9))
    assert refusal.startswith(f"chatctl: the log ends before position {10**9}")
    assert "--from 0" in refusal
