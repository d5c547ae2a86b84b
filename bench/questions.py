"""What members ask of a big archive: pages of history, what is unread, words to be found."""

from __future__ import annotations

import random
from collections.abc import Callable

import attrs

from bench.archive import SEED, Archive, Room
from bench.asking import Asker, Waits
from bench.figure import Figure, at_most

COMMON = 50  # of the most frequent words
RARE_FROM = 5000  # words that are less frequent than so many others
PIECE = 3  # characters of a script without spaces, at most
PAGE = 50


@attrs.frozen
class Member:
    """Somebody with an open session, and the rooms that they are in."""

    account: str
    asker: Asker
    rooms: list[Room]


class Questions:
    """Each is asked `asked` times, of the same archive always the same."""

    def __init__(self, title: str, members: list[Member], archive: Archive, asked: int) -> None:
        self._title = title
        self._members = members
        self._archive = archive
        self._asked = asked
        self._random = random.Random(SEED)

    # --- history and what is unread

    def history(self) -> list[Figure]:
        """Rooms by their size, so that it is as likely to ask for any message as for any other."""
        waking, waits = Waits(), Waits()
        member = self._members[0]
        rooms = self._random.choices(member.rooms, [room.head for room in member.rooms], k=self._asked)
        for room in dict.fromkeys(room.id for room in rooms):
            member.asker.ask("room.history", waking, room=room, limit=PAGE)
        for room in rooms:
            where = self._random.choice(("before", "after", "around"))
            seq = self._random.randint(1, room.head)
            answer = member.asker.ask("room.history", waits, room=room.id, limit=PAGE, **{where: seq})
            if len(answer["messages"]) < PAGE and answer["more_before"] and answer["more_after"]:
                raise AssertionError("a page of history is not full")
        return [
            *waking.figures(self._title, "newest page of a room that sleeps"),
            *waits.figures(self._title, "page of history at any depth", at_most(5)),
        ]

    def unread(self) -> list[Figure]:
        waits = Waits()
        member = self._members[0]
        for _ in range(self._asked):
            rooms = member.asker.ask("unread.list", waits)["rooms"]
            if len(rooms) != len(member.rooms):
                raise AssertionError(f"{len(rooms)} rooms are listed of {len(member.rooms)}")
        return waits.figures(self._title, f"unread list of {len(member.rooms)} rooms", at_most(20))

    # --- searches

    def searches(self) -> list[Figure]:
        kinds: dict[str, tuple[Callable[[], str], float | None]] = {
            "common word": (self._common, 50),
            "rare word": (self._rare, None),
            "phrase": (self._phrase, None),
            "Chinese or Japanese": (self._piece, None),
        }
        figures = []
        for member in self._members:
            # The hardest to answer: there is much to look through, and nothing to be found.
            topics = {room.topic for room in self._archive.rooms} - {room.topic for room in member.rooms}
            if topics:
                choices = sorted(topics)
                name = f"search, word common elsewhere, in {len(member.rooms)} rooms"
                waits = self._search(member, lambda choices=choices: self._random.choice(choices))
                figures += waits.figures(self._title, name, at_most(50))
        for kind, (text, bound) in kinds.items():
            for member in self._members:
                name = f"search, {kind}, in {len(member.rooms)} rooms"
                target = None if bound is None else at_most(bound)
                figures += self._search(member, text).figures(self._title, name, target)
        return figures

    def _search(self, member: Member, text: Callable[[], str]) -> Waits:
        waits = Waits()
        hits = 0
        for _ in range(self._asked):
            hits += len(member.asker.ask("message.search", waits, text=text(), limit=PAGE)["hits"])
        if not hits and member is self._members[0]:
            raise AssertionError("nothing of what was said was found")
        return waits

    def _common(self) -> str:
        return self._random.choice(self._archive.words[:COMMON])

    def _rare(self) -> str:
        return self._random.choice(self._archive.words[RARE_FROM:])

    def _phrase(self) -> str:
        """Two words that somebody said in a row."""
        words: list[str] = []
        while len(words) < 2:
            words = self._random.choice(self._archive.spaced).split()
        at = self._random.randrange(len(words) - 1)
        return f'"{words[at]} {words[at + 1]}"'.replace(",", "").replace(".", "")

    def _piece(self) -> str:
        text = self._random.choice(self._archive.unspaced)[:-1]
        size = self._random.randint(1, min(PIECE, len(text)))
        at = self._random.randrange(len(text) - size + 1)
        return text[at : at + size]
