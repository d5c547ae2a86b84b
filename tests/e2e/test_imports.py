"""Imports over the protocol: what another chat has exported comes into a space once, as it was, and goes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .talking import Client, Frame, Refused
from .town import Town

LONG_AGO = 1_475_107_200_000  # Unix milliseconds


class Importing:
    """An import into the town's space, with three people and a room."""

    def __init__(self, town: Town, source: str = "slack:T1") -> None:
        self.town = town
        self.operator: Client = town.operator
        self.id: str = self.ask("begin", space=town.space, format="slack", source=source)["import"]
        people = [
            {"key": "U1", "name": "ada", "display_name": "Ada L."},
            {"key": "U2", "name": "bob"},
            {"key": "U3", "name": "cyd", "member": False},
        ]
        self.people: dict[str, str] = {
            one["key"]: one["account"] for one in self.add("people", people=people)["people"]
        }
        room = {
            "key": "C1",
            "name": "general",
            "kind": "public",
            "topic": "all of us",
            "created_at": LONG_AGO,
        }
        room["members"] = [self.people["U1"], self.people["U2"]]
        self.room: str = self.add("rooms", rooms=[room])["rooms"][0]["room"]

    def ask(self, verb: str, **fields: Any) -> Frame:
        return self.operator.ask(f"import.{verb}", **fields)

    def add(self, what: str, **fields: Any) -> Frame:
        return self.ask(f"add_{what}", **{"import": self.id}, **fields)

    def say(self, *messages: Frame, room: str | None = None) -> Frame:
        """Counts that are not 0."""
        added = self.add("messages", room=room or self.room, messages=list(messages))
        return {name: count for name, count in added.items() if count}

    def message(self, key: str, text: str = "hello", by: str = "U1", **more: Any) -> Frame:
        return {"key": key, "by": self.people[by], "at": LONG_AGO + len(key), "text": text, **more}

    def undo(self) -> int:
        """How many messages it erased."""
        erased = 0
        while not (answer := self.ask("undo", **{"import": self.id}))["done"]:
            erased += answer["erased"]
        return erased


@pytest.fixture
def importing(town: Town) -> Importing:
    return Importing(town)


def history(town: Town, room: str, by: Client | None = None) -> list[Frame]:
    reader = by or town.open(town.member(room))
    found: list[Frame] = reader.ask("room.history", room=room)["messages"]
    return found


def test_an_author_who_was_never_a_member_has_a_name_for_who_reads_what_they_wrote(
    importing: Importing, town: Town
) -> None:
    importing.say(importing.message("1.1", by="U3"))
    left = importing.people["U3"]
    reader, outside = town.open(town.member(importing.room)), town.open(town.member())
    [profile] = reader.ask("profile.list", accounts=[left])["profiles"]
    assert profile["name"] == "cyd"
    assert outside.ask("profile.list", accounts=[left])["profiles"] == []


def test_what_an_author_wrote_who_was_never_a_member_is_theirs_and_goes_with_them(
    importing: Importing, town: Town
) -> None:
    member = town.member()
    people = [{"key": "U4", "name": "dan", "account": member.id, "member": False}]
    importing.add("people", people=people)
    importing.people["U4"] = member.id
    importing.say(*(importing.message(f"1.{n}", f"of dan {n}", by="U4") for n in range(3)))
    importing.say(importing.message("2.1"))
    exported = town.open(member).ask("account.export", limit=500)["items"]
    assert [one["data"]["text"] for one in exported if one["kind"] == "message"] == [
        "of dan 0", "of dan 1", "of dan 2"
    ]  # fmt: skip
    planned = town.operator.ask("account.erase", account=member.id, dry_run=True)
    assert planned["erased"]["messages"] == 3
    assert town.operator.ask("account.erase", account=member.id)["done"]
    assert [one["text"] for one in history(town, importing.room)] == [None, None, None, "hello"]


