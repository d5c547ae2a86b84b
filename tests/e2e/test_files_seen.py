"""Who may read a file: who may read a message that has it, and its uploader, whatever happened before."""

from __future__ import annotations

import random
from typing import Any

import pytest

from .talking import Client, Frame
from .town import Account, Town
from .uploads import UPLOADING, upload

ACTS = 120
ROLES = ("guest", "member", "moderator", "admin")


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"program": UPLOADING}


class Life:
    """People who do what comes to their minds, most of which is refused."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.random = random.Random(seed)
        self.owner = town.open(town.owner)
        self.accounts = [town.member() for _ in range(4)]
        self.clients = [self.owner, *(town.open(account) for account in self.accounts)]
        self.rooms = [town.room(), town.room(private=True), town.room()]
        for client in self.clients[1:3]:
            client.ask("room.join", room=self.rooms[0])
        self.files: list[tuple[Client, Frame]] = []
        self.posts: list[tuple[str, int]] = []

    def attempt(self, client: Client, name: str, **data: object) -> Frame:
        answer: Frame = client.reply(client.send(name, **data))
        return answer

    def act(self) -> None:
        choice, pick = self.random.choice, self.random.random()
        client, room = choice(self.clients), choice(self.rooms)
        somebody: Account = choice(self.accounts)
        in_space = {"space": self.town.space, "account": somebody.id}
        if pick < 0.2:
            self.files.append((client, upload(client, f"{len(self.files)}")))
        elif pick < 0.5 and self.files:
            owner, file = choice(self.files)
            client = choice((client, owner))
            answer = self.attempt(client, "message.post", room=room, text="", attachments=[file["id"]])
            if "result" in answer:
                self.posts.append((room, answer["result"]["seq"]))
        elif pick < 0.6:
            self.attempt(client, "room.join", room=room)
        elif pick < 0.65:
            self.attempt(client, "room.leave", room=room)
        elif pick < 0.72:
            self.attempt(self.owner, "room.invite", room=room, account=somebody.id)
        elif pick < 0.76:
            self.attempt(self.owner, "room.remove", room=room, account=somebody.id)
        elif pick < 0.82:
            self.attempt(self.owner, "member.set_role", **in_space, role=choice(ROLES))
        elif pick < 0.85:
            self.attempt(self.owner, "member.kick", **in_space)
        elif pick < 0.9:
            self.attempt(
                self.clients[1 + self.accounts.index(somebody)], "invite.accept", code=self.town.code
            )
        elif pick < 0.95 and self.posts:
            where, seq = choice(self.posts)
            self.attempt(self.owner, "message.delete", room=where, seq=seq)
        elif pick > 0.98 and self.files:
            self.attempt(client, "file.delete", file=choice(self.files)[1]["id"])

    def shown(self, client: Client) -> set[str]:
        """The files of all messages that the client may read."""
        found: set[str] = set()
        for room in self.rooms:
            answer = self.attempt(client, "room.history", room=room, limit=500)
            for message in answer.get("result", {"messages": []})["messages"]:
                found |= {file["id"] for file in message["files"]}
        return found

    def check(self) -> None:
        for client in self.clients:
            shown, own = (
                self.shown(client),
                {file["id"] for file in client.ask("file.list", limit=500)["files"]},
            )
            for _, file in self.files:
                readable = "result" in self.attempt(client, "file.get", file=file["id"])
                assert readable == (file["id"] in shown | own), (client.opened["account"]["name"], file)


@pytest.mark.parametrize("seed", range(3))
def test_a_file_is_read_by_whoever_reads_a_message_that_has_it(town: Town, seed: int) -> None:
    life = Life(town, seed)
    for n in range(ACTS):
        life.act()
        if n % 8 == 7:
            life.check()
    life.owner.ask("room.delete", room=life.rooms[0])
    life.check()
    assert len(life.posts) > 3
    town.assert_sound()
