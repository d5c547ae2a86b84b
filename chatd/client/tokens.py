"""What signing in gives, and how it is kept fresh."""

from __future__ import annotations

import attrs

from chatd.contract.sign_in import SignedIn


@attrs.frozen(slots=True)
class Tokens:
    """A signed-in device. `access_token` opens sessions for `expires_in` seconds; `refresh_token` is good
    for one refresh, which gives a new pair. `account` is the account's id.
    """

    access_token: str = attrs.field(repr=False)
    refresh_token: str | None = attrs.field(default=None, repr=False)
    expires_in: float | None = None
    account: str | None = None


def tokens_of(signed_in: SignedIn) -> Tokens:
    """Tokens from the answer to signing in, signing up or refreshing."""
    return Tokens(signed_in.access_token, signed_in.refresh_token, signed_in.expires_in, signed_in.account.id)