def test_messages_keep_authors_times_order_threads_edits_reactions_and_pins(
    importing: Importing, town: Town
) -> None:
    ada, bob = importing.people["U1"], importing.people["U2"]
    reactions = [{"by": bob, "emoji": "👍"}, {"by": bob, "emoji": "👍"}, {"by": ada, "emoji": ":nowhere:"}]
    counted = importing.say(
        importing.message("1.1", "root", reactions=reactions, pinned_by=bob),
        importing.message("1.2", "reply", "U2", thread="1.1"),
        importing.message("1.3", "answer", "U3", thread="1.1", reply_to="1.2"),
        importing.message("1.4", "now", edited_at=LONG_AGO + 9_000),
        importing.message(
            "1.5",
            "third",
            versions=[{"text": "first", "at": LONG_AGO}, {"text": "second", "at": LONG_AGO + 1}],
        ),
        importing.message("1.6", "", deleted=True),
        importing.message("1.7", "alone", thread="never exported"),
    )
    assert counted == {"added": 7, "reactions": 1, "dropped": 1, "missing_roots": 1}
    root, reply, answer, edited, third, deleted, alone = history(town, importing.room)
    assert (root["text"], root["by"], root["at"], root["pinned"]) == ("root", ada, LONG_AGO + 3, True)
    assert root["reactions"] == [{"emoji": "👍", "count": 1, "accounts": [bob]}]
    assert root["thread"]["replies"] == 2
    assert (reply["by"], reply["reply_to"]) == (bob, root["seq"])
    assert answer["reply_to"] == reply["seq"]
    assert (edited["text"], edited["edited_at"]) == ("now", LONG_AGO + 9_000)
    assert third["text"] == "third"
    versions = town.operator.ask("message.edits", room=importing.room, seq=third["seq"])["versions"]
    assert sorted(one["text"] for one in versions) == ["first", "second", "third"]
    assert deleted["deleted"]
    assert deleted["text"] is None
    assert alone["reply_to"] is None


def test_the_same_again_changes_nothing(importing: Importing, town: Town) -> None:
    batch = [
        importing.message(f"1.{n}", reactions=[{"by": importing.people["U2"], "emoji": "👍"}])
        for n in range(3)
    ]
    importing.say(*batch)
    before = history(town, importing.room)
    again = Importing(town)
    assert (again.people, again.room) == (importing.people, importing.room)
    assert again.say(*batch) == {"unchanged": 3}
    assert history(town, importing.room) == before


def test_a_newer_export_adds_what_is_new_and_changes_what_was_edited_or_deleted(
    importing: Importing, town: Town
) -> None:
    importing.say(*(importing.message(f"1.{n}", f"text {n}") for n in range(4)))
    bob = importing.people["U2"]
    counted = Importing(town).say(
        importing.message("1.0", "better", edited_at=LONG_AGO + 50),
        importing.message("1.1", "text 1, of a person with another name"),
        importing.message("1.2", "", deleted=True),
        importing.message("1.3", "text 3", reactions=[{"by": bob, "emoji": "🎉"}]),
        importing.message("1.4", "new", thread="1.0"),
    )
    assert counted == {"added": 1, "edited": 1, "deleted": 1, "unchanged": 1, "reactions": 1}
    texts = [message["text"] for message in history(town, importing.room)]
    assert texts == ["better", "text 1", None, "text 3", "new"]


def test_what_was_deleted_here_does_not_come_back(importing: Importing, town: Town) -> None:
    importing.say(importing.message("1.1"))
    [message] = history(town, importing.room)
    town.operator.ask("message.delete", room=importing.room, seq=message["seq"])
    assert importing.say(importing.message("1.1")) == {"unchanged": 1}


def test_a_room_that_was_deleted_here_does_not_come_back(importing: Importing, town: Town) -> None:
    importing.say(importing.message("1.1"))
    ada, bob = importing.people["U1"], importing.people["U2"]
    direct = {"key": "D1", "name": "x", "kind": "direct", "members": [ada, bob]}
    between = importing.add("rooms", rooms=[direct])["rooms"][0]["room"]
    for room in (importing.room, between):
        town.operator.ask("room.delete", room=room)
    rooms = [{"key": "C1", "name": "general", "kind": "public"}, direct]
    again = importing.add("rooms", rooms=rooms)["rooms"]
    assert [(one["room"], one["made"], one["deleted"]) for one in again] == [
        (importing.room, False, True),
        (between, False, True),
    ]
    other = town.operator.ask("room.create", space=town.space, name="other")["room"]["id"]
    [mapped] = importing.add("rooms", rooms=[{**rooms[0], "room": other}])["rooms"]
    assert (mapped["room"], mapped["deleted"]) == (other, False)
    assert importing.say(importing.message("1.1"), room=other) == {"added": 1}


