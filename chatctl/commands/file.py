"""`chatctl file …`: uploads, and the files that one may read."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.duration import Duration
from chatctl.failure import Failed
from chatctl.options import need_an_account
from chatctl.output import print_result, print_rows, size
from chatd.path_kind import is_there

COLUMNS = {"name": "name", "type": "type", "size": "bytes", "held": "in use", "at": "uploaded", "id": "id"}


@click.group("file")
def command() -> None:
    """Files: one's uploads, and the bytes of what one may read."""


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """The uploads of the account of --token, the newest first."""
    from chatd.contract.file import FilePage, ListFiles

    need_an_account(connection)
    files = connection.run(lambda client: client.all_pages(ListFiles(), FilePage, lambda page: page.files))
    print_rows(connection, files, COLUMNS, "no files")


@command.command()
@click.argument("file")
@click.pass_obj
def info(connection: Connection, file: str) -> None:
    """What is known of a file, named by its id."""
    from chatd.contract.file import FileResult, GetFile

    found = connection.ask(GetFile(file), FileResult).file
    pixels = "" if found.width is None else f", {found.width} x {found.height} pixels"
    print_result(connection, found, f"{found.name}: {found.type}, {size(found.size)}{pixels}")


@command.command()
@click.argument("file")
@click.option(
    "--expires-in", type=Duration(), default="1h", show_default=True, help="How long it is good, such as 30m."
)
@click.pass_obj
def link(connection: Connection, file: str, expires_in: int) -> None:
    """Make a link to a file, which works without a token until it expires."""
    from chatd.contract.file import FileLink, SignFile

    made = connection.ask(SignFile(file, expires_in), FileLink)
    print_result(connection, made, f"{connection.address()}{made.url}")


@command.command()
@click.argument("file")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def download(connection: Connection, file: str, path: Path) -> None:
    """Write the bytes of a file to PATH, which must not exist."""
    from chatctl.transfer import download
    from chatd.contract.file import FileLink, SignFile

    if is_there(path):
        raise Failed(f"{path} exists already; choose another name")
    url = connection.ask(SignFile(file, 600), FileLink).url
    part = path.with_name(f".chatctl-{token_hex(8)}")
    try:
        with part.open("xb") as target:
            count = download(connection.address(), url, target.write)
        path.open("xb").close()  # whoever has made it meanwhile keeps it
        part.replace(path)
    except FileExistsError as error:
        raise Failed(f"{path} exists already; choose another name") from error
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    print_result(connection, {"path": str(path), "bytes": count}, f"wrote {path}: {size(count)}")


@command.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", help="What the file is called; without it, as PATH.")
@click.pass_obj
def upload(connection: Connection, path: Path, name: str | None) -> None:
    """Upload PATH as the account of --token. Its id can be attached to messages."""
    from chatctl.transfer import upload

    need_an_account(connection)
    made = upload(connection.address(), connection.access_token(), path, name or path.name)
    print_result(connection, made, f"uploaded {made['name']}: {size(made['size'])}, {made['id']}")


@command.command()
@click.argument("file")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(connection: Connection, file: str, yes: bool) -> None:
    """Delete a file for good, wherever it is attached. Messages stay."""
    from chatd.contract.file import DeleteFile

    confirm(f"Delete {file} for good?", yes)
    connection.do(DeleteFile(file))
    print_result(connection, {"file": file}, "the file is deleted")
