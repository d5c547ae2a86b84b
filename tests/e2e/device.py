"""A device of somebody: a client that comes and goes, and keeps what it has learned."""

from __future__ import annotations

import attrs

from .reducer import Reducer, snapshot
from .talking import Client, Frame
from .town import Account, Town


@attrs.define
class Device:
    """Applies every event that comes, once, however often it has to begin anew."""

    account: Account
    reducer: Reducer
    client: Client | None
    cursor: Frame
    _seen: int = 0
    _heard: int = 0

    @classmethod
    def new(cls, town: Town, account: Account) -> Device:
        client = town.open(account)
        return cls(account, Reducer(snapshot(client), client), client, client.cursor)

    def connect(self, town: Town) -> Client:
        if self.client is None:
            self.client = self.reducer.client = town.open(self.account, self.cursor)
            assert self.client.opened["resumed"] is True
            self._seen = self._heard = 0
            self.follow()
            for room in self.client.opened["rooms"]:
                self.reducer.read(room["id"], room["read"])
        return self.client

    def follow(self) -> None:
        assert self.client is not None
        self.client.catch_up()
        while self._seen < len(self.client.events):
            self.reducer.apply(self.client.events[self._seen])
            self._seen += 1
        while self._heard < len(self.client.signals):
            self.reducer.hear(self.client.signals[self._heard])
            self._heard += 1

    def drop(self) -> None:
        """Whatever it has not applied yet is lost, and will have to come again."""
        if self.client is not None:
            if self._seen:
                self.cursor = {**self.cursor, "position": self.client.events[self._seen - 1]["position"]}
            self.client.polite = False
            self.client.close()
            self.client = None
