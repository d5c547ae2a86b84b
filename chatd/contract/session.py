"""The session: what a client is told when it opens one."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.account import Account
from chatd.contract.fields import EventHash, Id, RateClass, Seq, Token
from chatd.contract.http import Http
from chatd.contract.quota import Quotas
from chatd.contract.room import OwnRoom
from chatd.contract.space import OwnSpace
from chatd.contract.spec import RequestType, command


# Unknown keys are refused, as at the top level of a request.
class Cursor(Struct, frozen=True, forbid_unknown_fields=True):
    """The last event that a client has applied: its position, the epoch of its log, and its hash.

    The hash stands for the event and all before it. Without one the server cannot tell whether it still has
    the events that the client has, or others in their places.
    """

    epoch: Id
    position: Seq
    hash: EventHash | None = None


class OpenSession(Struct, frozen=True):
    token: Token | None = None
    cursor: Cursor | None = None


class ServerInfo(Struct, frozen=True, kw_only=True):
    name: str
    version: str


class RateLimit(Struct, frozen=True, kw_only=True):
    """`burst` requests at once, `per_second` in the long run."""

    per_second: float
    burst: int


class Limits(Struct, frozen=True, kw_only=True):
    """What a client must know beforehand. Sizes in bytes, texts in characters; rates are null when off.

    `rate` holds for each connection, from its first request on. `rates` holds for an account with all its
    sessions together (`post`, `write`, `query`, `signal`, `open`), and for one network address (`refresh`,
    `sign_in`, `sign_up`). All bots of an account together have rates of their own, which they are told.
    """

    frame: int
    message: int
    frames: int
    text: int
    page: int
    open_requests: int
    scheduled: int
    drafts: int
    rate: RateLimit | None
    rates: dict[RateClass, RateLimit] | None
    quotas: Quotas | None


class SessionOpened(Struct, frozen=True, kw_only=True):
    """`position` is where the session's events begin, `hash` that of the event there; `resumed` confirms the
    client's cursor.

    `resumed` is false when the server cannot go on from the cursor: there was none, or the database is
    another one (restored from a backup, or an older copy of its folder). The client then loads what it shows
    anew.
    """

    account: Account
    session: Id
    server: ServerInfo
    limits: Limits
    epoch: str
    position: int
    hash: str
    spaces: list[OwnSpace]
    rooms: list[OwnRoom]
    resumed: bool


REQUESTS: tuple[RequestType, ...] = (
    command(
        "session.open",
        OpenSession,
        SessionOpened,
        doc="Opens the session, resuming at a cursor.",
        http=Http("POST", "/session"),
        scope="always",
        decided_by="session",
        asker="anyone",
        rate="open",
        refusals=("unauthenticated", "forbidden", "conflict"),
        notes=(
            "Without `token`, the token of the handshake's `Authorization: Bearer` header counts. Over the"
            " admin socket no session is opened: requests work at once.",
            "The token is checked when the session opens. An open session outlives its token's expiry; it"
            " ends with close code 4002 when the device is revoked.",
            "`forbidden`: the token is of an account that is disabled, or whose owner is.",
        ),
    ),
)
