"""The people and rooms of a Mattermost export, of which a first look at all lines tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from attrs import Factory, define
from msgspec import Raw

from chatctl.imports.export import Unreadable
from chatctl.imports.json_decoding import decoded
from chatctl.imports.keys import bounded, digest
from chatctl.imports.mattermost.rows import (
    CHANNEL,
    DIRECT,
    EMOJI,
    PLACE,
    TEAM,
    USER,
    ChannelRow,
    DirectRow,
    EmojiRow,
    PostPlace,
    PostRow,
    UserRow,
    milliseconds,
)
from chatctl.imports.records import Person, Room, plain

_PEOPLE: Final = 500_000
_ROOMS: Final = 100_000
_MEMBERS: Final = 5_000_000  # of all rooms
_TEAMS: Final = 100_000


@define
class Lists:
    people: dict[str, Person] = Factory(dict)
    emoji: list[EmojiRow] = Factory(list)
    _rooms: dict[str, Room] = Factory(dict)
    _teams: dict[str, str] = Factory(dict)  # what they are called, by name
    _team_of: dict[str, str] = Factory(dict)  # by key of the room
    _members: dict[str, list[str]] = Factory(dict)
    _count: int = 0

    def take(self, kind: str, body: Raw, lost: Callable[[str], None]) -> bool:
        """False where it is of no kind that belongs to a list; raises `NotJson`. `lost` hears of fields:
        posts are read, and told of, later."""
        match kind:
            case "team":
                team = decoded(body, TEAM, lost)
                if len(self._teams) < _TEAMS:
                    self._teams[team.name] = plain(team.display_name or team.name)
            case "user" | "bot":
                self._take_user(decoded(body, USER, lost), bot=kind == "bot")
            case "channel":
                self._take_channel(decoded(body, CHANNEL, lost))
            case "direct_channel":
                self._take_direct(decoded(body, DIRECT, lost))
            case "post" | "direct_post":
                self._take_place(decoded(body, PLACE))
            case "emoji":
                self.emoji.append(decoded(body, EMOJI, lost))
            case _:
                return False
        return True

    def rooms(self) -> Iterable[Room]:
        several = len({*self._team_of.values()}) > 1
        for key, room in self._rooms.items():
            members = room.members or tuple(dict.fromkeys(self._members.get(key, ())))
            team = self._team_of.get(key) if several else None
            name = f"{self._teams.get(team, plain(team))}: {room.name}" if team else room.name
            yield Room(key, name, room.kind, room.topic, room.archived, members)

    def _take_user(self, row: UserRow, *, bot: bool) -> None:
        name = plain(row.username).lower()
        key = bounded(name)
        full = f"{row.first_name or ''} {row.last_name or ''}".strip()
        shown = plain(row.nickname or row.display_name or full)
        deleted = milliseconds(row.delete_at) is not None
        if len(self.people) >= _PEOPLE:
            raise Unreadable(f"the export has more than {_PEOPLE:,} people")
        self.people[key] = Person(key, name, shown, plain(row.email or "") or None, bot, deleted)
        for team in row.teams or ():
            for channel in team.channels or ():
                self._count += 1
                if self._count <= _MEMBERS:
                    self._members.setdefault(channel_key(team.name, channel.name), []).append(key)

    def _take_channel(self, row: ChannelRow) -> None:
        archived = milliseconds(row.deleted_at) or milliseconds(row.delete_at)
        name = plain(row.display_name or row.name)
        topic = plain(row.header or row.purpose or "")
        kind: Literal["public", "private"] = "private" if row.type == "P" else "public"
        self._keep(Room(channel_key(row.team, row.name), name, kind, topic, archived is not None), row.team)

    def _take_direct(self, row: DirectRow) -> None:
        names = [one.username for one in row.participants or ()] or row.members or []
        self._keep(Room(direct_key(names), "", "direct", plain(row.header or ""), members=_people(names)))

    def _take_place(self, row: PostPlace) -> None:
        """A post may stand in a room that has no line."""
        key = room_key(row)
        if key is None or key in self._rooms:
            return
        if row.channel_members is not None:
            self._keep(Room(key, "", "direct", members=_people(row.channel_members)))
        else:
            self._keep(Room(key, plain(row.channel or ""), "private"), row.team or "")

    def _keep(self, room: Room, team: str = "") -> None:
        if len(self._rooms) >= _ROOMS:
            raise Unreadable(f"the export has more than {_ROOMS:,} rooms")
        # A line of the channel itself says more than a post in it.
        self._rooms[room.key] = room
        if team:
            self._team_of[room.key] = team


def room_key(row: PostPlace | PostRow) -> str | None:
    if row.channel_members is not None:
        return direct_key(row.channel_members)
    return channel_key(row.team or "", row.channel) if row.channel else None


def channel_key(team: str, channel: str) -> str:
    return bounded(plain(f"{team}/{channel}"))


def direct_key(names: list[str]) -> str:
    """Whatever order they stand in. Long lists of people are told apart by a digest."""
    key = f"@{','.join(sorted(_people(names)))}"
    return key if len(key) <= 100 else f"@{digest(key)}"


def _people(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bounded(plain(name).lower()) for name in names))
