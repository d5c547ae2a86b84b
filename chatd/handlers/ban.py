"""The handler of bans and mutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from chatd.clock import now
from chatd.contract.ban import BanList, ListBans, Restriction
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.domain.space.state import FOR_EVER
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader, Row


@attrs.frozen(eq=False)
class Bans:
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListBans) -> BanList | Refusal:
        what = "seeing who is banned"
        state = await self.visibility.space_with(caller, query.space, "member.ban", what)
        if isinstance(state, Refusal):
            return state
        at = now()
        bans = _in_force(state.bans, lambda account: state.banned_until(account, at))
        mutes = _in_force(state.mutes, lambda account: state.muted_until(account, at))
        said = {(row["type"], row["account"]): row for row in await self.reader.bans(query.space)}
        return BanList(
            bans=[
                pick(Restriction, {**row, **said["member.banned", row["account"]]}, until=row["until"])
                for row in bans
            ],
            mutes=[
                pick(Restriction, {**row, **said["member.muted", row["account"]]}, until=row["until"])
                for row in mutes
            ],
        )


def _in_force(accounts: Iterable[str], until: Callable[[str], int | None]) -> list[Row]:
    """Those that have not ended, with their ends; None for one that does not end by itself."""
    ends = ((account, until(account)) for account in sorted(accounts))
    return [{"account": account, "until": None if end == FOR_EVER else end} for account, end in ends if end]
