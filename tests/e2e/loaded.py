"""A process that has loaded chatd and waits: servers are forked from it, which takes a tenth of a start.

What a server does from its first line on is what `python -m chatd.cli` does; only Python's own start and
the imports have been done before. Where a test changes those, the server has a process that was started for
it: `fits` decides. To hash a password takes a tenth of a second, and here next to nothing, unless the test
says otherwise.

Run as a script it is that process. It is told to start a server by a message over a socket, and ends with it.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final, NoReturn

CHATD: Final = ("-m", "chatd.cli")
SCRIPTS: Final = frozenset(
    str(Path(__file__).with_name(f"{name}.py")) for name in ("little_graphql", "served_from", "uploading")
)
# What a server loads only when it is wanted, and most tests want some of it.
LATE: Final = (
    *("chatd.wiring.http", "chatd.gateway.http.counting.metrics", "chatd.gateway.graphql.service"),
    *("chatd.cluster.node", "encodings.idna", "fido2.server", "jinja2", "joserfc.jwt"),
    *("pyotp", "regex", "zxcvbn"),
)
LONGEST: Final = 65_536  # bytes of a message
OURS: Final = ("CHATD_", "PYTEST_")  # variables that a server is told anew, or that say which test runs


class Process:
    """A server's process, as `subprocess.Popen` would show it."""

    def __init__(self, pid: int, stdout: IO[bytes]) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._turn = threading.Lock()

    def poll(self) -> int | None:
        with self._turn:
            if self.returncode is None:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
                if ended:
                    self.returncode = os.waitstatus_to_exitcode(status)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired after so many seconds."""
        if self.poll() is None:
            ends = select.poll()
            file = os.pidfd_open(self.pid)
            try:
                ends.register(file, select.POLLIN)
                ends.poll(None if timeout is None else timeout * 1000)
            finally:
                os.close(file)
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired("chatd", timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Loaded:
    """The process that waits. The process of the tests adopts what is forked from it (`leftovers`)."""

    def __init__(self) -> None:
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._environment = _others()
        self._turn = threading.Lock()
        with there:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(there.fileno())],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(there.fileno(),),
            )

    def fits(self) -> bool:
        """Whether a process that is started now would find what this one found."""
        return self._environment == _others()

    def start(
        self,
        words: Sequence[str],
        settings: Mapping[str, str],
        log: IO[bytes],
        costly: bool = False,
    ) -> Process:
        """Runs what `python WORDS…` would, with the log as its standard error. `costly`: passwords are."""
        how = {"words": words, "settings": dict(settings), "folder": os.getcwd(), "costly": costly}
        told = json.dumps(how).encode()
        reading, writing = os.pipe()
        try:
            with self._turn:
                socket.send_fds(self._here, [told], [writing, log.fileno()])
                pid = int(self._here.recv(LONGEST))
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return Process(pid, os.fdopen(reading, "rb"))

    def end(self) -> None:
        self._here.close()
        self._process.wait()


_adopting = False
_loaded: list[Loaded] = []


@contextmanager
def may_be_forked() -> Iterator[None]:
    """Within, servers are forked, and this process adopts them."""
    global _adopting
    _adopting = True
    try:
        yield
    finally:
        _adopting = False
        while _loaded:
            _loaded.pop().end()


def fits(program: Sequence[str]) -> bool:
    """Whether servers of this program may be forked here and now."""
    return _adopting and (tuple(program) == CHATD or program[0] in SCRIPTS) and loaded().fits()


def loaded() -> Loaded:
    """Of this process."""
    if not _loaded:
        _loaded.append(Loaded())
    return _loaded[0]


def _others() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def _wait(ears: socket.socket) -> dict[str, Any] | None:
    """Comes back in the process of each server, with what it is to run; in the one that waits, at the end."""
    while True:
        told, files, *_ = socket.recv_fds(ears, LONGEST, 2)
        if not told:
            return None
        reading, writing = os.pipe()
        between = os.fork()  # it ends at once, so that the server is adopted
        if between == 0:
            server = os.fork()
            if server == 0:
                ears.close()
                for number, file in enumerate(files, start=1):
                    os.dup2(file, number)
                os.closerange(3, max(*files, reading, writing) + 1)
                return dict(json.loads(told))
            os.write(writing, str(server).encode())
            os._exit(0)
        os.waitpid(between, 0)
        ears.send(os.read(reading, LONGEST))
        for file in (*files, reading, writing):
            os.close(file)


def main() -> None:
    import argon2

    import chatd.app
    import chatd.cli

    for name in LATE:
        import_module(name)
    assert threading.active_count() == 1, "a thread would not be there after a fork"
    gc.collect()
    gc.freeze()  # servers share these pages
    try:
        with socket.socket(fileno=int(sys.argv[1])) as ears:
            told = _wait(ears)
    except KeyboardInterrupt:  # it reaches every process of a terminal
        return
    if told is None:
        return
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", 1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.environ.update(told["settings"])
    os.chdir(told["folder"])
    if not told["costly"]:
        argon2.profiles.RFC_9106_LOW_MEMORY = argon2.profiles.CHEAPEST
    first, *words = told["words"]
    try:
        if first == "-m":
            sys.argv = [str(chatd.cli.__file__), *words[1:]]
            chatd.cli.main()
        else:
            sys.argv = [first, *words]
            sys.path.insert(0, str(Path(first).parent))
            runpy.run_path(first, run_name="__main__")
    except SystemExit as ended:
        if not isinstance(ended.code, int):
            raise
        leave(ended.code)


def leave(status: int) -> NoReturn:
    """Without Python's freeing of all that was loaded, page by page: it takes as long as a server's start."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    del sys.path[0]  # this folder: `python -m` does not look here
    main()
