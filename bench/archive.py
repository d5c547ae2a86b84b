"""What a community of 300 has said in two years, as a data folder, written through chatd's own store.

Some rooms are fifty times as busy as others. People answer, react, correct themselves, delete; they
have read most of it, and not all. Everything follows from one seed, but for the ids.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import trio

from bench.prose import Prose
from chatd.clock import new_id
from chatd.domain.event import Data, Fact, account_stream, room_stream, space_stream
from chatd.domain.names.folded import of_account, of_place
from chatd.ports import Append, Appended, Commit, MarkRead
from chatd.store.database import open_store

SEED = 3
ACCOUNTS = 300
ROOMS = 1000
ROOMS_OF_FIRST = (500, 20, 2)  # how many the first three accounts are in
ROOMS_OF_OTHERS = 40
CALMER = 20  # the N-th room is as busy as 1 / (N + CALMER)
LONGEST_RUN = 6  # messages of a room that follow one another
SECONDS_APART = 60  # from one message to the next: a million in two years
MENTIONS, ANSWERS, REACTIONS, EDITS = 0.03, 0.05, 0.05, 0.01  # shares of the messages
DELETED = 0.001
# Each room has a word that it keeps coming back to, and that rooms with another topic never say.
_TOPICS = """
astronomy bicycles chemistry dragons elections football gardening hospital insurance jazz kubernetes
lighthouse mountains networking opera photography quantum rainforest sailing theatre
"""
TOPICS = _TOPICS.split()
TOPICAL = 0.25  # share of a room's messages that say it
EMOJI = ("👍", "🎉", "❤️", "😂", "🚀", "👀")
KEPT = 1000  # texts remembered, to be looked for
UNREAD = 100  # messages that wait in a room, in the mean
NEVER_READ = 0.1  # share of one's rooms
APPENDED_TOGETHER = 16384


@attrs.define
class Room:
    """A room, the word that it talks about, who is in it, and the seq of its newest event."""

    id: str
    topic: str
    members: list[str] = attrs.Factory(list)
    head: int = 0


@attrs.define
class Archive:
    """What there is to look for. `people` are account ids, those of `ROOMS_OF_FIRST` first."""

    people: list[str]
    rooms: list[Room]
    words: list[str]  # the most frequent first
    spaced: list[str] = attrs.Factory(list)  # texts that were said, in words with spaces between them
    unspaced: list[str] = attrs.Factory(list)  # and in Chinese or Japanese
    events: int = 0

    def rooms_of(self, account: str) -> list[Room]:
        return [room for room in self.rooms if account in room.members]


def write_archive(folder: Path, messages: int) -> Archive:
    """Makes the data folder with as many messages, and what else happened around them."""
    author = _Author(messages)
    trio.run(_write, folder, author.facts(), author)
    return author.archive


async def _write(folder: Path, facts: Iterable[Fact], author: _Author) -> None:
    async with open_store(folder) as store:
        source = iter(facts)
        under_way: Commit | None = None
        while batch := [Append((fact,)) for fact in itertools.islice(source, APPENDED_TOGETHER)]:
            author.archive.events += len(batch)
            if under_way:
                await _done(under_way)
            under_way = store.log.submit(batch)  # and while that is written, the next is thought of
        if under_way:
            await _done(under_way)
        await _done(store.log.submit([Append((), tuple(author.markers()))]))


async def _done(commit: Commit) -> None:
    outcomes = await commit.wait()
    if not all(isinstance(outcome, Appended) for outcome in outcomes):
        raise AssertionError("the log took not all of the facts")


class _Author:
    """Tells the story, fact by fact."""

    def __init__(self, messages: int) -> None:
        self._messages = messages
        self._random = random.Random(SEED)
        self._prose = Prose(SEED)
        self._now = time.time_ns() // 1_000_000 - messages * SECONDS_APART * 1000
        self._heads: dict[str, int] = {}
        self._said: list[tuple[Room, int, str]] = []  # room, seq and author of some messages
        self.archive = Archive(
            [new_id() for _ in range(ACCOUNTS)],
            [Room(new_id(), TOPICS[i % len(TOPICS)]) for i in range(ROOMS)],
            self._prose.words,
        )
        for i, account in enumerate(self.archive.people):
            joined = ROOMS_OF_FIRST[i] if i < len(ROOMS_OF_FIRST) else ROOMS_OF_OTHERS
            for room in self._random.sample(self.archive.rooms, joined):
                room.members.append(account)
        for i, room in enumerate(self.archive.rooms):
            lonely = self.archive.people[len(ROOMS_OF_FIRST) + i % (ACCOUNTS - len(ROOMS_OF_FIRST))]
            if lonely not in room.members:
                room.members.append(lonely)

    def facts(self) -> Iterator[Fact]:
        yield from self._foundation()
        rooms = self.archive.rooms
        weights = list(itertools.accumulate(1 / (rank + CALMER) for rank in range(1, len(rooms) + 1)))
        left = self._messages
        while left:
            room = self._random.choices(rooms, cum_weights=weights)[0]
            run = min(left, self._random.randint(1, LONGEST_RUN))
            left -= run
            for _ in range(run):
                yield from self._message(room)
        for room, seq, by in self._said[:: max(1, int(len(self._said) / (DELETED * self._messages)))]:
            yield self._fact(room, "message.deleted", by, {"seq": seq, "author": by})
        for room in rooms:
            room.head = self._heads[room_stream(room.id)]

    def markers(self) -> Iterator[MarkRead]:
        """How far everybody has read, when all has been said."""
        for room in self.archive.rooms:
            for account in room.members:
                if self._random.random() > NEVER_READ:
                    seq = room.head - int(self._random.expovariate(1 / UNREAD))
                    yield MarkRead(account, room.id, max(1, seq))

    def _foundation(self) -> Iterator[Fact]:
        people, space = self.archive.people, new_id()
        for i, account in enumerate(people):
            who: Data = {"account": account, "name": f"member{i:03}", "display_name": f"Member {i}"}
            yield self._placed(account_stream(account), "account.created", "system", of_account(who))
        named = of_place({"name": "Two years of talk"})
        yield self._placed(space_stream(space), "space.created", people[0], named)
        for i, account in enumerate(people):
            role = "member" if i else "owner"
            yield self._placed(
                space_stream(space), "member.joined", account, {"account": account, "role": role}
            )
        for i, room in enumerate(self.archive.rooms):
            # private: a member may search all public rooms of a space
            opened: Data = {"space": space, "name": f"room{i:04}", "kind": "text", "private": True}
            yield self._fact(room, "room.created", people[0], of_place(opened))
            for account in room.members:
                yield self._fact(room, "member.joined", account, {"account": account})

    def _message(self, room: Room) -> Iterator[Fact]:
        chance = self._random.random
        by = self._random.choice(room.members)
        self._now += SECONDS_APART * 1000
        text = said = self._prose.text()
        if chance() < TOPICAL:
            said = f"{room.topic} {text}"
        data: Data = {"nonce": str(self._now)}
        if chance() < MENTIONS:
            data["mentions"] = [self._random.choice(room.members)]
        if chance() < ANSWERS and self._said and self._said[-1][0] is room:
            data["reply_to"] = data["thread"] = self._said[-1][1]
        posted = self._fact(room, "message.posted", by, data, said)
        yield posted
        if "thread" not in data and chance() < ANSWERS:
            self._said.append((room, posted.seq, by))
        if chance() < KEPT / self._messages * 4:
            kept = self.archive.unspaced if text.endswith("。") else self.archive.spaced
            kept.append(text)
        if chance() < REACTIONS:
            who = self._random.choice(room.members)
            yield self._fact(
                room, "reaction.added", who, {"seq": posted.seq, "emoji": self._random.choice(EMOJI)}
            )
        if chance() < EDITS:
            yield self._fact(room, "message.edited", by, {"seq": posted.seq}, self._prose.text())

    def _fact(self, room: Room, type_: str, by: str, data: Data, text: str | None = None) -> Fact:
        return self._placed(room_stream(room.id), type_, by, data, text)

    def _placed(self, stream: str, type_: str, by: str, data: Data, text: str | None = None) -> Fact:
        self._heads[stream] = seq = self._heads.get(stream, 0) + 1
        return Fact(stream, seq, type_, self._now, by, data, text)
