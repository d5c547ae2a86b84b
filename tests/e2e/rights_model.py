"""Who may see and do what in one space, in the simplest words: people are numbers, 0 owns the space for ever.

Two halves that know nothing of each other. `Rights` says how each request of today is answered. `Audience`
reads the log from its beginning and says who had a right to each event at its position.
"""

from __future__ import annotations

import attrs

from .talking import Frame

OWNER = 0
RANK = {"owner": 4, "admin": 3, "moderator": 2, "member": 1, "guest": 0}

Refused = str | None


@attrs.define
class Message:
    by: int
    text: str | None  # None: deleted
    seq: int = 0
    position: int = 0


@attrs.define
class Room:
    private: bool
    members: set[int]
    deleted: bool = False
    messages: list[Message] = attrs.Factory(list)


@attrs.define
class Rights:
    """Each act gives the code with which it is refused, or None, and changes the rights as it should."""

    roles: dict[int, str]
    rooms: list[Room] = attrs.Factory(list)
    banned: set[int] = attrs.Factory(set)
    left_roles: dict[int, str] = attrs.Factory(dict)  # of whoever left, the role that they had last

    def rank(self, who: int) -> int:
        return RANK[self.roles[who]] if who in self.roles else -1

    def sees(self, who: int, room: Room) -> bool:
        if room.deleted or who not in self.roles:
            return False
        return who in room.members or (not room.private and self.rank(who) >= RANK["member"])

    def out(self, who: int) -> None:
        """Out of the space is out of its rooms, also after coming back."""
        if (role := self.roles.pop(who, None)) is not None:
            self.left_roles[who] = role
        for room in self.rooms:
            room.members.discard(who)

    # --- the space

    def enter(self, who: int) -> Refused:
        """As a member, or as a guest if that is what they left as."""
        if who not in self.roles and who in self.banned:
            return "not_found"
        left = self.left_roles.get(who, "member")
        self.roles.setdefault(who, min("member", left, key=RANK.__getitem__))
        return None

    def leave(self, who: int) -> Refused:
        if who not in self.roles:
            return "not_found"
        self.out(who)
        return None

    def _act(self, by: int, whom: int, takes: str) -> Refused:
        if by not in self.roles:
            return "not_found"
        if self.rank(by) < RANK[takes] or self.rank(whom) >= self.rank(by):
            return "forbidden"
        return None

    def kick(self, by: int, whom: int) -> Refused:
        if refused := self._act(by, whom, "moderator"):
            return refused
        if whom not in self.roles:
            return "not_found"
        self.out(whom)
        return None

    def ban(self, by: int, whom: int) -> Refused:
        if refused := self._act(by, whom, "moderator"):
            return refused
        self.out(whom)
        self.banned.add(whom)
        return None

    def unban(self, by: int, whom: int) -> Refused:
        if refused := self._act(by, whom, "moderator"):
            return refused
        self.banned.discard(whom)
        return None

    def set_role(self, whom: int, role: str) -> Refused:
        """By the owner."""
        if whom not in self.roles:
            return "not_found"
        self.roles[whom] = role
        return None

    # --- its rooms

    def create(self, who: int, private: bool) -> Refused:
        if who not in self.roles:
            return "not_found"
        if self.rank(who) < RANK["member"]:
            return "forbidden"
        self.rooms.append(Room(private, {who}))
        return None

    def delete_room(self, room: Room) -> Refused:
        """By the owner, who sees a private room only from the inside."""
        if not self.sees(OWNER, room):
            return "not_found"
        room.deleted = True
        room.members.clear()
        return None

    def join(self, who: int, room: Room) -> Refused:
        if not self.sees(who, room):
            return "not_found"
        room.members.add(who)
        return None

    def go(self, who: int, room: Room) -> Refused:
        if not self.sees(who, room):
            return "not_found"
        room.members.discard(who)
        return None

    def let_in(self, by: int, room: Room, whom: int) -> Refused:
        if not self.sees(by, room):
            return "not_found"
        if self.rank(by) < RANK["member"] or by not in room.members:
            return "forbidden"
        if whom not in self.roles:
            return "not_found"
        room.members.add(whom)
        return None

    def remove(self, by: int, room: Room, whom: int) -> Refused:
        if not self.sees(by, room):
            return "not_found"
        if by == whom:
            return "invalid"
        if self.rank(by) < RANK["moderator"]:
            return "forbidden"
        if whom not in room.members:
            return "not_found"
        if self.rank(whom) >= self.rank(by):
            return "forbidden"
        room.members.discard(whom)
        return None

    # --- messages

    def write(self, who: int, room: Room) -> Refused:
        if not self.sees(who, room):
            return "not_found"
        return None if who in room.members else "forbidden"

    def edit(self, who: int, room: Room, message: Message, text: str) -> Refused:
        if not self.sees(who, room) or message.text is None:
            return "not_found"
        if message.by != who or who not in room.members:
            return "forbidden"
        message.text = text
        return None

    def delete(self, who: int, room: Room, message: Message) -> Refused:
        if not self.sees(who, room):
            return "not_found"
        judges = self.rank(who) >= RANK["moderator"] and self.rank(who) >= self.rank(message.by)
        if message.by != who and not judges:
            return "forbidden"
        message.text = None
        return None


@attrs.define
class Audience:
    """Reads the log: `heard` has every event, by position, with the accounts that had a right to it there."""

    members: dict[str, set[str]] = attrs.Factory(dict)  # stream -> accounts
    space_of: dict[str, str] = attrs.Factory(dict)
    heard: dict[int, tuple[str, frozenset[str]]] = attrs.Factory(dict)  # with their streams
    position: int = 0

    def take_in(self, event: Frame) -> None:
        """Whoever comes in hears of that, whoever goes out too, and nobody acts from outside."""
        stream, type_, data = event["stream"], event["event"], event["data"]
        there = self.members.setdefault(stream, set())
        before = frozenset(there)
        if type_ == "room.created" and stream.startswith("room/") and "space" in data:
            self.space_of[stream] = f"space/{data['space']}"
        elif type_ in ("member.joined", "account.created"):
            there.add(data["account"])
            outside = self.space_of.get(stream)
            assert outside is None or data["account"] in self.members[outside], event
        elif type_ in ("member.left", "member.kicked", "member.banned"):
            there.discard(data["account"])
            if stream.startswith("space/"):
                for room, space in self.space_of.items():
                    if space == stream:
                        self.members[room].discard(data["account"])
        elif type_ in ("message.posted", "message.edited", "reaction.added"):
            assert event["by"] in there, event
        elif type_ == "room.deleted":
            there.clear()
        self.position = event["position"]
        self.heard[self.position] = stream, before | there

    def meant_for(self, account: str, after: int) -> list[int]:
        heard = self.heard.items()
        return [position for position, (_, accounts) in heard if account in accounts and position > after]

    def had_a_right(self, account: str, position: int) -> bool:
        return account in self.heard[position][1]

    def stream_at(self, position: int) -> str:
        return self.heard[position][0]
