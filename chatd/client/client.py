"""The client that applications hold: requests, events, signals.

`Client.ask` takes any request of `chatd.contract`. The usual ones stand by noun in `messages`, `rooms`,
`spaces` and `personal`, as functions of whoever asks; the class lists them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from chatd.client import messages as m
from chatd.client import personal as p
from chatd.client import rooms as r
from chatd.client import spaces as s
from chatd.client.address import Address, parse_address
from chatd.client.asking import all_pages
from chatd.client.errors import Disconnected, Refused
from chatd.client.event import Event, Signal
from chatd.client.nursery import quiet_nursery
from chatd.client.renewal import Renewal
from chatd.client.session import LONGEST_DELAY, Session
from chatd.client.tokens import Tokens
from chatd.client.wire import FORMATS, FormatName
from chatd.contract.session import Cursor, SessionOpened

T = TypeVar("T")


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

    Every method that asks the server raises `Refused` when the answer is no, `Disconnected` when there is
    none, and `Unreadable` when it is not what the contract declares.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def opened(self) -> SessionOpened | None:
        """The newest answer to `session.open`: account, limits, spaces, rooms. None for an operator."""
        return self._session.opened

    @property
    def account(self) -> str | None:
        """The id of the account that this session belongs to; None for an operator."""
        return self.opened.account.id if self.opened is not None else None

    @property
    def cursor(self) -> Cursor | None:
        """The last event that `events` gave. Keep it to go on from there another day."""
        return self._session.cursor

    @property
    def tokens(self) -> Tokens | None:
        """What this session signs in with; refreshed tokens included."""
        return self._session.tokens

    async def ask(self, request: object, result: type[T], /) -> T:
        """The result of a request of the contract; `result` is the type that its row declares.

        `await client.ask(GetRoom(room), RoomDetailResult)`. Raises TypeError when the two do not belong
        together.
        """
        return await self._session.ask(request, result)

    async def request(self, name: str, /, **data: Any) -> dict[str, Any]:
        """The result of any command or query by its name, as it came; also of one that only a newer server
        has. Fields that are None are left out."""
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

    # messages
    post = m.post
    edit = m.edit
    delete = m.delete
    message = m.message
    edits = m.edits
    history = m.history
    thread = m.thread
    search = m.search
    react = m.react
    unreact = m.unreact
    reactors = m.reactors
    pin = m.pin
    unpin = m.unpin
    pins = m.pins
    schedule = m.schedule
    unschedule = m.unschedule
    scheduled = m.scheduled

    # rooms
    create_room = r.create_room
    rooms = r.rooms
    room = r.room
    members = r.members
    join = r.join
    leave = r.leave
    open_direct = r.open_direct
    direct_rooms = r.direct_rooms
    accept_direct = r.accept_direct
    decline_direct = r.decline_direct
    leave_direct = r.leave_direct
    mark_read = r.mark_read
    mark_unread = r.mark_unread
    unread = r.unread
    receipts = r.receipts
    typing = r.typing

    # spaces
    create_space = s.create_space
    spaces = s.spaces
    space_members = s.space_members
    create_invite = s.create_invite
    accept_invite = s.accept_invite
    emoji = s.emoji
    add_emoji = s.add_emoji
    remove_emoji = s.remove_emoji

    # the account's own
    set_presence = p.set_presence
    watch_presence = p.watch_presence
    notifications = p.notifications
    read_notifications = p.read_notifications
    subscribe = p.subscribe
    follow_thread = p.follow_thread
    unfollow_thread = p.unfollow_thread
    preferences = p.preferences
    set_preferences = p.set_preferences
    block = p.block
    unblock = p.unblock
    blocks = p.blocks
    add_bookmark = p.add_bookmark
    remove_bookmark = p.remove_bookmark
    bookmarks = p.bookmarks
    set_draft = p.set_draft
    drafts = p.drafts

    all_pages = all_pages


@asynccontextmanager
async def connect(
    place: str | Path | Address,
    token: str | Tokens | None = None,
    *,
    cursor: Cursor | None = None,
    format: FormatName = "msgpack",
    patient: bool = True,
    on_refresh: Callable[[Tokens], None] | None = None,
    on_lost: Callable[[Refused | Disconnected], None] | None = None,
    newest: Callable[[], Tokens | None] | None = None,
    longest_delay: float = LONGEST_DELAY,
) -> AsyncGenerator[Client, None]:
    """A client, connected and signed in, for the time of the block.

    `place`: `http(s)://…` or `ws(s)://…`, or the admin socket as a `Path` or `unix:FILE`, where no token is
    needed. `token`: an access or bearer token, or the `Tokens` from `sign_in`, which are then refreshed as
    needed; each new pair is told to `on_refresh`. `cursor`: give every event after this one.
    `patient`: reconnect and retry until a cancel scope of the caller says stop; if not, the first failure
    is raised. The first connection is tried once in either case. `on_lost` is told why a connection is lost
    that will be tried again, and why a request waits that the server cannot carry out (`unavailable`).
    `newest` gives the tokens of this sign-in as others may have refreshed them.
    `longest_delay`: seconds between two tries, at most.
    """
    tokens = Tokens(token) if isinstance(token, str) else token
    session = Session(
        parse_address(place),
        FORMATS[format],
        renewal=Renewal(tokens, on_refresh, newest),
        cursor=cursor,
        patient=patient,
        on_lost=on_lost,
        longest_delay=longest_delay,
    )
    async with quiet_nursery() as nursery:
        await nursery.start(session.run)
        try:
            yield Client(session)
        finally:
            await session.close()
