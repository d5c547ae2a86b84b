"""Direct rooms: who is in them is what they are."""

from __future__ import annotations

from .conftest import Serve
from .talking import Client, history
from .test_hostile_bytes import within
from .town import Account, Town, absent_id


def opened(client: Client, *accounts: str) -> str:
    room: str = client.ask("direct.open", accounts=list(accounts))["room"]["id"]
    return room


def test_the_same_people_always_reach_the_same_room(town: Town) -> None:
    accounts = [town.member(name=name) for name in ("ada", "bob", "cleo")]
    ada, bob, cleo = (town.open(account) for account in accounts)
    a, b, c = (account.id for account in accounts)
    pair = opened(ada, b)
    assert {opened(ada, b, a, b), opened(bob, a), opened(bob, b, a)} == {pair}
    group = opened(cleo, a, b)
    assert {opened(ada, c, b), opened(bob, a, c)} == {group}
    assert len({pair, group, opened(ada), opened(ada, c), opened(bob, c), opened(bob)}) == 6


def test_a_direct_room_shows_who_is_in_it(town: Town) -> None:
    accounts = [town.member(name=name) for name in ("ada", "bob")]
    ids = sorted(account.id for account in accounts)
    ada = town.open(accounts[0])
    room = ada.ask("direct.open", accounts=[accounts[1].id])["room"]
    assert (room["kind"], room["space"], room["name"]) == ("direct", None, "")
    assert (room["private"], room["accounts"]) == (True, ids)
    got = ada.ask("room.get", room=room["id"])["room"]
    assert (got["accounts"], got["kind"]) == (ids, "direct")
    assert town.open(accounts[0]).opened["rooms"] == town.open(accounts[1]).opened["rooms"] == []
    ada.post(room["id"], "hello")
    (listed,) = town.open(accounts[1]).opened["rooms"]
    assert (listed["id"], listed["kind"], listed["space"]) == (room["id"], "direct", None)
    members = ada.ask("room.members", room=room["id"])["members"]
    assert [(member["account"], member["role"]) for member in members] == [(id_, None) for id_ in ids]


def test_the_list_counts_up_to_the_head_that_it_says(town: Town) -> None:
    """Who counts on from a list with the events that follow would never find the right number again."""
    accounts = [town.member(name=name) for name in ("ada", "bob")]
    ada, bob = (town.open(account) for account in accounts)
    room = opened(ada, accounts[1].id)
    begun = ada.post(room, "hello")["seq"] - 1
    for _ in range(40):
        posts = [ada.send("message.post", room=room, text="once more") for _ in range(3)]
        for _ in range(3):
            (listed,) = bob.ask("direct.list")["rooms"]
            assert listed["unread"] == listed["head"] - begun
        for post in posts:
            ada.result(post)


def test_the_other_joins_a_direct_room_with_its_first_message(town: Town) -> None:
    accounts = [town.member(name=name) for name in ("ada", "bob")]
    ada, bob = (town.open(account) for account in accounts)
    room = opened(ada, accounts[1].id)
    bob.catch_up()
    assert [event["stream"] for event in bob.events] == [f"account/{accounts[1].id}"]
    seq = ada.post(room, "hello")["seq"]
    assert bob.wait_event("member.joined", f"room/{room}", account=accounts[1].id)["seq"] == seq - 1
    bob.wait_event("message.posted", f"room/{room}", text="hello")
    bob.post(room, "hello yourself", reply_to=seq)
    ada.wait_event("message.posted", f"room/{room}", text="hello yourself")
    bob.ask("reaction.add", room=room, seq=seq, emoji="👍")
    bob.ask("pin.add", room=room, seq=seq)
    ada.ask("message.edit", room=room, seq=seq, text="hello!")
    (first, _) = history(bob, room)
    assert (first["text"], first["pinned"], first["thread"]["replies"]) == ("hello!", True, 1)


def test_one_can_write_to_oneself(town: Town) -> None:
    account = town.account("ada")  # alone, so in no space
    ada = town.open(account)
    room = opened(ada)
    assert opened(ada, account.id) == room
    ada.post(room, "milk, bread")
    there = town.open(account)
    assert [message["text"] for message in history(there, room)] == ["milk, bread"]
    assert there.ask("room.get", room=room)["room"]["accounts"] == [account.id]
    (unread,) = there.ask("unread.list")["rooms"]
    assert unread["unread"] == 0
    (listed,) = there.opened["rooms"]
    assert listed["request"] is False