def test_nobody_has_written_in_the_future(importing: Importing, town: Town) -> None:
    before = time.time_ns() // 1_000_000
    counted = importing.say({**importing.message("1.1"), "at": 2**53}, importing.message("1.2"))
    assert counted == {"added": 2, "future": 1}
    message, _ = history(town, importing.room)
    assert before <= message["at"] <= time.time_ns() // 1_000_000
    renamed = {**importing.message("1.1", "hello, under another name"), "at": 2**53}
    assert importing.say(renamed) == {"unchanged": 1}


def test_an_import_notifies_nobody_and_counts_as_read(importing: Importing, town: Town) -> None:
    member = town.member(importing.room)
    client = town.open(member)
    client.ask("subscription.update", room=importing.room, level="all")
    importing.say(*(importing.message(f"1.{n}", f"@{member.name} @room hello") for n in range(3)))
    [there] = [one for one in client.ask("unread.list")["rooms"] if one["room"] == importing.room]
    assert (there["unread"], there["mentions"], there["first_unread"]) == (0, 0, None)
    owner = town.open(town.owner)
    owner.ask("room.join", room=importing.room)
    seq = owner.ask("message.post", room=importing.room, text="live")["seq"]
    importing.say(importing.message("1.9"))
    [there] = [one for one in client.ask("unread.list")["rooms"] if one["room"] == importing.room]
    assert (there["unread"], there["mentions"], there["first_unread"]) == (1, 0, seq)
    importing.undo()
    [there] = [one for one in client.ask("unread.list")["rooms"] if one["room"] == importing.room]
    assert (there["unread"], there["first_unread"]) == (1, seq)
    client.wait_event("notification.created", room=importing.room, seq=seq)
    told = [event["data"]["seq"] for event in client.events if event["event"] == "notification.created"]
    assert told == [seq]


def test_members_whom_a_text_names_are_its_mentions(importing: Importing, town: Town) -> None:
    member = town.member(importing.room)
    client, outside = town.open(member), town.account("outside")
    importing.say(
        importing.message(
            "1.1", f"hi @{member.name}, `@{member.name}`, @{outside.name}, @room and @nobody-here"
        ),
        importing.message("1.2", f"later @{member.name}", versions=[{"text": "first", "at": LONG_AGO}]),
        importing.message("1.3", "none"),
    )
    named = [one["mentions"] for one in history(town, importing.room, client)]
    assert named == [[member.id], [member.id], []]
    again = {"edited_at": LONG_AGO + 60_000}
    importing.say(
        importing.message("1.1", "nobody any more", **again),
        importing.message("1.3", f"now @{member.name}", **again),
    )
    named = [one["mentions"] for one in history(town, importing.room, client)]
    assert named == [[], [member.id], [member.id]]
    assert all(event["data"]["imported"] for event in client.events if event["event"] == "message.edited")
    assert client.ask("notification.list")["notifications"] == []
    owner = town.open(town.owner)
    owner.ask("room.join", room=importing.room)
    owner.ask("message.post", room=importing.room, text="live")
    [there] = [one for one in client.ask("unread.list")["rooms"] if one["room"] == importing.room]
    assert (there["unread"], there["mentions"]) == (1, 0)
    assert town.operator.ask("server.verify")["findings"] == []


