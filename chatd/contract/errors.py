"""Refusals: what a client can cause is returned as a value with a code from a closed list, never raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

Code = Literal[
    "invalid",
    "unauthenticated",
    "forbidden",
    "not_found",
    "conflict",
    "rate_limited",
    "too_large",
    "overloaded",
    "unavailable",
    "uncertain",
    "internal",
]

MEANINGS: Final[Mapping[Code, str]] = {
    "invalid": "the request is not one: an unknown name or field, a value out of its limits",
    "unauthenticated": "no session is open, or the token, name or password is wrong",
    "forbidden": "the caller may know of the thing, but not do this",
    "not_found": "there is no such thing, or the caller may not see it: existence is not leaked",
    "conflict": "what is there already says otherwise: a name that is taken, a nonce with another text",
    "rate_limited": "too many requests; `data.retry_after` says how many seconds to wait",
    "too_large": "a frame over the limit, too many frames in a message, more saved texts than an account"
    " may have, or more at once than several servers that share one log can store",
    "overloaded": "too much of the same account, address or network waits already, or a search takes too"
    " long; try again in a few seconds",
    "unavailable": "the store cannot answer or the server is stopping; nothing was changed, it is safe to"
    " try again",
    "uncertain": "the store did not answer in time, so what was asked may have been done, or be yet; look"
    " before asking again. Only where several servers share one log",
    "internal": "a bug; the server's log says more",
}


class Refusal(Struct, frozen=True):
    """Why a request was not carried out; `message` says what to do about it.

    `passing`: it may well be allowed later without anybody doing something about it. It is not sent.
    """

    code: Code
    message: str
    data: dict[str, Any] | None = None
    passing: bool = False

    def frame(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data:
            error["data"] = self.data
        return error
