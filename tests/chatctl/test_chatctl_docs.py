"""docs/chatctl.md and the commands are the same list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from chatctl.cli import cli

PAGE = (Path(__file__).parents[2] / "docs" / "chatctl.md").read_text()


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
