"""What the log replays shows nobody more than their queries do at that time, for every type of event.

On a server on which everything has happened once, everybody comes back from the beginning: who is in, who was
made less, who left, was thrown out, was banned and is back, and who is shut out. What each may know is asked
of the queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from msgspec.structs import fields

from chatd.contract.events import EVENTS
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import EventType

from .serving import Server
from .talking import Client, Frame
from .test_every_event import ViewUpdater, Witness, live_through, started_with  # noqa: F401 - a fixture
from .town import Account, Town

TYPES = sorted({type_ for entry in REQUESTS.values() for type_ in entry.events})
ROWS: dict[tuple[str, str], EventType] = {(kind, name): row for (kind, name), row in EVENTS.items()}
OWN = {"message.posted", "message.edited"}  # with a text
# which query shows what these tell
GUARDS = {
    "member.banned": "ban.list",
    "member.unbanned": "ban.list",
    "member.muted": "ban.list",
    "member.unmuted": "ban.list",
    "member.erasure_ordered": "erasure.list",
    "member.erasure_cancelled": "erasure.list",
    "invite.created": "invite.list",
    "invite.revoked": "invite.list",
}
SECRET, PLAIN = "the secret of the day", "nothing to see here"


@attrs.frozen
class Viewer:
    """`seen`: every event that came; `client`: to ask what the account may know now."""

    name: str
    account: Account
    client: Client
    seen: list[Frame]


@attrs.frozen
class World:
    town: Town
    viewers: list[Viewer]
    members: dict[str, list[tuple[int, int | None]]]  # "account stream" -> since and until
    log: list[Frame]

    def beside(self, one: str, other: str, position: int) -> bool:
        """Whether the two were in one room at this position."""

        def rooms(account: str) -> set[str]:
            return {
                stream
                for key, stays in self.members.items()
                for since, until in stays
                if (stream := key.removeprefix(f"{account} ")) != key and stream.startswith("room/")
                if since <= position <= (until or position)
            }

        return bool(rooms(one) & rooms(other))

    @property
    def people(self) -> set[str]:
        """The accounts that are or were in the space."""
        return {viewer.account.id for viewer in self.viewers}


def everything(operator: Client) -> list[Frame]:
    events: list[Frame] = []
    position = 0
    while page := operator.ask("event.list", after=position, limit=500)["events"]:
        events += page
        position = page[-1]["position"]
    return events


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    town = Town(server)
    yield lived(town)
    town.close()


def lived(town: Town) -> World:
    operator, space = town.operator, town.space
    public, private = town.room("Public"), town.room("Private", private=True)
    names = ("in", "demoted", "guest", "out", "kicked", "banned", "back", "unseated", "gone")
    people = {name: town.member(public, name=name) for name in names}
    for account in people.values():
        operator.ask("room.invite", room=private, account=account.id)
    start = {"epoch": town.open(town.owner).opened["epoch"], "position": 0}

    def role(name: str, role: str) -> None:
        operator.ask("member.set_role", space=space, account=people[name].id, role=role)

    for name in ("demoted", "unseated", "in"):
        role(name, "moderator")
    owner = town.open(town.owner)
    outsider = town.account("outsider")
    for room in (public, private):
        seq = owner.post(room, f"{SECRET} @{people['in'].name}")["seq"]
        owner.ask("message.edit", room=room, seq=seq, text=f"{SECRET} again")
        owner.ask("message.edit", room=room, seq=seq, text=PLAIN)
        gone = owner.post(room, f"{SECRET} to be gone")["seq"]
        owner.ask("message.edit", room=room, seq=gone, text=f"{SECRET} to be gone, too")
        owner.ask("reaction.add", room=room, seq=seq, emoji="👍")
        owner.ask("pin.add", room=room, seq=seq)
        owner.ask("room.update", room=room, topic="fruit", reason="the harvest")
        owner.ask("message.delete", room=room, seq=gone)
    for verb in ("mute", "unmute", "ban", "unban"):
        asked = people["in"] if "mute" in verb else outsider
        owner.ask(f"member.{verb}", space=space, account=asked.id, reason="a bad day")
    code = owner.ask("invite.create", space=space)["invite"]["code"]
    owner.ask("invite.revoke", code=owner.ask("invite.create", space=space)["invite"]["code"])

    role("demoted", "member")
    role("guest", "guest")
    town.open(people["out"]).ask("room.leave", room=private)
    owner.ask("member.kick", space=space, account=people["kicked"].id)
    for name in ("banned", "back"):
        owner.ask("member.ban", space=space, account=people[name].id)
    owner.ask("member.unban", space=space, account=people["back"].id)
    town.open(people["back"]).ask("invite.accept", code=code)
    town.open(people["unseated"]).ask("space.leave", space=space)
    operator.ask("room.remove", room=private, account=people["gone"].id)

    # a day of two others, with every type of event there is
    updaters = [ViewUpdater(town, account) for account in (town.owner, town.member(name="bob"))]
    for _ in live_through(town, Witness(town), *updaters):
        for updater in updaters:
            updater.follow()
    people |= {"owner": town.owner, "bob": updaters[1].account}

    viewers = []
    for name, account in people.items():
        client = town.open(account, start)
        client.catch_up()
        viewers.append(Viewer(name, account, client, client.events))
    log = everything(operator)
    return World(town, viewers, memberships(log), log)


def memberships(log: list[Frame]) -> dict[str, list[tuple[int, int | None]]]:
    """Who was in which stream, from the log alone."""
    stays: dict[str, list[tuple[int, int | None]]] = {}
    space_of: dict[str, str] = {}

    def end(account: str, stream: str, position: int) -> None:
        spans = stays.get(f"{account} {stream}", [])
        if spans and spans[-1][1] is None:
            spans[-1] = (spans[-1][0], position)

    for event in log:
        stream, position, data = event["stream"], event["position"], event["data"]
        if event["event"] == "room.created" and stream.startswith("room/") and "space" in data:
            space_of[stream] = f"space/{data['space']}"
        row = ROWS[stream.partition("/")[0], event["event"]]
        inside = [one for one, space in space_of.items() if space == stream]
        if row.lets == "in":
            spans = stays.setdefault(f"{data['account']} {stream}", [])
            if not spans or spans[-1][1] is not None:
                spans.append((position, None))
        elif row.lets == "out":
            for left in (stream, *inside):
                end(data["account"], left, position)
        elif row.lets == "all_out":
            for key in list(stays):
                account, _, left = key.partition(" ")
                if left in (stream, *inside):
                    end(account, left, position)
    return stays


def may(client: Client, name: str, **data: Any) -> bool:
    error = client.reply(client.send(name, **data)).get("error", {})
    assert error.get("code") in (None, "not_found", "forbidden"), error
    return not error


def texts(client: Client, room: str, seq: int) -> set[str | None]:
    """The texts of a message that the account may read now, and None."""
    found = {None, client.ask("message.get", room=room, seq=seq)["message"]["text"]}
    if may(client, "message.edits", room=room, seq=seq):
        found |= {one["text"] for one in client.ask("message.edits", room=room, seq=seq)["versions"]}
    return found


def wrong_with(world: World, viewer: Viewer, event: Frame) -> str | None:
    """What the event shows that queries refuse."""
    kind, _, id_ = event["stream"].partition("/")
    data, type_, client = event["data"], event["event"], viewer.client
    row = ROWS[kind, type_]
    if event["stream"] == f"account/{viewer.account.id}" or row.lets == "all_out":
        return None
    if kind != "account" and data.get("account") == viewer.account.id:
        return None
    needed = {field.encode_name for field in fields(row.payload) if field.required}
    if kind == "server":
        return None if may(client, "server.status") else "of a server that it does not run"
    if kind == "account" or not may(client, f"{kind}.get", **{kind: id_}):
        return None if data.keys() <= needed else f"of a {kind} that is not there"
    if type_ in GUARDS and data and not may(client, GUARDS[type_], space=id_):
        was_member = type_ == "member.banned" and data["account"] in world.people
        return None if was_member else f"what {GUARDS[type_]} refuses"
    if row.about_member and data and client.ask("space.get", space=id_)["space"]["role"] == "guest":
        seen = [one["account"] for one in client.ask("space.members", space=id_)["members"]]
        beside = world.beside(viewer.account.id, data["account"], event["position"])
        return None if data["account"] in seen or beside else "of somebody whom space.members leaves out"
    if type_ in OWN:
        seq = data.get("seq", event["seq"])
        allowed = texts(client, id_, seq)
        if data.get("text") not in allowed:
            return f"{data.get('text')!r}, not one of {allowed}"
        if allowed == {None} and "mentions" in data:
            return "whom a deleted message mentioned"
    return None


@pytest.mark.parametrize("type_", TYPES)
def test_an_event_shows_nobody_more_than_their_queries_do(world: World, type_: str) -> None:
    wrong = [
        (viewer.name, event["stream"], event["position"], why)
        for viewer in world.viewers
        for event in viewer.seen
        if event["event"] == type_ and (why := wrong_with(world, viewer, event))
    ]
    assert not wrong


def test_whoever_comes_back_gets_every_event_of_their_stays_in_its_place(world: World) -> None:
    for viewer in world.viewers:
        spans = {
            key.partition(" ")[2]: stays
            for key, stays in world.members.items()
            if key.startswith(viewer.account.id)
        }
        expected = [
            (event["position"], event["seq"])
            for event in world.log
            if any(
                since <= event["position"] <= (until or event["position"])
                for since, until in spans.get(event["stream"], ())
            )
        ]
        last = viewer.seen[-1]["position"]
        assert [(e["position"], e["seq"]) for e in viewer.seen] == [one for one in expected if one[0] <= last]


def test_texts_that_were_edited_away_come_to_who_may_see_the_versions_and_to_nobody_else(
    world: World,
) -> None:
    for viewer in world.viewers:
        said = {text for event in viewer.seen if (text := event["data"].get("text"))}
        old = {text for text in said if SECRET in text}
        assert bool(old) is (viewer.name in ("in", "owner")), (viewer.name, old)
        assert not [text for text in old if "gone" in text]


def test_an_account_that_may_read_the_log_is_shown_no_more_than_by_its_queries(world: World) -> None:
    town = world.town
    admin = town.account("admin", admin=True)
    client = town.open(admin)
    listed = everything(client)
    places = [(event["position"], event["stream"], event["seq"], event["event"]) for event in listed]
    log = everything(town.operator)
    assert places == [(e["position"], e["stream"], e["seq"], e["event"]) for e in log][: len(places)]
    viewer = Viewer("admin", admin, client, listed)
    assert not [(event, why) for event in listed if (why := wrong_with(world, viewer, event))]
    assert SECRET not in str(listed)
    assert SECRET in str(log)


def test_names_and_descriptions_that_were_replaced_come_as_they_read_now(town: Town) -> None:
    room = town.room("Old name")
    who = town.member(room)
    left = town.open(who)
    left.catch_up()
    cursor = left.cursor
    left.close()
    for change in ({"name": "Middle name", "topic": "old topic"}, {"name": "New name", "topic": "new topic"}):
        town.operator.ask("room.update", room=room, **change)
    for description in ("old words", "new words"):
        town.operator.ask("space.update", space=town.space, description=description)
    back = town.open(who, cursor)
    back.catch_up()
    updates = [event["data"] for event in back.events if event["event"] in ("room.updated", "space.updated")]
    assert updates == 2 * [{"name": "New name", "topic": "new topic"}] + 2 * [{"description": "new words"}]
