"""The client that applications hold: requests, typed shortcuts for the common ones, events, signals."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import attrs

from chatd.client.address import Address, parse_address
from chatd.client.event import Cursor, Event, Signal
from chatd.client.link import open_link
from chatd.client.nursery import quiet_nursery
from chatd.client.session import Session
from chatd.client.tokens import Tokens, tokens_of
from chatd.client.wire import FORMATS, FormatName

T = TypeVar("T")

PAGE = 500  # the largest page that a server gives


@attrs.frozen(slots=True)
class Posted:
    """Where a message stands now: `seq` in its room, `position` in the log, `at` Unix milliseconds."""

    seq: int
    position: int
    at: int


@attrs.frozen(slots=True)
class History:
    """Messages of a room, oldest first, and whether there are more on either side."""

    messages: list[dict[str, Any]]
    more_before: bool
    more_after: bool


class _Endless(AsyncIterator[T]):
    """Not a generator: one that is left in the middle would have to be closed."""

    def __init__(self, take: Callable[[], Awaitable[T | None]]) -> None:
        self._take = take

    async def __anext__(self) -> T:
        item = await self._take()
        if item is None:
            raise StopAsyncIteration
        return item


class Client:
    """A session with a server. Get one from `connect`.

    Every method that asks the server raises `Refused` when the answer is no and `Disconnected` when there
    is none. Fields that are None are left out of a request.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def opened(self) -> dict[str, Any]:
        """The newest answer to `session.open`: account, limits, spaces, rooms. Empty for an operator."""
        return self._session.opened

    @property
    def account(self) -> str | None:
        """The id of the account that this session belongs to; None for an operator."""
        account = self.opened.get("account")
        return account["id"] if isinstance(account, dict) else account

    @property
    def cursor(self) -> Cursor | None:
        """The last event that `events` gave. Keep it to go on from there another day."""
        return self._session.cursor

    @property
    def tokens(self) -> Tokens | None:
        """What this session signs in with; refreshed tokens included."""
        return self._session.tokens

    async def request(self, name: str, /, **data: Any) -> dict[str, Any]:
        """The result of any command or query of the protocol."""
        given = {field: value for field, value in data.items() if value is not None}
        return await self._session.request(name, given)

    def events(self) -> AsyncIterator[Event]:
        """Every event that the account may see, in the order of the log, each once. For one reader.

        Ends when the client is closed; raises what ended the session otherwise.
        """
        return _Endless(self._session.next_event)

    def signals(self) -> AsyncIterator[Signal]:
        """Passing news such as typing. The oldest are dropped when nobody takes them."""
        return _Endless(self._session.next_signal)

    # --- messages

    async def post(
        self, room: str, text: str, nonce: str | None = None, reply_to: int | None = None
    ) -> Posted:
        """Posts exactly once, however often the connection breaks meanwhile.

        Give your own `nonce` to make that true over a restart of your program too.
        """
        result = await self.request("message.post", room=room, text=text, nonce=nonce, reply_to=reply_to)
        return Posted(result["seq"], result["position"], result["at"])

    async def history(
        self,
        room: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int | None = None,
    ) -> History:
        """A page of messages before, after or around a seq; the newest when none is given."""
        result = await self.request(
            "room.history", room=room, before=before, after=after, around=around, limit=limit
        )
        return History(result["messages"], result["more_before"], result["more_after"])

    async def mark_read(self, room: str, seq: int) -> None:
        await self.request("read.mark", room=room, seq=seq)

    # --- rooms

    async def create_room(
        self,
        space: str,
        name: str,
        *,
        kind: str | None = None,
        private: bool | None = None,
        topic: str | None = None,
    ) -> dict[str, Any]:
        result = await self.request(
            "room.create", space=space, name=name, kind=kind, private=private, topic=topic
        )
        return _object(result["room"])

    async def rooms(self, space: str) -> list[dict[str, Any]]:
        """The rooms of a space that the account may see."""
        return _objects((await self.request("room.list", space=space))["rooms"])

    async def room(self, room: str) -> dict[str, Any]:
        return _object((await self.request("room.get", room=room))["room"])

    async def members(self, room: str) -> list[dict[str, Any]]:
        """All members of a room, page by page."""
        return await self.all_pages("room.members", "members", room=room)

    async def join(self, room: str) -> None:
        await self.request("room.join", room=room)

    async def leave(self, room: str) -> None:
        await self.request("room.leave", room=room)

    # --- spaces and invites

    async def create_space(
        self, name: str, *, description: str | None = None, icon: str | None = None
    ) -> dict[str, Any]:
        return _object(
            (await self.request("space.create", name=name, description=description, icon=icon))["space"]
        )

    async def spaces(self) -> list[dict[str, Any]]:
        return _objects((await self.request("space.list"))["spaces"])

    async def space_members(self, space: str) -> list[dict[str, Any]]:
        """All members of a space, page by page."""
        return await self.all_pages("space.members", "members", space=space)

    async def create_invite(
        self,
        space: str,
        *,
        role: str | None = None,
        max_uses: int | None = None,
        expires_in: int | None = None,
    ) -> dict[str, Any]:
        """The invite with its `code`, which is shown this once. `expires_in`: seconds."""
        result = await self.request(
            "invite.create", space=space, role=role, max_uses=max_uses, expires_in=expires_in
        )
        return _object(result["invite"])

    async def accept_invite(self, code: str) -> Any:
        """The space that the account is a member of now."""
        return (await self.request("invite.accept", code=code))["space"]

    async def all_pages(self, query: str, field: str, /, **data: Any) -> list[dict[str, Any]]:
        """Everything that a query gives in pages of `field` with a `next`."""
        found: list[dict[str, Any]] = []
        after: Any = None
        while True:
            page = await self.request(query, **data, after=after, limit=PAGE)
            found += page[field]
            after = page.get("next")
            if after is None:
                return found


