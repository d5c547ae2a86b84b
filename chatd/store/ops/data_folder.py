"""The data folder: who may enter it, and what its files are called.

One server owns a folder at a time. The lock is the kernel's and ends with the process that holds it,
however that ends. The file says whose it is: the process's number, and what the file was known by before that
and earlier ones were written.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from chatd.path_kind import is_there
from chatd.ports import StoreError
from chatd.store.ops.ownership import give_file, name_of

DATABASE = "chatd.db"
RESTORING = "chatd.db.restored"  # until all that a restore brings is there
LOCK = "lock"
KEPT = 32  # earlier identities of the lock file
LOCK_BYTES = 4096  # more than that is never in it

RESTORE = "restore a backup with `chatctl backup restore`"
ANOTHER = "take another backup"
_MENDS = {  # what stands in the way of a database that may be sound
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_IOERR: "see whether the disk is full, or broken",
    sqlite3.SQLITE_BUSY: "end the other program that has it open",
    sqlite3.SQLITE_NOMEM: "give this machine more memory",
    sqlite3.SQLITE_PERM: "look at its owner and its mode",
    sqlite3.SQLITE_CANTOPEN: (
        "look at its owner, its mode, its disk (`df -i`), and how many files may be open (`ulimit -n`)"
    ),
    sqlite3.SQLITE_READONLY: "look at its mode, and whether the disk is mounted read-only",
}


class LockFile(msgspec.Struct, frozen=True):
    """Identities of the lock file, before this process wrote its number into it and since: inode and time
    of change. A copy of the file has others. `earlier`: the identities before starts that came before
    this one, some of which may have ended before the database knew of them."""

    before: str
    now: str
    earlier: tuple[str, ...] = ()


@contextmanager
def hold(folder: Path) -> Iterator[LockFile]:
    """Makes the folder if need be, and keeps every other server out of it. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"the data folder {folder} cannot be used: {why_not(error)}") from error
    try:
        try:
            give_file(lock, folder)
            lock_file = _lock(lock, folder)
        except OSError as error:
            raise StoreError(f"the data folder {folder} cannot be used: {why_not(error)}") from error
        yield lock_file
    finally:
        os.close(lock)


def database_in(folder: Path) -> Path:
    """The database of a data folder. Raises StoreError: there is none that this user may change, or nothing
    is in it."""
    path = folder / DATABASE
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError(f"there is no database {path}; --data names the data folder of a server") from error
    except OSError as error:
        raise StoreError(f"the data folder {folder} cannot be used: {why_not(error)}") from error
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{path} is no file; --data names the data folder of a server")
    for each in (folder, path):
        if not os.access(each, os.R_OK | os.W_OK, effective_ids=True):
            raise StoreError(f"{each} cannot be written: {_belonging(each)}")
    with suppress(sqlite3.Error):  # what is wrong with it says who opens it
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            empty = is_empty(connection)
        if empty:
            raise StoreError(f"there is nothing in the database {path} yet: start anew what was ended")
    return path


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing was made in the database."""
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0)


def may_be_sound(error: sqlite3.Error) -> bool:
    """Whether something else than the database stands in the way, such as a full disk."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _MENDS


def wants_room(error: StoreError | sqlite3.Error) -> bool:
    """Whether more room on the disk may be all that is needed. SQLite says of some files only that
    they cannot be written."""
    cause = error.__cause__ if isinstance(error, StoreError) else error
    if isinstance(cause, OSError):
        return cause.errno in (errno.ENOSPC, errno.EDQUOT)
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def why_not(error: OSError | sqlite3.Error, damaged: str = RESTORE) -> str:
    """What the system or SQLite says. Of what belongs to another user, and of databases, what to do; with a
    database that is `damaged`, that."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        return f"{error}; {_MENDS.get(code, damaged)}"
    said = error.strerror or type(error).__name__
    if isinstance(error, PermissionError) and error.filename:
        return f"{said}; {_belonging(Path(os.fsdecode(error.filename)))}"
    if error.errno == errno.ENOSPC:
        return f"{said}; {_MENDS[sqlite3.SQLITE_FULL]}"
    return said


def _belonging(path: Path) -> str:
    """Why this user may not write there, and what to do. It names no folder to be given away that was
    not this user's before."""
    there = next(
        (each for each in (path, *path.parents) if os.access(each, os.F_OK, effective_ids=True)), Path("/")
    )
    owner, me = there.stat().st_uid, os.geteuid()
    if owner == me:
        return "look at its mode, and whether the disk is mounted read-only"
    if there.parent.stat().st_uid == me:
        return f"{there} belongs to {name_of(owner)}: as root `chown -R {name_of(me)}: {there.parent}`"
    return f"{there} belongs to {name_of(owner)}, and this is {name_of(me)}: run it as that user"


def refuse_if_held(folder: Path) -> None:
    """Raises StoreError when a server runs on the folder. Makes nothing."""
    with suppress(OSError):
        lock = os.open(folder / LOCK, os.O_RDWR)
        try:
            _take(lock, folder)
        finally:
            os.close(lock)


def refuse_half_restored(folder: Path) -> None:
    """Raises StoreError when a restore into the folder was cut off: a server would begin with nothing."""
    if half_restored(folder) and not is_there(folder / DATABASE):
        raise StoreError(
            f"a restore into {folder} was cut off; run it again, or remove {folder / RESTORING}* to start"
            " from nothing"
        )


def half_restored(folder: Path) -> list[Path]:
    """What a restore that was cut off has left in the folder, copies that are not whole among it."""
    return list(folder.glob(f"{RESTORING}*"))


def _lock(lock: int, folder: Path) -> LockFile:
    _take(lock, folder)
    before = _identity(lock)
    _, *lines = _content(lock)
    earlier = tuple(lines[0].split()) if lines else ()
    content = f"{os.getpid()}\n{' '.join((*earlier, before)[-KEPT:])}\n".encode()
    os.pwrite(lock, content, 0)
    os.ftruncate(lock, len(content))  # after it: who is killed in between leaves no empty file
    return LockFile(before, _identity(lock), earlier)


def _content(lock: int) -> list[str]:
    """The lines of the lock file."""
    return os.pread(lock, LOCK_BYTES, 0).decode(errors="replace").split("\n")


def _identity(file: int) -> str:
    found = os.fstat(file)
    return f"{found.st_ino}:{found.st_ctime_ns}"


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = _content(lock)[0].strip() or "unknown"
        raise StoreError(
            f"another chatd (process {holder}) runs on {folder};"
            " stop it, or choose another folder with --data"
        ) from error
