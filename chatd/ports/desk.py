"""The desk: takes single requests of whoever has no session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.contract.fields import RateClass
from chatd.contract.session import RateLimit
from chatd.contract.spec import RequestType
from chatd.ports.connection import Caller

# a class; or all requests of a device, or of whoever is at an address and has none
RateName = RateClass | Literal["device", "address"]


class RateLeft(Struct, frozen=True):
    """What is left of a rate: `requests` at once, and in `full_in` seconds as many as ever."""

    name: RateName
    rate: RateLimit
    requests: int
    full_in: float


class Desk(Protocol):
    async def admit(self, token: str, address: str) -> Caller | Refusal:
        """The bearer of an access token or bearer token, checked as `session.open` checks it; or why not.

        Nobody sees the account as present for it, and no session is counted.
        """

    async def readmit(self, caller: Caller) -> Caller | Refusal:
        """The same for who was admitted before, on a connection that goes on: the token may have expired
        since, as during a session. The caller has a device."""

    async def ask(self, caller: Caller, row: RequestType, data: Mapping[str, Any]) -> object | Refusal:
        """The result of the request, an instance of `row.result`; or why it was not carried out.

        `data`: its fields, as a frame has them. Raises nothing. Requests take effect in the order in which
        they are asked only if each waits for the answer to the one before it.
        """

    def left(self, caller: Caller, row: RequestType, data: Mapping[str, Any]) -> RateLeft | None:
        """Of the rates that this request counts against, the one that has the least left; None: it is not
        limited."""

    def left_to_admit(self, token: str, address: str) -> RateLeft | None:
        """The same for `admit`."""
