"""Follows a server until SIGTERM: copies its log, then its tables, then takes each transaction as it comes.

Whatever breaks, it goes on where it was: what it has stands in its database. It listens where a server would,
and says how far it is behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from socket import gethostname
from tempfile import TemporaryFile
from typing import Any, Final

import trio

from chatd import __version__
from chatd.concurrency.backoff import Backoff
from chatd.concurrency.first_error import first_error
from chatd.gateway.net.inherited import inherited_sockets
from chatd.log import log
from chatd.ports import StoreError
from chatd.process import service_manager
from chatd.process.stopping import STOPPING
from chatd.standby.applying import Applied, Applying
from chatd.standby.files import StandbyFiles
from chatd.standby.opening import Opening
from chatd.standby.page import serve_page
from chatd.standby.progress import Progress
from chatd.standby.source import NoSource, NotKept, Refused, Source, open_source
from chatd.store.connection import TrioConnection
from chatd.store.ops import data_model
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.standby import StandbyState
from chatd.store.queries.log import EPOCH

FORMAT: Final = 1
NEAR: Final = 5_000  # events; who lacks fewer takes them with the tables
FIRST_RETRY: Final = 0.2  # seconds
LONGEST_RETRY: Final = 3.0


async def follow(
    url: str, token: str, folder: Path, host: str, port: int, announce: Callable[[str], None]
) -> None:
    """Until it is told to stop. Raises StoreError, CannotListen, Refused, OSError, sqlite3.Error."""
    with trio.open_signal_receiver(*STOPPING) as signals:
        async with AsyncExitStack() as stack:
            opening = Opening(stack, folder, Applying(StandbyState(url)))
            await opening.tried()
            listeners = await _listeners(host, port)
            progress = Progress(url)
            name = f"{gethostname()}:{listeners[0].socket.getsockname()[1]}"
            source = await stack.enter_async_context(open_source(url, token, partial(progress.asking, name)))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(serve_page, listeners, progress, nursery)
                nursery.start_soon(_go_on, opening, source, progress, announce)
                address = listeners[0].socket.getsockname()
                announce(f"standby of {url}; shows itself on http://{address[0]}:{address[1]}/status")
                # of the loop alone: the database's thread may take minutes for a first copy
                nursery.start_soon(service_manager.feed_watchdog, trio.lowlevel.checkpoint)
                service_manager.tell("READY=1")
                await signals.__anext__()
                service_manager.tell("STOPPING=1")
                nursery.cancel_scope.cancel()
    log.info("stopped")


async def _go_on(
    opening: Opening, source: Source, progress: Progress, announce: Callable[[str], None]
) -> None:
    """Follows from when there is room."""
    stuck = ""
    while (database := opening.database) is None:
        if stuck != opening.why:
            stuck = opening.why
            log.error("standby_stuck", error=stuck)
        progress.lost(stuck)
        await trio.sleep(LONGEST_RETRY)
        await opening.tried()
    following = Following(source, database, opening.applying, opening.folder, progress)
    try:
        await following.run(announce)
    finally:
        await following.close()


async def _listeners(host: str, port: int) -> list[trio.SocketListener]:
    """Those that the service manager keeps, or else its own. Raises StoreError, CannotListen."""
    try:
        if kept := inherited_sockets():
            return [trio.SocketListener(trio.socket.from_stdlib_socket(sock)) for sock in kept]
        return await trio.open_tcp_listeners(port, host=host)
    except OSError as error:
        raise StoreError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --host or --port"
        ) from error


class Following:
    def __init__(
        self, source: Source, database: TrioConnection, applying: Applying, folder: Path, progress: Progress
    ) -> None:
        self._source = source
        self._database = database
        self._applying = applying
        self._folder = folder
        self._progress = progress
        self._files = StandbyFiles(folder / "files", database, progress)
        self._stuck: str | None = None  # why nothing could be written
        self._in_folder = True  # whether its files are to be copied
        progress.position = applying.position

    async def close(self) -> None:
        # what stays in the write-ahead log, such as on a full disk, is moved by the next start
        with trio.CancelScope(shield=True), suppress(sqlite3.OperationalError):
            await self._database.run(lambda file: file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def run(self, announce: Callable[[str], None]) -> None:
        """Runs until it is cancelled. Raises Refused and StoreError: to go on would be of no use."""
        backoff, known = Backoff(FIRST_RETRY, LONGEST_RETRY), False
        while True:
            try:
                if not known:
                    await self._know()
                    known = True
                await self._meet()
                async with trio.open_nursery() as nursery:
                    if self._in_folder:
                        nursery.start_soon(self._files.run, self._source)
                    await self._stay(announce, backoff.reset)
            except* NoSource as errors:
                why = str(first_error(errors))
                if self._progress.connected or self._progress.error is None:
                    log.warning("standby_disconnected", source=self._source.url, error=why)
                self._progress.lost(why)
            except* sqlite3.OperationalError as errors:  # what an admin can end, such as a full disk
                await self._wait_for_room(self._folder / DATABASE, str(first_error(errors)))
            except* OSError as errors:
                error = first_error(errors)
                await self._wait_for_room(self._folder, getattr(error, "strerror", None) or str(error))
            await trio.sleep(backoff.next_delay())

    async def _know(self) -> None:
        """What is there already, whether the server answers or not."""
        if self._applying.state.complete and self._applying.state.files:
            await self._files.look()
        self._progress.complete = self._applying.state.complete

    async def _wait_for_room(self, place: Path, why: str) -> None:
        why = f"{place} cannot be written: {why}"
        if self._stuck != why:
            log.error("standby_stuck", error=why)
        self._stuck = why
        self._progress.lost(why)
        await trio.sleep(LONGEST_RETRY)

    async def _meet(self) -> None:
        """Raises Refused: it is no server that can be followed."""
        try:
            hello = await self._source.hello()
        except NotKept as error:
            raise Refused(f"{self._source.url} is no chatd that can be followed: {error}") from error
        if hello.format != FORMAT or hello.schema != data_model.present().version:
            raise Refused(
                f"{self._source.url} runs chatd {hello.chatd}, this is {__version__};"
                " a standby needs the same version"
            )
        own = await self._database.run(_name)
        if own is not None and own != hello.database:
            raise Refused(f"{self._source.url} is another server than the one that was copied here")
        self._in_folder = self._applying.in_folder = hello.files == "folder"
        self._progress.heard(hello.position)

    async def _stay(self, announce: Callable[[str], None], given: Callable[[], None]) -> None:
        """As long as it answers; calls `given` when it has what is wanted of it, not only a greeting. Raises
        NoSource."""
        applying = self._applying
        if applying.state.complete and self._in_folder:
            await self._files.look()
        told = False
        while True:
            if applying.state.run is None or not applying.state.complete:
                await self._catch_up()
            if not told and self._stuck is None:
                told = True
                announce(f"following from position {applying.position}")
                log.info("standby_follows", source=self._source.url, position=applying.position)
            try:
                head, those = await self._source.transactions(applying.state.run or "", applying.state.number)
            except NotKept:
                await self._catch_up()
                continue
            given()
            if those:
                await self._take(applying.transactions, those)
            else:
                await self._database.run(applying.settle)
            self._progress.heard(head)

    async def _catch_up(self) -> None:
        """First the log, which only grows; then, in one look, its end and the tables."""
        applying = self._applying
        while True:
            hello = await self._source.hello()
            self._progress.heard(hello.position)
            if hello.position - applying.position < NEAR:
                break
            rows = await self._source.events(applying.position, applying.hash)
            await self._take(applying.events, rows)
        with TemporaryFile(dir=self._folder) as file:
            await self._source.look(applying.position, applying.hash, file)
            await self._take(applying.look, file)
        if self._in_folder:
            await self._files.look()  # before it says that it is complete
        self._progress.complete = True
        self._progress.heard(self._progress.position)

    async def _take(self, apply: Callable[[sqlite3.Connection, Any], Applied], what: Any) -> None:
        applied = await self._database.run(lambda connection: apply(connection, what))
        self._stuck = None
        self._progress.position = applied.position
        if self._in_folder:
            self._files.want(applied.wanted)
            await self._files.drop(applied.dropped)


def _name(connection: sqlite3.Connection) -> str | None:
    found = connection.execute(EPOCH).fetchone()
    return None if found is None else str(found[0])
