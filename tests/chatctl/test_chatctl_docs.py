"""docs/chatctl.md and the commands are the same list."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from chatctl.cli import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "chatctl.md").read_text()


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def sections() -> dict[str, str]:
    parts = re.split(r"^### `chatctl ([a-z -]+)`$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section_and_no_other_has_one():
    assert sorted(sections()) == sorted(path for path, _ in commands(cli))


def test_every_command_that_a_page_names_exists() -> None:
    """Also where the name is broken between two lines, which no search for it finds."""
    known = {path for path, _ in commands(cli)} | {path.split()[0] for path, _ in commands(cli)}
    named = {}
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
        for quoted in re.findall(r"`chatctl\s([^`]+)`", text):
            words = re.sub(r"^(--[a-z-]+ \S+ )+", "", " ".join(quoted.split())).split()
            name = " ".join(itertools.takewhile(re.compile("[a-z][a-z-]*").fullmatch, words[:2]))
            named[name] = page.name
    assert len(named) > 50
    assert {name: page for name, page in named.items() if name and name not in known} == {}


@pytest.mark.parametrize(("path", "command"), list(commands(cli)), ids=lambda value: str(value))
def test_a_section_names_every_option(path, command):
    own = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    options = {name for param in own for name in param.opts}
    assert not {name for name in options if name not in sections()[path]}
    assert command.help


def test_every_option_of_chatctl_itself_is_on_the_page():
    own = {name for param in cli.params for name in param.opts if name.startswith("--")} - {"--version"}
    assert not {name for name in own if f"`{name}" not in PAGE}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_the_shell(nowhere, shell):
    assert f"_CHATCTL_COMPLETE={shell}_complete" in nowhere("completion", shell)
