"""A service that takes connections and never answers holds nobody up who does not wait any more."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import trio
from s3_server import KEY, SECRET, bucket_of

from chatd.concurrency.background_work import Stopped
from chatd.files.bucket import BucketBlobs
from chatd.files.folder import FolderBlobs
from chatd.repository import bucket_shelf
from chatd.repository.bucket_shelf import BucketShelf
from chatd.repository.shelf import locked, open_shelf
from chatd.s3.calls import Calls


class Silent:
    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    server = Silent()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with server.socket:
        yield server


def stop() -> None:
    raise Stopped


@pytest.mark.parametrize(
    "act",
    [
        lambda shelf: locked(shelf).__enter__(),
        lambda shelf: list(shelf.list("backups/")),
        lambda shelf: (shelf.put("pieces/a", b"a"), shelf.settle()),
        lambda shelf: shelf.read("pieces/a"),
        lambda shelf: shelf.open("pieces/a"),
        lambda shelf: shelf.delete("pieces/a"),
        lambda shelf: shelf.put_file("files/a", BytesIO(b"a")),
    ],
)
def test_a_backup_that_is_stopped_waits_for_no_bucket(
    silent: Silent, act: Callable[[BucketShelf], object]
) -> None:
    began = time.monotonic()
    with pytest.raises(Stopped):
        act(open_shelf("s3://backups/chat", stop))  # type: ignore[arg-type]
    assert time.monotonic() - began < 5


def test_the_lock_of_a_bucket_that_does_not_answer_is_left_behind(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_shelf, "LET_GO", 0.01)
    monkeypatch.setattr(BucketShelf, "_take", lambda self, lock: None)
    with pytest.raises(Stopped), locked(open_shelf("s3://backups/chat")):
        raise Stopped


async def test_who_is_cancelled_waits_for_no_bucket(silent: Silent, tmp_path: Path) -> None:
    blobs = BucketBlobs(bucket_of(silent, "files"), FolderBlobs(tmp_path), False)  # type: ignore[arg-type]
    began = time.monotonic()
    with trio.move_on_after(0.05):
        await blobs.open("0" * 64)
    assert time.monotonic() - began < 5


async def test_what_changes_something_is_waited_for_a_while() -> None:
    calls, seen = Calls(1), []
    going, gone = trio.Event(), trio.Event()
    token = trio.lowlevel.current_trio_token()

    def change() -> None:
        trio.from_thread.run_sync(going.set, trio_token=token)
        trio.from_thread.run(gone.wait, trio_token=token)
        seen.append("changed")

    async def ask() -> None:
        await calls.run(change, patience=60)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        await going.wait()
        nursery.cancel_scope.cancel()
        token.run_sync_soon(gone.set)
    assert seen == ["changed"]
    assert await calls.run(lambda: "the next one") == "the next one"
