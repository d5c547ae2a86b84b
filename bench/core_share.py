"""Shares of a core: processes that get no more of a processor than what they were given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
PERIOD = 10_000  # microseconds


class NoShares(Exception):
    """This machine, or this user, cannot limit processes."""


@contextmanager
def limited(pids: Sequence[int], share: float) -> Iterator[None]:
    """Each process, with all its threads, gets `share` of one core at most. Raises NoShares."""
    with ExitStack() as stack:
        for pid in pids:
            stack.enter_context(_limited(pid, share))
        yield


@contextmanager
def _limited(pid: int, share: float) -> Iterator[None]:
    unified = (GROUPS / "cgroup.controllers").exists()
    parent = GROUPS if unified else GROUPS / "cpu"
    group = parent / f"chatd-bench-{pid}"
    quota = int(PERIOD * share)
    try:
        group.mkdir()
    except OSError as error:
        raise NoShares(f"{group} cannot be made: {error.strerror}") from error
    try:
        if unified:
            (group / "cpu.max").write_text(f"{quota} {PERIOD}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        (group / "cgroup.procs").write_text(str(pid))
        yield
        (parent / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        raise NoShares(f"{group} cannot be set: {error.strerror}") from error
    finally:
        group.rmdir()
