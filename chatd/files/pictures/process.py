"""Starts the process that takes a picture apart, and waits for it no longer than is good.

It gets the picture by descriptor, and nothing else of this server: no settings, no environment, no folder.
Whatever happens to it, the upload goes on: without a preview, or as a file that is no picture.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import trio
from msgspec import Struct

from chatd.concurrency.fair_queue import FairQueue, Share
from chatd.files.spool import Spool
from chatd.files.threads import Threads
from chatd.log import log

PROCESSES: Final = 2  # at once
SECONDS: Final = 20.0  # that one may take
MOST_OUTPUT: Final = 4096  # bytes that it says
ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8"}
CHILD: Final = Path(__file__).with_name("child.py")
SHARE: Final = Share(waiting_account=100, waiting_address=200, waiting=None, at_once_account=1)


class Examined(Struct, frozen=True):
    """What came of it. `clean`: a picture without metadata was written. `preview`: a preview was, too.
    `full`: the disk was full."""

    clean: bool = False
    width: int | None = None
    height: int | None = None
    preview: bool = False
    full: bool = False


class PictureProcesses:
    """Serves pictures in turns, by account and address."""

    def __init__(self, threads: Threads, seconds: float = SECONDS) -> None:
        self._threads = threads
        self._seconds = seconds
        self._queue = FairQueue(PROCESSES, SHARE)

    async def examine(self, format_: str, picture: Spool, clean: Spool, preview: Spool) -> Examined:
        """`format_`: PNG, JPEG, GIF, WEBP or AVIF. Raises fair_queue.ShareFull."""
        await picture.flush()
        async with self._queue.place():
            source = await self._threads.run(_read_only, picture.descriptor)
            try:
                said = await self._asked(format_, source, clean.descriptor, preview.descriptor)
            except OSError as error:
                log.warning("picture_process_failed", error=str(error), consequence="no previews are made")
                return Examined()
            finally:
                os.close(source)
        examined = _understood(said)
        if not examined.preview and "malformed" not in said:
            log.info("picture_without_preview", format=format_, bytes=picture.size, got=" ".join(said))
        return examined

    async def _asked(self, format_: str, source: int, clean: int, preview: int) -> list[str]:
        """The lines that the process said before it ended, or was killed."""
        output = bytearray()
        process = await trio.lowlevel.open_process(
            [sys.executable, "-I", str(CHILD), format_, str(clean), str(preview)],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(clean, preview),
            env=ENVIRONMENT,
            cwd="/",
        )
        assert process.stdout is not None
        try:
            with trio.move_on_after(self._seconds):
                async with process.stdout:
                    while len(output) < MOST_OUTPUT and (piece := await process.stdout.receive_some(1024)):
                        output += piece
        finally:
            with trio.CancelScope(shield=True), suppress(ProcessLookupError):
                process.kill()
                await process.wait()
        return output.decode("ascii", "replace").split("\n")[:-1]


def _read_only(descriptor: int) -> int:
    """The same file by a descriptor that cannot write: what was hashed stays as it is."""
    try:
        return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # a place without /proc
        return os.dup(descriptor)


def _understood(lines: list[str]) -> Examined:
    words = [line.split() for line in lines]
    width, height = next(
        ((int(line[1]), int(line[2])) for line in words if line[:1] == ["size"]), (None, None)
    )
    return Examined("clean" in lines, width, height, "preview" in lines, "full" in lines)
