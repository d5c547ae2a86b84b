"""Who sees whom, in SQL: the rule of `chatd.domain.policy.acquaintance`, for questions over many accounts.

A deleted account or one that is in nothing any more is seen by nobody but itself.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from typing import Final

# Whether the stay `mine` is that of a guest in a space.
AS_GUEST: Final = """EXISTS (
    SELECT 1 FROM guests WHERE guests.account = mine.account AND guests.stream = mine.stream
)"""
# Whether the account `{other}` is now in a room that the account `{one}` is in, too.
SHARES_ROOM: Final = """EXISTS (
    SELECT 1 FROM members AS mine CROSS JOIN members AS theirs
        ON theirs.stream = mine.stream AND theirs.account = {other} AND theirs.until IS NULL
    WHERE mine.account = {one} AND mine.stream > 'room/' AND mine.stream < 'room0' AND mine.until IS NULL
)"""
# The same of spaces in which `{one}` is more than a guest.
SHARES_SPACE: Final = f"""EXISTS (
    SELECT 1 FROM members AS mine CROSS JOIN members AS theirs
        ON theirs.stream = mine.stream AND theirs.account = {{other}} AND theirs.until IS NULL
    WHERE mine.account = {{one}} AND mine.stream > 'space/' AND mine.stream < 'space0' AND mine.until IS NULL
        AND NOT {AS_GUEST}
)"""
# The same of a room of the space of the stays `mine` and `theirs`.
SHARES_ROOM_OF_SPACE: Final = """EXISTS (
    SELECT 1 FROM members AS inside CROSS JOIN rooms
        ON rooms.id = substr(inside.stream, 6) AND rooms.space = substr(mine.stream, 7) AND NOT rooms.deleted
    CROSS JOIN members AS beside
        ON beside.stream = inside.stream AND beside.account = theirs.account AND beside.until IS NULL
    WHERE inside.account = mine.account AND inside.stream > 'room/' AND inside.stream < 'room0'
        AND inside.until IS NULL
)"""
# Whether they were together in a room at a position of the log; whoever left with that event was there.
SHARED_ROOM_AT: Final = """EXISTS (
    SELECT 1 FROM members AS mine CROSS JOIN members AS theirs
        ON theirs.stream = mine.stream AND theirs.account = {other}
    WHERE mine.account = {one} AND mine.stream > 'room/' AND mine.stream < 'room0'
        AND mine.since <= {at} AND (mine.until IS NULL OR mine.until >= {at})
        AND theirs.since <= {at} AND (theirs.until IS NULL OR theirs.until >= {at})
)"""


def sees(one: str, other: str) -> str:
    """Whether `one` sees the account `other` now."""
    names = {"one": one, "other": other}
    return f"({other} = {one} OR {SHARES_SPACE.format(**names)} OR {SHARES_ROOM.format(**names)})"