def test_a_direct_room_is_never_widened_narrowed_or_changed(town: Town) -> None:
    accounts = [town.member(name=name) for name in ("ada", "bob", "cleo")]
    ada, bob, cleo = (town.open(account) for account in accounts)
    room = opened(ada, accounts[1].id)
    ada.post(room, "between us")
    for name, data in (("room.leave", {}), ("room.update", {"name": "x"}), ("room.archive", {})):
        for client in (ada, bob, town.operator):
            expected = {"result": {}} if client is town.operator and name == "room.leave" else None
            reply = client.reply(client.send(name, room=room, **data))
            assert reply.get("error", {}).get("code") == (None if expected else "forbidden"), (name, reply)
    ada.ask("room.join", room=room)
    assert town.operator.refusal("room.join", room=room)["code"] == "forbidden"
    for name in ("room.join", "room.leave", "room.get", "room.history", "room.members"):
        assert cleo.refusal(name, room=room)["code"] == "not_found"
    assert opened(cleo, accounts[0].id, accounts[1].id) != room
    assert len(ada.ask("room.members", room=room)["members"]) == 2


def test_a_direct_room_is_in_no_space(town: Town) -> None:
    account = town.member()
    ada, owner = town.open(account), town.open(town.owner)
    room = opened(ada, town.owner.id)
    ada.post(room, "hello")
    owner.wait_event("member.joined", f"room/{room}")
    for client in (ada, owner, town.operator):
        assert room not in str(client.ask("room.list", space=town.space))
    beside = town.open(town.member())
    ada.post(room, "nobody hears")
    beside.catch_up()
    assert room not in str(beside.events)


def test_the_owner_of_a_space_is_nobody_special_in_a_direct_room(town: Town) -> None:
    ada, owner = town.open(town.member()), town.open(town.owner)
    room = opened(ada, town.owner.id)
    seq = ada.post(room, "mine")["seq"]
    ada.ask("message.edit", room=room, seq=seq, text="still mine")
    assert owner.refusal("message.delete", room=room, seq=seq)["code"] == "forbidden"
    assert owner.refusal("message.edits", room=room, seq=seq)["code"] == "forbidden"


def test_opening_it_again_logs_nothing_however_many_ask_at_once(town: Town) -> None:
    accounts = [town.member(name=name) for name in ("ada", "bob")]
    clients = [town.open(accounts[n % 2]) for n in range(6)]
    ids = [account.id for account in accounts]
    asked = [(client, client.send("direct.open", accounts=ids)) for client in clients for _ in range(5)]
    rooms = [client.result(id_)["room"] for client, id_ in asked]
    assert len({room["id"] for room in rooms}) == 1
    events = town.operator.ask("event.list", after=0, stream=f"room/{rooms[0]['id']}")["events"]
    assert [event["event"] for event in events] == ["room.created", "member.joined", "member.joined"]
    assert sorted(event["by"] for event in events[1:]) == sorted(ids)


def test_a_direct_room_needs_people_who_exist_and_not_too_many(town: Town) -> None:
    account = town.member(name="ada")
    ada = town.open(account)
    assert ada.refusal("direct.open", accounts=[absent_id()])["code"] == "not_found"
    assert ada.refusal("direct.open", accounts=[absent_id() for _ in range(11)])["code"] == "invalid"
    assert ada.refusal("direct.open", accounts=[absent_id() for _ in range(10)])["code"] == "invalid"
    assert town.operator.refusal("direct.open", accounts=[town.owner.id])["code"] == "forbidden"
    ada.catch_up()
    assert {event["event"] for event in ada.events} == {"account.updated"}


# --- who may open one, and write in it ---------------------------------------------------------------------


def test_a_direct_room_takes_a_space_that_the_opener_shares_with_each(town: Town) -> None:
    ada, bob, stranger = town.member(name="ada"), town.member(name="bob"), town.account("stranger")
    client = town.open(ada)
    refused = client.refusal("direct.open", accounts=[absent_id()])
    assert "share no space" in refused["message"]
    assert client.refusal("direct.open", accounts=[stranger.id]) == refused
    assert client.refusal("direct.open", accounts=[bob.id, stranger.id]) == refused
    assert town.open(stranger).refusal("direct.open", accounts=[ada.id]) == refused
    opened(client, bob.id)


def guest_of(town: Town) -> Account:
    code = town.operator.ask("invite.create", space=town.space, role="guest")["invite"]["code"]
    account = town.account("guest")
    town.open(account).ask("invite.accept", code=code)
    return account


