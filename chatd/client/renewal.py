"""The tokens of a session, and the next pair when the access token is about to end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import trio

from chatd.client.link import Link
from chatd.client.tokens import Tokens, tokens_of
from chatd.contract.sign_in import Refresh, SignedIn

EARLY: Final = 30.0  # seconds before its end at which an access token counts as stale


class Renewal:
    """`told` gets each new pair. `newest` gives the tokens as others of this sign-in may have renewed
    them."""

    def __init__(
        self,
        tokens: Tokens | None,
        told: Callable[[Tokens], None] | None,
        newest: Callable[[], Tokens | None] | None,
    ) -> None:
        self._told = told
        self._newest = newest
        self._keep(tokens)

    def _keep(self, tokens: Tokens | None) -> None:
        self.tokens = tokens
        self._stale_at = float("inf")
        if tokens is not None and tokens.refresh_token and tokens.expires_in is not None:
            self._stale_at = trio.current_time() + max(0.0, tokens.expires_in - EARLY)

    @property
    def due(self) -> bool:
        return trio.current_time() >= self._stale_at

    async def renew(self, link: Link) -> bool:
        """Whether there are other tokens now. A refresh token that was used a while ago counts as stolen, so
        those that others have got since come first. Raises Refused, Disconnected, Unreadable."""
        if self.tokens is None or self.tokens.refresh_token is None:
            return False
        newest = self._newest() if self._newest is not None else None
        if newest is not None and newest.refresh_token not in (None, self.tokens.refresh_token):
            self._keep(newest)
            if not self.due:
                return True
        fresh = tokens_of(await link.ask(Refresh(self.tokens.refresh_token), SignedIn))
        self._keep(fresh)
        if self._told is not None:
            self._told(fresh)
        return True
