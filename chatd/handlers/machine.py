"""What a doctor looks at on the machine: the disk, the data folder, open files, SQLite, the clock."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import trio

from chatd.contract.doctor import DoctorCheck
from chatd.handlers.checks import fine, look, wrong

MIB: Final = 2**20
FREE_AT_LEAST: Final = 256 * MIB  # below that uploads are refused, and soon everything
FREE_SHARE: Final = 0.1
FREE_ENOUGH: Final = 20 * 1024 * MIB  # of which a tenth need not be free
INODES: Final = 10_000
FILES_BESIDES: Final = 100  # beside one for each connection
CLOCKS_APART: Final = 2.0  # seconds
TIMEDATECTL: Final = ("timedatectl", "show", "--property=NTPSynchronized", "--value")
SECONDS: Final = 3.0  # for timedatectl
NEEDED: Final = ("ENABLE_FTS5",)


def looked_at(data: Path, max_connections: int) -> list[DoctorCheck]:
    """All that can be looked at at once."""
    return [*disk(data), *folder(data), open_files(max_connections), *sqlite()]


def disk(data: Path) -> Iterator[DoctorCheck]:
    try:
        usage, inodes = shutil.disk_usage(data), os.statvfs(data)
    except OSError as error:
        yield wrong("disk", f"of {data}: {error.strerror}", "see whether the data folder is there")
        return
    says = f"{_size(usage.free)} of {_size(usage.total)} are free on the disk of {data}"
    remedy = "make room: `chatctl server compact`, older backups, a larger disk"
    if usage.free < FREE_AT_LEAST:
        yield wrong("disk", says, remedy)
    elif usage.free < min(FREE_ENOUGH, FREE_SHARE * usage.total):
        yield look("disk", says, remedy)
    else:
        yield fine("disk", says)
    if inodes.f_files and inodes.f_favail < INODES:
        yield look("disk", f"only {inodes.f_favail} more files can be made on it", "delete small files there")


def folder(data: Path) -> Iterator[DoctorCheck]:
    """Who may read and write what is in it."""
    found = []
    for path in (data, *(data / name for name in ("chatd.db", "views.db", "files"))):
        with suppress(FileNotFoundError):
            state = path.stat()
            if mode := stat.S_IMODE(state.st_mode) & 0o077:
                remedy = f"`chmod go= {path}`: it holds all texts and secrets"
                says = f"others may read or write {path} (mode {stat.S_IMODE(state.st_mode):o})"
                found.append(
                    wrong("data folder", says, remedy) if mode & 0o022 else look("data folder", says, remedy)
                )
            if state.st_uid != os.geteuid():
                remedy = "`chown` it to the user who runs chatd"
                found.append(look("data folder", f"{path} belongs to user {state.st_uid}", remedy))
    if os.geteuid() == 0:
        remedy = "give it a user of its own: docs/operations.md has a unit"
        found.append(look("data folder", "this server runs as root", remedy))
    yield from found or [fine("data folder", f"{data} is its own")]


def open_files(max_connections: int) -> DoctorCheck:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max_connections + FILES_BESIDES
    says = f"{soft} may be open at once, `max_connections` is {max_connections}"
    if soft != resource.RLIM_INFINITY and soft < wanted:
        return look(
            "open files", says, f"raise the limit to {wanted} (LimitNOFILE), or lower `max_connections`"
        )
    return fine("open files", says)


def sqlite() -> Iterator[DoctorCheck]:
    """The library that Python is linked to, and how that was built."""
    connection = sqlite3.connect(":memory:")
    try:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    finally:
        connection.close()
    lacking = [name for name in NEEDED if name not in options]
    omitted = sorted(name for name in options if name.startswith("OMIT_") and name != "OMIT_LOOKASIDE")
    threads = next((name for name in options if name.startswith("THREADSAFE=")), "THREADSAFE=1")
    says = f"version {sqlite3.sqlite_version}, {threads}"
    remedy = "use a Python that is linked to a usual build of SQLite"
    if lacking or threads == "THREADSAFE=0":
        yield wrong("SQLite", f"{says}, without {', '.join(lacking) or 'threads'}", remedy)
    elif omitted:
        yield look("SQLite", f"{says}, built with {', '.join(omitted)}", remedy)
    else:
        yield fine("SQLite", says)


async def clock(data: Path) -> list[DoctorCheck]:
    """Against the clock of the disk, and what the system says of itself. Steps are what `Health` knows of."""
    apart = await trio.to_thread.run_sync(_apart_from_disk, data)
    found = []
    if apart is not None and abs(apart) > CLOCKS_APART:
        says = (
            f"files are made {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} this machine's clock"
        )
        found.append(
            look("clock", says, "the data folder seems to be on another machine: synchronize both clocks")
        )
    synchronized = await _synchronized()
    if synchronized is False:
        remedy = "`timedatectl set-ntp true`, or another service that does it"
        found.append(look("clock", "the system does not synchronize its clock", remedy))
    says = "is synchronized" if synchronized else "agrees with the disk's"
    return found or [fine("clock", says)]


def _apart_from_disk(data: Path) -> float | None:
    """Seconds by which a file that is made now is younger than now."""
    try:
        with tempfile.TemporaryFile(dir=data) as file:
            before = time.time()
            file.write(b"x")
            file.flush()
            return os.fstat(file.fileno()).st_mtime - before
    except OSError:
        return None


async def _synchronized() -> bool | None:
    """None: nobody knows."""
    if shutil.which(TIMEDATECTL[0]) is None:
        return None
    with trio.move_on_after(SECONDS):
        try:
            done = await trio.run_process(
                TIMEDATECTL, capture_stdout=True, stderr=subprocess.DEVNULL, check=False
            )
        except OSError:
            return None
        return {b"yes": True, b"no": False}.get(done.stdout.strip()) if done.returncode == 0 else None
    return None


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
