"""The shape of the contract's tables: one row for a request, an event, a signal.

A row says everything about its subject in one place. Sessions, handlers, bots, the feed, the audit, erasure,
views, the client library, the schema and the reference pages read these rows; nobody keeps a second list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import attrs
import msgspec
from msgspec import Struct

from chatd.contract.errors import Code, Refusal
from chatd.contract.field_errors import describe_error, quote
from chatd.contract.fields import RateClass, Right, Scope
from chatd.contract.http import Http
from chatd.contract.shown import first_wrong

# Who may ask: anybody on a connection, an account with an open session, or an operator (the admin socket, or
# an account that is an admin). What an account may do in a space or room is decided by `chatd.domain.policy`.
Asker = Literal["anyone", "account", "operator"]

# What a bot needs to ask: a scope that its owner gave it, nothing (`always`), or it may not ask (`never`).
BotScope = Scope | Literal["always", "never"]

# Who decides: the actor of a room, a space or the caller's account, named by the field of that name in the
# request; the session itself; or a handler, which may ask several actors.
DecidedBy = Literal["room", "space", "account", "session", "handler"]

StreamKind = Literal["room", "space", "account", "server"]

# Codes that any request may be refused with. A row names those that are its own besides.
_ANYWHERE: Final[frozenset[Code]] = frozenset(
    {"invalid", "too_large", "rate_limited", "overloaded", "unavailable", "uncertain", "internal"}
)
GENERAL: Final[Mapping[Asker, frozenset[Code]]] = {
    "anyone": _ANYWHERE,
    "account": _ANYWHERE | {"unauthenticated", "forbidden"},
    "operator": _ANYWHERE | {"unauthenticated", "forbidden"},
}


class Done(Struct, frozen=True):
    """The result of a command that has nothing to tell: `{}`."""


DONE: Final = Done()

_EXACT: Final = 2**53 - 1  # above it, a float stands for several integers
_LEVELS: Final = 8  # more than any request has


@attrs.frozen
class RequestType:
    """One command or query.

    `pipelined`: requests of a session take effect in the order in which they came; a pipelined command keeps
    that promise without waiting for the reply to the one before it. `events` are those that it may log; what
    the server later does about a message by itself stands with `message.post`. `notes` are rules for the
    reference that no other field can say.
    """

    name: str
    kind: Literal["command", "query"]
    request: type[Any]
    result: type[Any]
    doc: str
    http: Http
    asker: Asker
    scope: BotScope
    decided_by: DecidedBy
    rate: RateClass
    pipelined: bool = False
    refusals: tuple[Code, ...] = ()
    events: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    _known: frozenset[str] = attrs.field(init=False, repr=False, eq=False)
    _needed: frozenset[str] = attrs.field(init=False, repr=False, eq=False)

    @_known.default
    def _(self) -> frozenset[str]:
        return frozenset(self.fields)

    @_needed.default
    def _(self) -> frozenset[str]:
        return frozenset(
            field.encode_name for field in msgspec.structs.fields(self.request) if field.required
        )

    @property
    def noun(self) -> str:
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.name.partition(".")[2]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields on the wire."""
        names: tuple[str, ...] = self.request.__struct_encode_fields__
        return names

    @property
    def codes(self) -> frozenset[Code]:
        """All codes that it can be refused with."""
        return GENERAL[self.asker] | frozenset(self.refusals)

    def read(self, data: Mapping[str, Any]) -> Any | Refusal:
        """The typed request, or why `data` is not one."""
        if not data.keys() <= self._known:
            unknown = min(data.keys() - self._known, key=str)  # in MessagePack a key may be `bytes`
            known = ", ".join(self.fields) or "none"
            return Refusal("invalid", f"unknown field {quote(unknown)}; {self.name} takes: {known}")
        try:
            try:
                request = msgspec.convert(data, self.request)
            except msgspec.ValidationError:
                request = msgspec.convert(self._without_nulls(_with_integers(data)), self.request)
        except msgspec.ValidationError as error:
            return Refusal("invalid", describe_error(self.request, error))
        if (wrong := first_wrong(request)) is not None:
            return Refusal("invalid", wrong)
        return request

    def _without_nulls(self, data: dict[str, Any]) -> dict[str, Any]:
        """What may be left out may be null as well, also where the default is not null."""
        return {name: value for name, value in data.items() if value is not None or name in self._needed}


def _with_integers(value: Any, levels: int = _LEVELS) -> Any:
    """Whole numbers as integers, however they were written. Writers of MessagePack in languages with one kind
    of number send those beyond 32 bits, so every time, as floats; in JSON 1 and 1.0 are the same."""
    match value:
        case float() if value.is_integer() and abs(value) <= _EXACT:
            return int(value)
        case list() if levels:
            return [_with_integers(one, levels - 1) for one in value]
        case dict() if levels:
            return {key: _with_integers(one, levels - 1) for key, one in value.items()}
    return value


def command(
    name: str,
    request: type[Any],
    result: type[Any] = Done,
    *,
    doc: str,
    http: Http,
    scope: BotScope,
    decided_by: DecidedBy = "handler",
    asker: Asker = "account",
    rate: RateClass = "write",
    pipelined: bool = False,
    refusals: tuple[Code, ...] = (),
    events: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> RequestType:
    return RequestType(
        name,
        "command",
        request,
        result,
        doc,
        http,
        asker,
        scope,
        decided_by,
        rate,
        pipelined,
        refusals,
        events,
        notes,
    )


def query(
    name: str,
    request: type[Any],
    result: type[Any],
    *,
    doc: str,
    http: Http,
    scope: BotScope,
    asker: Asker = "account",
    rate: RateClass = "query",
    refusals: tuple[Code, ...] = (),
    notes: tuple[str, ...] = (),
) -> RequestType:
    """A query is answered by a handler. It logs nothing, but that an operator saw what is somebody's own."""
    return RequestType(
        name,
        "query",
        request,
        result,
        doc,
        http,
        asker,
        scope,
        "handler",
        rate,
        refusals=refusals,
        notes=notes,
    )


@attrs.frozen
class EventType:
    """One type of event in one kind of stream.

    `audience`: the right in the space that a member needs to be shown the payload, unless it is about
    itself. Others are shown the event with an empty one, so that no seq is missing, unless it lets a member
    out; so are those who do not see the member that an event `about_member` is about. `audited`: it stands in
    the audit. `personal`: fields in which an account says something of itself; they are stored apart and
    erased with it.
    `text`: the field `text` is stored apart in the same way. `lets`: the event lets `account` into its stream
    or out of it, or everybody out. `erases`: with it texts leave the database.
    """

    name: str
    stream: StreamKind
    payload: type[Any]
    doc: str
    audience: Right | None = None
    audited: bool = False
    personal: tuple[str, ...] = ()
    text: bool = False
    lets: Literal["in", "out", "all_out"] | None = None
    erases: bool = False

    @property
    def about_member(self) -> bool:
        """Whether it tells of a member of a space, whom not everybody there sees (`member.see_all`)."""
        named = "account" in self.payload.__struct_fields__
        return self.stream == "space" and named

    @property
    def withheld(self) -> bool:
        """Whether some members are shown it with an empty payload."""
        return self.audience is not None or self.about_member


@attrs.frozen
class SignalType:
    """One type of signal. `hears` says, for people, whose sessions are shown it."""

    name: str
    stream: StreamKind
    payload: type[Any]
    hears: str
    doc: str
