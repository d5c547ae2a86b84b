"""Getting tokens: signing in, signing up, refreshing. Each is a connection of its own, for one request."""

from __future__ import annotations

from pathlib import Path

from chatd.client.address import Address, parse_address
from chatd.client.link import open_link
from chatd.client.tokens import Tokens, tokens_of
from chatd.client.wire import FORMATS
from chatd.contract.sign_in import Refresh, SignedIn, SignIn, SignUp


async def sign_in(
    place: str | Path | Address,
    name: str,
    password: str,
    *,
    device: str | None = None,
    code: str | None = None,
) -> Tokens:
    """Tokens for an account, for `connect`. `code`: of the second factor; without it, and where one is
    needed, the refusal's data has `second_factor`.

    Raises Refused (`unauthenticated`), Disconnected, Unreadable.
    """
    return await _ask_for_tokens(place, SignIn(name, password, device, code))


async def sign_up(
    place: str | Path | Address,
    name: str,
    password: str,
    *,
    display_name: str | None = None,
    invite: str | None = None,
) -> Tokens:
    """Makes an account and signs it in. Raises Refused, Disconnected, Unreadable."""
    return await _ask_for_tokens(place, SignUp(name, password, display_name, invite))


async def refresh(place: str | Path | Address, refresh_token: str) -> Tokens:
    """A new pair of tokens; the given one is used up. Raises Refused, Disconnected, Unreadable."""
    return await _ask_for_tokens(place, Refresh(refresh_token))


async def _ask_for_tokens(place: str | Path | Address, request: SignIn | SignUp | Refresh) -> Tokens:
    async with open_link(parse_address(place), FORMATS["msgpack"]) as link:
        tokens = tokens_of(await link.ask(request, SignedIn))
        await link.close()
    return tokens