def test_two_who_import_the_same_at_once_find_the_same_people_and_rooms(
    importing: Importing, town: Town
) -> None:
    clients = [Client.operator(town.server) for _ in range(2)]
    people = [[{"key": f"P{nth}", "name": f"twin{nth}"}] for nth in range(40)]
    rooms = [[{"key": f"R{nth}", "name": f"twin {nth}", "kind": "public"}] for nth in range(40)]

    def both(verb: str, what: str, all_: list[list[Frame]]) -> list[list[Frame]]:
        into = {"import": importing.id}
        sent = [[one.send(f"import.add_{verb}", **into, **{what: each}) for each in all_] for one in clients]
        answers = [[one.result(id_)[what][0] for id_ in ids] for one, ids in zip(clients, sent, strict=True)]
        return [[{k: v for k, v in each.items() if k != "made"} for each in found] for found in answers]

    first, second = both("people", "people", people)
    assert first == second
    first, second = both("rooms", "rooms", rooms)
    assert first == second
    named = [one["name"] for one in town.operator.ask("room.list", space=town.space, limit=500)["rooms"]]
    assert sorted(name for name in named if name.startswith("twin")) == sorted(f"twin {n}" for n in range(40))
    for client in clients:
        client.close()


def test_a_placeholder_is_claimed_with_a_link_and_is_nobody_before(importing: Importing, town: Town) -> None:
    ada = importing.people["U1"]
    account = town.operator.ask("account.get", account=ada)["account"]
    assert (account["placeholder"], account["admin"], account["display_name"]) == (True, False, "Ada L.")
    link = town.operator.ask("account.recovery_link", account=ada)
    assert link["expires_at"] > 7 * 86_400_000
    town.operator.ask("account.set_password", account=ada, password="quite long and odd 77")
    assert not town.operator.ask("account.get", account=ada)["account"]["placeholder"]
    importing.say(importing.message("1.1"))
    assert importing.undo() == 1
    assert not town.operator.ask("account.get", account=ada)["account"]["deleted"]


def test_names_that_are_taken_get_a_number_and_nobody_is_merged(importing: Importing, town: Town) -> None:
    taken = town.account("eve")
    people = [
        {"key": "U8", "name": taken.name, "display_name": taken.name},
        {"key": "U9", "name": "here"},
        {"key": "U10", "name": "mapped", "account": taken.id},
    ]
    eve, here, mapped = importing.add("people", people=people)["people"]
    assert eve["account"] != taken.id
    assert eve["name"] == f"{taken.name}-2"
    assert here["name"] == "here-2"
    assert (mapped["account"], mapped["made"]) == (taken.id, False)
    other = Importing(town, "slack:T2")
    assert set(other.people.values()).isdisjoint(importing.people.values())
    name = town.operator.ask("room.get", room=other.room)["room"]["name"]
    assert name == "general-slack"


def test_a_direct_room_is_between_its_people(importing: Importing, town: Town) -> None:
    two = [importing.people["U1"], importing.people["U2"]]
    asked = {"key": "D1", "name": "ignored", "kind": "direct", "members": two, "created_at": LONG_AGO}
    [made] = importing.add("rooms", rooms=[asked])["rooms"]
    assert made["made"]
    assert town.operator.ask("room.get", room=made["room"])["room"]["created_at"] == LONG_AGO
    assert importing.say(importing.message("1.1"), room=made["room"]) == {"added": 1}
    assert [one["text"] for one in history(town, made["room"], town.operator)] == ["hello"]
    assert town.operator.ask("server.check")["findings"] == []
    [again] = Importing(town).add("rooms", rooms=[asked])["rooms"]
    assert (again["room"], again["made"]) == (made["room"], False)
    with pytest.raises(Refused, match="members"):
        importing.add("rooms", rooms=[{"key": "D2", "name": "x", "kind": "direct", "members": two[:1]}])


def test_whoever_turns_up_later_in_a_talk_that_came_as_a_private_room_is_let_in(
    importing: Importing, town: Town
) -> None:
    """In some exports only who wrote is known: a talk in which one person did was not known to be direct."""
    two = [importing.people["U1"], importing.people["U2"]]
    alone = {"key": "D3", "name": "ben", "kind": "private", "members": two[:1]}
    [made] = importing.add("rooms", rooms=[alone])["rooms"]
    importing.add("rooms", rooms=[{**alone, "kind": "direct", "members": two}])
    found = town.operator.ask("room.members", room=made["room"])["members"]
    assert {one["account"] for one in found} >= set(two)


def test_a_talk_that_was_imported_is_no_request(importing: Importing, town: Town) -> None:
    """Though one of the two has never answered."""
    member = town.member()
    asked = {"key": "D1", "name": "x", "kind": "direct", "members": [importing.people["U1"], member.id]}
    [made] = importing.add("rooms", rooms=[asked])["rooms"]
    importing.say(importing.message("1.1"), room=made["room"])
    [listed] = town.open(member).ask("direct.list")["rooms"]
    assert (listed["id"], listed["request"]) == (made["room"], False)


