"""Requests: what goes out, what comes back, what happens when the connection breaks in between."""

from __future__ import annotations

import pytest
import trio
from fake_server import No
from samples import sample, wire

from chatd.client import Client, Disconnected, Refused, SessionEnded, Unreadable, connect
from chatd.client.wire import FORMATS
from chatd.contract.import_ import FinishImport, ImportUndone, UndoImport
from chatd.contract.member import Member, MemberPage
from chatd.contract.message import GetMessage, MessagePage, MessageResult, Posted, SearchPage
from chatd.contract.room import GetRoom, ListedRoom, RoomDetail, RoomDetailResult, RoomList
from chatd.contract.spec import Done
from chatd.contract.unread import ListUnread, UnreadList


@pytest.mark.parametrize("form", ["json", "msgpack"])
async def test_a_result_comes_back_in_either_format(server, form):
    room = sample(RoomDetail, id="R1", topic="Grüße 👋")
    server.answers["room.get"] = lambda data: wire(RoomDetailResult, room=room)
    async with connect(server, "good", format=form) as client:
        assert await client.room("R1") == room
    assert server.connections[0].binary == (form == "msgpack")


async def test_queries_and_commands_are_named_as_such(server):
    server.answers["room.list"] = lambda data: {"rooms": [], "next": None}
    server.answers["room.join"] = lambda data: {}
    async with connect(server, "good") as client:
        await client.rooms("S1")
        await client.join("R1")
    sent = [frame for message in server.connections[0].messages for frame in message]
    assert [frame.get("query") for frame in sent] == [None, "room.list", None]
    assert [frame.get("command") for frame in sent] == ["session.open", None, "room.join"]


async def test_a_refusal_has_code_message_and_data(server):
    def refuse(data):
        raise No("conflict", "this nonce has posted something else", seq=9)

    server.answers["message.post"] = refuse
    async with connect(server, "good") as client:
        with pytest.raises(Refused, match="this nonce has posted something else") as caught:
            await client.post("R1", "hello", nonce="mine")
    assert (caught.value.code, caught.value.data) == ("conflict", {"seq": 9})


@pytest.mark.parametrize("form", ["json", "msgpack"])
async def test_a_number_that_no_frame_can_hold_is_refused_as_the_server_refuses_it(server, form):
    def refuse(data):
        raise No("invalid", "a number is out of range; numbers have at most 64 bits")

    server.answers["message.get"] = refuse
    server.answers["room.list"] = lambda data: {"rooms": [], "next": None}
    async with connect(server, "good", format=form) as client:
        with pytest.raises(Refused, match="at most 64 bits") as caught:
            await client.ask(GetMessage(room="R1", seq=10**21), MessageResult)
        assert caught.value.code == "invalid"
        assert await client.rooms("S1") == []


async def test_who_must_wait_until_tomorrow_is_told_so_at_once(server):
    def refuse(data):
        raise No("rate_limited", "go on after midnight UTC", retry_after=3600)

    server.answers["message.post"] = refuse
    async with connect(server, "good") as client:
        with pytest.raises(Refused, match="midnight") as caught:
            await client.post("R1", "hello")
    assert caught.value.retry_after == 3600


async def test_fields_that_are_none_are_left_out(server):
    seen = []
    server.answers["room.history"] = lambda data: seen.append(data) or wire(MessagePage)
    async with connect(server, "good") as client:
        await client.history("R1", before=7)
    assert seen == [{"room": "R1", "before": 7}]


async def test_any_request_of_the_contract_gives_its_result(server):
    server.answers["unread.list"] = lambda data: {"rooms": [], "next": None}
    async with connect(server, "good") as client:
        assert await client.ask(ListUnread(), UnreadList) == UnreadList(rooms=[], next=None)
        with pytest.raises(TypeError, match=r"the result of room\.get is RoomDetailResult, not UnreadList"):
            await client.ask(GetRoom("R1"), UnreadList)
        with pytest.raises(TypeError, match="str is no request"):
            await client.ask("unread.list", UnreadList)


async def test_a_newer_server_may_say_more_than_the_contract(server, another_version):
    room = sample(ListedRoom, id="R1")
    more = {**wire(ListedRoom, id="R1"), "colour": "blue"}
    server.answers["room.list"] = lambda data: {"rooms": [more], "next": None, "sorted": True}
    server.answers["room.paint"] = lambda data: {"painted": data["colour"]}
    async with connect(server, "good") as client:
        assert await client.rooms("S1") == [room]
        assert await client.request("room.list", space="S1") == {
            "rooms": [more],
            "next": None,
            "sorted": True,
        }
        assert await client.request("room.paint", colour="red", coats=None) == {"painted": "red"}


