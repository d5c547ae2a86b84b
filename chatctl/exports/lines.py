"""The lines of an export, one JSON object each, in a file that says by itself how far it has come.

Each page ends with a line `page`, from which an export that was cut off goes on, and only a whole one has the
line `end`.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal, TextIO

import attrs

from chatctl.failure import Failed
from chatctl.output import json_line
from chatd.path_kind import is_there

FORMAT: Final = 1
FRAME: Final = ("export", "page", "end")  # lines that are no items

Place = Literal["room", "space"]


@attrs.frozen
class Standing:
    """How far a file has come: whole pages of `items` items, up to the byte `end`, and what comes after.
    `whole`: all of the export is there."""

    items: int = 0
    end: int = 0
    after: str | None = None
    whole: bool = False


@attrs.frozen
class Writing:
    """Where the lines go; `head` is the first of them."""

    out: TextIO
    head: dict[str, Any]
    standing: Standing

    def write(self, kind: str, data: Any) -> None:
        self.out.write(json_line({"kind": kind, "data": data}, self.out.encoding))


def head_of(of: Place, id_: str) -> dict[str, Any]:
    return {"format": FORMAT, of: id_}


@contextmanager
def open_lines(file: Path) -> Iterator[TextIO]:
    """The file, which is made if it is not there, and taken away if nothing came into it. Raises Failed."""
    made = not is_there(file)
    try:
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}") from error
    out = os.fdopen(opened, "r+", encoding="utf-8", errors="replace", newline="\n")
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failed(
                f"{file} is being written to by another export; wait until that has ended"
            ) from error
        except OSError:  # what is no file has no lock
            pass
        yield out
        out.close()
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}; run this again to go on") from error
    finally:
        with suppress(OSError):  # of the rest, which is known by now
            out.close()
            if made and file.stat().st_size == 0:
                file.unlink()


def go_on(out: TextIO, file: Path, head: dict[str, Any]) -> Writing:
    """Behind the newest line `page` of an export of the same place. Any other file is left alone."""
    standing = _standing(out, file, head)
    if not standing.whole:
        out.seek(standing.end)
        out.truncate()
    return Writing(out, head, standing)


def _standing(out: TextIO, file: Path, head: dict[str, Any]) -> Standing:
    count, end, standing = 0, 0, Standing()
    for line in iter(out.readline, ""):
        kind, data = read_line(line)
        if end == 0 and (kind != "export" or {**data, **head} != data):
            raise Failed(f"{file} is no export of this; give the name of a new file")
        end += len(line.encode())
        match kind:
            case "cut":
                break
            case "end":
                return Standing(count, end, None, whole=True)
            case "page":
                standing = Standing(count, end, data["next"])
            case "export":
                pass
            case _:
                count += 1
    return standing


def read_line(line: str) -> tuple[str, dict[str, Any]]:
    """The kind and the data of a line; `cut` where it is no whole one."""
    try:
        found = json.loads(line) if line.endswith("\n") else {}
        return found["kind"], dict(found["data"])
    except (ValueError, KeyError, TypeError):
        return "cut", {}
