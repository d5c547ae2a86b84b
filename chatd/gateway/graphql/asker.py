"""Who asks: the caller that a token admits, or a stranger, who is told why when it asks too much."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.contract.spec import RequestType
from chatd.ports import Caller, Desk

NO_TOKEN: Final = Refusal(
    "unauthenticated", "send a token: as Authorization: Bearer, or over the WebSocket in connectionParams"
)


class Asker(Struct, frozen=True):
    """`refusal`: for what not everybody may ask. An old token does not keep its bearer from renewing it."""

    caller: Caller
    refusal: Refusal | None = None

    def refused(self, row: RequestType) -> Refusal | None:
        return None if row.asker == "anyone" else self.refusal


async def asker_still(desk: Desk, peer: Caller, asker: Asker) -> Asker:
    """The same later on the connection: whoever was shut out meanwhile is a stranger."""
    if asker.caller.device is None:
        return asker
    admitted = await desk.readmit(asker.caller)
    return Asker(peer, admitted) if isinstance(admitted, Refusal) else Asker(admitted)


async def asker_of(desk: Desk, peer: Caller, token: str | None) -> Asker:
    if token is None:
        return Asker(peer, None if peer.operator else NO_TOKEN)
    admitted = await desk.admit(token, peer.address)
    return Asker(peer, admitted) if isinstance(admitted, Refusal) else Asker(admitted)
