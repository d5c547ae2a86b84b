"""A new node begins with a copy of the database of one that lives; the stream has what came since."""

from __future__ import annotations

import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final

import msgspec
import trio

from chatd.cluster.complaints import Complaints
from chatd.cluster.net import Net, Unreachable
from chatd.cluster.node_message import NodeMessage, encode
from chatd.database_files import remove_copy
from chatd.log import log
from chatd.ports import StoreError, StoreUnavailable

PIECE: Final = 512 * 1024  # bytes
OFFER_SECONDS: Final = 120.0  # in which a copy is made
PIECE_SECONDS: Final = 15.0
AGAIN_SECONDS: Final = 2.0  # after which one that was busy is asked again
BUSY_SECONDS: Final = 3600.0  # for which a new node waits for one that is not
FREE_FIRST: Final = 3.0  # seconds after which one that is busy says so: whoever is not answers before
KEPT_SECONDS: Final = 600.0  # that a copy is kept for who does not ask on
TRIES: Final = 8  # for a piece
ASK: Final = "copy"
BUSY: Final = "it gives a copy to another node just now"


class Offer(msgspec.Struct, frozen=True):
    """`node` has made a copy of so many bytes; `problem`: why it has not."""

    node: str
    id: str
    size: int
    problem: str = ""


class Wanted(msgspec.Struct, frozen=True):
    id: str
    at: Annotated[int, msgspec.Meta(ge=0)]


_OFFER: Final = NodeMessage(Offer)
_WANTED: Final = NodeMessage(Wanted)


class Copies:
    """Gives copies away, one at a time. `copy` writes one to a path. `run` it."""

    def __init__(self, net: Net, folder: Path, copy: Callable[[Path], Awaitable[object]]) -> None:
        self._net = net
        self._path = folder / "copy-for-a-node.db"
        self._copy = copy
        self._complaints = Complaints()
        self._id: str | None = None  # of the copy; None: there is none, or it is not whole
        self._making = False
        self._asked_at = 0.0
        self._size = 0

    def offer(self) -> None:
        """From now on it answers."""
        remove_copy(self._path)  # of a life before
        self._net.answer(ASK, self._make)
        self._net.answer(f"{ASK}.{self._net.node}", self._piece)

    async def run(self) -> None:
        """For ever: throws a copy away that nobody reads."""
        while True:
            await trio.sleep(KEPT_SECONDS / 4)
            if self._id and trio.current_time() - self._asked_at > KEPT_SECONDS:
                self._id = None
                remove_copy(self._path)

    async def _make(self, _: bytes) -> bytes:
        if self._making or (self._id and trio.current_time() - self._asked_at < PIECE_SECONDS):
            await trio.sleep(FREE_FIRST)
            return encode(Offer(self._net.node, "", 0, BUSY))
        self._making, self._id = True, None  # who still reads the one before begins anew
        try:
            remove_copy(self._path)
            await self._copy(self._path)
            self._id, self._asked_at = secrets.token_hex(16), trio.current_time()
            self._size = self._path.stat().st_size
            log.info("copy_made", bytes=self._size)
            return encode(Offer(self._net.node, self._id, self._size))
        except (StoreError, StoreUnavailable, OSError) as error:
            remove_copy(self._path)
            return encode(Offer(self._net.node, "", 0, str(error)))
        finally:
            self._making = False

    async def _piece(self, data: bytes) -> bytes:
        wanted = _WANTED.read(data, self._complaints)
        if wanted is None or wanted.id != self._id or wanted.at >= self._size:
            return b""
        self._asked_at = trio.current_time()
        try:
            piece = await trio.to_thread.run_sync(_read, self._path, wanted.at)
        except OSError as error:
            self._complaints.say("copy_unreadable", problem=str(error))
            return b""
        if wanted.at + len(piece) >= self._size:
            self._asked_at -= PIECE_SECONDS  # the next one may ask
        return piece


async def fetch(net: Net, path: Path) -> str:
    """Writes a copy to `path`, and gives the node that it is of. Raises Unreachable when no node answers, and
    StoreError."""
    offer = await _ask_offer(net)
    if offer.problem == BUSY:
        log.info("waiting_for_copy", node=offer.node)
    until = trio.current_time() + BUSY_SECONDS
    while offer.problem == BUSY and trio.current_time() < until:
        await trio.sleep(AGAIN_SECONDS)
        offer = await _ask_offer(net)
    if offer.problem:
        raise StoreError(f"the node {offer.node} gives no copy of its database: {offer.problem}")
    part = path.with_name(path.name + ".part")
    try:
        await _write(net, offer, part)
        await trio.to_thread.run_sync(os.rename, part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    return offer.node


async def _write(net: Net, offer: Offer, part: Path) -> None:
    """Raises StoreError, OSError."""
    file = await trio.open_file(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")
    async with file:
        at = 0
        while at < offer.size:
            piece = await _ask_piece(net, offer, at)
            await file.write(piece)
            at += len(piece)
        await file.flush()
        await trio.to_thread.run_sync(os.fsync, file.fileno())


async def _ask_offer(net: Net) -> Offer:
    offer = _OFFER.read(await net.ask(ASK, b"", OFFER_SECONDS), Complaints())
    if offer is None:
        raise Unreachable(f"{ASK}: the answer is none of a node")
    return offer


async def _ask_piece(net: Net, offer: Offer, at: int) -> bytes:
    for _ in range(TRIES):
        try:
            piece = await net.ask(f"{ASK}.{offer.node}", encode(Wanted(offer.id, at)), PIECE_SECONDS)
        except Unreachable:
            await trio.sleep(1)
            continue
        if piece:
            return piece
        break
    raise StoreError(
        f"the copy from the node {offer.node} ended after {at} of {offer.size} bytes; start again"
    )


def _read(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(PIECE)
