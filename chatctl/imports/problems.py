"""What an export lacks or holds that nobody can read: counted by kind, with a few places of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeVar

from attrs import Factory, define

T = TypeVar("T")

PLACES: Final = 5  # of a kind that are shown
LONGEST_PLACE: Final = 200  # characters

Kind = Literal[
    "missing root",  # a reply whose first message is not in the export
    "missing person",  # an author or member whom no list of people has
    "missing file",  # a file whose bytes are not in the export
    "unknown kind",  # a record or message of a kind that this version does not know
    "unreadable",  # a line, member or record that is no JSON, too large or cut off
    "skipped",  # a stray file, or one with a name that leads out of the export
    "same key",  # two different messages with one key
    "changed",  # a text or name that had to be made fit (too long, forbidden characters)
    "no time",  # a message without a time, or one that is out of every range
]


@define
class Problem:
    count: int = 0
    places: list[str] = Factory(list)


@define
class Problems:
    """A place is named as a person would look for it: `general/2022-08-01.json`, `posts.jsonl line 40`."""

    by_kind: dict[Kind, Problem] = Factory(dict)

    def add(self, kind: Kind, place: str, count: int = 1) -> None:
        found = self.by_kind.setdefault(kind, Problem())
        found.count += count
        if len(place) > LONGEST_PLACE:
            place = f"{place[: LONGEST_PLACE // 2]}…{place[-LONGEST_PLACE // 2 :]}"
        if len(found.places) < PLACES and place not in found.places:
            found.places.append(place)

    def first(self, found: Sequence[T], most: int, place: str, what: str) -> Sequence[T]:
        """The first of them, as many as are taken of a message; that there are more is told."""
        if len(found) <= most:
            return found
        self.add("changed", f"{place}: more than {most:,} {what}")
        return found[:most]

    def edited(self, at: int | None, told: object, place: str) -> int | None:
        """`at`, when something was edited, which was read of what is `told`; 0 is never."""
        if at is None and told not in (None, "", 0, "0"):
            self.add("no time", f"{place}: of its edit")
        return at


def lost_in(problems: Problems, place: str) -> Callable[[str], None]:
    """Takes the names of fields that cannot be read, of what is at the place."""
    return lambda name: problems.add("unreadable", f"{place}: {name}")
