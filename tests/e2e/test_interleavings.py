"""Random days of four people in a space where rights come and go: nobody receives anything from a position at
which they had no right, nobody misses what they had a right to, and no post follows a ban.

`random_days` plays them.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import attrs
import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from . import random_days
from .conftest import Serve
from .rights_model import OWNER, Audience, Message, Refused, Rights, Room
from .serving import Server
from .talking import Client, Frame, history
from .town import Account, Town, absent_id

STEPS = 50
RESTARTS = 1  # of one day; it takes a second or two
MOST_ROOMS = 5

EVERYBODY = st.integers(0, 3)
OTHERS = st.integers(1, 3)
PICKS = st.integers(0, 1 << 16)
ROLES = st.sampled_from(("admin", "moderator", "member", "guest"))
DOORS = st.sampled_from(("member.kick", "member.ban", "room.remove"))


@attrs.define
class Ear:
    """A session that comes and goes: what it took in, over all its connections, without gap or repeat."""

    account: Account
    client: Client
    start: int  # the position from which on everything is meant for it
    cursor: Frame
    heard: list[int] = attrs.Factory(list)
    signalled: list[Frame] = attrs.Factory(list)
    connected: bool = True
    _taken: int = 0

    @classmethod
    def new(cls, town: Town, account: Account) -> Ear:
        client = town.open(account)
        return cls(account, client, client.cursor["position"], client.cursor)

    def take(self) -> None:
        """Applies what has come."""
        for event in self.client.events[self._taken :]:
            self.heard.append(event["position"])
            self.cursor = {**self.cursor, "position": event["position"]}
        self._taken = len(self.client.events)
        self.signalled += self.client.signals
        self.client.signals.clear()

    def drop(self) -> None:
        """Whatever it has not taken yet is lost, and has to come again."""
        self.client.polite = False
        self.client.close()
        self.connected = False

    def connect(self, town: Town) -> None:
        if not self.connected:
            self.take_over(town.open(self.account, self.cursor))
            assert self.client.opened["resumed"] is True

    def take_over(self, client: Client) -> None:
        self.client, self.connected, self._taken = client, True, 0


class Day(RuleBasedStateMachine):
    server: Server  # set by the test; the days share it, and nothing else

    def __init__(self) -> None:
        super().__init__()
        self.audience = Audience(position=self.head())
        self.town = town = Town(self.server)
        self.people = [town.owner, *(town.account(name) for name in ("bob", "cleo", "dan"))]
        self.ids = [account.id for account in self.people]
        self.rights = Rights({OWNER: "owner"})
        self.rooms: list[str] = []
        self.names = itertools.count(1)
        self.texts = self.restarts = 0
        self.listening = [Ear.new(town, account) for account in self.people]  # always there
        self.devices = [Ear.new(town, account) for account in self.people]  # come and go
        self.seen_in: list[set[str]] = [set() for _ in self.people]  # rooms they were in since the last look
        for private in (False, True):
            self.create(OWNER, private)
        for who in (1, 2):
            self.enter(who)
            self.join(who, 0)

    def head(self) -> int:
        operator = Client.operator(self.server)
        position: int = operator.ask("event.list")["position"]
        operator.close()
        return position

    # --- asking

    def on(self, who: int) -> Client:
        self.devices[who].connect(self.town)
        return self.devices[who].client

    def does(self, who: int, expected: Refused, name: str, /, **data: Any) -> Any:
        """Asks, and is refused or not as the model says."""
        client = self.on(who)
        reply = client.reply(client.send(name, **data))
        assert reply.get("error", {}).get("code") == expected, (name, who, reply)
        self.look()
        return reply.get("result")

    def look(self) -> None:
        """Takes in what the log says since, and who was where meanwhile."""
        while True:
            page = self.town.operator.ask("event.list", after=self.audience.position, limit=500)
            for event in page["events"]:
                self.audience.take_in(event)
                self.note()
            if len(page["events"]) < 500:
                return

    def note(self) -> None:
        for stream, accounts in self.audience.members.items():
            for who, account in enumerate(self.ids):
                if account in accounts:
                    self.seen_in[who].add(stream)

    def pick(self, pick: int) -> tuple[Room, str]:
        number = pick % len(self.rooms)
        return self.rights.rooms[number], self.rooms[number]

    def text(self) -> str:
        """Some of them mention everybody by name."""
        self.texts += 1
        names = "".join(f" @{account.name}" for account in self.people) if self.texts % 3 == 0 else ""
        return f"word number{self.texts}{names}"

    # --- the space

    @rule(who=OTHERS)
    def enter(self, who: int) -> None:
        self.does(who, self.rights.enter(who), "invite.accept", code=self.town.code)

    @rule(who=OTHERS)
    def leave(self, who: int) -> None:
        self.does(who, self.rights.leave(who), "space.leave", space=self.town.space)

    @rule(by=EVERYBODY, whom=OTHERS)
    def kick(self, by: int, whom: int) -> None:
        self.act("member.kick", by, whom, self.rights.kick(by, whom))

    @rule(by=EVERYBODY, whom=OTHERS)
    def ban(self, by: int, whom: int) -> None:
        self.act("member.ban", by, whom, self.rights.ban(by, whom))

    @rule(by=EVERYBODY, whom=OTHERS)
    def unban(self, by: int, whom: int) -> None:
        self.act("member.unban", by, whom, self.rights.unban(by, whom))

    @rule(whom=OTHERS)
    def let_back(self, whom: int) -> None:
        if whom in self.rights.banned:
            self.unban(OWNER, whom)
        self.enter(whom)

    def act(self, name: str, by: int, whom: int, expected: Refused) -> None:
        self.does(by, expected, name, space=self.town.space, account=self.ids[whom])

    @rule(whom=OTHERS, role=ROLES)
    def set_role(self, whom: int, role: str) -> None:
        expected = self.rights.set_role(whom, role)
        data = {"space": self.town.space, "account": self.ids[whom], "role": role}
        self.does(OWNER, expected, "member.set_role", **data)

    # --- its rooms

    @precondition(lambda self: len(self.rooms) < MOST_ROOMS)
    @rule(who=EVERYBODY, private=st.booleans())
    def create(self, who: int, private: bool) -> None:
        data = {"space": self.town.space, "name": f"room {next(self.names)}", "private": private}
        made = self.does(who, self.rights.create(who, private), "room.create", **data)
        if made is not None:
            self.rooms.append(made["room"]["id"])

    @precondition(lambda self: len(self.rooms) == MOST_ROOMS)
    @rule(pick=PICKS)
    def delete_room(self, pick: int) -> None:
        room, id_ = self.pick(2 + pick % 3)
        self.does(OWNER, self.rights.delete_room(room), "room.delete", room=id_)

    @rule(who=EVERYBODY, pick=PICKS)
    def join(self, who: int, pick: int) -> None:
        room, id_ = self.pick(pick)
        self.does(who, self.rights.join(who, room), "room.join", room=id_)

    @rule(who=OTHERS, pick=PICKS)
    def go(self, who: int, pick: int) -> None:
        room, id_ = self.pick(pick)
        self.does(who, self.rights.go(who, room), "room.leave", room=id_)

    @rule(by=EVERYBODY, pick=PICKS, whom=OTHERS)
    def let_in(self, by: int, pick: int, whom: int) -> None:
        room, id_ = self.pick(pick)
        expected = self.rights.let_in(by, room, whom)
        self.does(by, expected, "room.invite", room=id_, account=self.ids[whom])

    @rule(by=EVERYBODY, pick=PICKS, whom=OTHERS)
    def remove(self, by: int, pick: int, whom: int) -> None:
        room, id_ = self.pick(pick)
        expected = self.rights.remove(by, room, whom)
        self.does(by, expected, "room.remove", room=id_, account=self.ids[whom])

    # --- messages

    @rule(who=EVERYBODY, pick=PICKS)
    def post(self, who: int, pick: int) -> None:
        room, id_ = self.pick(pick)
        text = self.text()
        made = self.does(who, self.rights.write(who, room), "message.post", room=id_, text=text)
        if made is not None:
            room.messages.append(Message(who, text, made["seq"], made["position"]))

    @rule(who=EVERYBODY)
    def post_in_secret(self, who: int) -> None:
        self.post(who, 1)

    @rule(who=EVERYBODY, pick=PICKS, which=PICKS)
    def edit(self, who: int, pick: int, which: int) -> None:
        room, id_ = self.pick(pick)
        if room.messages:
            message, text = room.messages[which % len(room.messages)], self.text()
            expected = self.rights.edit(who, room, message, text)
            self.does(who, expected, "message.edit", room=id_, seq=message.seq, text=text)

    @rule(who=EVERYBODY, pick=PICKS, which=PICKS)
    def delete(self, who: int, pick: int, which: int) -> None:
        room, id_ = self.pick(pick)
        if room.messages:
            message = room.messages[which % len(room.messages)]
            expected = self.rights.delete(who, room, message)
            self.does(who, expected, "message.delete", room=id_, seq=message.seq)

    @rule(who=EVERYBODY, pick=PICKS)
    def read_and_type(self, who: int, pick: int) -> None:
        """What others are shown without its being logged."""
        room, id_ = self.pick(pick)
        expected = self.rights.write(who, room)
        self.does(who, expected, "typing.set", room=id_)
        self.does(who, expected, "read.mark", room=id_, seq=1)

    # --- several at once

    @rule(whom=OTHERS, pick=PICKS, door=DOORS)
    def post_while_shown_the_door(self, whom: int, pick: int, door: str) -> None:
        room, id_ = self.pick(pick)
        poster, owner = self.on(whom), self.on(OWNER)
        posts = self.send_posts(poster, id_, 6)
        where, expected = self.door(door, whom, room, id_)
        closing = owner.send(door, account=self.ids[whom], **where)
        assert owner.reply(closing).get("error", {}).get("code") == expected
        late = self.send_posts(poster, id_, 2)
        for asked, text in posts:
            self.posted_perhaps(whom, room, text, poster.reply(asked))
        for asked, _ in late:
            assert "error" in poster.reply(asked)
        self.look()

    def send_posts(self, client: Client, room: str, count: int) -> list[tuple[int, str]]:
        texts = [self.text() for _ in range(count)]
        return [(client.send("message.post", room=room, text=text), text) for text in texts]

    def posted_perhaps(self, who: int, room: Room, text: str, reply: Frame) -> None:
        if "result" in reply:
            room.messages.append(Message(who, text, reply["result"]["seq"], reply["result"]["position"]))
        else:
            assert reply["error"]["code"] in ("not_found", "forbidden")

    @rule(whom=OTHERS, pick=PICKS, door=DOORS, first=st.booleans())
    def resume_while_shown_the_door(self, whom: int, pick: int, door: str, first: bool) -> None:
        """The session is opened, the door is shown and the room is talked in at the same moment."""
        room, id_ = self.pick(pick)
        self.let_back(whom)
        self.let_in(OWNER, pick, whom)
        ear, owner = self.devices[whom], self.on(OWNER)
        if ear.connected:
            ear.drop()
        client = self.town.dial()
        where, expected = self.door(door, whom, room, id_)
        spoken = self.rights.write(OWNER, room)
        closing = owner.send(door, account=self.ids[whom], **where) if first else 0
        opening = client.send("session.open", token=ear.account.token, cursor=ear.cursor)
        closing = closing or owner.send(door, account=self.ids[whom], **where)
        posts = self.send_posts(owner, id_, 3)
        assert owner.reply(closing).get("error", {}).get("code") == expected
        for asked, text in posts:
            reply = owner.reply(asked)
            assert reply.get("error", {}).get("code") == spoken
            self.posted_perhaps(OWNER, room, text, reply)
        assert client.result(opening)["resumed"] is True
        ear.take_over(client)
        self.look()
        self.post(OWNER, pick)
        self.what_is_heard_is_right(whom)

    def door(self, name: str, whom: int, room: Room, id_: str) -> tuple[Frame, Refused]:
        """Where the owner shows somebody the door, and how that is answered."""
        if name == "room.remove":
            return {"room": id_}, self.rights.remove(OWNER, room, whom)
        act = {"member.kick": self.rights.kick, "member.ban": self.rights.ban}[name]
        return {"space": self.town.space}, act(OWNER, whom)

    # --- coming and going

    @rule(who=EVERYBODY)
    def take(self, who: int) -> None:
        if self.devices[who].connected:
            self.devices[who].client.catch_up()
            self.devices[who].take()

    @rule(who=EVERYBODY)
    def drop(self, who: int) -> None:
        if self.devices[who].connected:
            self.devices[who].drop()

    @rule(who=EVERYBODY)
    def resume(self, who: int) -> None:
        self.drop(who)
        client = self.on(who)
        inside = {self.rooms[n] for n, room in enumerate(self.rights.rooms) if who in room.members}
        assert {room["id"] for room in client.opened["rooms"]} == inside
        assert bool(client.opened["spaces"]) is (who in self.rights.roles)

    @precondition(lambda self: self.restarts < RESTARTS)
    @rule(kill=st.booleans())
    def restart(self, kill: bool) -> None:
        self.restarts += 1
        for ear in (*self.listening, *self.devices):
            if ear.connected and not kill:
                ear.take()
            ear.drop()
        (self.server.kill if kill else self.server.stop)()
        self.town.close()
        self.server.start()
        self.town.reconnect()
        for ear in self.listening:
            ear.connect(self.town)
        self.look()

    # --- what must be true

    @rule(who=EVERYBODY)
    def what_is_asked_for_is_right(self, who: int) -> None:
        client, found = self.on(who), set()
        for room, id_ in zip(self.rights.rooms, self.rooms, strict=True):
            if not self.rights.sees(who, room):
                hidden, absent = (client.refusal("room.history", room=one) for one in (id_, absent_id()))
                assert hidden == absent
                assert client.refusal("message.search", text="word", room=id_)["code"] == "not_found"
                continue
            messages = [(message["seq"], message["text"]) for message in history(client, id_)]
            in_order = sorted(room.messages, key=lambda message: message.seq)
            assert messages == [(message.seq, message.text) for message in in_order]
            found |= {(id_, message.seq) for message in room.messages if message.text is not None}
            if who in room.members and room.messages:
                self.receipts_are_right(client, id_, room.messages[-1])
        hits = client.ask("message.search", text="word", limit=500)["hits"]
        assert {(hit["room"], hit["seq"]) for hit in hits} == found
        self.lists_are_right(who, client)

    def receipts_are_right(self, client: Client, room: str, message: Message) -> None:
        receipts = client.ask("receipt.list", room=room, seq=message.seq)
        for account in {*receipts["delivered"], *receipts["read"]}:
            assert self.audience.had_a_right(account, message.position)

    def lists_are_right(self, who: int, client: Client) -> None:
        inside = {self.rooms[n] for n, room in enumerate(self.rights.rooms) if who in room.members}
        assert {row["room"] for row in client.ask("unread.list")["rooms"]} == inside
        if who in self.rights.roles:
            seen = {self.rooms[n] for n, room in enumerate(self.rights.rooms) if self.rights.sees(who, room)}
            listed = client.ask("room.list", space=self.town.space)["rooms"]
            assert {room["id"] for room in listed} == seen
        positions = {
            (id_, message.seq): message.position
            for id_, room in zip(self.rooms, self.rights.rooms, strict=True)
            for message in room.messages
        }
        for row in client.ask("notification.list", limit=500)["notifications"]:
            assert self.audience.had_a_right(self.ids[who], positions[row["room"], row["seq"]])

    @rule(who=EVERYBODY)
    def what_is_heard_is_right(self, who: int) -> None:
        self.on(who)
        ears = (self.listening[who], self.devices[who])
        for ear in ears:
            ear.client.catch_up()
            ear.take()
        self.look()
        for ear in ears:
            meant = self.audience.meant_for(self.ids[who], ear.start)
            assert ear.heard == meant[: len(ear.heard)]
            # what the last `catch_up` of the other one has caused may still be on its way
            own = f"account/{self.ids[who]}"
            assert {self.audience.stream_at(position) for position in meant[len(ear.heard) :]} <= {own}
            for signal in ear.signalled:
                assert signal["stream"] in self.seen_in[who], signal
            ear.signalled.clear()
        self.seen_in[who].clear()
        self.note()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # the day did not end with a failure already
                for who in range(len(self.people)):
                    self.what_is_asked_for_is_right(who)
                    self.what_is_heard_is_right(who)
                self.town.assert_sound()
        finally:
            self.town.close()


@random_days.takes_long
def test_nobody_ever_receives_what_they_had_no_right_to(serve: Serve) -> None:
    Day.server = serve()
    random_days.play(Day, 8, STEPS)
