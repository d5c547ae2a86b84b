"""Refusals: what a client can cause is returned as a value with a code from a closed list, never raised."""

from __future__ import annotations

from typing import Any, Literal

import attrs

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
    "internal",
]


@attrs.frozen(slots=True)
class Refusal:
    """Why a request was not carried out; `message` says what to do about it."""

    code: Code
    message: str
    data: dict[str, Any] | None = None

    def frame(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data:
            error["data"] = self.data
        return error
