"""Requests: what somebody new writes first in a direct room. Accepted, declined, left; they are not told."""

from __future__ import annotations

import attrs
import pytest

from .talking import Client, Frame
from .town import Account, Town


@attrs.frozen
class Pair:
    """Ada has written to Bob, who never wrote to her."""

    town: Town
    ada: Account
    bob: Account
    writer: Client
    reader: Client
    room: str
    seq: int


@pytest.fixture
def pair(town: Town) -> Pair:
    ada, bob = town.member(name="ada"), town.member(name="bob")
    writer, reader = town.open(ada), town.open(bob)
    room = writer.ask("direct.open", accounts=[bob.id])["room"]["id"]
    seq = writer.post(room, "hello")["seq"]
    reader.wait_event("message.posted", f"room/{room}")
    return Pair(town, ada, bob, writer, reader, room, seq)


def listed(client: Client) -> dict[str, bool]:
    """The caller's direct rooms, and whether each is a request."""
    page = client.ask("direct.list")
    assert page["next"] is None
    return {room["id"]: room["request"] for room in page["rooms"]}


def shown(town: Town, account: Account) -> dict[str, bool]:
    """The same, as a fresh session tells; and `room.get` agrees."""
    client = town.open(account)
    rooms = {room["id"]: room["request"] for room in client.opened["rooms"] if room["kind"] == "direct"}
    assert rooms == listed(client)
    for room, request in rooms.items():
        got = client.ask("room.get", room=room)["room"]
        assert (got["listed"], got["request"]) == (True, request)
    counted = {row["room"] for row in client.ask("unread.list")["rooms"]}
    assert counted == {room["id"] for room in client.opened["rooms"]}
    client.close()
    return rooms


def told(account: Account, town: Town) -> list[Frame]:
    """What stands in its own stream about direct rooms."""
    events = town.operator.ask("event.list", after=0, stream=f"account/{account.id}", limit=500)["events"]
    return [event for event in events if event["event"].startswith("direct.")]


def notified(pair: Pair, seq: int) -> bool:
    """Whether Bob was notified of the message, once everything before a later one has been looked at."""
    mark = pair.town.room(by=pair.writer)
    pair.reader.ask("room.join", room=mark)
    last = pair.writer.post(mark, f"@{pair.bob.name}")["seq"]
    pair.reader.wait_event("notification.created", room=mark, seq=last)
    return any(
        event["event"] == "notification.created" and event["data"]["seq"] == seq
        for event in pair.reader.events
        if event["data"].get("room") == pair.room
    )


def test_what_somebody_new_writes_is_a_request_for_the_one_and_none_for_the_other(pair: Pair) -> None:
    assert shown(pair.town, pair.bob) == {pair.room: True}
    assert shown(pair.town, pair.ada) == {pair.room: False}
    assert notified(pair, pair.seq)


def test_an_answer_accepts_a_request(pair: Pair) -> None:
    pair.reader.post(pair.room, "hello yourself")
    assert shown(pair.town, pair.bob) == {pair.room: False}
    assert told(pair.bob, pair.town) == []


def test_a_request_is_accepted_without_an_answer(pair: Pair) -> None:
    pair.reader.ask("direct.accept", room=pair.room)
    pair.reader.ask("direct.accept", room=pair.room)
    assert shown(pair.town, pair.bob) == {pair.room: False}
    assert [event["event"] for event in told(pair.bob, pair.town)] == ["direct.accepted"]
    pair.writer.ask("direct.accept", room=pair.room)
    assert told(pair.ada, pair.town) == []


def test_whom_one_has_written_to_before_is_not_new(pair: Pair) -> None:
    cleo = pair.town.member(name="cleo")
    group = pair.reader.ask("direct.open", accounts=[pair.ada.id, cleo.id])["room"]["id"]
    assert listed(pair.reader)[pair.room] is True
    pair.reader.post(group, "hello you two")
    assert listed(pair.reader) == {pair.room: False, group: False}
    assert listed(pair.writer) == {pair.room: False, group: False}
    assert listed(pair.town.open(cleo)) == {group: True}


def test_a_declined_request_is_gone_and_silent_and_the_sender_is_not_told(pair: Pair) -> None:
    before = pair.town.operator.ask("event.list", after=0, stream=f"room/{pair.room}")["events"]
    pair.reader.ask("direct.decline", room=pair.room)
    pair.reader.ask("direct.decline", room=pair.room)
    assert [event["event"] for event in told(pair.bob, pair.town)] == ["direct.declined"]
    assert shown(pair.town, pair.bob) == {}
    seq = pair.writer.post(pair.room, "are you there?")["seq"]
    assert not notified(pair, seq)
    assert shown(pair.town, pair.bob) == {}
    got = pair.reader.ask("room.get", room=pair.room)["room"]
    assert (got["listed"], got["request"]) == (False, False)
    pair.writer.catch_up()
    after = pair.town.operator.ask("event.list", after=0, stream=f"room/{pair.room}")["events"]
    assert [event["event"] for event in after[len(before) :]] == ["message.posted"]
    members = pair.writer.ask("room.members", room=pair.room)["members"]
    assert {member["account"] for member in members} == {pair.ada.id, pair.bob.id}
    pair.town.assert_sound()


