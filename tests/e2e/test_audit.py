"""Reports, the audit, and who may what: for those who look after a space."""

from __future__ import annotations

import pytest

from chatd.clock import now

from .talking import Refused
from .test_imports import Importing
from .town import Town

HOUR = 3600


def test_reports_reach_the_moderators_and_nobody_else(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    judge = town.open(town.moderator(room))
    seq = owner.post(room, "rude")["seq"]
    bob.ask("message.report", room=room, seq=seq, reason="rude")
    assert bob.refusal("report.list", space=town.space)["code"] == "forbidden"
    (report,) = judge.ask("report.list", space=town.space)["reports"]
    assert (report["room"], report["seq"], report["reason"]) == (room, seq, "rude")
    judge.catch_up()
    assert not [event for event in judge.events if event["event"].startswith("message.reported")]
    judge.ask("report.resolve", report=report["id"], reason="talked to")
    assert judge.ask("report.list", space=town.space)["reports"] == []
    (report,) = judge.ask("report.list", space=town.space, open=False)["reports"]
    assert report["resolution"] == "talked to"


def test_the_same_report_is_filed_once_until_it_is_dealt_with(town: Town) -> None:
    room = town.room()
    owner, bob, eve = town.open(town.owner), town.open(town.member(room)), town.open(town.member(room))
    seq = town.open(town.member(room)).post(room, "rude")["seq"]
    answers = [bob.ask("message.report", room=room, seq=seq, reason=reason) for reason in ("rude", "really")]
    assert answers[0] == answers[1]
    eve.ask("message.report", room=room, seq=seq, reason="me too")
    reports = owner.ask("report.list", space=town.space)["reports"]
    assert [report["reason"] for report in reports] == ["rude", "me too"]
    owner.ask("report.resolve", report=reports[0]["id"])
    bob.ask("message.report", room=room, seq=seq, reason="still there")
    reports = owner.ask("report.list", space=town.space)["reports"]
    assert [report["reason"] for report in reports] == ["me too", "still there"]


# --- who did what, and who may what ---


def test_the_audit_tells_who_did_what_and_why_and_pages_are_full(town: Town) -> None:
    room = town.room()
    owner, account = town.open(town.owner), town.member(room)
    for n in range(5):
        owner.ask("member.mute", space=town.space, account=account.id, reason=f"reason {n}", **{"for": HOUR})
        owner.post(room, "noise")
    page = owner.ask("audit.list", space=town.space, type="member.muted", limit=3)
    assert [entry["data"]["reason"] for entry in page["entries"]] == ["reason 4", "reason 3", "reason 2"]
    rest = owner.ask("audit.list", space=town.space, type="member.muted", limit=3, before=page["next"])
    assert [entry["data"]["reason"] for entry in rest["entries"]] == ["reason 1", "reason 0"]
    assert rest["next"] is None
    about = owner.ask("audit.list", space=town.space, account=account.id)["entries"]
    assert {entry["type"] for entry in about} == {"member.joined", "member.muted"}
    with pytest.raises(Refused):
        town.open(account).ask("audit.list", space=town.space)


def test_access_is_explained(town: Town) -> None:
    private = town.room(private=True)
    account = town.member()
    told = town.operator.ask("access.explain", account=account.id, room=private)
    assert told["sees"]["allowed"] is False
    assert "private" in told["sees"]["because"]
    town.open(town.owner).ask("room.invite", room=private, account=account.id)
    told = town.operator.ask("access.explain", account=account.id, room=private)
    assert told["sees"]["allowed"] is True
    assert told["rights"]["message.post"]["allowed"] is True


def test_what_is_explained_is_what_comes_of_it(town: Town) -> None:
    news, account = town.room(kind="announcement"), town.member()
    where = {"account": account.id, "room": news}

    def explained() -> tuple[bool, str]:
        told = town.operator.ask("access.explain", **where)["rights"]["message.post"]
        return told["allowed"], told["because"]

    client = town.open(account)
    assert explained() == (False, "it has not joined the room")
    assert client.refusal("message.post", room=news, text="x")["code"] == "forbidden"
    client.ask("room.join", room=news)
    assert explained() == (False, "its role is member, and message.announce needs moderator")
    assert client.refusal("message.post", room=news, text="x")["code"] == "forbidden"
    town.operator.ask("member.set_role", space=town.space, account=account.id, role="moderator")
    assert explained()[0] is True
    client.post(news, "x")
    town.operator.ask("account.disable", account=account.id)
    assert explained() == (False, "the account is disabled")


def test_who_saw_a_room_is_known_for_any_past_moment(town: Town) -> None:
    private = town.room(private=True)
    owner, account = town.open(town.owner), town.member()

    def who(**at: int) -> set[str]:
        listed = town.operator.ask("access.list", room=private, **at)["accounts"]
        return {row["account"] for row in listed if row["member"]}

    owner.ask("room.invite", room=private, account=account.id)
    inside = owner.wait_event("member.joined", account=account.id)["at"]
    assert who() == {town.owner.id, account.id}
    owner.ask("room.remove", room=private, account=account.id)
    assert who() == {town.owner.id}
    assert who(at=inside) in ({town.owner.id, account.id}, {town.owner.id})
    assert who(at=1) == set()


def test_who_saw_a_room_before_an_import_is_known_as_before(town: Town) -> None:
    """Although the messages that it brought are older than that."""
    private = town.room(private=True)
    owner, account = town.open(town.owner), town.member()
    owner.ask("room.invite", room=private, account=account.id)
    inside = owner.wait_event("member.joined", account=account.id)["at"]
    while now() <= inside:
        pass
    owner.ask("room.remove", room=private, account=account.id)
    importing = Importing(town)
    importing.say(importing.message("1"))
    seen = town.operator.ask("access.list", room=private, at=inside)["accounts"]
    assert {row["account"] for row in seen if row["member"]} == {town.owner.id, account.id}


def test_the_audit_is_asked_for_types_that_there_are(town: Town) -> None:
    for asker in (town.operator, town.open(town.owner)):
        refused = asker.refusal("audit.list", space=town.space, type="member.bannd")
        assert refused["code"] == "invalid"
        assert "type" in refused["message"]


# --- what a room lets one do ---


def test_a_room_tells_what_one_may_do_in_it_and_its_overrides_to_those_who_set_them(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    owner.ask("room.override", room=room, right="pin.set", role="member", allow=False)
    owner.ask("room.override", room=room, right="message.announce", account=account.id, allow=True)
    shown = bob.ask("room.get", room=room)["room"]
    assert shown["rights"] == {
        "message.post": True,
        "message.announce": True,
        "mention.loud": True,
        "reaction.add": True,
        "pin.set": False,
    }
    assert "overrides" not in shown
    overrides = [
        {"role": "member", "right": "pin.set", "allow": False},
        {"account": account.id, "right": "message.announce", "allow": True},
    ]
    assert owner.ask("room.get", room=room)["room"]["overrides"] == overrides
    by_operator = town.operator.ask("room.get", room=room)["room"]
    assert by_operator["overrides"] == overrides
    assert "rights" not in by_operator
    owner.ask("member.mute", space=town.space, account=account.id)
    assert not any(bob.ask("room.get", room=room)["room"]["rights"].values())
    direct = bob.ask("direct.open", accounts=[town.owner.id])["room"]["id"]
    bob.post(direct, "am I muted?")
    assert "overrides" not in owner.ask("room.get", room=direct)["room"]
    assert bob.ask("room.get", room=direct)["room"]["rights"]["message.post"] is True