@asynccontextmanager
async def connect(
    place: str | Path | Address,
    token: str | Tokens | None = None,
    *,
    cursor: Cursor | None = None,
    format: FormatName = "msgpack",
    patient: bool = True,
    on_refresh: Callable[[Tokens], None] | None = None,
) -> AsyncGenerator[Client, None]:
    """A client, connected and signed in, for the time of the block.

    `place`: `http(s)://…` or `ws(s)://…`, or the admin socket as a `Path` or `unix:FILE`, where no token is
    needed. `token`: an access or bearer token, or the `Tokens` from `sign_in`, which are then refreshed as
    needed; each new pair is told to `on_refresh`. `cursor`: give every event after this one.
    `patient`: reconnect and retry until a cancel scope of the caller says stop; if not, the first failure
    is raised. The first connection is tried once in either case.
    """
    tokens = Tokens(token) if isinstance(token, str) else token
    session = Session(
        parse_address(place),
        FORMATS[format],
        tokens=tokens,
        cursor=cursor,
        patient=patient,
        on_refresh=on_refresh,
    )
    async with quiet_nursery() as nursery:
        await nursery.start(session.run)
        try:
            yield Client(session)
        finally:
            await session.close()


async def sign_in(
    place: str | Path | Address, name: str, password: str, *, device: str | None = None
) -> Tokens:
    """Tokens for an account, for `connect`. Raises Refused (`unauthenticated`), Disconnected."""
    return await _ask_for_tokens(place, "account.sign_in", name=name, password=password, device=device)


async def sign_up(
    place: str | Path | Address,
    name: str,
    password: str,
    *,
    display_name: str | None = None,
    invite: str | None = None,
) -> Tokens:
    """Makes an account and signs it in. Raises Refused, Disconnected."""
    return await _ask_for_tokens(
        place, "account.sign_up", name=name, password=password, display_name=display_name, invite=invite
    )


async def refresh(place: str | Path | Address, refresh_token: str) -> Tokens:
    """A new pair of tokens; the given one is used up. Raises Refused, Disconnected."""
    return await _ask_for_tokens(place, "account.refresh", refresh_token=refresh_token)


async def _ask_for_tokens(place: str | Path | Address, command: str, **data: Any) -> Tokens:
    given = {field: value for field, value in data.items() if value is not None}
    async with open_link(parse_address(place), FORMATS["msgpack"]) as link:
        tokens = tokens_of(await link.ask(command, given))
        await link.close()
    return tokens


def _object(value: Any) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value


def _objects(value: Any) -> list[dict[str, Any]]:
    assert isinstance(value, list)
    return value
