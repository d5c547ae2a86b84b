"""Who gets a report of a message: those who may see the message and deal with it, or else the owners."""

from __future__ import annotations

from chatd.domain.policy.access import sees
from chatd.domain.policy.roles import may
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState


def gets_report(room: RoomState, space: SpaceState, account: str, author: str, at: int) -> bool:
    """Whether a report of a message that `author` wrote in the room goes to the account.

    It goes to whoever holds `report.list` and sees the room; where there is nobody, to the owners of the
    space. A bot does not count as somebody. Never does it go to the author or to the author's bots, for it
    names who made it: what the only owner wrote is left to operators.
    """
    if author in (account, space.bots.get(account)):
        return False
    if _deals_with_it(room, space, account, author, at):
        return True
    if space.role(account) != "owner":
        return False
    people = (member for member in space.members if member not in space.bots)
    return not any(_deals_with_it(room, space, member, author, at) for member in people)


def _deals_with_it(room: RoomState, space: SpaceState, account: str, author: str, at: int) -> bool:
    may_deal = account != author and may(space.role(account), "report.list")
    return may_deal and bool(sees(room, space, account, at))
