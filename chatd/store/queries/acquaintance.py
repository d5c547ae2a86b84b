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
# Up to so many stays `{one}`'s are gone through; who of the two has fewer is found out only beyond that.
FEW: Final = 32


def beside_each_other(kind: str, times: str) -> str:
    """Whether `{one}` and `{other}` have stays in one room (or `kind`), `mine` and `theirs`, as `times` says.

    It costs what that one has who was in fewer: whoever is in thousands of rooms asks about hundreds of
    strangers at once, and is sent the events of spaces in which it is a guest. `{one}` is a parameter, so its
    stays are counted once.
    """

    def of(stays: str, whose: str) -> str:
        return f"{stays}.account = {{{whose}}} AND {stays}.stream > '{kind}/' AND {stays}.stream < '{kind}0'"

    def found(first: str, whose: str, second: str, others: str) -> str:
        return f"""EXISTS (
            SELECT 1 FROM members AS {first} CROSS JOIN members AS {second}
                ON {second}.stream = {first}.stream AND {second}.account = {{{others}}}
            WHERE {of(first, whose)} AND {times}
        )"""

    own = f"(SELECT count(*) FROM members AS stays WHERE {of('stays', 'one')})"
    theirs = f"""(SELECT count(*) FROM (
        SELECT 1 FROM members AS stays WHERE {of("stays", "other")} LIMIT {own}
    ))"""
    from_mine, from_theirs = found("mine", "one", "theirs", "other"), found("theirs", "other", "mine", "one")
    return f"iif({own} > {FEW}, iif({theirs} < {own}, {from_theirs}, {from_mine}), {from_mine})"


_NOW: Final = "mine.until IS NULL AND theirs.until IS NULL"
# Whether the account `{other}` is now in a room that the account `{one}` is in, too.
SHARES_ROOM: Final = beside_each_other("room", _NOW)
# The same of spaces in which `{one}` is more than a guest.
SHARES_SPACE: Final = beside_each_other("space", f"{_NOW} AND NOT {AS_GUEST}")
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
SHARED_ROOM_AT: Final = beside_each_other(
    "room",
    "mine.since <= {at} AND (mine.until IS NULL OR mine.until >= {at})"
    " AND theirs.since <= {at} AND (theirs.until IS NULL OR theirs.until >= {at})",
)


def sees(one: str, other: str) -> str:
    """Whether `one` sees the account `other` now."""
    names = {"one": one, "other": other}
    return f"({other} = {one} OR {SHARES_SPACE.format(**names)} OR {SHARES_ROOM.format(**names)})"
