"""What hostile clients cost: the server's memory, others' waits, bytes on the disk, while they are at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs

from .raw import Peer
from .serving import Server
from .timing import waiting
from .town import Town

MEBIBYTE = 1 << 20
PAUSE = 0.03  # seconds between two posts of the member who lives on beside it


@attrs.define
class Harm:
    """`wait`: a member's longest (`timing.waiting`), from posting to the answer and the event at another.
    Others: growth.
    """

    wait: float = 0.0
    memory: int = 0
    disk: int = 0
    posts: int = 0


def _bytes_on_disk(server: Server) -> int:
    """Without the files that SQLite writes anew again and again."""
    files = [file for file in server.data.rglob("*") if not file.name.endswith(("-wal", "-shm"))]
    return sum(map(_size, [*files, server.log]))


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_size if file.is_file() else 0
    return 0


@contextmanager
def measured(town: Town) -> Iterator[Harm]:
    """While the body runs, two members talk and the server's memory is watched."""
    room = town.room(f"Corner {time.monotonic_ns()}")
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    ada.catch_up()
    ada.post(room, "warm")
    server, harm, over, failed = town.server, Harm(), threading.Event(), []
    memory, disk = server.memory(), _bytes_on_disk(server)

    def talk() -> None:
        try:
            while not over.is_set() or harm.posts < 5:
                waited = waiting(server)
                text = f"number {harm.posts}"
                ada.post(room, text)
                bob.wait_event("message.posted", text=text)
                harm.wait = max(harm.wait, waited())
                harm.memory = max(harm.memory, server.memory() - memory)
                harm.posts += 1
                over.wait(PAUSE)
        except Exception as error:
            failed.append(error)

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        yield harm
    finally:
        over.set()
        talking.join()
        harm.memory = max(harm.memory, server.memory() - memory)
        harm.disk = _bytes_on_disk(server) - disk
    assert not failed, failed


def pour(peer: Peer, data: bytes, seconds: float, most: int = 64 * MEBIBYTE) -> int:
    """Sends `data` again and again without reading; gives the bytes that the server took in that time, or
    until it hung up."""
    peer.socket.settimeout(0.1)
    deadline, sent, view = time.monotonic() + seconds, 0, memoryview(data)
    with suppress(ConnectionError):
        while sent < most and time.monotonic() < deadline:
            with suppress(TimeoutError):
                sent += peer.socket.send(view[sent % len(data) :])
    return sent


def at_once(*storms: object) -> None:
    """Runs these calls beside each other; raises what one of them raised."""
    failed: list[BaseException] = []

    def run(storm: object) -> None:
        try:
            storm()  # type: ignore[operator]
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(storm,)) for storm in storms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