async def test_an_answer_that_lacks_what_the_contract_promises_is_unreadable(server, another_version):
    server.answers["room.list"] = lambda data: {"rooms": [{"id": "R1"}]}
    async with connect(server, "good") as client:
        with pytest.raises(Unreadable, match=r"the answer to room\.list is not a RoomList"):
            await client.rooms("S1")


async def test_a_session_that_cannot_be_read_is_not_opened(server, another_version):
    server.answers["session.open"] = lambda data: {"session": "S1", "resumed": False}
    with pytest.raises(Disconnected, match=r"the answer to session\.open is not a SessionOpened"):
        async with connect(server, "good"):
            pass
    assert server.dials == 1


async def test_requests_of_one_tick_leave_as_one_message(server):
    async with connect(server, "good") as client, trio.open_nursery() as nursery:
        for number in range(20):
            nursery.start_soon(client.post, "R1", str(number))
    assert [len(message) for message in server.connections[0].messages] == [1, 20]


async def test_no_more_requests_are_open_than_the_server_allows(server):
    async with connect(server, "good") as client, trio.open_nursery() as nursery:
        for number in range(100):
            nursery.start_soon(client.post, "R1", str(number))
    assert max(len(message) for message in server.connections[0].messages) <= 32
    assert len(server.log) == 100


async def test_all_pages_of_a_query_are_gathered(server):
    ada, bob = sample(Member, account="A1"), sample(Member, account="A2")
    pages = {None: wire(MemberPage, members=[ada], next="A1"), "A1": wire(MemberPage, members=[bob])}
    server.answers["room.members"] = lambda data: pages[data.get("after")]
    async with connect(server, "good") as client:
        assert await client.members("R1") == [ada, bob]


async def test_a_post_whose_reply_was_lost_is_posted_once(server, autojump_clock):
    async def lose_the_first(frame, connection):
        if frame.get("command") == "message.post" and len(server.connections) == 1:
            await server.drop()

    server.before_reply = lose_the_first
    async with connect(server, "good") as client:
        posted = await client.post("R1", "once")
    assert posted == Posted(seq=1, position=1, at=1_763_714_400_001)
    assert len(server.connections) == 2
    assert [event["data"]["text"] for event in server.log] == ["once"]


async def test_posts_keep_their_order_over_a_break(server, autojump_clock):
    async def lose_the_first(frame, connection):
        if frame.get("command") == "message.post" and len(server.connections) == 1:
            server.log.clear()
            server.nonces.clear()
            await server.drop()

    server.before_reply = lose_the_first
    async with connect(server, "good") as client, trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(client.post, "R1", str(number))
            await trio.testing.wait_all_tasks_blocked()
    assert [event["data"]["text"] for event in server.log] == [str(number) for number in range(10)]


async def test_the_callers_own_nonce_is_kept(server):
    async with connect(server, "good") as client:
        first = await client.post("R1", "hello", nonce="mine")
        assert await client.post("R1", "hello", nonce="mine") == first
    assert list(server.nonces) == ["mine"]


async def test_a_query_whose_reply_was_lost_is_asked_again(server, autojump_clock):
    async def lose_the_first(frame, connection):
        if "query" in frame and len(server.connections) == 1:
            await server.drop()

    rooms = [sample(ListedRoom, id="R1")]
    server.answers["room.list"] = lambda data: wire(RoomList, rooms=rooms)
    server.before_reply = lose_the_first
    async with connect(server, "good") as client:
        assert await client.rooms("S1") == rooms


async def test_another_command_whose_reply_was_lost_has_an_unknown_outcome(server, autojump_clock):
    async def lose(frame, connection):
        if frame.get("command") == "room.join":
            await server.drop()

    server.answers["room.join"] = lambda data: {}
    server.before_reply = lose
    async with connect(server, "good") as client:
        with pytest.raises(Disconnected, match=r"whether room\.join was carried out is unknown"):
            await client.join("R1")
        assert (await client.post("R1", "still here")).seq == 1


async def test_an_import_is_ended_or_taken_back_in_spite_of_a_lost_reply(server, autojump_clock):
    """It is ended once, and taking it back goes on with what is left, so asking twice does no more."""
    lost = {"import.finish", "import.undo"}

    async def lose_the_first(frame, connection):
        if (name := frame.get("command")) in lost:
            lost.remove(name)
            await server.drop()

    server.answers["import.finish"] = lambda data: {}
    server.answers["import.undo"] = lambda data: wire(ImportUndone, erased=0, done=True)
    server.before_reply = lose_the_first
    async with connect(server, "good") as client:
        await client.ask(FinishImport("I1"), Done)
        assert (await client.ask(UndoImport("I1"), ImportUndone)).done
    assert not lost


