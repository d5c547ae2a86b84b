"""Who asks: the bearer of the token in the head of a request."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from chatd.auth.rate_limits import network
from chatd.contract.errors import Refusal
from chatd.gateway.http.files.answers import Problem, granted
from chatd.ports import Caller
from chatd.ports.desk import Desk
from chatd.principal import Principal, work_for

SCHEME: Final = "bearer "
NO_TOKEN: Final = Refusal(
    "unauthenticated", "send an access token or bearer token as `Authorization: Bearer …`"
)

NO_ACCOUNT: Final = Refusal("forbidden", "a file belongs to an account: send the token of one")


async def uploader(request: Request, desk: Desk) -> Caller:
    """An account, since each file is one's. Raises Problem."""
    caller = await asker(request, desk)
    if caller.account is None:
        raise Problem(NO_ACCOUNT)
    return caller


async def asker(request: Request, desk: Desk) -> Caller:
    """Raises Problem."""
    peer: Caller = request.state.caller
    header = request.headers.get("authorization", "")
    if header[: len(SCHEME)].lower() != SCHEME:
        if peer.operator:
            return peer
        raise Problem(NO_TOKEN)
    caller = granted(await desk.admit(header[len(SCHEME) :].strip(), peer.address))
    work_for(Principal(network(peer.address), caller.owner or caller.account))
    return caller
