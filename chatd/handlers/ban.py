"""The handler of bans and mutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from chatd.clock import now
from chatd.contract.ban import BanList, ListBans, Restriction
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.domain.space.state import FOREVER
from chatd.handlers.paging import page_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader, Row


class Bans(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListBans) -> BanList | Refusal:
        what = "seeing who is banned"
        state = await self.visibility.space_with(caller, query.space, "member.ban", what)
        if isinstance(state, Refusal):
            return state
        at = now()
        ever = sorted(state.bans.keys() | state.mutes.keys())
        page, following = page_of(ever, query.after, query.limit, str)
        bans = _in_force(page, lambda account: state.banned_until(account, at))
        mutes = _in_force(page, lambda account: state.muted_until(account, at))
        rows = {(row["type"], row["account"]): row for row in await self.reader.bans(query.space, page)}
        return BanList(
            bans=_listed(bans, page, "member.banned", rows),
            mutes=_listed(mutes, page, "member.muted", rows),
            next=following,
        )


def _in_force(accounts: Iterable[str], until: Callable[[str], int | None]) -> dict[str, int | None]:
    """Those that have not ended, to their ends; None for one that does not end by itself."""
    ends = ((account, until(account)) for account in accounts)
    return {account: None if end == FOREVER else end for account, end in ends if end}


def _listed(
    in_force: Mapping[str, int | None],
    accounts: Iterable[str],
    type_: str,
    rows: Mapping[tuple[str, str], Row],
) -> list[Restriction]:
    """An actor knows a ban a moment before it is stored: then it is not listed yet."""
    return [
        pick(Restriction, rows[type_, account], until=in_force[account])
        for account in accounts
        if account in in_force and (type_, account) in rows
    ]
