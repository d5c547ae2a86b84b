"""The machine under the benchmark: its cores, what processes take of it, what a commit costs."""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
import statistics
import time
from pathlib import Path

import attrs

SCHEDULED = 2  # clock_getcpuclockid(3) of Linux: the complement of the pid, and which of its clocks
COMMITS = 200
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chatd-bench"  # kept between runs


@attrs.frozen
class Cores:
    """Which core serves and which one loads; the same one for both when there is no other."""

    server: int
    load: int

    @property
    def apart(self) -> bool:
        return self.server != self.load

    @property
    def both(self) -> tuple[int, int]:
        return self.server, self.load


def choose_cores() -> Cores:
    usable = sorted(os.sched_getaffinity(0))
    return Cores(server=usable[0], load=usable[-1])


def pin(core: int | tuple[int, ...]) -> None:
    """From now on this process runs on the core, or on several."""
    os.sched_setaffinity(0, {core} if isinstance(core, int) else core)


def allow_many_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cpu_seconds(pid: int) -> float:
    """User and system time that the process and all its threads have used, exact to the nanosecond."""
    return time.clock_gettime((~pid << 3) | SCHEDULED)


@attrs.frozen
class Memory:
    """Bytes of a process: `rss` resident, `pss` the same with shared pages split among their users."""

    rss: int
    pss: int


def memory(pid: int) -> Memory:
    sizes: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0]) * 1024
    return Memory(sizes["Rss"], sizes["Pss"])


@attrs.frozen
class CommitCost:
    """Milliseconds that SQLite needs here for one row with `synchronous=FULL`."""

    p50: float
    p99: float


def commit_cost(folder: Path) -> CommitCost:
    path = folder / "commit.db"
    times = []
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE messages (text TEXT)")
        for _ in range(COMMITS):
            started = time.perf_counter()
            connection.execute("INSERT INTO messages VALUES (?)", ("x" * 200,))
            times.append((time.perf_counter() - started) * 1000)
    connection.close()
    path.unlink()
    return CommitCost(statistics.median(times), statistics.quantiles(times, n=100)[98])


def description(cores: Cores) -> str:
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    where = (
        f"server on core {cores.server}, load on core {cores.load}" if cores.apart else "ONE CORE FOR BOTH"
    )
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores ({where}), Linux {platform.release()}, "
        f"Python {platform.python_version()}, load before the run {load:.2f}"
    )
