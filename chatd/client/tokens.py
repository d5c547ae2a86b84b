"""What signing in gives, and how it is kept fresh."""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen(slots=True)
class Tokens:
    """A signed-in device. `access_token` opens sessions for `expires_in` seconds; `refresh_token` is good
    for one refresh, which gives a new pair.
    """

    access_token: str = attrs.field(repr=False)
    refresh_token: str | None = attrs.field(default=None, repr=False)
    expires_in: float | None = None
    account: str | None = None


def tokens_of(result: dict[str, Any]) -> Tokens:
    """Tokens from the answer to `account.sign_in`, `account.sign_up` or `account.refresh`."""
    account = result.get("account")
    return Tokens(
        access_token=result["access_token"],
        refresh_token=result.get("refresh_token"),
        expires_in=result.get("expires_in"),
        account=account.get("id") if isinstance(account, dict) else account,
    )
