"""People who talk, for pictures and measurements: two spaces, rooms, threads, reactions."""

from __future__ import annotations

import itertools
import random
from typing import Any

from e2e.serving import Server
from e2e.talking import Client, Frame

PEOPLE = {
    "ada": "Ada Lovelace",
    "grace": "Grace Hopper",
    "yuki": "雪 Yuki",
    "omar": "عمر",
    "ben": "Ben Okri",
}
TALK = (
    "Good morning, everybody!",
    "The *difference* engine is back on line.",
    "Could somebody look at `punch.c`? It **fails** on card 14.",
    "```python\nfor card in deck:\n    engine.feed(card)\n```",
    "> It fails on card 14\n\nI see why: the hole is upside down.",
    "https://example.org/engine has the drawings",
    "@ada the tests are green again 🎉",
    "Shall we meet at three?",
    "- tea\n- biscuits\n- a new moth",
    "مرحبا بكم في الغرفة",
    "日本語でも大丈夫です。",
    "I will be away until Monday.",
    "🎉",
    "A rather long line of thought about how the mill and the store of the engine should talk to each other"
    " without either of them waiting for the other, which in the old design they did all the time.",
)


class Village:
    """`accounts` by name, each with a token; `rooms` by name; `space` is the first space.
    `code` is of an invite."""

    def __init__(self, server: Server) -> None:
        operator = Client.operator(server)
        self.accounts: dict[str, Frame] = {}
        for name, shown in PEOPLE.items():
            made = operator.ask("account.create", name=name, display_name=shown, admin=name == "ada")[
                "account"
            ]
            token = operator.ask("account.token", account=made["id"])["token"]
            self.accounts[name] = {"id": made["id"], "name": name, "token": token}
        self.clients = {name: Client.dial(server).open(one["token"]) for name, one in self.accounts.items()}
        self.rooms: dict[str, str] = {}
        self.space = self._space(operator, "Analytical Engine", "ada")
        self._room("ada", self.space, "general", topic="Everything and nothing")
        self._room("ada", self.space, "engine-room", topic="Gears, cards, and steam")
        self._room("ada", self.space, "announcements", kind="announcement")
        self._room("ada", self.space, "bugs")
        self._room("grace", self._space(operator, "Friends of tea", "grace"), "kettle")
        self._talk("general", 80)
        self._talk("bugs", 12)
        direct = self.clients["grace"].ask("direct.open", accounts=[self.accounts["ada"]["id"]])["room"]["id"]
        self.clients["grace"].ask("message.post", room=direct, text="Lunch?")
        operator.close()

    def close(self) -> None:
        for client in self.clients.values():
            client.close()

    def _space(self, operator: Client, name: str, owner: str) -> str:
        space: str = operator.ask("space.create", name=name, owner=self.accounts[owner]["id"])["space"]["id"]
        code = self.code = operator.ask("invite.create", space=space)["invite"]["code"]
        for other, client in self.clients.items():
            if other != owner:
                client.ask("invite.accept", code=code)
        return space

    def _room(self, owner: str, space: str, name: str, **more: Any) -> None:
        room = self.clients[owner].ask("room.create", space=space, name=name, **more)["room"]["id"]
        self.rooms[name] = room
        for other, client in self.clients.items():
            if other != owner:
                client.ask("room.join", room=room)

    def _talk(self, room: str, count: int) -> None:
        """The same each time. The newest message begins a thread; some have reactions; one is pinned."""
        chance, place = random.Random(1), self.rooms[room]
        seqs: list[int] = []
        for text in itertools.islice(itertools.cycle(TALK), count):
            client = self.clients[chance.choice(sorted(self.clients))]
            reply = {"reply_to": chance.choice(seqs[-8:])} if seqs and chance.random() < 0.1 else {}
            seqs.append(client.ask("message.post", room=place, text=text, **reply)["seq"])
            if chance.random() < 0.2:
                fan = self.clients[chance.choice(sorted(self.clients))]
                fan.ask("reaction.add", room=place, seq=seqs[-1], emoji=chance.choice("👍🎉😂"))
        agreed = self.clients["grace"].ask("message.post", room=place, text="I agree.", reply_to=seqs[-1])
        if room == "general":  # of the others ada has read nothing
            self.clients["ada"].ask("read.mark", room=place, seq=agreed["seq"])
        self.clients["ada"].ask("pin.add", room=place, seq=seqs[-3])
        self.clients["ada"].ask("bookmark.add", room=place, seq=seqs[-5], note="for Monday")
