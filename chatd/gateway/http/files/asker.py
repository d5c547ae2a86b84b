"""Who asks: the bearer of the token in the head of a request."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace
from starlette.requests import Request

from chatd.auth.rate_limits import network
from chatd.contract.errors import Refusal
from chatd.current.principal import Principal, work_for
from chatd.gateway.http.files.answers import Problem, granted
from chatd.gateway.http.server.problem import NO_TOKEN
from chatd.ports import Caller
from chatd.ports.desk import Desk

SCHEME: Final = "bearer "
NOT_FOR_OTHERS: Final = Refusal("forbidden", "account: only operators upload for others; leave it out")
NO_ACCOUNT: Final = Refusal("forbidden", "a file belongs to an account: send the token of one")


async def uploader(request: Request, desk: Desk) -> Caller:
    """An account, since each file is one's: the caller's, or the one that an operator names, for whom quotas
    are no matter. Raises Problem."""
    caller = await asker(request, desk)
    account = request.query_params.get("account")
    if account is not None:
        if not (caller.operator or caller.admin):
            raise Problem(NOT_FOR_OTHERS)
        return replace(caller, account=account, by=account, operator=True)
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
    return await admitted(header[len(SCHEME) :].strip(), peer.address, desk)


async def admitted(token: str, address: str, desk: Desk) -> Caller:
    """The bearer of the token, for whom the request works from now on. Raises Problem."""
    caller = granted(await desk.admit(token, address))
    work_for(Principal(network(address), caller.owner or caller.account))
    return caller
