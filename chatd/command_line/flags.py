"""Flags that stand for the values of one parameter: at most one of them is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Any], Any]


def one_flag_of(parameter: str, **flags: tuple[str, str]) -> Decorator:
    """Options that give the command `parameter`: for each flag its value and its help. None: none is given.
    Two of them are wrong usage; click itself would take the last."""

    def decorate(command: Any) -> Any:
        for flag, (value, help_) in reversed(flags.items()):
            command = _option(parameter, f"--{flag.replace('_', '-')}", value, help_)(command)
        return command

    return decorate


def _option(parameter: str, flag: str, value: str, help_: str) -> Decorator:
    def take(context: click.Context, option: click.Parameter, given: bool) -> None:
        before = context.params.setdefault(parameter, None)
        if not given:
            return
        if before is not None:
            other = context.meta[f"{__name__}.{parameter}"]
            raise click.UsageError(f"{other} and {flag} exclude each other", context)
        context.params[parameter] = value
        context.meta[f"{__name__}.{parameter}"] = flag

    return click.option(flag, is_flag=True, expose_value=False, callback=take, help=help_)
