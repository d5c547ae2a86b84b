"""A data folder in which one thing is big and the rest is small, written through chatd's own store.

It is written in seconds where asking a server for as much would take an hour. Ids aside, the same shape gives
the same folder.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import trio

from bench.community import Member, Operator
from bench.prose import Prose
from chatd.clock import new_id
from chatd.domain.event import Data, Fact, account_stream, encode_personal, room_stream, space_stream
from chatd.domain.names.folded import of_account, of_place
from chatd.ports import Append, Appended, Commit, MarkRead
from chatd.store.database import open_store

SEED = 6
WRITTEN_TOGETHER = 8192
TEXTS = 5000
NEEDLE = "zanzibar"  # FOUND_IN messages say it, however many there are
FOUND_IN = 100
UNREAD = 20
SPACING = 60_000  # milliseconds from one thing to the next


@attrs.frozen
class Shape:
    """How many there are of each thing.

    All `accounts` but the last `strangers` are in the space. The first `members` are in the first room; the
    others of the `rooms` have `each` members of the rest, in turn, and the first account is in the first
    `joined` rooms.
    `messages` are spread over the rooms of the first account, which has read all but the last UNREAD of each;
    and the `leavers` before the strangers, who are in the first room too, have written `wrote` more, each.
    """

    accounts: int = 20
    rooms: int = 1
    members: int = 4
    each: int = 1
    joined: int = 1
    messages: int = 0
    strangers: int = 0
    leavers: int = 0
    wrote: int = 0


@attrs.frozen
class Village:
    """What was written: ids, in the order that `Shape` speaks of."""

    shape: Shape
    space: str
    rooms: list[str]
    accounts: list[str]

    @property
    def strangers(self) -> list[str]:
        return self.accounts[len(self.accounts) - self.shape.strangers :]

    @property
    def leavers(self) -> list[str]:
        end = len(self.accounts) - self.shape.strangers
        return self.accounts[end - self.shape.leavers : end]


def let_in(operator: Operator, accounts: Iterable[str]) -> tuple[Member, ...]:
    """The accounts with a token each."""
    asked: list[dict[str, object]] = [{"account": account} for account in accounts]
    answers = operator.ask_many("command", "account.token", asked)
    return tuple(
        Member(str(data["account"]), answer["token"]) for data, answer in zip(asked, answers, strict=True)
    )


def write_village(folder: Path, shape: Shape) -> Village:
    """Makes the data folder."""
    village = Village(
        shape,
        new_id(),
        [new_id() for _ in range(shape.rooms)],
        [new_id() for _ in range(shape.accounts)],
    )
    founder = _Founder(village)
    trio.run(_write, folder, founder.facts(), founder)
    return village


async def _write(folder: Path, facts: Iterator[Fact], founder: _Founder) -> None:
    async with open_store(folder) as store:
        under_way: Commit | None = None
        while batch := [Append((fact,)) for fact in itertools.islice(facts, WRITTEN_TOGETHER)]:
            if under_way:
                await _done(under_way)
            under_way = store.log.submit(batch)
        if under_way:
            await _done(under_way)
        await _done(store.log.submit([Append((), tuple(founder.markers()))]))


async def _done(commit: Commit) -> None:
    if not all(isinstance(outcome, Appended) for outcome in await commit.wait()):
        raise AssertionError("the log took not all of the facts")


class _Founder:
    """Tells how the village came to be, fact by fact."""

    def __init__(self, village: Village) -> None:
        self._village = village
        self._heads: dict[str, int] = {}
        shape = village.shape
        things = shape.accounts + shape.rooms + shape.messages
        self._now = time.time_ns() // 1_000_000 - things * SPACING

    def facts(self) -> Iterator[Fact]:
        village, shape = self._village, self._village.shape
        yield from self._people()
        for number, room in enumerate(village.rooms):
            opened: Data = {"space": village.space, "name": f"room{number:06}", "kind": "text"}
            opened["private"] = False
            yield self._fact(room_stream(room), "room.created", village.accounts[0], of_place(opened))
            for account in self._members_of(number):
                yield self._fact(room_stream(room), "member.joined", account, {"account": account})
        yield from self._talk()
        for account in village.leavers:
            for number in range(shape.wrote):
                yield self._posted(village.rooms[0], account, f"message {number} of somebody who will leave")

    def markers(self) -> Iterator[MarkRead]:
        """How far the first account has read, when all has been said."""
        shape, account = self._village.shape, self._village.accounts[0]
        for room in self._village.rooms[: shape.joined]:
            seq = self._heads[room_stream(room)] - UNREAD
            yield MarkRead(account, room, max(1, seq))

    def _people(self) -> Iterator[Fact]:
        village = self._village
        space, owner = space_stream(village.space), village.accounts[0]
        for number, account in enumerate(village.accounts):
            said = of_account({"name": f"member{number:05}", "display_name": f"Member {number}"})
            text = encode_personal(**said)
            yield self._fact(account_stream(account), "account.created", "system", {"account": account}, text)
        yield self._fact(space, "space.created", owner, of_place({"name": "The village"}))
        for account in village.accounts[: len(village.accounts) - village.shape.strangers]:
            role = "owner" if account == owner else "member"
            yield self._fact(space, "member.joined", account, {"account": account, "role": role})

    def _members_of(self, number: int) -> list[str]:
        village, shape = self._village, self._village.shape
        if number == 0:
            return list(dict.fromkeys([*village.accounts[: shape.members], *village.leavers]))
        others = village.accounts[shape.members : shape.accounts - shape.strangers - shape.leavers]
        first = village.accounts[:1] if number < shape.joined else []
        start = (number - 1) * shape.each
        return [*first, *(others[(start + i) % len(others)] for i in range(shape.each))]

    def _talk(self) -> Iterator[Fact]:
        """In each room that the first account is in its members speak in turn."""
        village, shape = self._village, self._village.shape
        if not shape.messages:
            return
        prose = Prose(SEED)
        texts = [prose.text() for _ in range(TEXTS)]
        staying = [
            [account for account in self._members_of(number) if account not in village.leavers]
            for number in range(shape.joined)
        ]
        speakers = [itertools.cycle(accounts) for accounts in staying]
        for number in range(shape.messages):
            room = number % shape.joined
            text = texts[number % TEXTS]
            if number % max(1, shape.messages // FOUND_IN) == 0:
                text = f"{NEEDLE} {text}"
            yield self._posted(village.rooms[room], next(speakers[room]), text)

    def _posted(self, room: str, by: str, text: str) -> Fact:
        return self._fact(room_stream(room), "message.posted", by, {}, text)

    def _fact(self, stream: str, type_: str, by: str, data: Data, text: str | None = None) -> Fact:
        self._heads[stream] = seq = self._heads.get(stream, 0) + 1
        self._now += SPACING
        return Fact(stream, seq, type_, self._now, by, data, text)