def test_guests_open_no_direct_rooms_and_are_not_written_to_unless_a_setting_says_so(
    town: Town, serve: Serve
) -> None:
    guest, member = guest_of(town), town.member()
    assert town.open(guest).refusal("direct.open", accounts=[member.id])["code"] == "not_found"
    assert town.open(member).refusal("direct.open", accounts=[guest.id])["code"] == "not_found"
    opened(town.open(guest))
    open_house = Town(serve(guest_direct_rooms=True))
    guest, member = guest_of(open_house), open_house.member()
    shared = open_house.room()
    for account in (guest, member):
        open_house.operator.ask("room.invite", room=shared, account=account.id)
    room = opened(open_house.open(guest), member.id)
    open_house.open(guest).post(room, "hello")
    open_house.close()


def test_whom_a_ban_parts_from_all_others_only_reads_what_there_is(town: Town) -> None:
    ada, bob, cleo = (town.member(name=name) for name in ("ada", "bob", "cleo"))
    writer = town.open(ada)
    room = opened(writer, bob.id)
    seq = writer.post(room, "hello")["seq"]
    pinned = writer.post(room, "to be deleted")["seq"]
    town.operator.ask("member.ban", space=town.space, account=ada.id)
    refused = writer.refusal("message.post", room=room, text="you again")
    assert (refused["code"], "no longer shares a space" in refused["message"]) == ("forbidden", True)
    for name, data in (
        ("message.edit", {"seq": seq, "text": "you again"}),
        ("reaction.add", {"seq": seq, "emoji": "👍"}),
        ("pin.add", {"seq": seq}),
        ("typing.set", {}),
    ):
        assert writer.refusal(name, room=room, **data)["code"] == "forbidden"
    assert town.open(bob).refusal("message.post", room=room, text="why?")["code"] == "forbidden"
    assert writer.refusal("direct.open", accounts=[cleo.id])["code"] == "not_found"
    assert opened(writer, bob.id) == room
    assert [message["text"] for message in history(writer, room)] == ["hello", "to be deleted"]
    writer.ask("message.delete", room=room, seq=pinned)
    assert writer.ask("room.get", room=room)["room"]["rights"]["message.post"] is False
    town.operator.ask("member.unban", space=town.space, account=ada.id)
    writer.ask("invite.accept", code=town.code)
    writer.post(room, "sorry")


def test_among_several_one_shared_space_is_enough_to_write(town: Town) -> None:
    ada, bob, cleo = (town.member(name=name) for name in ("ada", "bob", "cleo"))
    writer = town.open(ada)
    room = opened(writer, bob.id, cleo.id)
    elsewhere = writer.ask("space.create", name="Elsewhere")["space"]["id"]
    code = writer.ask("invite.create", space=elsewhere)["invite"]["code"]
    town.open(bob).ask("invite.accept", code=code)
    town.operator.ask("member.kick", space=town.space, account=ada.id)
    writer.post(room, "still here")
    town.open(bob).ask("space.leave", space=elsewhere)
    assert writer.refusal("message.post", room=room, text="still here")["code"] == "forbidden"


def test_a_bot_counts_as_its_owner(town: Town) -> None:
    owner, member = town.member(name="master"), town.member()
    client = town.open(owner)
    made = client.ask("bot.create", name="rover", scopes=["join", "post", "read"])
    bot = Account(made["account"]["id"], "rover", made["token"])
    own = opened(client, bot.id)
    helper = town.open(bot)
    helper.post(own, "at your service")
    assert helper.refusal("direct.open", accounts=[owner.id, member.id])["code"] == "not_found"
    helper.ask("invite.accept", code=town.code)
    assert helper.refusal("direct.open", accounts=[member.id])["code"] == "forbidden"
    room = opened(helper, owner.id, member.id)
    helper.post(room, "three of us")
    town.operator.ask("member.kick", space=town.space, account=owner.id)
    for one in (client, helper):
        assert one.refusal("message.post", room=room, text="pestering")["code"] == "forbidden"
    helper.post(own, "what now?")


