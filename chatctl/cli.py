"""`chatctl`: the root command, its options, and how every command ends.

Exit status: 0 done; 1 refused or failed, with one line on stderr; 2 wrong usage. A closed pipe and
Ctrl-C end it quietly, but that what was under way says how to go on.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any

import rich_click as click

from chatctl.commands import (
    access,
    account,
    audit,
    backup,
    block,
    bot,
    cluster,
    completion,
    device,
    direct,
    event,
    file,
    import_,
    invite,
    member,
    message,
    report,
    room,
    server,
    sign_in,
    space,
    view,
)
from chatctl.complete import complete_names
from chatctl.ctrl_c import by_ctrl_c
from chatctl.failure import Failed
from chatctl.output import sanitized
from chatctl.server_options import accept_everywhere, server_options
from chatd import __version__
from chatd.output import open_standard_files
from chatd.shortage import shortage

BY_CTRL_C = 130  # as shells report a command ended by a signal
BY_PIPE = 141


class Root(click.RichGroup):
    """Turns failures into one line and an exit status."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """On a pipe, wrong usage is one plain line too; on a terminal it stands in a frame."""
        open_standard_files()
        sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115 - Python has none for a closed one
        sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
        sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
        if not standalone_mode or sys.stderr.isatty():
            return super().main(args, prog_name, complete_var, standalone_mode, **extra)
        try:
            status = super().main(args, prog_name, complete_var, False, **extra)
        except click.ClickException as error:
            sys.stderr.write(f"chatctl: {_one_line(error)}\n")
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _shortage_said():
                result = super().invoke(ctx)
                sys.stdout.flush()
        except Failed as failure:
            sys.stderr.write(f"chatctl: {sanitized(str(failure))}\n")
            ctx.exit(1)
        except UnicodeError:
            sys.stderr.write("chatctl: what was typed or piped in is not valid UTF-8\n")
            ctx.exit(1)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the very end
            ctx.exit(BY_PIPE)
        except OSError as error:
            if error.filename is not None:  # not the output, but a file that was named
                sys.stderr.write(f"chatctl: {sanitized(os.fsdecode(error.filename))}: {error.strerror}\n")
                ctx.exit(1)
            if error.errno not in (errno.ENOSPC, errno.EIO, errno.EBADF):
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for the flush at the very end
            sys.stderr.write(f"chatctl: cannot write the output: {os.strerror(error.errno)}\n")
            ctx.exit(1)
        except (KeyboardInterrupt, BaseExceptionGroup) as error:
            if not by_ctrl_c(error):
                raise
            ctx.exit(BY_CTRL_C)
        return result


@contextmanager
def _shortage_said() -> Iterator[None]:
    try:
        yield
    except (MemoryError, RuntimeError, OSError, BaseExceptionGroup) as error:
        if (short := shortage(error)) is None:
            raise
        raise Failed(short) from error


def _one_line(error: click.ClickException) -> str:
    message = sanitized(" ".join(error.format_message().split())).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message}; see `{context.command_path} -h`" if context else message


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chatctl")
def cli() -> None:
    """Administer a chatd: accounts, spaces, rooms, moderation, the log, backups.

    Takes names and ids; a room may be written SPACE/ROOM. The options below may stand anywhere on the line.
    """


COMMANDS = (
    account,
    device,
    bot,
    space,
    member,
    room,
    direct,
    block,
    access,
    invite,
    message,
    file,
    report,
    audit,
    event,
    view,
    server,
    cluster,
    backup,
    import_,
    completion,
)
for module in COMMANDS:
    cli.add_command(module.command)
for command in (sign_in.sign_in, sign_in.sign_out):
    cli.add_command(command)
cli.params[:0] = server_options(of_root=True)
accept_everywhere(cli)
complete_names(cli)


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for terminals that do not speak UTF-8
    cli(prog_name="chatctl")


if __name__ == "__main__":
    main()