def test_an_import_is_taken_back_whole_and_can_be_done_again(importing: Importing, town: Town) -> None:
    importing.say(*(importing.message(f"1.{n}", by=("U1", "U2")[n % 2]) for n in range(20)))
    importing.ask("finish", **{"import": importing.id})
    assert importing.undo() == 20
    with pytest.raises(Refused, match="taken back"):
        importing.say(importing.message("1.1"))
    with pytest.raises(Refused) as refused:
        town.operator.ask("room.get", room=importing.room)
    assert refused.value.code == "not_found"
    [listed] = town.operator.ask("import.list", space=town.space)["imports"]
    assert listed["undone_at"] is not None
    assert (listed["messages"], listed["rooms"]) == (0, 0)
    again = Importing(town)
    assert not set(again.people.values()) & set(importing.people.values())
    assert again.say(again.message("1.1")) == {"added": 1}
    assert [one["text"] for one in history(town, again.room)] == ["hello"]


@pytest.mark.parametrize("of", ["space", "room"])
def test_under_a_legal_hold_nothing_is_taken_back(importing: Importing, town: Town, of: str) -> None:
    importing.say(importing.message("1.1"), importing.message("1.2"))
    place = town.space if of == "space" else importing.room
    town.operator.ask(f"{of}.set_hold", **{of: place}, hold=True, reason="case 7")
    with pytest.raises(
        Refused, match=f"nothing was taken back: a legal hold stands on the {of} .*ended first"
    ):
        importing.undo()
    [listed] = town.operator.ask("import.list", space=town.space)["imports"]
    assert (listed["messages"], listed["undone_at"]) == (2, None)
    assert importing.say(importing.message("1.3")) == {"added": 1}
    town.operator.ask(f"{of}.set_hold", **{of: place}, hold=False)
    assert importing.undo() == 3


def test_only_operators_import(town: Town) -> None:
    owner = town.open(town.owner)
    with pytest.raises(Refused) as refused:
        owner.ask("import.begin", space=town.space, format="slack", source="")
    assert refused.value.code == "forbidden"


def test_bad_batches_are_refused_whole(importing: Importing, town: Town) -> None:
    twice = [importing.message("1.1"), importing.message("1.1")]
    with pytest.raises(Refused, match="each key once"):
        importing.say(*twice)
    with pytest.raises(Refused, match="no file"):
        importing.say(importing.message("1.1"), importing.message("1.2", attachments=["01" + "0" * 24]))
    assert importing.ask("find", **{"import": importing.id}, room=importing.room, keys=["1.1"])["keys"] == []
    importing.say(importing.message("1.1"))
    assert importing.ask("find", **{"import": importing.id}, room=importing.room, keys=["1.1", "1.2"]) == {
        "keys": ["1.1"],
        "bare": ["1.1"],
    }
    with pytest.raises(Refused, match="no such import"):
        importing.operator.ask("import.finish", **{"import": "nowhere"})


def test_nobody_writes_reacts_or_pins_who_does_not_exist(importing: Importing, town: Town) -> None:
    nobody = "0" * 26
    wrong: list[Frame] = [
        {"by": nobody},
        {"pinned_by": nobody},
        {"reactions": [{"by": nobody, "emoji": "👍"}]},
    ]
    for more in wrong:
        with pytest.raises(Refused, match="no account"):
            importing.say({**importing.message("1.1"), **more})
    two = [importing.people["U1"], nobody]
    with pytest.raises(Refused, match="no account"):
        importing.add("rooms", rooms=[{"key": "D9", "name": "x", "kind": "direct", "members": two}])
    assert town.operator.ask("server.check")["findings"] == []


def test_the_log_replays_into_the_same_tables(importing: Importing, town: Town) -> None:
    importing.say(
        importing.message("1.1", pinned_by=importing.people["U2"]), importing.message("1.2", "", deleted=True)
    )
    for _ in range(2):  # an answer was lost
        importing.ask("finish", **{"import": importing.id})
    told = town.operator.ask("audit.list", space=town.space, type="import.finished")["entries"]
    assert len(told) == 1
    assert town.operator.ask("server.verify")["findings"] == []
    importing.undo()
    assert town.operator.ask("server.verify")["findings"] == []