def test_an_account_opens_so_many_new_direct_rooms_a_day_over_restarts_too(serve: Serve) -> None:
    server = serve(direct_rooms_per_day=3, rate_limits=True)
    town = Town(server)
    ada, others = town.member(name="ada"), [town.member() for _ in range(4)]
    client = town.open(ada)
    made = client.ask("bot.create", name="rover", scopes=["join", "post", "read"])
    bot = town.open(Account(made["account"]["id"], "rover", made["token"]))
    asked = [client.send("direct.open", accounts=[other.id]) for other in others]
    asked += [client.send("direct.open", accounts=[other.id]) for other in others]
    replies = [client.reply(id_) for id_ in asked]
    assert ["result" in reply for reply in replies] == [True, True, True, False] * 2
    refused = replies[3]["error"]
    assert refused["code"] == "rate_limited"
    assert 24 * 3600 - 60 < refused["data"]["retry_after"] <= 24 * 3600
    assert bot.refusal("direct.open", accounts=[ada.id])["code"] == "rate_limited"
    assert client.opened["limits"]["quotas"]["direct_rooms_per_day"] == 3
    used = town.operator.ask("quota.get", account=ada.id)["usage"]["direct_rooms"]
    assert used == {"used": 3, "quota": 3}
    server.stop()
    server.start()
    town.reconnect()
    client = town.open(ada)
    assert client.refusal("direct.open", accounts=[others[3].id])["code"] == "rate_limited"
    client.post(replies[0]["result"]["room"]["id"], "that one was opened before")
    town.close()


def test_many_sessions_at_once_do_not_get_past_the_quota(serve: Serve) -> None:
    town = Town(serve(direct_rooms_per_day=3, rate_limits=True))
    ada, others = town.member(name="ada"), [town.member() for _ in range(8)]
    clients = [town.open(ada) for _ in others]
    asked = [
        (client, client.send("direct.open", accounts=[other.id]))
        for client, other in zip(clients, others, strict=True)
    ]
    assert sum("result" in client.reply(id_) for client, id_ in asked) == 3
    town.close()


def test_who_was_deleted_before_the_first_message_does_not_join(town: Town) -> None:
    ada, bob = town.member(name="ada"), town.member(name="bob")
    writer = town.open(ada)
    room = opened(writer, bob.id)
    town.operator.ask("account.erase", account=bob.id)
    gone = f"account/{bob.id}"
    assert within(30, lambda: "account.deleted" in str(town.operator.ask("event.list", after=0, stream=gone)))
    writer.post(room, "hello?")
    assert [row["account"] for row in writer.ask("room.members", room=room)["members"]] == [ada.id]


# --- what operators may do ---------------------------------------------------------------------------------


def test_an_operator_deletes_a_direct_room_and_the_same_people_get_a_new_one(town: Town) -> None:
    ada, bob = town.member(name="ada"), town.member(name="bob")
    clients = [town.open(ada), town.open(bob)]
    room = opened(clients[0], bob.id)
    clients[0].post(room, "hello")
    for client in clients:
        assert client.refusal("room.delete", room=room)["code"] == "forbidden"
    town.operator.ask("room.delete", room=room, reason="abuse")
    for client in clients:
        gone = client.wait_event("room.deleted", f"room/{room}")
        assert (gone["by"].partition(":")[0], gone["data"]) == ("operator", {"reason": "abuse"})
        assert client.refusal("room.history", room=room)["code"] == "not_found"
    again = opened(clients[1], ada.id)
    assert again != room
    assert opened(clients[0], bob.id) == again
    clients[0].post(again, "once more")
    assert town.open(bob).opened["rooms"][0]["id"] == again


def test_reports_from_direct_rooms_go_to_operators_who_read_what_was_reported(town: Town) -> None:
    ada, bob = town.member(name="ada"), town.moderator(role="admin")
    writer, reader = town.open(ada), town.open(bob)
    room = opened(writer, bob.id)
    seqs = [writer.post(room, f"rude {n}")["seq"] for n in range(20)]
    reader.ask("message.report", room=room, seq=seqs[9], reason="rude")
    reader.ask("message.report", room=room, seq=seqs[9], reason="rude")
    (report,) = [one for one in town.operator.ask("report.list")["reports"] if one["room"] == room]
    assert (report["space"], report["seq"], report["by"], report["reason"]) == (None, seqs[9], bob.id, "rude")
    assert town.operator.ask("report.list", space=town.space)["reports"] == []
    shown = town.operator.ask("report.context", report=report["id"])
    assert shown["report"] == report
    assert [message["text"] for message in shown["messages"]] == [f"rude {n}" for n in range(4, 15)]
    chief = town.open(town.account("chief", admin=True))
    assert chief.ask("report.context", report=report["id"]) == shown
    for client in (reader, writer):
        assert client.refusal("report.list")["code"] == "forbidden"
        assert client.refusal("report.context", report=report["id"])["code"] == "not_found"
        assert client.refusal("report.resolve", report=report["id"])["code"] == "not_found"
    chief.ask("report.resolve", report=report["id"], reason="room deleted")
    assert report["id"] not in str(chief.ask("report.list")["reports"])
    (closed,) = [one for one in chief.ask("report.list", open=False)["reports"] if one["room"] == room]
    assert closed["resolution"] == "room deleted"
    town.assert_sound()
