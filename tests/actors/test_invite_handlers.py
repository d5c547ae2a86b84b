"""Where a code leads, and whether the account that made the invite is shut out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chatd.domain.space.state import Invite, SpaceState
from chatd.handlers import invite as invites


class Counter:
    """A desk of which only this much is used: a space with one invite, and who its maker is."""

    def __init__(self, by: str) -> None:
        self.accounts: dict[str, dict[str, Any]] = {
            "ann": {"disabled": False, "owner": None},
            "max": {"disabled": False, "owner": "ann"},
        }
        self.going: list[dict[str, Any]] = []
        self._space = SpaceState("s", 3, members={"ann": "owner"}, invites={"i": Invite(by, "member")})

    @property
    def reader(self) -> Counter:
        return self

    @property
    def directory(self) -> Counter:
        return self

    async def invite_code(self, code_hash: bytes) -> dict[str, Any]:
        return {"space": "s", "invite": "i"}

    async def state_of(self, stream: str) -> SpaceState:
        return self._space

    async def account(self, account: str) -> dict[str, Any] | None:
        return self.accounts.get(account)

    async def erasures(self) -> list[dict[str, Any]]:
        return self.going


async def maker_out(counter: Counter) -> bool:
    lead = await invites.lead_of(SimpleNamespace(reader=counter, directory=counter), "code")  # type: ignore[arg-type]
    assert isinstance(lead, invites.Lead)
    assert (lead.space, lead.invite) == ("s", "i")
    return lead.maker_out


@pytest.mark.parametrize("maker", ["ann", "max"])
async def test_a_maker_is_out_from_the_moment_that_its_deletion_is_ordered(maker: str) -> None:
    counter = Counter(maker)
    assert not await maker_out(counter)
    counter.going = [{"account": "somebody"}]
    assert not await maker_out(counter)
    counter.going = [{"account": "ann"}]
    assert await maker_out(counter)


@pytest.mark.parametrize("maker", ["ann", "max"])
async def test_a_maker_is_out_while_it_or_its_owner_is_disabled(maker: str) -> None:
    counter = Counter(maker)
    counter.accounts["ann"]["disabled"] = True
    assert await maker_out(counter)


async def test_an_account_that_is_not_there_is_out_and_an_operator_never_is() -> None:
    assert await maker_out(Counter("nobody"))
    assert not await maker_out(Counter("operator:1000"))
