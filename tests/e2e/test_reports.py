"""Reports reach those who may see the message and deal with it, or else the owners, who then may read it."""

from __future__ import annotations

from .talking import Client, Frame
from .town import Town


def listed(client: Client, town: Town, **more: object) -> list[Frame]:
    found: list[Frame] = client.ask("report.list", space=town.space, **more)["reports"]
    return found


def private_room(town: Town, *people: str) -> str:
    room = town.room(private=True, by=town.open(town.member()))
    for account in people:
        town.operator.ask("room.invite", room=room, account=account)
    return room


def test_a_report_from_a_private_room_goes_to_the_moderators_in_it(town: Town) -> None:
    bob, eve, inside, outside = town.member(), town.member(), town.moderator(), town.moderator()
    room = private_room(town, bob.id, eve.id, inside.id)
    seq = town.open(eve).post(room, "rude")["seq"]
    town.open(bob).ask("message.report", room=room, seq=seq, reason="rude")
    (report,) = listed(judge := town.open(inside), town)
    assert (report["room"], report["seq"], report["by"]) == (room, seq, bob.id)
    for client in (town.open(outside), town.open(town.owner)):
        assert listed(client, town) == []
        assert client.refusal("report.resolve", report=report["id"])["code"] == "not_found"
    judge.ask("report.resolve", report=report["id"])
    assert listed(judge, town) == []


def test_without_moderators_it_goes_to_the_owners_and_they_read_the_message(town: Town) -> None:
    bob, eve, outside = town.member(), town.member(), town.moderator()
    room = private_room(town, bob.id, eve.id)
    writer = town.open(eve)
    seq = writer.post(room, "rude")["seq"]
    town.open(bob).ask("message.report", room=room, seq=seq, reason="rude")
    writer.ask("message.edit", room=room, seq=seq, text="very kind")
    assert listed(town.open(outside), town) == []
    owner = town.open(town.owner)
    (report,) = listed(owner, town)
    assert (report["text"], report["message"]["text"], report["message"]["by"]) == (
        "rude",
        "very kind",
        eve.id,
    )
    for name in ("message.get", "message.edits"):
        assert owner.refusal(name, room=room, seq=seq)["code"] == "not_found"
    (seen,) = listed(town.operator, town)
    assert seen == report
    writer.ask("message.delete", room=room, seq=seq)
    (report,) = listed(owner, town)
    assert (report["text"], report["message"]["text"], report["message"]["deleted"]) == (None, None, True)
    owner.ask("report.resolve", report=report["id"], reason="talked to")
    (report,) = listed(owner, town, open=False)
    assert report["resolution"] == "talked to"


def test_a_report_does_not_go_to_who_wrote_the_message(town: Town) -> None:
    bob, judge = town.member(), town.moderator()
    room = private_room(town, bob.id, judge.id)
    author = town.open(judge)
    seq = author.post(room, "rude")["seq"]
    town.open(bob).ask("message.report", room=room, seq=seq, reason="rude")
    assert listed(author, town) == []
    assert [report["seq"] for report in listed(town.open(town.owner), town)] == [seq]


def test_a_report_of_what_the_only_owner_wrote_goes_to_operators(town: Town) -> None:
    bob, owner = town.member(), town.open(town.owner)
    room = town.room(by=owner, private=True)
    owner.ask("room.invite", room=room, account=bob.id)
    seq = owner.post(room, "rude")["seq"]
    town.open(bob).ask("message.report", room=room, seq=seq, reason="rude")
    (report,) = listed(town.operator, town)
    assert (report["seq"], report["by"]) == (seq, bob.id)
    assert listed(owner, town) == []
    for name in ("report.context", "report.resolve"):
        assert owner.refusal(name, report=report["id"])["code"] == "not_found"


def test_a_bot_does_not_read_what_was_reported_of_its_owner(town: Town) -> None:
    bob, judge = town.member(), town.moderator()
    author = town.open(judge)
    made = author.ask("bot.create", name=f"ears-of-{judge.name}", scopes=["read", "join", "moderate"])
    bot = town.dial().open(made["token"])
    bot.ask("invite.accept", code=town.code)
    town.operator.ask("member.set_role", space=town.space, account=made["account"]["id"], role="moderator")
    room = town.room()
    for client in (author, town.open(bob)):
        client.ask("room.join", room=room)
    seq = author.post(room, "rude")["seq"]
    town.open(bob).ask("message.report", room=room, seq=seq, reason="rude")
    assert listed(bot, town) == listed(author, town) == []
    assert [report["seq"] for report in listed(town.open(town.owner), town)] == [seq]


def test_pages_are_full_whatever_is_left_out_of_them(town: Town) -> None:
    bob, inside = town.member(), town.moderator()
    hidden = private_room(town, bob.id)
    shown = private_room(town, bob.id, inside.id)
    writer, seqs = town.open(bob), []
    for _ in range(4):
        writer.ask("message.report", room=hidden, seq=writer.post(hidden, "x")["seq"], reason="x")
        seqs.append(writer.post(shown, "x")["seq"])
        writer.ask("message.report", room=shown, seq=seqs[-1], reason="x")
    judge = town.open(inside)
    first = judge.ask("report.list", space=town.space, limit=3)
    rest = judge.ask("report.list", space=town.space, limit=3, after=first["next"])
    assert [report["seq"] for report in first["reports"]] == seqs[:3]
    assert [report["seq"] for report in rest["reports"]] == seqs[3:]
    assert rest["next"] is None