async def test_a_query_that_found_no_answer_says_nothing_of_being_carried_out(server, autojump_clock):
    """It changes nothing, so nobody need wonder."""

    async def lose(frame, connection):
        if "query" in frame:
            await server.drop()

    server.before_reply = lose
    async with connect(server, "good", patient=False) as client:
        with pytest.raises(Disconnected, match=r"^the connection broke \(close code 1006\)$"):
            await client.rooms("S1")


@pytest.mark.parametrize("code", ["unavailable", "overloaded", "rate_limited"])
async def test_a_passing_refusal_is_retried_no_sooner_than_the_server_says(server, autojump_clock, code):
    tries = []

    def busy(data):
        tries.append(trio.current_time())
        if len(tries) == 1:
            raise No(code, "not now", retry_after=5)
        return wire(SearchPage)

    server.answers["message.search"] = busy
    async with connect(server, "good") as client:
        await client.search("hello")
    assert tries[1] - tries[0] >= 5


async def test_what_a_server_cannot_carry_out_for_a_while_is_told_once(server, autojump_clock):
    told = []
    answers = iter([No("unavailable", "no disk left")] * 5)

    def full(data):
        for refusal in answers:
            raise refusal
        return wire(SearchPage)

    server.answers["message.search"] = full
    async with connect(server, "good", on_lost=told.append) as client:
        await client.search("hello")
        assert [one.message for one in told] == ["no disk left"]
        answers = iter([No("unavailable", "a moment")])
        await client.search("hello")
    assert len(told) == 1


async def test_what_may_be_done_is_asked_again_where_the_second_time_changes_nothing(server, autojump_clock):
    """As when another node of a cluster died in the middle of it."""
    tries = []

    def unknown(data):
        tries.append(data)
        if len(tries) % 2:
            raise No("uncertain")
        return wire(ImportUndone)

    server.answers["import.undo"] = server.answers["room.join"] = unknown
    async with connect(server, "good") as client:
        await client.request("import.undo", import_="I1")
        assert len(tries) == 2
        with pytest.raises(Refused, match="uncertain"):
            await client.join("R1")


async def test_retries_end_when_the_callers_scope_does(server, autojump_clock):
    def busy(data):
        raise No("unavailable")

    server.answers["room.join"] = busy
    async with connect(server, "good") as client:
        with trio.move_on_after(60) as scope:
            await client.join("R1")
        assert scope.cancelled_caught


async def test_an_impatient_client_raises_the_first_failure(server):
    def busy(data):
        raise No("unavailable")

    server.answers["room.join"] = busy
    async with connect(server, "good", patient=False) as client:
        with pytest.raises(Refused):
            await client.join("R1")
        await server.drop()
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(Disconnected):
            await client.post("R1", "hello")
    assert server.dials == 1


async def test_a_cancelled_request_disturbs_nobody(server):
    gate = trio.Event()

    async def wait(frame, connection):
        if frame.get("command") == "room.join":
            await gate.wait()

    server.answers["room.join"] = lambda data: {}
    server.before_reply = wait
    async with connect(server, "good") as client:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.join, "R1")
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        gate.set()
        assert (await client.post("R1", "hello")).seq == 1


async def test_a_client_that_is_closed_says_so(server):
    async with connect(server, "good") as client:
        pass
    with pytest.raises(Disconnected, match="closed"):
        await client.post("R1", "hello")


async def test_the_applications_own_error_leaves_the_block_as_itself(server):
    with pytest.raises(KeyError, match="mine"):
        async with connect(server, "good"):
            raise KeyError("mine")


async def test_what_is_open_when_the_session_ends_for_good_is_told_why(server):
    async def revoke(frame, connection):
        if frame.get("command") == "room.join":
            await connection.socket.aclose(4002, "signed out")

    server.answers["room.join"] = lambda data: {}
    server.before_reply = revoke
    async with connect(server, "good") as client:
        with pytest.raises(Disconnected, match="signed out"):
            await client.join("R1")
        with pytest.raises(SessionEnded) as caught:
            await client.post("R1", "hello")
    assert caught.value.code == 4002
    assert server.dials == 1


def test_a_message_that_is_cut_off_is_no_message():
    form = FORMATS["msgpack"]
    with pytest.raises(ValueError, match="cut off"):
        form.decode(form.encode({"id": 1, "result": {}})[:-1])


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_frames_survive_the_way_through_a_message(form):
    frames = [{"id": 1, "result": {"text": 'new\nline, "quoted", 👩‍👩‍👧'}}, {"signal": "typing", "data": {}}]
    assert form.decode(form.join(form.encode(frame) for frame in frames)) == frames


def test_the_class_that_applications_hold_is_public():
    assert Client.__module__.startswith("chatd.client")
