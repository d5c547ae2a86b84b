"""`/standby/…`: what a standby asks for, in MessagePack. For operators and admins only, where the setting
`follow` allows it: everything that the server has is in it, secrets too."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import Any, Final

import msgspec
import trio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chatd import __version__
from chatd.contract.errors import Refusal
from chatd.gateway.http.files.answers import NO_STORE, Problem, answering
from chatd.gateway.http.files.asker import asker
from chatd.gateway.http.files.download import Bytes
from chatd.log import log
from chatd.ports import Blobs, Replication
from chatd.ports.desk import Desk
from chatd.settings import Settings

FORMAT: Final = 1
EVENTS: Final = 2_000  # in one answer
LONGEST_WAIT: Final = 5.0  # seconds
LOOKS: Final = 2  # under way at once
SENT: Final = 256 * 1024  # bytes at once
MOST_SAID: Final = 2**31
NAME: Final = re.compile("[A-Za-z0-9._:-]{1,100}")  # of a standby
TYPE: Final = "application/vnd.msgpack"
NOT_ALLOWED: Final = Refusal(
    "forbidden",
    "only an operator or admin may follow this server, and only if its setting `follow` allows it",
)
ANOTHER: Final = Refusal("conflict", "this server's log is another one; begin in an empty folder")
BEHIND: Final = Refusal(
    "unavailable", "another node has what this one has not heard yet; try again in a moment"
)
NOT_KEPT: Final = Refusal("not_found", "these transactions are not kept; look at the tables")
BUSY: Final = Refusal("unavailable", "others are copying this server now; try again in a moment")


class StandbyRoutes:
    """`level`, of a node of a cluster, returns when it knows what the others know, or after a while."""

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        replication: Replication,
        blobs: Blobs,
        head: Callable[[], int],
        heard: Callable[[str, str, int, int, int], None],
        level: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self._allowed = settings.follow
        self._files = settings.files_store
        self._data = settings.data
        self._desk = desk
        self._replication = replication
        self._blobs = blobs
        self._head = head
        self._heard = heard
        self._level = level
        self._looks = 0

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/standby/hello", answering(self._hello)),
            Route("/standby/events", answering(self._events)),
            Route("/standby/look", answering(self._look)),
            Route("/standby/transactions", answering(self._transactions)),
            Route("/standby/files/{hash}", answering(self._file)),
        ]

    async def _admit(self, request: Request) -> None:
        caller = await asker(request, self._desk)
        if not caller.operator and not (caller.admin and self._allowed):
            raise Problem(NOT_ALLOWED)
        query = request.query_params
        if NAME.fullmatch(name := query.get("name", "")):
            position = min(_number(request, "position"), self._head())
            lag, missing = (
                min(_number(request, said), MOST_SAID) for said in ("lag_seconds", "files_missing")
            )
            self._heard(name, caller.by, position, lag, missing)

    async def _hello(self, request: Request) -> Response:
        await self._admit(request)
        standing = msgspec.to_builtins(await self._replication.standing())
        return _answer({"format": FORMAT, "chatd": __version__, "files": self._files, **standing})

    async def _events(self, request: Request) -> Response:
        await self._admit(request)
        found = await self._replication.events(*await self._place(request), EVENTS)
        if found is None:
            raise Problem(ANOTHER)
        return _answer(found)

    async def _look(self, request: Request) -> Any:
        await self._admit(request)
        place = await self._place(request)
        with self._looking():
            try:
                file = await self._spooled(place)
            except OSError as error:
                why = f"a copy of the tables does not fit into {self._data}: {error.strerror or error}"
                raise Problem(Refusal("unavailable", why)) from error
        log.info("standby_looked", after=place[0], by=request.state.caller.by)
        return _Spooled(file)

    async def _spooled(self, place: tuple[int, str]) -> Any:
        """The file with the look. Raises Problem, OSError, StoreUnavailable."""
        file = await trio.to_thread.run_sync(lambda: TemporaryFile(dir=self._data))  # noqa: SIM115
        try:
            if not await self._replication.look(*place, file):
                raise Problem(ANOTHER)
            await trio.to_thread.run_sync(file.flush)
        except BaseException:
            with suppress(OSError):  # what is still to be written does not matter any more
                file.close()
            raise
        return file

    async def _transactions(self, request: Request) -> Response:
        await self._admit(request)
        query = request.query_params
        wait = min(float(_number(request, "wait")), LONGEST_WAIT)
        found = await self._replication.transactions(query.get("run", ""), _number(request, "after"), wait)
        if found is None:
            raise Problem(NOT_KEPT)
        return _answer({"position": self._head(), "transactions": [msgspec.Raw(one) for one in found]})

    async def _file(self, request: Request) -> Any:
        await self._admit(request)
        opened = await self._blobs.open(request.path_params["hash"])
        return Bytes(opened, {**NO_STORE, "content-type": "application/octet-stream"}, None)

    async def _place(self, request: Request) -> tuple[int, str]:
        """The event up to which the standby has the log: its position and hash. It may have come from another
        node, which is further. Raises Problem, StoreUnavailable."""
        after, hash_ = _place(request)
        if self._level is not None and after > self._head():
            await self._level()
            if after > self._head():
                raise Problem(BEHIND)
        return after, hash_

    @contextmanager
    def _looking(self) -> Iterator[None]:
        if self._looks == LOOKS:
            raise Problem(BUSY)
        self._looks += 1
        try:
            yield
        finally:
            self._looks -= 1


class _Spooled:
    """The response with all of a file, which it closes."""

    def __init__(self, file: Any) -> None:
        self._file = file

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            size = self._file.seek(0, 2)
            self._file.seek(0)
            headers = [(b"content-type", TYPE.encode()), (b"content-length", str(size).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while size:
                piece = await trio.to_thread.run_sync(self._file.read, SENT)
                size -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": size > 0})
        finally:
            self._file.close()


def _answer(value: object) -> Response:
    return Response(msgspec.msgpack.encode(value), 200, NO_STORE, TYPE)


def _place(request: Request) -> tuple[int, str]:
    """A position and a hash. Raises Problem."""
    hash_ = request.query_params.get("hash", "")
    if not re.fullmatch("[0-9a-f]{64}", hash_):
        raise Problem(Refusal("invalid", "hash: must have 64 hexadecimal digits"))
    return _number(request, "after"), hash_


def _number(request: Request, name: str) -> int:
    said = request.query_params.get(name, "")
    if not re.fullmatch("[0-9]{1,18}", said):
        raise Problem(Refusal("invalid", f"{name}: must be a whole number"))
    return int(said)
