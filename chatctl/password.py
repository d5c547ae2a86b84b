"""Passwords come from a pipe or from a prompt, never from the command line, where others could see them."""

from __future__ import annotations

import sys

import rich_click as click

from chatctl.failure import Failed


def read_password(from_stdin: bool) -> str | None:
    """The password; None when there is neither a pipe to read nor a person to ask."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Failed("no password came on standard input; pipe one line into chatctl")
        return password
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    return None
