"""`chatctl sign-in` and `chatctl sign-out`: this terminal as a device of an account, at an address."""

from __future__ import annotations

import socket
import sys

import rich_click as click

from chatctl.connection import Connection
from chatctl.failure import Failed
from chatctl.output import print_result, warn
from chatctl.saved_tokens import forget_tokens, load_tokens, save_tokens, tokens_file


@click.command("sign-in")
@click.option("--name", help="The name of the account; without it, chatctl asks.")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input, and from a second line the code of a second factor.",
)
@click.pass_obj
def sign_in(connection: Connection, name: str | None, password_stdin: bool) -> None:
    """Sign in at --url, with name, password and second factor; later commands with that --url use it.

    The tokens are kept in a file that only you can read, and are refreshed as needed.
    """
    url = _address(connection)
    if not password_stdin and not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give --name and --password-stdin")
    if name is None:
        if password_stdin:
            raise click.UsageError("--password-stdin needs --name")
        name = str(click.prompt("Name", err=True))
    password = _secret("Password", password_stdin)
    tokens = connection.sign_in(name, password, _device())
    if tokens is None:
        code = _secret("Code of the second factor", password_stdin).replace(" ", "")
        tokens = connection.sign_in(name, password, _device(), code)
    if tokens is None:
        raise Failed("that code is wrong or was used already; wait for the next one, or use a recovery code")
    save_tokens(url, tokens)
    print_result(
        connection,
        {"account": tokens.account, "url": url, "file": str(tokens_file())},
        f"signed in as {name.strip()}; `chatctl sign-out --url {url}` ends it",
    )


@click.command("sign-out")
@click.pass_obj
def sign_out(connection: Connection) -> None:
    """Sign out at --url: the device ends on the server, and its tokens leave the file."""
    from chatd.contract.sign_in import SignOut

    url = _address(connection)
    tokens = load_tokens(url)
    if tokens is None:
        raise Failed(f"nobody is signed in at {url}")
    forget_tokens(url)
    try:
        connection.signed_in_as(tokens).do(SignOut())
    except Failed as failure:
        warn(f"the server could not be told ({failure}); end this device from another one")
    print_result(connection, {"account": tokens.account, "url": url}, f"signed out at {url}")


def _address(connection: Connection) -> str:
    if connection.url is None:
        raise click.UsageError("give the address: --url URL")
    return connection.url


def _secret(prompt: str, from_stdin: bool) -> str:
    """Typed without echo, or the next line of standard input."""
    if not from_stdin:
        return str(click.prompt(prompt, hide_input=True, err=True))
    if line := sys.stdin.readline().rstrip("\r\n"):
        return line
    raise Failed(f"{prompt.lower()}: nothing came on standard input; pipe it in as a line of its own")


def _device() -> str:
    return f"chatctl on {socket.gethostname()}"[:80]
