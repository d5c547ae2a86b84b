"""A shell into which the blocks of a page are typed one after another, as a reader would."""

from __future__ import annotations

import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

DEADLINE: Final = 240.0  # seconds for a block
SAID: Final = ".said"  # the file that takes what the blocks print

# As at a terminal: jobs can be named, and after a command that fails the next one is read. It is noted.
_BEGIN: Final = "set -m; trap 'failed=\"$failed$BASH_COMMAND: status $?\n\"' ERR\n"


class Shell:
    """bash, at home in `folder`. `within`: words before its command, which may lead into another machine;
    `seen_as`: the folder's name there.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        within: Sequence[str] = (),
        seen_as: str | None = None,
    ) -> None:
        self.folder = folder
        self._seen_as = seen_as or str(folder)
        self._typed = 0
        self._said = folder / SAID
        self._said.touch()
        self._process = subprocess.Popen(
            [*within, "bash", "--norc", "--noprofile"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._send(f"cd '{self._seen_as}'; {_BEGIN}")

    def type(self, text: str) -> str:
        """What the block prints; AssertionError when one of its commands fails."""
        self._typed += 1
        before = self._said.stat().st_size
        (self.folder / f".block-{self._typed}").write_text(text)
        there = f"'{self._seen_as}/.block-{self._typed}'"
        output = f"'{self._seen_as}/{SAID}'"
        self._send(f"failed=; . {there} </dev/null >>{output} 2>&1; printf '%s\\0' \"$failed\"\n")
        failed = self._heard(text)
        said = self._said.read_bytes()[before:].decode(errors="replace")
        assert not failed, f"{failed}{said}"
        return said

    def said(self) -> str:
        """Everything that was printed so far, what goes on in the background included."""
        return self._said.read_text(errors="replace")

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()

    def _heard(self, text: str) -> str:
        assert self._process.stdout is not None
        heard = b""
        while not heard.endswith(b"\0"):
            ready, _, _ = select.select([self._process.stdout], [], [], DEADLINE)
            assert ready, f"not done after {DEADLINE:g} s:\n{text}{self.said()}"
            data = self._process.stdout.read1()
            assert data, f"the shell ended:\n{text}{self.said()}"
            heard += data
        return heard[:-1].decode(errors="replace")

    def end(self) -> None:
        """Ends it and the jobs that it has left."""
        assert self._process.stdin is not None
        try:
            self.type("for job in $(jobs -p); do kill -- -$job 2>/dev/null || true; done; wait")
            self._process.stdin.close()
            self._process.wait(DEADLINE)
        finally:
            self._process.kill()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process.wait()
