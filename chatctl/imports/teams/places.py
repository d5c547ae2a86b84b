"""Teams, their channels and members, and the people of the organisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec
from attrs import define, field

from chatctl.imports.archive import Archive
from chatctl.imports.json_rows import Rows
from chatctl.imports.json_text import ANY
from chatctl.imports.keys import bounded
from chatctl.imports.problems import Problems
from chatctl.imports.records import Person, Room
from chatctl.imports.teams.rows import Channel, Member, Row, Team, User, capital, shown

MAX_ROWS: Final = 500_000  # of each list
LISTS: Final = ("teamsList.json", "usersList.json")
_ROWS: Final = Rows({(): "list or object", ("value",): "list"}, (ANY,), "row", capital)
_TEAM: Final = msgspec.json.Decoder(Team)
_CHANNEL: Final = msgspec.json.Decoder(Channel)
_MEMBER: Final = msgspec.json.Decoder(Member)
_USER: Final = msgspec.json.Decoder(User)
_GENERAL: Final = "General"  # the channel that every team has

T = TypeVar("T")


@define
class Directory:
    people: dict[str, Person] = field(factory=dict)
    teams: dict[str, Team] = field(factory=dict)
    channels: dict[str, Channel] = field(factory=dict)
    members: dict[str, tuple[str, ...]] = field(factory=dict)  # by team
    _unnamed: dict[str, int] = field(factory=dict)  # channels of a team of which no list tells

    def room(self, key: str, row: Row) -> Room:
        """Of a message: a channel's, or a chat's, whose id tells the two who write to each other."""
        place = row.channel_identity
        if place is None or not place.channel_id:
            return Room(key, "chat", "direct", members=_two(key))
        channel = self.channels.get(key)
        team_id = shown(place.team_id)
        team = self.teams.get(team_id, Team())
        called = shown(team.display_name) or shown(team.name) or "team"
        own = channel is not None and channel.membership_type not in (None, "", "standard")
        main = channel is None or channel.display_name == _GENERAL
        public = not own and (team.visibility or team.privacy or "").lower() == "public"
        return Room(
            key,
            self._name(called, team_id, channel),
            "public" if public else "private",
            shown((channel.description if channel else None) or (team.description if main else None), 2000),
            bool(team.is_archived or (channel is not None and channel.is_archived)),
            () if own else self.members.get(team_id, ()),
        )

    def _name(self, team: str, team_id: str, channel: Channel | None) -> str:
        name = shown(channel.display_name) if channel is not None else ""
        if not name:
            self._unnamed[team_id] = count = self._unnamed.get(team_id, 0) + 1
            return team if count == 1 else f"{team} {count}"
        return team if name == _GENERAL else name if len(self.teams) < 2 else f"{team} {name}"


def is_pair(chat: str) -> bool:
    """Whether it is of two people: nobody can leave such a chat."""
    return chat.endswith("@unq.gbl.spaces")


def _two(chat: str) -> tuple[str, ...]:
    """`19:a_b@unq.gbl.spaces`"""
    if not is_pair(chat):
        return ()
    return tuple(dict.fromkeys(chat.removeprefix("19:").partition("@")[0].split("_")[:2]))


def read_directory(archive: Archive, base: str, problems: Problems) -> Directory:
    """`base`: the folder that has the folders of teams and users."""
    found = Directory()
    for _, user in rows(archive, f"{base}users/usersList.json", _USER, problems):
        if key := bounded(shown(user.id)):
            address = shown(user.mail or user.user_principal_name, 320)
            name, full = address.partition("@")[0], shown(user.display_name)
            found.people[key] = Person(key, name or full or key, full, address or None)
    for name in ("teamsList.json", "teamsSettings.json"):
        for _, team in rows(archive, f"{base}teams/{name}", _TEAM, problems):
            key = shown(team.groups_id or team.id)
            found.teams[key] = _both(found.teams.get(key), team)
    for name in archive.names(f"{base}teams/"):
        last = name.rpartition("/")[2]
        if last.startswith("channels_"):
            found.channels |= {shown(row.id): row for _, row in rows(archive, name, _CHANNEL, problems)}
        elif last.startswith("teamMembers_"):
            people = [shown(row.user_id) for _, row in rows(archive, name, _MEMBER, problems)]
            team_id = last.removeprefix("teamMembers_").removesuffix(".json")
            found.members[team_id] = tuple(dict.fromkeys(filter(None, people)))
    return found


def _both(known: Team | None, more: Team) -> Team:
    if known is None:
        return more
    fields = msgspec.structs.asdict(more)
    return msgspec.structs.replace(
        known, **{name: value for name, value in fields.items() if value is not None}
    )


def rows(
    archive: Archive, name: str, decoder: msgspec.json.Decoder[T], problems: Problems
) -> Iterator[tuple[str, T]]:
    """With the place of each; none where there is no such file."""
    if name in archive:
        yield from _ROWS.read(archive, name, decoder, problems)
