"""Where a code leads, and whether the account that made the invite is shut out."""

from __future__ import annotations

from typing import Any, cast

import pytest

from chatd.domain.space.state import InviteState, SpaceState
from chatd.handlers.invite_codes import InviteCodes


class Invited:
    """Reader and directory, as far as they are asked: a space with one invite, and who its maker is."""

    def __init__(self, by: str) -> None:
        self.accounts: dict[str, dict[str, Any]] = {
            "ann": {"disabled": False, "owner": None},
            "max": {"disabled": False, "owner": "ann"},
        }
        self.going: list[dict[str, Any]] = []
        self._space = SpaceState("s", 3, members={"ann": "owner"}, invites={"i": InviteState(by, "member")})

    async def invite_code(self, code_hash: bytes) -> dict[str, Any]:
        return {"space": "s", "invite": "i"}

    async def state_of(self, stream: str) -> SpaceState:
        return self._space

    async def account(self, account: str) -> dict[str, Any] | None:
        return self.accounts.get(account)

    async def erasures(self) -> list[dict[str, Any]]:
        return self.going


async def maker_out(invited: Invited) -> bool:
    both = cast(Any, invited)
    found = await InviteCodes(both, both).find("code")
    assert (found.space, found.invite) == ("s", "i")
    return found.maker_out


@pytest.mark.parametrize("maker", ["ann", "max"])
async def test_a_maker_is_out_from_the_moment_that_its_deletion_is_ordered(maker: str) -> None:
    invited = Invited(maker)
    assert not await maker_out(invited)
    invited.going = [{"account": "somebody"}]
    assert not await maker_out(invited)
    invited.going = [{"account": "ann"}]
    assert await maker_out(invited)


@pytest.mark.parametrize("maker", ["ann", "max"])
async def test_a_maker_is_out_while_it_or_its_owner_is_disabled(maker: str) -> None:
    invited = Invited(maker)
    invited.accounts["ann"]["disabled"] = True
    assert await maker_out(invited)


async def test_an_account_that_is_not_there_is_out_and_an_operator_never_is() -> None:
    assert await maker_out(Invited("nobody"))
    assert not await maker_out(Invited("operator:1000"))