def test_a_declined_room_comes_back_when_it_is_accepted_or_answered(pair: Pair) -> None:
    pair.reader.ask("direct.decline", room=pair.room)
    pair.reader.ask("direct.accept", room=pair.room)
    assert shown(pair.town, pair.bob) == {pair.room: False}
    cleo = pair.town.member(name="cleo")
    other = pair.town.open(cleo)
    room = other.ask("direct.open", accounts=[pair.bob.id])["room"]["id"]
    other.post(room, "hello")
    pair.reader.wait_event("message.posted", f"room/{room}")
    pair.reader.ask("direct.decline", room=room)
    pair.reader.post(room, "well, hello")
    assert listed(pair.reader)[room] is False
    seq = other.post(room, "finally")["seq"]
    pair.reader.wait_event("notification.created", room=room, seq=seq)


def test_only_a_request_can_be_declined(pair: Pair) -> None:
    assert pair.writer.refusal("direct.decline", room=pair.room)["code"] == "conflict"
    pair.reader.post(pair.room, "hello")
    assert pair.reader.refusal("direct.decline", room=pair.room)["code"] == "conflict"


@pytest.mark.parametrize("name", ["direct.accept", "direct.decline", "direct.leave"])
def test_only_its_people_do_something_with_a_direct_room(pair: Pair, name: str) -> None:
    stranger, public = pair.town.open(pair.town.member()), pair.town.room()
    assert stranger.refusal(name, room=pair.room)["code"] == "not_found"
    assert pair.town.open(pair.town.owner).refusal(name, room=public)["code"] == "not_found"
    assert pair.town.operator.refusal(name, room=pair.room)["code"] == "forbidden"


# --- leaving -----------------------------------------------------------------------------------------------


def test_a_room_of_two_that_was_left_comes_back_with_the_next_message(pair: Pair) -> None:
    pair.reader.post(pair.room, "hello")
    pair.reader.ask("direct.leave", room=pair.room)
    pair.reader.ask("direct.leave", room=pair.room)
    assert [event["event"] for event in told(pair.bob, pair.town)] == ["direct.left"]
    assert shown(pair.town, pair.bob) == {}
    assert shown(pair.town, pair.ada) == {pair.room: False}
    seq = pair.writer.post(pair.room, "one more thing")["seq"]
    assert shown(pair.town, pair.bob) == {pair.room: False}
    assert notified(pair, seq)
    pair.reader.ask("direct.leave", room=pair.room)
    assert shown(pair.town, pair.bob) == {}
    pair.reader.post(pair.room, "and another")
    assert shown(pair.town, pair.bob) == {pair.room: False}


def test_a_room_of_several_is_left_for_all_to_see_and_stays_left(pair: Pair) -> None:
    town, cleo = pair.town, pair.town.member(name="cleo")
    third = town.open(cleo)
    room = pair.writer.ask("direct.open", accounts=[pair.bob.id, cleo.id])["room"]["id"]
    pair.writer.post(room, "hello both")
    pair.reader.wait_event("message.posted", f"room/{room}")
    pair.reader.ask("direct.leave", room=room)
    pair.reader.wait_event("member.left", f"room/{room}", account=pair.bob.id)
    third.wait_event("member.left", f"room/{room}", account=pair.bob.id)
    assert room not in shown(town, pair.bob)
    third.post(room, "without Bob")
    assert room not in shown(town, pair.bob)
    assert pair.reader.refusal("room.history", room=room)["code"] == "not_found"
    same = pair.writer.ask("direct.open", accounts=[pair.bob.id, cleo.id])["room"]
    assert (same["id"], same["accounts"]) == (room, sorted([pair.ada.id, cleo.id]))
    back = pair.reader.ask("direct.open", accounts=[pair.ada.id, cleo.id])["room"]
    assert (back["id"], len(back["accounts"])) == (room, 3)
    third.wait_event("member.joined", f"room/{room}", account=pair.bob.id)
    assert room in shown(town, pair.bob)


def test_bots_leave_a_room_of_several_with_their_owner(pair: Pair) -> None:
    made = pair.reader.ask("bot.create", name="rover", scopes=["join", "post", "read"])
    bot = Account(made["account"]["id"], "rover", made["token"])
    helper = pair.town.open(bot)
    helper.ask("invite.accept", code=pair.town.code)
    room = helper.ask("direct.open", accounts=[pair.ada.id, pair.bob.id])["room"]["id"]
    helper.post(room, "three of us")
    pair.reader.ask("direct.leave", room=room)
    pair.writer.wait_event("member.left", f"room/{room}", account=bot.id)
    assert helper.refusal("message.post", room=room, text="hello?")["code"] == "not_found"


# --- lists -------------------------------------------------------------------------------------------------


def test_direct_rooms_are_listed_in_pages(pair: Pair) -> None:
    for name in ("cleo", "dora", "eve"):
        room = pair.reader.ask("direct.open", accounts=[pair.town.member(name=name).id])["room"]["id"]
        pair.reader.post(room, "hello")
    found: list[str] = []
    after = None
    while after is not None or not found:
        page = pair.reader.ask("direct.list", limit=2, **({"after": after} if after else {}))
        found += [room["id"] for room in page["rooms"]]
        after = page["next"]
    assert found == sorted(listed(pair.reader))
    assert len(found) == 4


def test_what_was_decided_holds_after_a_restart_and_a_resume_tells_of_it(pair: Pair) -> None:
    cursor = pair.reader.cursor
    pair.reader.ask("direct.decline", room=pair.room)
    pair.town.server.stop()
    pair.town.server.start()
    pair.town.reconnect()
    back = pair.town.open(pair.bob, cursor)
    back.wait_event("direct.declined", room=pair.room)
    assert shown(pair.town, pair.bob) == {}
    pair.town.assert_sound()
