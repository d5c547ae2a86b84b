"""One row of the command table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import describe_error, shorten

Kind = Literal["command", "query"]

# Who may ask: anybody on a connection, an account with an open session, or an operator (the admin
# socket, or an account that is an admin). What an account may do inside a space or room stands in
# `chatd.domain.policy.roles` and is decided by the actor that owns the space or room.
Needs = Literal["nothing", "session", "operator"]

# Which actor decides. `room`, `space` and `account` are streams with an actor each, found by the field
# of that name (an account command goes to the caller's own); the rest is answered by the `desk`.
Route = Literal["room", "space", "account", "desk"]

# The rate it counts against: by account, or by address for what strangers may ask: `chatd.auth.rate_limits`.
Limit = Literal["post", "write", "query", "signal", "open", "refresh", "sign_in", "sign_up"]


@attrs.frozen
class Entry:
    """One row of the table."""

    name: str
    kind: Kind
    type: type[Any]
    needs: Needs
    route: Route
    doc: str
    # Requests of one session take effect in the order in which they came. A flowing command need not
    # wait for the answer to the one before it to keep that promise.
    pipelined: bool = False
    # What it may log. What the server then does about a message by itself stands with `message.post`.
    events: tuple[str, ...] = ()
    limit: Limit = "write"
    _known: frozenset[str] = attrs.field(init=False, repr=False, eq=False)

    @_known.default
    def _(self) -> frozenset[str]:
        return frozenset(self.fields)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field.name.rstrip("_") for field in attrs.fields(self.type))

    def read(self, data: Mapping[str, Any]) -> Any | Refusal:
        """The typed request, or why `data` is not one."""
        if unknown := data.keys() - self._known:
            known = ", ".join(self.fields) or "none"
            return Refusal("invalid", f"unknown field {shorten(min(unknown))!r}; {self.name} takes: {known}")
        try:
            return msgspec.convert(_attributes(data), self.type)
        except msgspec.ValidationError as error:
            return Refusal("invalid", describe_error(self.type, error))


def _attributes(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`for` is no name that Python allows."""
    if "for" not in data:
        return data
    return {"for_" if name == "for" else name: value for name, value in data.items()}


def command(
    name: str,
    type_: type[Any],
    needs: Needs,
    route: Route,
    doc: str,
    pipelined: bool = False,
    events: tuple[str, ...] = (),
    limit: Limit | None = None,
) -> Entry:
    limit = limit or ("sign_in" if needs == "nothing" else "write")
    return Entry(name, "command", type_, needs, route, doc, pipelined, events, limit)


def query(name: str, type_: type[Any], needs: Needs, doc: str) -> Entry:
    return Entry(name, "query", type_, needs, "desk", doc, limit="sign_in" if needs == "nothing" else "query")
