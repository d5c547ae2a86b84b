"""Random days of three people with two devices each, compared with a simple model of what they should see.

`random_days` plays them.
"""

from __future__ import annotations

import sys
from itertools import chain
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from . import random_days
from .conftest import Serve
from .device import Device
from .model import ALL, Message, Model, Refused, Room
from .serving import Server
from .talking import Client, Frame, history
from .town import Town

STEPS = 40
RESTARTS = 1  # of one day; it takes a second or two

PEOPLE = st.integers(0, 2)
DEVICES = st.integers(0, 1)
ROOMS = st.integers(0, 2)
DIRECT = 2  # the room of the first two
PICKS = st.integers(0, 1 << 16)
EMOJI = st.sampled_from(("👍", "🎉", "👩\u200d👩\u200d👧"))
MENTIONS = st.sets(st.sampled_from((0, 1, 2, ALL)), max_size=2)
LEVELS = st.sampled_from(("all", "mentions", "none"))


class Day(RuleBasedStateMachine):
    server: Server  # set by the test; the days share it, and nothing else

    def __init__(self) -> None:
        super().__init__()
        self.town = town = Town(self.server)
        self.people = [town.owner, *(town.member(name=name) for name in ("bob", "cleo"))]
        self.devices = [[Device.new(town, account) for _ in range(2)] for account in self.people]
        self.ids = [account.id for account in self.people]
        one, two = town.room("One", by=self.on(0)), town.room("Two", by=self.on(1))
        direct = self.on(0).ask("direct.open", accounts=[self.ids[1]])["room"]["id"]
        assert self.on(1).ask("direct.open", accounts=[self.ids[0]])["room"]["id"] == direct
        self.rooms = [one, two, direct]
        rooms = [Room(False, {0: 2}, 2), Room(False, {1: 2}, 2), Room(True, {0: 2, 1: 3}, 3)]
        self.model = Model(rooms)
        for who, room in ((1, 0), (2, 0), (0, 1), (2, 1)):
            self.on(who).ask("room.join", room=self.rooms[room])
            assert self.model.join(who, room) is None
        self.bell = [town.member(name="bell"), town.member(name="ringer")]
        self.texts = self.restarts = 0
        self.heard = dict.fromkeys(range(3), 0)  # how many notifications have come
        self.unsettled = False
        self.listen()

    def listen(self) -> None:
        """Sessions that are always there: one of each person, and those of the bell."""
        self.ears = [self.town.open(account) for account in self.people]
        self.ringer, self.rung = self.town.open(self.bell[0]), self.town.open(self.bell[1])
        self.yard = self.ringer.ask("direct.open", accounts=[self.bell[1].id])["room"]["id"]

    def catch_up(self) -> None:
        """Whom to tell is decided by how things stand when the notifier looks: it may, before they change."""
        if not self.unsettled:
            return
        seq = self.ringer.post(self.yard, "ding")["seq"]
        self.rung.wait_event("notification.created", room=self.yard, seq=seq)
        for who, told in self.model.told.items():
            for one in told[self.heard[who] :]:
                self.ears[who].wait_event("notification.created", room=self.rooms[one.room], seq=one.seq)
            self.heard[who] = len(told)
        self.unsettled = False

    def on(self, who: int, device: int = 0) -> Client:
        """A client of theirs: that device if it is there, else the other."""
        first, second = self.devices[who][device], self.devices[who][1 - device]
        return first.client or second.client or first.connect(self.town)

    def does(self, who: int, expected: Refused, name: str, device: int = 0, **data: Any) -> Any:
        """Asks, and is refused or not as the model says."""
        client = self.on(who, device)
        reply = client.reply(client.send(name, **data))
        assert reply.get("error", {}).get("code") == expected, (name, reply)
        return reply.get("result")

    def message(self, room: int, pick: int) -> Message | None:
        there = list(self.model.rooms[room].messages.values())
        return there[pick % len(there)] if there else None

    def compose(self, mentions: set[int | str]) -> str:
        self.texts += 1
        names = (
            str(name) if isinstance(name, str) else self.people[name].name
            for name in sorted(mentions, key=str)
        )
        return " ".join([f"number {self.texts}", *(f"@{name}" for name in names)])

    # --- what may happen

    @rule(who=PEOPLE, device=DEVICES, room=ROOMS, mentions=MENTIONS)
    def post(self, who: int, device: int, room: int, mentions: set[int | str]) -> None:
        self.say(who, device, room, mentions, None)

    @rule(who=PEOPLE, room=ROOMS)
    def post_plainly(self, who: int, room: int) -> None:
        self.say(who, 0, room, set(), None)

    @rule(who=PEOPLE, device=DEVICES, room=ROOMS, mentions=MENTIONS, pick=PICKS)
    def reply(self, who: int, device: int, room: int, mentions: set[int | str], pick: int) -> None:
        if (to := self.message(room, pick)) is not None:
            self.catch_up()
            self.say(who, device, room, mentions, to.seq)

    def say(self, who: int, device: int, room: int, mentions: set[int | str], to: int | None) -> None:
        text = self.compose(mentions)
        expected = self.model.post(who, room, text, mentions, to)
        more = {} if to is None else {"reply_to": to}
        nonce = {"nonce": f"n{self.texts}"} if self.texts % 3 else {}
        data = {"room": self.rooms[room], "text": text, **more, **nonce}
        result = self.does(who, expected, "message.post", device, **data)
        if expected is None:
            assert result["seq"] == self.model.rooms[room].head
            self.unsettled = True
            if nonce:
                assert self.does(who, None, "message.post", 1 - device, **data) == result

    @rule(who=PEOPLE, room=ROOMS, pick=PICKS, mentions=MENTIONS)
    def edit(self, who: int, room: int, pick: int, mentions: set[int | str]) -> None:
        if (message := self.message(room, pick)) is not None:
            text = self.compose(mentions)
            expected = self.model.edit(who, room, message.seq, text, mentions)
            self.does(who, expected, "message.edit", room=self.rooms[room], seq=message.seq, text=text)

    @rule(room=ROOMS, pick=PICKS, mentions=MENTIONS)
    def edit_ones_own(self, room: int, pick: int, mentions: set[int | str]) -> None:
        if (message := self.message(room, pick)) is not None:
            self.edit(message.by, room, pick, mentions)

    @rule(who=PEOPLE, room=ROOMS, pick=PICKS)
    def delete(self, who: int, room: int, pick: int) -> None:
        if (message := self.message(room, pick)) is not None:
            self.catch_up()
            expected = self.model.delete(who, room, message.seq)
            self.does(who, expected, "message.delete", room=self.rooms[room], seq=message.seq)

    @rule(who=PEOPLE, room=ROOMS, pick=PICKS, emoji=EMOJI, add=st.booleans())
    def react(self, who: int, room: int, pick: int, emoji: str, add: bool) -> None:
        if (message := self.message(room, pick)) is not None:
            expected = self.model.react(who, room, message.seq, emoji, add)
            name = "reaction.add" if add else "reaction.remove"
            self.does(who, expected, name, room=self.rooms[room], seq=message.seq, emoji=emoji)

    @rule(who=PEOPLE, room=ROOMS, pick=PICKS, add=st.booleans())
    def pin(self, who: int, room: int, pick: int, add: bool) -> None:
        if (message := self.message(room, pick)) is not None:
            expected = self.model.pin(who, room, message.seq, add)
            name = "pin.add" if add else "pin.remove"
            self.does(who, expected, name, room=self.rooms[room], seq=message.seq)

    @rule(who=PEOPLE, device=DEVICES, room=ROOMS, back=st.integers(-1, 12))
    def mark_read(self, who: int, device: int, room: int, back: int) -> None:
        self.catch_up()
        seq = max(self.model.rooms[room].head - back, 0)
        expected = self.model.mark(who, room, seq)
        self.does(who, expected, "read.mark", device, room=self.rooms[room], seq=seq)
        self.unread_is_right(who)

    @rule(who=PEOPLE, pick=PICKS)
    def read_a_notification(self, who: int, pick: int) -> None:
        self.catch_up()
        listed = list(self.model.notifications(who))
        if listed:
            rows = self.on(who).ask("notification.list", limit=500)["notifications"]
            told, _ = listed[pick % len(listed)]
            told.said_read = True
            self.does(who, None, "notification.read", ids=[rows[pick % len(listed)]["id"]])

    @rule(who=PEOPLE, room=ROOMS)
    def join(self, who: int, room: int) -> None:
        self.catch_up()
        self.does(who, self.model.join(who, room), "room.join", room=self.rooms[room])

    @rule(who=PEOPLE, room=ROOMS)
    def leave(self, who: int, room: int) -> None:
        self.catch_up()
        self.does(who, self.model.leave(who, room), "room.leave", room=self.rooms[room])

    @rule(who=PEOPLE, room=ROOMS, level=LEVELS)
    def set_level(self, who: int, room: int, level: str) -> None:
        self.catch_up()
        expected = self.model.level(who, room, level)
        self.does(who, expected, "subscription.update", room=self.rooms[room], level=level)

    @rule(who=PEOPLE, room=ROOMS, pick=PICKS, following=st.booleans())
    def follow(self, who: int, room: int, pick: int, following: bool) -> None:
        if (message := self.message(room, pick)) is not None:
            self.catch_up()
            expected = self.model.follow(who, room, message.seq, following)
            name = "thread.follow" if following else "thread.unfollow"
            self.does(who, expected, name, room=self.rooms[room], seq=message.seq)

    @rule(who=PEOPLE, other=PEOPLE, add=st.booleans())
    def block(self, who: int, other: int, add: bool) -> None:
        self.catch_up()
        name = "block.add" if add else "block.remove"
        self.does(who, self.model.block(who, other, add), name, account=self.ids[other])

    @rule(who=PEOPLE)
    def accept(self, who: int) -> None:
        self.catch_up()
        self.does(who, self.model.accept(who, DIRECT), "direct.accept", room=self.rooms[DIRECT])

    @rule(who=PEOPLE)
    def decline(self, who: int) -> None:
        self.catch_up()
        self.does(who, self.model.decline(who, DIRECT), "direct.decline", room=self.rooms[DIRECT])

    @rule(who=PEOPLE)
    def leave_direct(self, who: int) -> None:
        self.catch_up()
        self.does(who, self.model.leave_direct(who, DIRECT), "direct.leave", room=self.rooms[DIRECT])

    @rule(who=PEOPLE, device=DEVICES)
    def disconnect(self, who: int, device: int) -> None:
        self.devices[who][device].drop()

    @rule(who=PEOPLE, device=DEVICES)
    def reconnect(self, who: int, device: int) -> None:
        self.devices[who][device].connect(self.town)

    @precondition(lambda self: self.restarts < RESTARTS)
    @rule(kill=st.booleans())
    def restart(self, kill: bool) -> None:
        self.restarts += 1
        self.catch_up()
        (self.server.kill if kill else self.server.stop)()
        for device in chain.from_iterable(self.devices):
            device.drop()
        self.town.close()
        self.server.start()
        self.town.reconnect()
        self.listen()

    # --- what must be true

    @rule(who=PEOPLE)
    def unread_is_right(self, who: int) -> None:
        listed = {row.pop("room"): row for row in self.on(who).ask("unread.list")["rooms"]}
        expected = {}
        for number, (id_, room) in enumerate(zip(self.rooms, self.model.rooms, strict=True)):
            if self.model.listed(who, number):
                unread = self.model.unread(who, number)
                expected[id_] = {
                    "read": room.markers.get(who, 0),
                    "head": room.head,
                    "unread": len(unread),
                    "mentions": sum(message.tells(who) for message in unread),
                    "first_unread": unread[0].seq if unread else None,
                }
        assert listed == expected

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # the day did not end with a failure already
                self.everything_is_right()
        finally:
            self.town.close()

    def everything_is_right(self) -> None:
        self.catch_up()
        for who in range(3):
            self.unread_is_right(who)
            self.notifications_are_right(who)
            for device in self.devices[who]:
                device.connect(self.town)
                device.follow()
                self.device_is_right(who, device)
        self.receipts_are_right()
        self.town.assert_sound()

    def device_is_right(self, who: int, device: Device) -> None:
        assert device.client is not None
        kept = device.reducer.state
        mine = {
            id_: self.model.rooms[number]
            for number, id_ in enumerate(self.rooms)
            if self.model.listed(who, number)
        }
        assert set(kept.rooms) == set(mine)
        assert kept.blocks == {self.ids[other] for one, other in self.model.blocks if one == who}
        if (direct := kept.rooms.get(self.rooms[DIRECT])) is not None:
            assert direct["request"] == self.model.request(who, DIRECT)
        for id_, room in mine.items():
            frame = kept.rooms[id_]
            assert frame["head"] == room.head
            assert frame["read"] == room.markers.get(who, 0)
            assert set(frame["members"]) == {self.ids[member] for member in room.members}
            assert set(frame["pins"]) == {m.seq for m in room.messages.values() if m.pinned}
            asked = history(device.client, id_)
            for message in asked:
                message["reactions"] = {one["emoji"]: one["accounts"] for one in message["reactions"]}
            assert list(frame["messages"].values()) == asked
            assert [self.plain(message) for message in asked] == [
                self.expected(room, message) for message in room.messages.values()
            ]
        # of a room that one has left one does not hear what was deleted there
        listed = [
            (row["kind"], row["room"], row["seq"], row["read"])
            for row in kept.notifications.values()
            if row["room"] in mine
        ]
        assert listed[::-1] == [told for told in self.told(who) if told[1] in mine]

    def plain(self, message: Frame) -> Frame:
        names = ("seq", "by", "text", "reply_to", "deleted", "pinned", "reactions")
        return {
            **{name: message[name] for name in names},
            "mentions": set(message["mentions"]),
            "edited": message["edited_at"] is not None,
            "replies": message["thread"]["replies"] if message["thread"] else 0,
        }

    def expected(self, room: Room, message: Message) -> Frame:
        return {
            **{
                name: getattr(message, name)
                for name in ("seq", "text", "reply_to", "deleted", "pinned", "edited")
            },
            "by": self.ids[message.by],
            "mentions": {name if isinstance(name, str) else self.ids[name] for name in message.mentions},
            "reactions": {
                emoji: [self.ids[who] for who in people] for emoji, people in message.reactions.items()
            },
            "replies": room.replies(message.seq),
        }

    def told(self, who: int) -> list[tuple[str, str, int, bool]]:
        return [
            (told.kind, self.rooms[told.room], told.seq, read) for told, read in self.model.notifications(who)
        ]

    def notifications_are_right(self, who: int) -> None:
        page = self.on(who).ask("notification.list", limit=500)
        rows = page["notifications"]
        expected = self.told(who)
        assert [(row["kind"], row["room"], row["seq"], row["read"]) for row in rows] == expected
        assert page["unread"] == sum(not read for *_, read in expected)

    def receipts_are_right(self) -> None:
        for number, room in enumerate(self.model.rooms):
            for message in list(room.messages.values())[-5:] if room.members else ():
                asker = next(iter(room.members))
                found = self.on(asker).ask("receipt.list", room=self.rooms[number], seq=message.seq)
                readers = {self.ids[who] for who in self.model.readers(number, message.seq)}
                assert set(found["read"]) == readers
                assert readers <= set(found["delivered"])
                assert (found["read_count"], found["delivered_count"]) == (
                    len(readers),
                    len(found["delivered"]),
                )


@random_days.takes_long
def test_random_days_end_as_the_model_says(serve: Serve) -> None:
    Day.server = serve()
    random_days.play(Day, 6, STEPS)
