"""What the store leans on inside aiosqlite, and what it promises on top: a contract with one version."""

from __future__ import annotations

import inspect
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiosqlite
import pytest
import trio
from aiosqlite import core

from chatd.ports import StoreUnavailable
from chatd.store.connection import Reply, TrioConnection, connect, open_reader, open_writer
from chatd.store.ops import look
from chatd.store.ops.scratch_tables import open_scratch


def in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


@pytest.fixture
async def connection() -> AsyncIterator[TrioConnection]:
    async with connect(in_memory) as connection:
        yield connection


def test_the_inside_of_aiosqlite_is_the_one_we_know() -> None:
    assert aiosqlite.__version__.startswith("0.22.")
    assert core._STOP_RUNNING_SENTINEL is not None
    plain = aiosqlite.Connection(in_memory, 64)
    assert (plain._running, plain._connection) == (True, None)
    plain._tx.put_nowait((None, lambda: None))
    worker = inspect.getsource(core._connection_worker_thread)
    assert "future.get_loop().call_soon_threadsafe(set_result, future, result)" in worker
    assert "future.get_loop().call_soon_threadsafe(set_exception, future, e)" in worker


async def test_functions_run_in_the_order_in_which_they_were_submitted(connection: TrioConnection) -> None:
    ran: list[int] = []
    replies = [connection.submit(lambda _, n=n: ran.append(n)) for n in range(100)]  # type: ignore[misc]
    await replies[-1]
    assert ran == list(range(100))


async def test_functions_run_on_the_one_database_thread(connection: TrioConnection) -> None:
    names = {await connection.run(lambda _: threading.get_ident()) for _ in range(5)}
    assert len(names) == 1
    assert threading.get_ident() not in names


async def test_an_exception_reaches_whoever_waits_and_the_thread_lives_on(connection: TrioConnection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await connection.run(lambda file: file.execute("SELECT * FROM nowhere"))
    assert await connection.run(lambda file: file.execute("SELECT 7").fetchone()) == (7,)


async def test_a_reply_can_be_awaited_twice(connection: TrioConnection) -> None:
    reply = connection.submit(lambda _: 7)
    assert (await reply, await reply.wait()) == (7, 7)


async def test_cancelling_the_wait_does_not_break_the_transaction(connection: TrioConnection) -> None:
    go = threading.Event()

    def transaction(file: sqlite3.Connection) -> None:
        file.execute("CREATE TABLE t (x)")
        file.execute("BEGIN")
        file.execute("INSERT INTO t VALUES (1)")
        go.wait(60)
        file.execute("COMMIT")

    with trio.CancelScope() as scope:
        reply = connection.submit(transaction)
        scope.cancel()
        await reply
    assert scope.cancelled_caught
    go.set()
    assert await connection.run(lambda file: file.execute("SELECT x FROM t").fetchall()) == [(1,)]
    assert not await connection.run(lambda file: file.in_transaction)


async def test_closing_lets_finish_what_was_submitted() -> None:
    async with connect(in_memory) as connection:
        replies = [connection.submit(lambda _, n=n: n) for n in range(20)]  # type: ignore[misc]
    assert [await reply for reply in replies] == list(range(20))


async def test_a_closed_connection_answers_that_it_is_unavailable() -> None:
    async with connect(in_memory) as connection:
        pass
    with pytest.raises(StoreUnavailable):
        await connection.run(lambda _: None)


async def test_a_file_that_cannot_be_opened_raises_and_leaves_no_thread() -> None:
    def opener() -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    connection = connect(opener)
    with pytest.raises(sqlite3.OperationalError):
        async with connection:
            pass
    await trio.to_thread.run_sync(connection._thread.join, 5)
    assert not connection._thread.is_alive()


async def test_what_aiosqlite_itself_offers_works_too(connection: TrioConnection) -> None:
    await connection.execute("CREATE TABLE t (x)")
    await connection.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    async with connection.execute("SELECT sum(x) FROM t") as cursor:
        assert await cursor.fetchone() == (3,)


async def test_abandoning_interrupts_a_statement_that_would_never_end(connection: TrioConnection) -> None:
    forever = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    reply = connection.submit(lambda file: file.execute(forever).fetchone())
    with trio.fail_after(30):
        await connection.abandon(reply)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await reply


async def test_a_reply_that_comes_after_trio_ended_is_dropped() -> None:
    replies: list[Reply[int]] = []

    async def other_run() -> None:
        replies.append(Reply())

    await trio.to_thread.run_sync(trio.run, other_run)
    replies[0].call_soon_threadsafe(replies[0].set_result, 7)
    assert not replies[0].done()


@pytest.mark.parametrize("opened", [open_writer, open_reader, open_scratch, look.fixed_reader])
def test_a_file_that_cannot_be_used_is_closed_again(
    opened: Callable[[Path], sqlite3.Connection], tmp_path: Path
) -> None:
    (file := tmp_path / "text.db").write_text("no database at all " * 100)
    with pytest.raises(sqlite3.DatabaseError) as failed:  # which holds all that the function held
        opened(file)
    held = [os.readlink(one) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    assert str(file) not in held, failed
