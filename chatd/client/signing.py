"""Getting tokens: signing in, signing up, refreshing. Each is a connection of its own, for one request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chatd.client.address import Address, parse_address
from chatd.client.link import open_link
from chatd.client.tokens import Tokens, tokens_of
from chatd.client.wire import FORMATS


async def sign_in(
    place: str | Path | Address, name: str, password: str, *, device: str | None = None
) -> Tokens:
    """Tokens for an account, for `connect`. Raises Refused (`unauthenticated`), Disconnected."""
    return await _ask_for_tokens(place, "account.sign_in", name=name, password=password, device=device)


async def sign_up(
    place: str | Path | Address,
    name: str,
    password: str,
    *,
    display_name: str | None = None,
    invite: str | None = None,
) -> Tokens:
    """Makes an account and signs it in. Raises Refused, Disconnected."""
    return await _ask_for_tokens(
        place, "account.sign_up", name=name, password=password, display_name=display_name, invite=invite
    )


async def refresh(place: str | Path | Address, refresh_token: str) -> Tokens:
    """A new pair of tokens; the given one is used up. Raises Refused, Disconnected."""
    return await _ask_for_tokens(place, "account.refresh", refresh_token=refresh_token)


async def _ask_for_tokens(place: str | Path | Address, command: str, **data: Any) -> Tokens:
    given = {field: value for field, value in data.items() if value is not None}
    async with open_link(parse_address(place), FORMATS["msgpack"]) as link:
        tokens = tokens_of(await link.ask(command, given))
        await link.close()
    return tokens
