"""The writer's side of the log. Everything here runs on the database thread of the one writer.

A transaction is tried in hope: its facts go in as they are, and the unique indexes are the guard. Only
when one of them objects are nonces and names looked up, and the appends that collide left out. What
makes it quick is how few statements it takes: each one costs a wait for the interpreter lock, so a
batch of facts is one statement, and a transaction of one statement needs no BEGIN and no COMMIT.
Appends with conditions are rare: what stands before one in its batch is run first, so that its conditions
are looked up after everything that comes before it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import repeat
from typing import TypeVar

import msgspec

from chatd.log import log as server_log
from chatd.ports import Append, Made, StoreMisplaced, StoreRefuses, StoreUnavailable, Taken
from chatd.store import json_rows
from chatd.store.connection import BUSY_SECONDS, TrioConnection
from chatd.store.log import hash_chain
from chatd.store.log.conditions import holds
from chatd.store.log.erasure import Erasure, erases, patient
from chatd.store.log.plan import Outcome, Plan
from chatd.store.log.transactions import Transactions
from chatd.store.log.unique_claims import Claims
from chatd.store.log.writes import Statement
from chatd.store.ops import compact
from chatd.store.ops.place import NOT_THERE, Place

# For tests: called on the database thread with "write" (before the first statement), "commit" (before
# COMMIT), "reopen" (before the file is opened again) or "checkpoint"; what it raises is what failed.
Fault = Callable[[str, sqlite3.Connection | None], None]

HEADS_KEPT = 50_000
PAGES_BEFORE_CHECKPOINT = 8_000
STEPS_BEFORE_CHECKPOINT = 16
PAGES_PER_FACT = 4  # an estimate: events, its index, bodies, messages and its index share some

T = TypeVar("T")

HEAD = "SELECT position, hash FROM events ORDER BY position DESC LIMIT 1"
STREAM_HEADS = """
    SELECT json_group_object(value, coalesce((SELECT max(seq) FROM events WHERE stream = value), 0))
    FROM json_each(?)
