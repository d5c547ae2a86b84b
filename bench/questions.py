"""What members ask of a big archive: pages of history, what is unread, words to be found."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import attrs

from bench.archive import SEED, Archive, Room
from bench.asking import Asker, Waits
from bench.figure import Figure, Target, at_most

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
        for id_ in dict.fromkeys(room.id for room in rooms):
            member.asker.ask("room.history", waking, room=id_, limit=PAGE)
        for room in rooms:
            where = self._random.choice(("before", "after", "around"))
            seq = self._random.randint(1, room.head)
            answer = member.asker.ask("room.history", waits, room=room.id, limit=PAGE, **{where: seq})
            if len(answer["messages"]) < PAGE and answer["more_before"] and answer["more_after"]:
                raise AssertionError("a page of history is not full")
        return [
            *waking.figures(self._title, "newest page of a room that sleeps"),
            *waits.figures(self._title, "page of history at any depth", at_most(4)),
        ]

    def unread(self) -> list[Figure]:
        waits = Waits()
        member = self._members[0]
        for _ in range(self._asked):
            rooms = member.asker.ask("unread.list", waits)["rooms"]
            if len(rooms) != len(member.rooms):
                raise AssertionError(f"{len(rooms)} rooms are listed of {len(member.rooms)}")
        return waits.figures(self._title, f"unread list of {len(member.rooms)} rooms", at_most(5))

    # --- searches

    def searches(self) -> list[Figure]:
        kinds: dict[str, tuple[Callable[[Member], Iterable[str]], Target | None]] = {
            "common word": (self._common, at_most(50)),
            "word common elsewhere": (self._elsewhere, at_most(50)),
            "rare word": (self._rare, None),
            "phrase": (self._phrases, None),
            "Chinese or Japanese": (self._pieces, None),
        }
        figures = []
        for kind, (texts, target) in kinds.items():
            hits = 0
            for member in self._members:
                waits = Waits()
                for text in texts(member):
                    hits += len(member.asker.ask("message.search", waits, text=text, limit=PAGE)["hits"])
                if waits.all:
                    name = f"search, {kind}, in {len(member.rooms)} rooms"
                    figures += waits.figures(self._title, name, target)
            if bool(hits) is (kind == "word common elsewhere"):
                raise AssertionError(f"{hits} hits of a {kind}")
        return figures

    def _common(self, _: Member) -> Iterable[str]:
        return self._random.choices(self._archive.words[:COMMON], k=self._asked)

    def _elsewhere(self, member: Member) -> Iterable[str]:
        """The hardest to answer: much to look through, and nothing to be found."""
        unheard = {room.topic for room in self._archive.rooms} - {room.topic for room in member.rooms}
        return self._random.choices(sorted(unheard), k=self._asked) if unheard else ()

    def _rare(self, _: Member) -> Iterable[str]:
        return self._random.choices(self._archive.words[RARE_FROM:], k=self._asked)

    def _phrases(self, _: Member) -> Iterable[str]:
        """Two words that somebody said in a row."""
        texts = [words for text in self._archive.spaced if len(words := text.rstrip(".").split()) > 1]
        for words in self._random.choices(texts, k=self._asked):
            at = self._random.randrange(len(words) - 1)
            yield f'"{words[at]} {words[at + 1]}"'

    def _pieces(self, _: Member) -> Iterable[str]:
        """One to three characters that somebody wrote in a row."""
        for text in self._random.choices(self._archive.unspaced, k=self._asked):
            size = self._random.randint(1, min(PIECE, len(text) - 1))
            at = self._random.randrange(len(text) - size)
            yield text[at : at + size]
