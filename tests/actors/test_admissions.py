"""Admissions: what is known of a token is kept, but not a moment longer than a session would last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.sessions import admissions
from chatd.actors.sessions.admissions import KEPT_SECONDS, Admissions
from chatd.actors.sessions.opening import Opening
from chatd.auth.rate_limits import RateLimits
from chatd.auth.tokens import Claims, Tokens
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.handlers.gate import Gate
from chatd.ports import BearerRows, Caller
from chatd.settings import Settings

YEAR = 365 * 86_400_000


class Store:
    """Says what it is told to; `asked` counts the looks, `meanwhile` happens during one."""

    def __init__(self) -> None:
        self.asked = 0
        self.there = True
        self.meanwhile: Callable[[], None] = lambda: None

    async def bearer(self, account: str, device: str) -> BearerRows:
        self.asked += 1
        there = self.there
        await trio.lowlevel.checkpoint()
        self.meanwhile()
        row = {"account": account, "expires_at": now() + YEAR} if there else None
        kept = {"disabled": False, "deleted": False, "owner": None, "admin": False}
        return BearerRows(row, kept, None)


class Hall:
    def __init__(self) -> None:
        self.store, self.live = Store(), LiveSessions()
        self.tokens = Tokens(bytes(32), "here")
        nothing: Any = None
        opening = Opening(
            True,
            self.tokens,
            RateLimits(Settings(rate_open="1/1000")),
            Gate(nothing, "epoch", {}),
            *(nothing, nothing, self.store, nothing, nothing, nothing, nothing),  # type: ignore[arg-type]
        )
        self.admissions = Admissions(opening, self.live)

    def token(self, device: str = "phone", seconds: int = 3600) -> str:
        return self.tokens.sign(Claims("ann", device), now(), seconds)

    def revoke(self) -> None:
        self.store.there = False
        self.live.end("revoked", lambda claims: claims.account == "ann")


@pytest.fixture
def hall() -> Hall:
    return Hall()


async def test_the_database_is_asked_once_a_minute(hall: Hall, autojump_clock: MockClock) -> None:
    token = hall.token()
    for address in ("1.1.1.1", "1.1.1.1", "2.2.2.2"):
        caller = await hall.admissions.admit(token, address)
        assert isinstance(caller, Caller)
        assert (caller.account, caller.device, caller.address) == ("ann", "phone", address)
    assert hall.store.asked == 1
    await trio.sleep(KEPT_SECONDS + 1)
    await hall.admissions.admit(token, "1.1.1.1")
    assert hall.store.asked == 2


async def test_what_ends_a_session_ends_an_admission(hall: Hall) -> None:
    token, other = hall.token(), hall.token("tablet")
    await hall.admissions.admit(token, "1.1.1.1")
    await hall.admissions.admit(other, "1.1.1.1")
    hall.live.end("signed out", lambda claims: claims.device == "tablet")
    hall.store.there = False
    assert isinstance(await hall.admissions.admit(token, "1.1.1.1"), Caller)
    assert isinstance(await hall.admissions.admit(other, "1.1.1.1"), Refusal)
    assert len(hall.admissions) == 1  # nobody is kept that was refused


async def test_a_revocation_during_the_look_is_seen(hall: Hall) -> None:
    """What was read before it says that all is well."""
    hall.store.meanwhile = lambda: hall.revoke() if hall.store.asked == 1 else None
    token = hall.token()
    assert isinstance(await hall.admissions.admit(token, "1.1.1.1"), Refusal)
    assert isinstance(await hall.admissions.admit(token, "1.1.1.1"), Refusal)


async def test_a_token_expires_while_it_is_kept(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    token = hall.token(seconds=10)
    assert isinstance(await hall.admissions.admit(token, "1.1.1.1"), Caller)
    later = now() + 11_000
    monkeypatch.setattr(admissions, "now", lambda: later)
    assert isinstance(await hall.admissions.admit(token, "1.1.1.1"), Refusal)


async def test_on_a_connection_that_goes_on_a_device_is_admitted_until_a_session_would_end(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = await hall.admissions.admit(hall.token(seconds=10), "1.1.1.1")
    assert isinstance(caller, Caller)
    later = now() + 11_000
    monkeypatch.setattr(admissions, "now", lambda: later)
    for _ in range(2):
        assert await hall.admissions.readmit(caller) == caller
    assert hall.store.asked == 2
    hall.revoke()
    assert isinstance(await hall.admissions.readmit(caller), Refusal)


async def test_no_more_are_kept_than_there_is_room_for(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admissions, "KEPT", 2)
    for device in ("one", "two", "three"):
        await hall.admissions.admit(hall.token(device), "1.1.1.1")
    assert len(hall.admissions) == 2