def test_messages_come_only_into_rooms_of_the_import(importing: Importing, town: Town) -> None:
    space = town.operator.ask("space.create", name="Elsewhere", owner=town.account().id)["space"]["id"]
    elsewhere = town.operator.ask("room.create", space=space, name="other", kind="text")["room"]["id"]
    for room in (elsewhere, town.room(), "0" * 26):
        with pytest.raises(Refused, match="there is no such room in this import"):
            importing.say(importing.message("1"), room=room)


@pytest.mark.parametrize(
    ("what", "fields", "wrong"),
    [
        (
            "people",
            {"people": [{"key": "U9", "name": "eve", "display_name": "a\nb"}]},
            "people[0].display_name",
        ),
        ("rooms", {"rooms": [{"key": "C9", "name": "x\u202ey", "kind": "public"}]}, "rooms[0].name"),
        ("messages", {"text": "\u200b"}, "messages[0].text"),
        ("messages", {"versions": [{"text": "\u2060", "at": 1}]}, "messages[0].versions[0].text"),
    ],
)
def test_what_is_shown_is_checked_inside_of_lists(
    importing: Importing, what: str, fields: Frame, wrong: str
) -> None:
    if what == "messages":
        fields = {"room": importing.room, "messages": [{**importing.message("1"), **fields}]}
    with pytest.raises(Refused) as refused:
        importing.add(what, **fields)
    assert wrong in str(refused.value)


def test_who_has_left_or_was_removed_here_does_not_come_back_with_a_newer_export(
    importing: Importing, town: Town
) -> None:
    ada, bob = importing.people["U1"], importing.people["U2"]
    visit = town.dial()
    visit.open(town.operator.ask("account.token", account=ada)["token"])
    visit.ask("room.leave", room=importing.room)
    visit.close()
    town.operator.ask("member.kick", space=town.space, account=bob)

    def members(of: str, id_: str) -> set[str]:
        return {one["account"] for one in town.operator.ask(f"{of}.members", **{of: id_})["members"]}

    before = members("space", town.space), members("room", importing.room)
    assert (bob in before[0], before[1]) == (False, set())
    again = Importing(town)
    assert (again.people, again.room) == (importing.people, importing.room)
    assert (members("space", town.space), members("room", importing.room)) == before


def test_nothing_comes_in_of_whoever_was_deleted_here(importing: Importing, town: Town) -> None:
    ada, bob = importing.people["U1"], importing.people["U2"]
    importing.say(importing.message("1.1", "first"), importing.message("1.2", "second", "U2"))
    direct = {"key": "D1", "name": "x", "kind": "direct", "members": [ada, bob]}
    between = importing.add("rooms", rooms=[direct])["rooms"][0]["room"]
    assert town.operator.ask("account.erase", account=ada)["done"]
    again, other = Importing(town), Importing(town, "slack:T2")
    for one in (again, other):
        assert one.add("rooms", rooms=[direct])["rooms"][0]["room"] == between
    [left] = town.operator.ask("room.members", room=between)["members"]
    assert left["account"] == bob
    assert again.people["U1"] == ada, "who is deleted is nobody new"
    assert ada not in {
        one["account"] for one in town.operator.ask("space.members", space=town.space)["members"]
    }
    counted = again.say(
        again.message("1.1", "first, better", edited_at=LONG_AGO + 50),
        importing.message("1.2", "second", "U2", reactions=[{"by": ada, "emoji": "👍"}], pinned_by=ada),
        again.message("1.3", "third", reactions=[{"by": bob, "emoji": "👍"}]),
        again.message("1.4", "answer", "U2", thread="1.3"),
    )
    assert counted == {"added": 2, "unchanged": 2}
    told = history(town, importing.room)
    assert [one["text"] for one in told] == [None, "second", None, "answer"]
    assert told[3]["reply_to"] == told[2]["seq"]
    assert not any(one["reactions"] for one in told)