"""


class Journal:
    """Where the log stands, and the way to add to it."""

    def __init__(
        self,
        connection: TrioConnection,
        place: Place,
        fault: Fault | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._site = place
        self._fault = fault
        self._position = 0
        self._hash = hash_chain.GENESIS
        self._heads: dict[str, int] = {}
        self._sound = True
        self._pages = 0
        self._steps = 0
        self._erasure = Erasure(clock)
        self.checkpoint_due = False
        self.transactions = Transactions()

    def open(self, connection: sqlite3.Connection) -> None:
        compact.clean(connection)
        self._position, self._hash = _head(connection)

    def distrust(self) -> None:
        """What was committed last may not be in the file at the path: the next transaction opens that file
        anew and compares. Until then the one that is open stays open; a backup can still save it."""
        self._sound = False

    def commit(self, appends: Sequence[Append], made: Sequence[Made] | None = None) -> list[Outcome]:
        """One transaction; `made`: what the appends are stored as, where that was decided elsewhere. Raises
        StoreUnavailable when nothing of it was written, StoreRefuses if it would not be another time either.
        """
        if erases(appends):
            self._erasure.expect(patient(appends))  # whatever comes of it: what looks failed may be there
        try:
            connection = self._ready()
            self._learn_heads(connection, appends)
            try:
                plan = self._write(connection, appends, made, None)
            except sqlite3.IntegrityError:
                if connection.in_transaction:
                    connection.rollback()
                plan = self._write(connection, appends, made, Claims(connection, appends))
        except Exception as error:
            raise self._lost(error, "commit") from error
        self._position, self._hash = plan.position, plan.hash
        self.transactions.add(plan)
        self._heads.update(plan.heads)
        self._pages += 2 + PAGES_PER_FACT * plan.facts + 2 * plan.taken
        if self._pages >= PAGES_BEFORE_CHECKPOINT:
            self._pages = 0
            self.checkpoint_due = True
        return plan.outcomes

    def maintain(self, step: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection | None) -> T:
        """Carries out one step of something that takes many, as a transaction; `connection`: the one on
        which it was begun. Raises StoreUnavailable."""
        try:
            ready = self._ready()
        except Exception as error:
            raise self._lost(error, "maintain") from error
        if connection is not None and ready is not connection:
            raise StoreUnavailable("the database was opened anew meanwhile; begin again")
        try:
            ready.execute("BEGIN IMMEDIATE")
            done = step(ready)
            ready.execute("COMMIT")
        except Exception as error:
            raise self._lost(error, "maintain") from error
        self._steps += 1
        if self._steps % STEPS_BEFORE_CHECKPOINT == 0:
            self.checkpoint_due = True
        return done

    def begin_shrinking(self) -> sqlite3.Connection:
        """The file may become smaller. Gives the connection on which the steps are to be carried out. Raises
        StoreUnavailable."""
        try:
            connection = self._ready()
        except Exception as error:
            raise self._lost(error, "maintain") from error
        self._site.shrink()
        return connection

    def checkpoint(self) -> None:
        """Moves what the write-ahead log holds into the database. Raises StoreUnavailable."""
        self._checkpoint("PASSIVE")

    def empty(self, patience: float = BUSY_SECONDS) -> bool:
        """The same, and empties the write-ahead log, unless there are readers for longer than `patience`.
        Whether all of it is on the disk: what came while somebody read may be on none. Raises
        StoreUnavailable."""
        hindered, left = self._checkpoint("TRUNCATE", patience)
        if hindered:
            self._erasure.hindered()
        else:
            self._erasure.done()
        return left == 0

    def erase(self) -> float | None:
        """Empties the write-ahead log if that is due for what was erased, and waits for nobody. Never raises.
        Gives the seconds after which to call again, None when nothing is due."""
        if self._erasure.wait() == 0:
            try:
                self.empty(patience=0)
            except StoreUnavailable:
                self._erasure.failed()
        return self._erasure.wait()

    def _checkpoint(self, mode: str, patience: float = BUSY_SECONDS) -> tuple[bool, int]:
        """Whether readers kept it from doing all of it, and how many pages it has not moved."""
        try:
            connection = self._ready()
            self._at("checkpoint", connection)
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * patience)}")
            with self._site.checkpoint():
                [busy, pages, moved] = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
            size = compact.size(connection)
        except Exception as error:
            raise self._lost(error, "checkpoint") from error
        self._pages = 0
        self._site.settle(size)
        return bool(busy), pages - moved

    # --- one transaction ---------------------------------------------------------------------------

    def _write(
        self,
        connection: sqlite3.Connection,
        appends: Sequence[Append],
        made: Sequence[Made] | None,
        claims: Claims | None,
    ) -> Plan:
        salts = sum(len(append.facts) for append in appends) if made is None else 0
        plan = Plan(self._position, self._hash, salts)
        those: list[tuple[Append, Made | None]] = list(zip(appends, made or repeat(None), strict=False))
        if any(append.conditions for append in appends):
            self._write_checked(connection, those, claims, plan)
            return plan
        for append, as_made in those:
            self._place(append, as_made, claims, plan)
        statements = plan.take()
        self._at("write", connection)
        if len(statements) == 1 and self._fault is None:
            connection.execute(*statements[0])  # a transaction of its own
        elif statements:
            connection.execute("BEGIN IMMEDIATE")
            _run(connection, statements)
            self._at("commit", connection)
            connection.execute("COMMIT")
        return plan

    def _write_checked(
        self,
        connection: sqlite3.Connection,
        those: Sequence[tuple[Append, Made | None]],
        claims: Claims | None,
        plan: Plan,
    ) -> None:
        """The same for a batch in which appends have conditions."""
        self._at("write", connection)
        connection.execute("BEGIN IMMEDIATE")
        for append, made in those:
            if append.conditions:
                _run(connection, plan.take())
                if not all(holds(connection, condition) for condition in append.conditions):
                    plan.outcomes.append(Taken("stale"))
                    continue
            self._place(append, made, claims, plan)
        _run(connection, plan.take())
        self._at("commit", connection)
        connection.execute("COMMIT")

    def _place(self, append: Append, made: Made | None, claims: Claims | None, plan: Plan) -> None:
        """Lets the append in, or says why not."""
        heads = self._next_heads(append, plan.heads)
        if heads is None or any(
            (plan.heads.get(stream) or self._heads[stream]) != seq for stream, seq in append.beside
        ):
            plan.outcomes.append(Taken("seq"))
        elif claims is not None and (taken := claims.conflict(append)):
            plan.outcomes.append(taken)
        else:
            plan.heads.update(heads)
            appended = plan.place(append, made)
            if claims is not None:
                claims.add(appended.events)
            plan.outcomes.append(appended)

    def _next_heads(self, append: Append, moved: dict[str, int]) -> dict[str, int] | None:
        """Where the append's streams will stand, or None when it does not follow from where they do."""
        heads: dict[str, int] = {}
        for fact in append.facts:
            stream = fact.stream
            head = heads.get(stream) or moved.get(stream) or self._heads[stream]
            if fact.seq != head + 1:
                return None
            heads[stream] = fact.seq
        return heads

    def _learn_heads(self, connection: sqlite3.Connection, appends: Sequence[Append]) -> None:
        if len(self._heads) > HEADS_KEPT:
            self._heads.clear()
        streams = {fact.stream for append in appends for fact in append.facts}
        streams |= {stream for append in appends for stream, _ in append.beside}
        streams -= self._heads.keys()
        if streams:
            wanted = msgspec.json.encode(list(streams)).decode()
            self._heads |= msgspec.json.decode(json_rows.cell(connection, STREAM_HEADS, (wanted,)))

    # --- when it fails -----------------------------------------------------------------------------

    def _lost(self, error: Exception, what: str) -> StoreUnavailable:
        """After a failed sync the system's page cache may show what the disk does not have. So whatever
        failed, this connection is not used again: the next transaction opens the file anew."""
        self._sound = False
        self._heads.clear()
        self.transactions.begin_anew()
        connection = self._connection.current()
        if connection is not None and connection.in_transaction:
            with suppress(sqlite3.Error):  # it ends at the latest when the connection is closed
                connection.rollback()
        if not isinstance(error, StoreUnavailable):
            server_log.error("database_failed", what=what, error=f"{type(error).__name__}: {error}")
        if isinstance(error, StoreMisplaced):
            return error
        if isinstance(error, sqlite3.IntegrityError):
            return StoreRefuses(f"the database does not take it: {error}")
        return StoreUnavailable(f"the database cannot be written: {str(error) or type(error).__name__}")

    def _ready(self) -> sqlite3.Connection:
        connection = self._connection.current()
        return connection if connection is not None and self._sound else self._reopen()

    def _reopen(self) -> sqlite3.Connection:
        self._at("reopen", None)
        if self._site.lost() is not None:
            raise StoreMisplaced(NOT_THERE)  # once closed, a file without a name is gone
        self._site.forget()
        connection = self._connection.reopen()
        acknowledged = json_rows.cell(
            connection, "SELECT hash FROM events WHERE position = ?", (self._position,)
        )
        if self._position and acknowledged != self._hash:
            raise StoreUnavailable(f"event {self._position} was acknowledged, but the file does not hold it")
        compact.clean(connection)
        self._position, self._hash = _head(connection)
        self._site.learn()
        self._sound = True
        return connection

    def _at(self, stage: str, connection: sqlite3.Connection | None) -> None:
        if self._fault is not None:
            self._fault(stage, connection)


def _run(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    for statement in statements:
        connection.execute(*statement)


def _head(connection: sqlite3.Connection) -> tuple[int, bytes]:
    return connection.execute(HEAD).fetchone() or (0, hash_chain.GENESIS)
