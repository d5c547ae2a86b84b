"""Whose a data folder is. What root makes in the folder of another user would keep that user's server out,
and where that user could lay a link, root would follow it. So root acts there as the one whom the folder
belongs to, or gives away what it has made.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

ROOT: Final = 0


@contextmanager
def as_owner(folder: Path) -> Iterator[None]:
    """Root is the owner of the folder meanwhile, with the rights of that one alone; everybody else, and who
    may not change users, stays what it is. Of the whole process."""
    if (owner := _other_owner(folder)) is None:
        yield
        return
    user, group = owner
    before = os.getgroups(), os.getegid()
    try:
        os.setgroups([group])
        os.setegid(group)
        os.seteuid(user)
    except OSError:  # a container without the right to do so, or that has no such user
        _back(*before)
        yield
        return
    try:
        yield
    finally:
        _back(*before)


def _back(groups: list[int], group: int) -> None:
    os.seteuid(ROOT)
    with suppress(OSError):
        os.setegid(group)
        os.setgroups(groups)


@contextmanager
def given(folder: Path) -> Iterator[None]:
    """What root makes in the folder meanwhile is its owner's at the end."""
    try:
        yield
    finally:
        with suppress(OSError):
            _give(folder)


def warning(folder: Path) -> str | None:
    """What the admin should hear when root works there."""
    if (owner := _other_owner(folder)) is None:
        return None
    return f"root runs on the data folder {folder}, which belongs to {name_of(owner[0])}: run it as that user"


def _give(folder: Path) -> None:
    if (owner := _other_owner(folder)) is None:
        return
    for _, folders, files, inside in os.fwalk(folder):
        for name in (*folders, *files):
            found = os.stat(name, dir_fd=inside, follow_symlinks=False)
            if found.st_uid == ROOT:
                os.chown(name, *owner, dir_fd=inside, follow_symlinks=False)


def give_file(descriptor: int, folder: Path) -> None:
    """The same of an open file that was made in the folder."""
    if (owner := _other_owner(folder)) is not None and os.fstat(descriptor).st_uid == ROOT:
        os.fchown(descriptor, *owner)


def name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _other_owner(folder: Path) -> tuple[int, int] | None:
    """User and group of the folder, if we are root and it belongs to somebody else."""
    if os.geteuid() != ROOT:
        return None
    try:
        found = folder.stat()
    except OSError:
        return None
    return None if found.st_uid == ROOT else (found.st_uid, found.st_gid)
