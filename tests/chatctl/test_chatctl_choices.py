"""An option offers what the contract takes. Help loads no contract, so chatctl has lists of its own."""

from __future__ import annotations

from typing import Any, get_args

import click
import pytest

from chatctl.cli import cli
from chatd.contract import fields


def choices(path: str, name: str) -> tuple[str, ...]:
    command: click.Command = cli
    for word in path.split():
        assert isinstance(command, click.Group)
        command = command.commands[word]
    (type_,) = (param.type for param in command.params if param.name == name)
    assert isinstance(type_, click.Choice)
    return tuple(type_.choices)


@pytest.mark.parametrize(
    ("path", "name", "field"),
    [
        ("bot create", "scopes", fields.Scope),
        ("bot update", "scopes", fields.Scope),
        ("invite create", "role", fields.GrantedRole),
        ("member set-role", "role", fields.Role),
        ("room create", "kind", fields.RoomKind),
        ("room override", "right", fields.ShowingRight),
        ("room override", "role", fields.BoundRole),
    ],
)
def test_an_option_offers_what_the_contract_takes(path: str, name: str, field: Any) -> None:
    assert set(choices(path, name)) == set(get_args(field))
