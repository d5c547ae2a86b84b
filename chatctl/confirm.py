"""Asking before something is destroyed."""

from __future__ import annotations

import sys

import rich_click as click

from chatctl.failure import Failed
from chatctl.output import sanitized


def confirm(question: str, yes: bool) -> None:
    """Returns when the answer is yes, which `yes` gives beforehand; raises Failed when it is no.

    Where nobody can be asked, only `yes` is a yes: a script must say what it means.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give --yes")
    if not click.confirm(sanitized(question), err=True):
        raise Failed("nothing was done")
