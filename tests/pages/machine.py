"""A machine within this one: its own files, network and systemd, so that a page may say `useradd`, `/etc`,
`systemctl` and port 443 and mean it.

It is made of Linux namespaces over the files of this machine (`machine.sh`) and is gone when it is ended. It
needs root. What is missing is said by `NoMachine`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SCRIPT: Final = Path(__file__).with_name("machine.sh")
NEEDED: Final = ("unshare", "nsenter", "setpriv", "mount", "ip", "hostname", "systemctl", "runuser")
START_DEADLINE: Final = 60.0  # seconds; a start takes about one
ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
_CLONE_NEWNET: Final = 0x40000000  # linux/sched.h


class NoMachine(Exception):
    """This one cannot hold another; says why."""


class Machine:
    """Started when it is made. `root`: its files, as they are seen from here."""

    def __init__(self, checkout: Path, log: Path) -> None:
        """Raises NoMachine."""
        if os.geteuid() != 0:
            raise NoMachine("a machine within this one needs root")
        if missing := [program for program in NEEDED if shutil.which(program) is None]:
            raise NoMachine(f"not installed: {', '.join(missing)} (.ci/run installs what is missing)")
        self._log = log
        self._groups = [folder / f"chatd-tests-{os.getpid()}" for folder in _own_groups()]
        try:
            for group in self._groups:
                group.mkdir()
        except OSError as error:
            raise NoMachine(f"no control group may be made: {error}") from error
        enter = "".join(f"echo $$ >'{group}/cgroup.procs'; " for group in self._groups)
        apart = "--mount --net --pid --uts --ipc --cgroup --fork --kill-child"
        command = f"{enter}exec unshare {apart} -- sh '{SCRIPT}' '{checkout}'"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["sh", "-ec", command], stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            self._pid = self._started()
        except BaseException:
            self.end()
            raise
        self.root = Path(f"/proc/{self._pid}/root")

    def _started(self) -> int:
        """The process id of its systemd, when that is up."""
        deadline = time.monotonic() + START_DEADLINE
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError, ValueError):
                pid = int(children.read_text())
                if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                    state = self._enter(pid, ["systemctl", "is-system-running", "--wait"])
                    if state.stdout.strip() in ("running", "degraded"):
                        return pid
        raise NoMachine(f"it did not start: {self._log.read_text(errors='replace')[-800:]}")

    def _enter(self, pid: int, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*_entering(pid), *command],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *command: str) -> str:
        """What the command prints; AssertionError if it fails."""
        done = self._enter(self._pid, list(command))
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    @property
    def entering(self) -> list[str]:
        """Words before a command that is to run in the machine."""
        return _entering(self._pid)

    @contextmanager
    def network(self) -> Iterator[None]:
        """Within, the sockets that this thread makes are in the machine's network."""
        libc = ctypes.CDLL(None, use_errno=True)

        def join(file: int) -> None:
            if libc.setns(file, _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

        with open("/proc/thread-self/ns/net") as here, open(f"/proc/{self._pid}/ns/net") as there:
            join(there.fileno())
            try:
                yield
            finally:
                join(here.fileno())

    def end(self) -> None:
        """Ends it with all its processes; its files are gone with them."""
        self._process.kill()
        self._process.wait()
        for group in self._groups:
            _remove(group)


def _entering(pid: int) -> list[str]:
    return [
        "nsenter",
        f"--target={pid}",
        "--mount",
        "--net",
        "--pid",
        "--uts",
        "--ipc",
        "--cgroup",
        "--root",
        "--wd",
    ]


def _own_groups() -> list[Path]:
    """The folders of this process's cgroups in the hierarchies that systemd manages."""
    own = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    found = []
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, kind, options, *_ = line.split()
        if kind == "cgroup2":
            found.append(Path(where + own[""]))
        elif kind == "cgroup" and "name=systemd" in options.split(","):
            found.append(Path(where + own["name=systemd"]))
    return found


def _remove(group: Path) -> None:
    """A cgroup and those in it, once their processes are gone."""
    deadline = time.monotonic() + START_DEADLINE
    inner = [path for path in group.rglob("*") if path.is_dir()]
    for folder in [*sorted(inner, reverse=True), group]:
        while time.monotonic() < deadline:
            try:
                folder.rmdir()
            except FileNotFoundError:
                break
            except OSError:
                continue  # a process in it is still ending
            break
