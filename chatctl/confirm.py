"""Asking before something is destroyed."""

from __future__ import annotations

import sys

import rich_click as click

from chatctl.failure import Failed
from chatctl.output import sanitized


def confirm(question: str, yes: bool) -> None:
    """Returns when the answer is yes; raises Failed when it is no.

    Asks on a terminal only: a script means what it says, and so does `yes`.
    """
    if yes or not sys.stdin.isatty():
        return
    if not click.confirm(sanitized(question), err=True):
        raise Failed("nothing was done")
