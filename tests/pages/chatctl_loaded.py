"""chatctl, loaded once: the commands that pages show are forked from a process that waits.

`Commands` puts a program `chatctl` on a PATH. It hands its words, environment, folder and standard files to
the process that waits, which forks; it hands on signals, and ends as the fork does. Run as a script this
module is the process that waits, until its standard input ends.
"""

from __future__ import annotations

import marshal
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from e2e.loaded import leave

Told: TypeAlias = tuple[list[str], dict[bytes, bytes], str, bool]  # its words, environment, folder; no Ctrl-C

FILES: Final = 3  # standard ones
# Nothing of it is loaded that is not built into Python: a start would take as long as chatctl does.
PROGRAM: Final = """#!{python} -ISE
import _socket, marshal, os, signal, sys

there = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
there.connect({address!r})
ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
told = marshal.dumps((sys.argv[1:], dict(os.environb), os.getcwd(), ignored))
files = b"".join(number.to_bytes(4, sys.byteorder) for number in range({files}))
there.sendmsg([len(told).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
there.sendall(told)
pid = int.from_bytes(there.recv(4), "big")
for number in (signal.SIGHUP, signal.SIGTERM, *(() if ignored else (signal.SIGINT,))):
    signal.signal(number, lambda number, frame: os.kill(pid, number))
status = int.from_bytes(there.recv(4), "big", signed=True)
if status < 0:
    signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
os._exit(status)
"""


class Commands:
    """`folder` belongs on a PATH, until `end`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        address = folder / "socket"
        with socket.socket(socket.AF_UNIX) as ears:
            ears.bind(str(address))
            ears.listen()
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(ears.fileno())],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NO_COLOR": "1"},
                stdin=subprocess.PIPE,
                pass_fds=(ears.fileno(),),
            )
        program = folder / "chatctl"
        program.write_text(PROGRAM.format(python=sys.executable, address=str(address), files=FILES))
        program.chmod(0o700)

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class _Command:
    """One that runs: `there` is the program's end."""

    def __init__(self, pid: int, there: socket.socket) -> None:
        self.pid = pid
        self.there = there
        self.ended = os.pidfd_open(pid)

    def collect(self) -> None:
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.ended)
        with suppress(BrokenPipeError):  # the program was killed
            self.there.sendall(status.to_bytes(4, "big", signed=True))
        self.there.close()


def _wait(ears: socket.socket) -> Told | None:
    """Comes back in each command's process, with what it is to run; in the one that waits, at the end."""
    at: dict[int, _Command] = {}
    with selectors.DefaultSelector() as ready:
        ready.register(ears, selectors.EVENT_READ)
        ready.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fd == 0:
                    return None
                if key.fileobj is ears:
                    there, _ = ears.accept()
                    size, files, *_ = socket.recv_fds(there, 4, FILES)
                    told: Told = marshal.loads(there.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
                    pid = os.fork()
                    if pid == 0:
                        for number, file in enumerate(files):
                            os.dup2(file, number)
                        os.closerange(FILES, max(*files, there.fileno(), *at, ready.fileno()) + 1)
                        return told
                    for file in files:
                        os.close(file)
                    there.sendall(pid.to_bytes(4, "big"))
                    begun = _Command(pid, there)
                    for number in (begun.ended, there.fileno()):
                        at[number] = begun
                        ready.register(number, selectors.EVENT_READ)
                elif (command := at.get(key.fd)) is not None and key.fd == command.ended:
                    for number in (command.ended, command.there.fileno()):
                        if at.pop(number, None) is not None:
                            ready.unregister(number)
                    command.collect()
                elif command is not None:  # the program was killed
                    ready.unregister(key.fd)
                    del at[key.fd]
                    os.kill(command.pid, signal.SIGKILL)


def main() -> None:
    import chatctl.cli
    import chatctl.follow
    import chatd.client  # noqa: F401 - most commands load it

    assert threading.active_count() == 1, "a thread would not be there after a fork"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as ears:
        told = _wait(ears)
        if told is None:
            return
        ears.detach()
    words, environment, folder, ignored = told
    if not ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environb.clear()
    os.environb.update(environment)
    os.chdir(folder)
    os.setpgid(0, 0)  # signals come by the program
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = ["chatctl", *words]
    try:
        chatctl.cli.main()
    except SystemExit as ended:
        if not isinstance(ended.code, int):
            raise
        leave(ended.code)


if __name__ == "__main__":
    main()
