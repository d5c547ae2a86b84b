"""Whether the NATS servers are as a cluster needs them: their monitoring ports say whether they sync before
they acknowledge, and whether they let this node in is tried."""

from __future__ import annotations

import http.client
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import trio

from chatd.concurrency.backoff import Backoff
from chatd.log import log
from chatd.ports import StoreError

SECONDS: Final = 5.0
EVERY: Final = 60.0  # seconds
# Seconds, at first and at most, as long as something is wrong: whoever mended it looks whether it is, and a
# server that refuses a node logs that each time.
AGAIN: Final = 3.0, 15.0
LOOK_AT_IT: Final = "look whether it runs, and at its file: the users, TLS and addresses in it"
LARGEST: Final = 4 * 2**20  # bytes of an answer


class Unsynced(StoreError):
    """A NATS server is not set as a cluster needs it; the text says what to do."""


class Silent(Exception):
    """A monitoring port does not answer, so nobody knows how its server is set."""


class Monitors:
    """What is found while a node runs: a server may be started anew with another file. `unusable` gives which
    of them the node could not use, and why. `run` it."""

    def __init__(self, monitors: Sequence[str], unusable: Callable[[], Awaitable[Sequence[str]]]) -> None:
        self.problems: list[str] = []
        self._monitors = monitors
        self._unusable = unusable

    async def run(self) -> None:
        """For ever."""
        again = Backoff(*AGAIN)
        while True:
            found = await trio.to_thread.run_sync(partial(problems, self._monitors), abandon_on_cancel=True)
            found += [
                f"this node cannot use a NATS server, {why}; {LOOK_AT_IT}" for why in await self._unusable()
            ]
            if found != self.problems:
                again.reset()
                if found:
                    log.warning("nats_not_as_needed", problems=found)
            self.problems = found
            await trio.sleep(again.next_delay() if found else EVERY)


def problems(monitors: Sequence[str]) -> list[str]:
    """One sentence for each that does not answer, or whose server is not set as a cluster needs it."""
    found = []
    for monitor in monitors:
        try:
            problem = _problem(monitor)
        except Silent as error:
            problem = (
                f"the monitoring port {monitor} does not answer: {error}; nobody knows whether that server"
                " syncs before it acknowledges"
            )
        if problem is not None:
            found.append(problem)
    return found


def refuse_unsynced(monitors: Sequence[str]) -> None:
    """Raises StoreError unless each of them that answers, and at least one, syncs before it acknowledges. By
    default a server waits up to two minutes, and a power cut takes what it had acknowledged."""
    silent = []
    for monitor in monitors:
        try:
            problem = _problem(monitor)
        except Silent as error:
            silent.append(f"{monitor}: {error}")
            continue
        if problem is not None:
            raise Unsynced(problem)
    if len(silent) == len(monitors):
        raise StoreError(f"no monitoring port of the NATS servers answers: {'; '.join(silent)}")


def _problem(monitor: str) -> str | None:
    """Raises Silent."""
    try:
        said = _look(monitor)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise Silent(why or str(error) or type(error).__name__) from error
    jetstream = said.get("jetstream")
    config = jetstream.get("config") if isinstance(jetstream, dict) else None
    if not isinstance(config, dict):
        return (
            f"the NATS server at {monitor} has no JetStream; add a `jetstream` block to its file, or if its"
            " disk was full, make room and start it anew"
        )
    if not config.get("sync_always"):
        return (
            f"the NATS server at {monitor} acknowledges before it syncs, so a power cut loses what was"
            " acknowledged; set `sync_interval: always` in its `jetstream` block"
        )
    return None


def _look(monitor: str) -> dict[str, Any]:
    parts = urlsplit(monitor)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/varz")
        return msgspec.json.decode(connection.getresponse().read(LARGEST), type=dict[str, Any])
    finally:
        connection.close()
