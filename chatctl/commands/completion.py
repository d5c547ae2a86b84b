"""`chatctl completion SHELL`: what a shell needs to complete commands and options."""

from __future__ import annotations

import rich_click as click
from click.shell_completion import get_completion_class

from chatctl.failure import Failed

SHELLS = ["bash", "zsh", "fish"]


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    For bash: `eval "$(chatctl completion bash)"` in ~/.bashrc.
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise Failed(f"there is no completion for {shell}")
    root = ctx.find_root().command
    click.echo(completion(root, {}, "chatctl", "_CHATCTL_COMPLETE").source())
