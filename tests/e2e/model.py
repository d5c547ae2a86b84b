"""What a few people in a few rooms should see: the rules of conversation, in the simplest words.

People are numbers here, and 0 owns the space. Each act gives the code with which it is refused, or None, and
changes the model as the server is to change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import attrs

OWNER = 0
ALL = "room"  # as a mention: everybody in it

Refused = str | None


@attrs.define
class Message:
    seq: int
    by: int
    text: str | None
    mentions: frozenset[int | str]
    reply_to: int | None
    thread: int | None
    present: frozenset[int]  # the members when it came
    once_named: set[int | str] = attrs.Factory(set)  # by any version
    unheard: set[int] = attrs.Factory(set)  # to whom being named by it is no news
    edited: bool = False
    pinned: bool = False
    reactions: dict[str, list[int]] = attrs.Factory(dict)  # in the order in which they came

    @property
    def deleted(self) -> bool:
        return self.text is None

    def names(self, who: int) -> bool:
        return who in self.mentions or ALL in self.mentions

    def tells(self, who: int) -> bool:
        """Whether it counts as a mention of theirs."""
        return self.names(who) and who not in self.unheard

    def newly_named(self) -> set[int]:
        """Those of its time whom this version names first."""
        return {who for who in self.present if self.names(who) and not {who, ALL} & self.once_named}


@attrs.define
class Notification:
    kind: str
    room: int
    seq: int
    said_read: bool = False


@attrs.define
class Room:
    direct: bool
    members: dict[int, int]  # -> the seq at which they joined
    head: int
    messages: dict[int, Message] = attrs.Factory(dict)
    markers: dict[int, int] = attrs.Factory(dict)
    levels: dict[int, str] = attrs.Factory(dict)
    following: dict[tuple[int, int], bool] = attrs.Factory(dict)  # thread and person
    states: dict[int, tuple[str, int]] = attrs.Factory(dict)  # what was made of it, and up to which seq

    def outside(self, who: int) -> Refused:
        """How somebody who is not in it is refused: what they may not see is not there."""
        if who in self.members:
            return None
        return "not_found" if self.direct else "forbidden"

    def replies(self, seq: int) -> int:
        return sum(message.thread == seq and not message.deleted for message in self.messages.values())

    def wrote(self, who: int, after: int = 0) -> bool:
        return any(message.by == who and message.seq > after for message in self.messages.values())


@attrs.define
class Model:
    rooms: list[Room]
    told: dict[int, list[Notification]] = attrs.Factory(dict)  # oldest first
    blocks: set[tuple[int, int]] = attrs.Factory(set)  # who has blocked whom

    # --- messages

    def post(
        self, who: int, room: int, text: str, mentions: Collection[int | str], reply_to: int | None
    ) -> Refused:
        place = self.rooms[room]
        if refused := place.outside(who):
            return refused
        thread = None
        if reply_to is not None:
            thread = place.messages[reply_to].thread or reply_to
            for follower in (place.messages[thread].by, who):
                place.following.setdefault((thread, follower), True)
        place.head += 1
        present = frozenset(place.members)
        named = self._named(place, mentions)
        message = Message(place.head, who, text, named, reply_to, thread, present)
        place.messages[message.seq] = message
        self._settle(place, message)
        for other in present - {who}:
            if kind := self._kind(place, message, other):
                self.told.setdefault(other, []).append(Notification(kind, room, message.seq))
        return None

    def _named(self, place: Room, mentions: Collection[int | str]) -> frozenset[int | str]:
        return frozenset(name for name in mentions if name == ALL or name in place.members)

    def _settle(self, place: Room, message: Message) -> set[int]:
        """Those whom this version names first and who hear of it."""
        named = message.newly_named()
        heard = {who for who in named if self._hears(place, message, who)}
        message.unheard |= named - heard
        message.once_named |= message.mentions
        return heard

    def _hears(self, place: Room, message: Message, who: int) -> bool:
        declined = place.states.get(who, ("", 0))[0] == "declined" and not place.wrote(who)
        return (who, message.by) not in self.blocks and not declined and place.levels.get(who) != "none"

    def _kind(self, place: Room, message: Message, who: int) -> str | None:
        """As what somebody is told of a message, if at all."""
        if not self._hears(place, message, who):
            return None
        level = place.levels.get(who, "mentions")
        if place.direct:
            return "direct"
        if message.names(who):
            return "mention"
        if message.thread is not None and place.following.get((message.thread, who)):
            return "thread"
        return "message" if level == "all" else None

    def edit(self, who: int, room: int, seq: int, text: str, mentions: Collection[int | str]) -> Refused:
        place = self.rooms[room]
        message = place.messages[seq]
        if place.outside(who) == "not_found" or message.deleted:
            return "not_found"
        if message.by != who or who not in place.members:
            return "forbidden"
        place.head += 1
        message.text, message.edited, message.mentions = text, True, self._named(place, mentions)
        for other in self._settle(place, message) - {who}:
            if not place.direct and place.members.get(other, place.head) < seq:
                self.told.setdefault(other, []).append(Notification("mention", room, seq))
        return None

    def delete(self, who: int, room: int, seq: int) -> Refused:
        place = self.rooms[room]
        message = place.messages[seq]
        if place.outside(who) == "not_found":
            return "not_found"
        if message.by != who and (who != OWNER or place.direct):
            return "forbidden"
        if not message.deleted:
            place.head += 1
            message.text, message.mentions, message.pinned = None, frozenset(), False
            message.reactions.clear()
        return None

    def _touch(self, who: int, room: int, seq: int) -> Refused:
        """Whether something may be put on the message, or taken away."""
        place = self.rooms[room]
        if place.outside(who) == "not_found" or place.messages[seq].deleted:
            return "not_found"
        return place.outside(who)

    def react(self, who: int, room: int, seq: int, emoji: str, add: bool) -> Refused:
        if refused := self._touch(who, room, seq):
            return refused
        message = self.rooms[room].messages[seq]
        people = message.reactions.get(emoji, [])
        if add != (who in people):
            self.rooms[room].head += 1
            people = [*people, who] if add else [other for other in people if other != who]
            message.reactions[emoji] = people
            if not people:
                del message.reactions[emoji]
        return None

    def pin(self, who: int, room: int, seq: int, add: bool) -> Refused:
        if refused := self._touch(who, room, seq):
            return refused
        message = self.rooms[room].messages[seq]
        if message.pinned != add:
            self.rooms[room].head += 1
            message.pinned = add
        return None

    # --- people

    def join(self, who: int, room: int) -> Refused:
        place = self.rooms[room]
        if place.outside(who) == "not_found":
            return "not_found"
        if who not in place.members:
            place.head += 1
            place.members[who] = place.head
        return None

    def leave(self, who: int, room: int) -> Refused:
        place = self.rooms[room]
        if place.outside(who) == "not_found":
            return "not_found"
        if who in place.members:
            if place.direct:
                return "forbidden"
            place.head += 1
            del place.members[who]
        return None

    def mark(self, who: int, room: int, seq: int) -> Refused:
        place = self.rooms[room]
        if refused := place.outside(who):
            return refused
        if seq > place.head:
            return "invalid"
        place.markers[who] = max(seq, place.markers.get(who, 0))
        return None

    def level(self, who: int, room: int, level: str) -> Refused:
        if refused := self.rooms[room].outside(who):
            return refused
        self.rooms[room].levels[who] = level
        return None

    def follow(self, who: int, room: int, seq: int, following: bool) -> Refused:
        place = self.rooms[room]
        message = place.messages[seq]
        if refused := place.outside(who):
            return refused
        if message.deleted and following:
            return "not_found"
        place.following[message.thread or seq, who] = following
        return None

    # --- direct rooms, and who is not heard

    def block(self, who: int, other: int, add: bool) -> Refused:
        if add and who == other:
            return "conflict"
        (self.blocks.add if add else self.blocks.discard)((who, other))
        return None

    def listed(self, who: int, room: int) -> bool:
        """Whether the room is on their list: a direct one while there is something in it for them."""
        place = self.rooms[room]
        if who not in place.members or not place.direct:
            return who in place.members
        state, floor = place.states.get(who, ("", 0))
        heard = (other for other in place.members if other != who and (who, other) not in self.blocks)
        return place.wrote(who, floor) or (
            state != "declined" and any(place.wrote(other, floor) for other in heard)
        )

    def request(self, who: int, room: int) -> bool:
        """There is one direct room, so only there can they have written to the other one."""
        place = self.rooms[room]
        accepted = place.wrote(who) or place.states.get(who, ("", 0))[0] == "accepted"
        return self.listed(who, room) and not accepted

    def accept(self, who: int, room: int) -> Refused:
        place = self.rooms[room]
        if refused := place.outside(who):
            return refused
        if self.request(who, room) or place.states.get(who, ("", 0))[0] == "declined":
            place.states[who] = ("accepted", 0)
        return None

    def decline(self, who: int, room: int) -> Refused:
        place = self.rooms[room]
        if refused := place.outside(who):
            return refused
        if self.request(who, room):
            place.states[who] = ("declined", place.head)
        elif self.listed(who, room) or place.states.get(who, ("", 0))[0] != "declined":
            return "conflict"
        return None

    def leave_direct(self, who: int, room: int) -> Refused:
        place = self.rooms[room]
        if refused := place.outside(who):
            return refused
        if self.listed(who, room):
            place.states[who] = ("left", place.head)
        return None

    # --- what is to be seen

    def unread(self, who: int, room: int) -> list[Message]:
        place = self.rooms[room]
        floor = max(place.markers.get(who, 0), place.members[who])
        return [
            message
            for message in place.messages.values()
            if message.seq > floor
            and message.by != who
            and not message.deleted
            and (who, message.by) not in self.blocks
        ]

    def notifications(self, who: int) -> Iterator[tuple[Notification, bool]]:
        """Those that are listed, newest first, and whether they are read."""
        for told in reversed(self.told.get(who, ())):
            place = self.rooms[told.room]
            if who not in place.members:
                continue
            message = place.messages[told.seq]
            mention = told.kind != "mention" or message.names(who)
            if not message.deleted and mention and (who, message.by) not in self.blocks:
                floor = max(place.markers.get(who, 0), place.members[who])
                yield told, told.said_read or told.seq <= floor

    def readers(self, room: int, seq: int) -> set[int]:
        """Who was there when the message came, and has read it since."""
        place = self.rooms[room]
        message = place.messages[seq]
        return {who for who in message.present - {message.by} if place.markers.get(who, 0) >= seq}
