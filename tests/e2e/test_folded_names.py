"""Names are compared as those who decided have folded them, and nobody outside the store sees how that is."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from .graphs import ask as ask_graph
from .resting import Rest
from .serving import Server
from .streaming import Streamed
from .talking import JSON, MSGPACK, Client, Frame
from .test_place_export import exported
from .town import Town

PASSWORD = "a lantern over seven still ponds"
SCRIPTS_MIXED = "wаlnut"  # its second letter is Cyrillic
ALIKE = ("walnut", "WALNUT", "ｗａｌｎｕｔ", "waInut", "wa1nut")
SHOWN_ALIKE = (*ALIKE, SCRIPTS_MIXED)
LONG_AGO = 1_475_107_200_000  # Unix milliseconds
_numbers = itertools.count(1)


def own(alike: tuple[str, ...]) -> list[str]:
    """The same names, and none that another test has."""
    number = next(_numbers)
    return [f"{name}{number}" for name in alike]


def imported(town: Town, **added: Any) -> Frame:
    """The answer to one request of an import; `added`: people or rooms."""
    begun = town.operator.ask("import.begin", space=town.space, format="slack", source=f"s{next(_numbers)}")
    [(what, rows)] = added.items()
    answer: Frame = town.operator.ask(f"import.add_{what}", **{"import": begun["import"], what: rows})
    return answer


def test_no_way_to_a_name_leads_to_one_that_is_equal_or_looks_the_same(town: Town) -> None:
    first, *alike = own(ALIKE)
    visitor = town.dial()
    visitor.ask("account.sign_up", name=first, password=PASSWORD)
    other, account = town.account(), town.account()
    client = town.open(other)
    for name in (first, *alike):
        refused = [
            visitor.refusal("account.sign_up", name=name, password=PASSWORD),
            town.operator.refusal("account.create", name=name),
            town.operator.refusal("account.set_name", account=account.id, name=name),
            client.refusal("account.rename", name=name),
            client.refusal("bot.create", name=name, scopes=["read"]),
        ]
        assert [refusal["code"] for refusal in refused] == ["conflict"] * 5, name
        [person] = imported(town, people=[{"key": "U1", "name": name}])["people"]
        assert person["name"] != name
    mixed = visitor.refusal("account.sign_up", name=SCRIPTS_MIXED, password=PASSWORD)
    assert mixed["code"] == "invalid"
    town.assert_sound()


def test_nobody_is_shown_as_somebody_else(town: Town) -> None:
    first, *alike = own(SHOWN_ALIKE)
    named = town.dial()
    named.ask("account.sign_up", name=first, password=PASSWORD)
    other = town.account()
    client = town.open(other)
    for shown in (first, *alike):
        refused = [
            client.refusal("account.update", display_name=shown),
            town.operator.refusal("account.set_display_name", account=other.id, display_name=shown),
            town.operator.refusal("account.create", name=f"plum{next(_numbers)}", display_name=shown),
            client.refusal("bot.create", name=f"plum{next(_numbers)}", scopes=["read"], display_name=shown),
        ]
        assert [refusal["code"] for refusal in refused] == ["conflict"] * 4, shown
        person = {"key": "U1", "name": f"plum{next(_numbers)}", "display_name": shown}
        [made] = imported(town, people=[person])["people"]
        profiles = town.operator.ask("account.list", name=made["name"])["accounts"]
        assert [one["display_name"] for one in profiles if one["id"] == made["account"]] == [person["name"]]
    town.assert_sound()


def test_spaces_and_the_rooms_of_one_are_called_differently(town: Town) -> None:
    first, *alike = own(SHOWN_ALIKE)
    owner = town.open(town.owner)
    room, another = town.room(first), town.room()
    space = owner.ask("space.create", name=first)["space"]["id"]
    for name in (first, *alike):
        refused = [
            owner.refusal("room.create", space=town.space, name=name),
            owner.refusal("room.create", space=town.space, name=name, private=True),
            owner.refusal("room.update", room=another, name=name),
            owner.refusal("space.create", name=name),
            owner.refusal("space.update", space=town.space, name=name),
        ]
        assert [refusal["code"] for refusal in refused] == ["conflict"] * 5, name
        row = {"key": "C1", "name": name, "kind": "public", "created_at": LONG_AGO, "members": []}
        [made] = imported(town, rooms=[row])["rooms"]
        assert made["made"]
        assert made["name"] != name
    owner.ask("room.create", space=space, name=first)  # it is free in another space
    owner.ask("room.update", room=room, name=alike[0])  # and its own
    town.assert_sound()


def test_emoji_are_called_by_what_folds_to_itself(town: Town) -> None:
    owner = town.open(town.owner)
    owner.ask("emoji.add", space=town.space, name="walnut", image="https://example.org/1.png")
    taken = owner.refusal("emoji.add", space=town.space, name="walnut", image="https://example.org/2.png")
    assert taken["code"] == "conflict"
    for name in ("WALNUT", "ｗａｌｎｕｔ", SCRIPTS_MIXED):
        refused = owner.refusal("emoji.add", space=town.space, name=name, image="https://example.org/2.png")
        assert refused["code"] == "invalid", name


class Everything:
    """All that a town is told about names that were given and changed in every way."""

    def __init__(self, town: Town, server: Server) -> None:
        self.town, self.server = town, server
        self.member = town.member(name="nut")
        self.client = town.open(self.member)
        self.left = self.client.cursor
        self.watchers = [town.open(town.owner), town.open(town.owner, subprotocol=MSGPACK)]
        self.stream = Streamed(server, town.owner.token)
        self.replies: list[Any] = []
        self.streams = [f"space/{town.space}", f"account/{self.member.id}", "server/main"]

    def ask(self, client: Client, name: str, /, **data: Any) -> Any:
        self.replies.append(client.ask(name, **data))
        return self.replies[-1]

    def happen(self) -> None:
        town, owner, n = self.town, self.watchers[0], next(_numbers)
        space = self.ask(owner, "space.create", name=f"Grove {n}")["space"]["id"]
        self.ask(owner, "space.update", space=space, name=f"Wood {n}")
        public = self.ask(owner, "room.create", space=town.space, name=f"Hazel {n}")["room"]["id"]
        private = self.ask(owner, "room.create", space=town.space, name=f"Oak {n}", private=True)
        for room in (public, private["room"]["id"]):
            self.ask(owner, "room.update", room=room, name=f"Tree {n} {room}", reason="better")
            self.streams.append(f"room/{room}")
        self.ask(owner, "room.invite", room=public, account=self.member.id)
        self.ask(self.client, "account.update", display_name="A Nut")
        self.ask(self.client, "account.rename", name=f"hazelnut{n}")
        operator = town.operator
        self.ask(operator, "account.set_name", account=self.member.id, name=f"peanut{n}", reason="asked")
        shown = {"account": self.member.id, "display_name": "Pea", "reason": "asked"}
        self.ask(operator, "account.set_display_name", **shown)
        bot = self.ask(self.client, "bot.create", name=f"robot{n}", display_name="Robot", scopes=["read"])
        self.ask(owner, "direct.open", accounts=[self.member.id])
        people = imported(town, people=[{"key": "U1", "name": f"from{n}", "display_name": "From Afar"}])
        row = {"key": "C1", "name": f"Old {n}", "kind": "public", "created_at": LONG_AGO}
        rooms = imported(town, rooms=[{**row, "members": [self.member.id]}])
        self.replies += [people, rooms]
        accounts = (bot["account"]["id"], people["people"][0]["account"])
        self.streams += [f"space/{space}", f"room/{rooms['rooms'][0]['room']}"]
        self.streams += [f"account/{account}" for account in accounts]

    def told(self) -> list[Any]:
        """Once more, from the log: everything, by every way on which events go out."""
        town, operator, owner = self.town, self.town.operator, self.watchers[0]
        found: list[Any] = list(self.replies)
        for stream in self.streams:
            found.append(operator.ask("event.list", stream=stream, after=0, limit=500))
            assert found[-1]["events"] or stream == "server/main", stream
        found.append(owner.ask("audit.list", space=town.space, limit=200))
        found.append(operator.ask("audit.list", limit=200))
        found.append(exported(operator, "space.export", space=town.space))
        found += [
            exported(operator, "room.export", room=stream.removeprefix("room/"))
            for stream in self.streams
            if stream.startswith("room/")
        ]
        found.append(exported(self.client, "account.export"))
        found.append(exported(operator, "account.export", account=self.member.id))
        for kind in (JSON, MSGPACK):
            again = town.open(self.member, self.left, subprotocol=kind)
            again.catch_up()
            found += [again.opened, again.events]
        for watcher in (*self.watchers, self.client):
            watcher.catch_up()
            found += [watcher.opened, watcher.events, watcher.signals]
        self.stream.wait(lambda: self.stream.events, "events")
        found.append(self.stream.seen)
        return [*found, *self._over_http()]

    def _over_http(self) -> list[Any]:
        rest = Rest(self.server, self.town.owner.token)
        audit = rest.get(f"/audit?space={self.town.space}&limit=200").json
        assert audit["entries"]
        rest.close()
        query = "query Q($space: String!) { audit_list(space: $space, limit: 200) { entries { type data } } }"
        graph = ask_graph(self.server, query, self.town.owner.token, space=self.town.space)
        assert "errors" not in graph, graph
        return [audit, graph]


@pytest.fixture
def everything(town: Town, server: Server) -> Iterator[Everything]:
    made = Everything(town, server)
    with closing(made.stream):
        yield made


def test_what_names_are_compared_by_goes_out_nowhere(everything: Everything) -> None:
    everything.happen()
    stored = folded_in(everything.server)
    assert {
        *("account.created", "account.renamed", "account.updated", "room.created", "room.updated"),
        *("space.created", "space.updated"),
    } <= stored
    told = everything.told()
    text = json.dumps(told)
    assert "folded" not in text
    assert "skeleton" not in text
    for name in ("room.updated", "space.updated", "account.renamed"):
        assert f'"{name}"' in text


def folded_in(server: Server) -> set[str]:
    """The types of the events whose names are stored folded."""
    connection = sqlite3.connect(f"file:{server.data / 'chatd.db'}?mode=ro", uri=True)
    try:
        query = """
            SELECT DISTINCT type FROM events LEFT JOIN bodies USING (position)
            WHERE coalesce(text, data) -> '$.folded' IS NOT NULL AND type NOT LIKE 'message.%'
        """
        return {type for (type,) in connection.execute(query)}
    finally:
        connection.close()
