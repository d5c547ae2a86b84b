"""What becomes of messages: people change and erase them, and others see it, also those who were away."""

from __future__ import annotations

import pytest

from .conftest import Serve
from .talking import Client, Frame, history
from .test_resume import resumed
from .town import Town

FAMILY = "👩\u200d👩\u200d👧\u200d👦"


def message(client: Client, room: str, seq: int) -> Frame:
    """The message as it is shown now, after making sure that both ways to read it agree."""
    found: Frame = client.ask("message.get", room=room, seq=seq)["message"]
    (listed,) = client.ask("room.history", room=room, around=seq, limit=1)["messages"]
    assert listed == found
    return found


def types(client: Client, room: str) -> list[str]:
    """What happened in a room, as far as the client knows."""
    client.catch_up()
    return [event["event"] for event in client.events if event["stream"] == f"room/{room}"]


# --- changing ----------------------------------------------------------------------------------------------


def test_an_edit_reaches_everybody_and_changes_nothing_but_the_text(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    seq = ada.post(room, "helo", nonce="n")["seq"]
    before = message(bob, room, seq)
    assert ada.ask("message.edit", room=room, seq=seq, text="hello") == {}
    event = bob.wait_event("message.edited")
    assert event["data"] == {"seq": seq, "text": "hello"}
    assert event["by"] == ada.opened["account"]["id"]
    assert message(bob, room, seq) == {**before, "text": "hello", "edited_at": event["at"]}
    assert bob.posted(room)[0]["data"]["text"] == "helo"


def test_an_edit_to_the_same_text_logs_nothing(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    seq = ada.post(room, "one")["seq"]
    for text in ("one", "two", "two", "one", "one"):
        ada.ask("message.edit", room=room, seq=seq, text=text)
    assert types(ada, room) == ["message.posted", "message.edited", "message.edited"]


def test_nobody_changes_the_words_of_another(town: Town) -> None:
    room = town.room()
    ada, bob, owner = town.open(town.member(room)), town.open(town.member(room)), town.open(town.owner)
    seq = ada.post(room, "mine")["seq"]
    for other in (bob, owner, town.operator):
        assert other.refusal("message.edit", room=room, seq=seq, text="not mine")["code"] == "forbidden"
    assert message(bob, room, seq)["text"] == "mine"


def test_the_versions_of_a_message_are_for_its_author_and_moderators(town: Town) -> None:
    room = town.room()
    ada, bob, owner = town.open(town.member(room)), town.open(town.member(room)), town.open(town.owner)
    seq = ada.post(room, "first")["seq"]
    for text in ("second", "third"):
        ada.ask("message.edit", room=room, seq=seq, text=text)
    versions = ada.ask("message.edits", room=room, seq=seq)["versions"]
    assert [version["text"] for version in versions] == ["first", "second", "third"]
    assert {version["by"] for version in versions} == {ada.opened["account"]["id"]}
    assert [version["at"] for version in versions] == sorted(version["at"] for version in versions)
    assert owner.ask("message.edits", room=room, seq=seq)["versions"] == versions
    assert bob.refusal("message.edits", room=room, seq=seq)["code"] == "forbidden"


def test_who_has_left_erases_what_they_said_but_changes_it_no_more(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    seq = ada.post(room, "I was here")["seq"]
    ada.ask("room.leave", room=room)
    assert ada.refusal("message.edit", room=room, seq=seq, text="I was not")["code"] == "forbidden"
    assert ada.refusal("reaction.add", room=room, seq=seq, emoji="👍")["code"] == "forbidden"
    ada.ask("message.delete", room=room, seq=seq)
    assert bob.wait_event("message.deleted")["data"]["seq"] == seq


# --- erasing -----------------------------------------------------------------------------------------------


def test_a_deleted_message_keeps_its_place_and_nothing_else(town: Town) -> None:
    room = town.room()
    account = town.member(room, name="ada")
    ada, bob = town.open(account), town.open(town.member(room))
    first, seq, last = (ada.post(room, text)["seq"] for text in ("a", f"@{account.name} psst", "c"))
    bob.ask("reaction.add", room=room, seq=seq, emoji="👍")
    bob.ask("pin.add", room=room, seq=seq)
    ada.ask("message.edit", room=room, seq=seq, text=f"@{account.name} pssst")
    ada.ask("message.delete", room=room, seq=seq)
    event = bob.wait_event("message.deleted")
    assert event["data"] == {"seq": seq, "author": account.id}
    stub = message(bob, room, seq)
    assert (stub["deleted"], stub["text"], stub["by"]) == (True, None, account.id)
    assert (stub["reactions"], stub["mentions"], stub["pinned"]) == ([], [], False)
    assert bob.ask("pin.list", room=room) == {"pins": [], "next": None}
    assert [m["seq"] for m in history(bob, room)] == [first, seq, last]
    assert ada.ask("message.edits", room=room, seq=seq) == {"versions": [], "next": None}


def test_a_deleted_message_takes_nothing_more(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    seq = ada.post(room, "gone")["seq"]
    ada.ask("reaction.add", room=room, seq=seq, emoji="👍")
    ada.ask("message.delete", room=room, seq=seq)
    for name, more in (
        ("message.edit", {"text": "back"}),
        ("reaction.add", {"emoji": "👍"}),
        ("reaction.remove", {"emoji": "👍"}),
        ("pin.add", {}),
    ):
        assert ada.refusal(name, room=room, seq=seq, **more)["code"] == "not_found"
    ada.ask("message.delete", room=room, seq=seq)
    assert types(ada, room)[1:] == ["reaction.added", "message.deleted"]


def test_moderators_delete_what_others_said_and_members_do_not(town: Town) -> None:
    room = town.room()
    ada, bob, owner = town.open(town.member(room)), town.open(town.member(room)), town.open(town.owner)
    seqs = [ada.post(room, text)["seq"] for text in "ab"]
    assert bob.refusal("message.delete", room=room, seq=seqs[0])["code"] == "forbidden"
    owner.ask("message.delete", room=room, seq=seqs[0])
    assert ada.wait_event("message.deleted")["by"] == town.owner.id
    town.operator.ask("message.delete", room=room, seq=seqs[1])
    assert [m["deleted"] for m in history(bob, room)] == [True, True]


@pytest.mark.parametrize("seq", [0, 1, 10**6, 2**53])
def test_a_seq_that_is_no_message_is_not_found(town: Town, seq: int) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    for name, more in (
        ("message.get", {}),
        ("message.edits", {}),
        ("message.edit", {"text": "x"}),
        ("message.delete", {}),
        ("reaction.add", {"emoji": "👍"}),
        ("reaction.list", {"emoji": "👍"}),
        ("pin.add", {}),
        ("thread.history", {}),
    ):
        assert ada.refusal(name, room=room, seq=seq, **more)["code"] == "not_found", name


def test_pages_are_full_after_many_deletes(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    seqs = [ada.post(room, f"{n}")["seq"] for n in range(40)]
    for seq in seqs[5:35]:
        ada.ask("message.delete", room=room, seq=seq)
    found: list[int] = []
    before: Frame = {}
    for more in (True, True, True, False):
        page = ada.ask("room.history", room=room, limit=10, **before)
        assert (len(page["messages"]), page["more_before"]) == (10, more)
        found = [m["seq"] for m in page["messages"]] + found
        before = {"before": found[0]}
    assert found == seqs


def test_a_room_with_edits_and_deletes_between_its_messages_still_pages_fully(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    seqs = []
    for n in range(12):
        seqs.append(ada.post(room, f"{n}")["seq"])
        ada.ask("message.edit", room=room, seq=seqs[-1], text=f"{n}!")
        ada.ask("reaction.add", room=room, seq=seqs[n // 2], emoji="👍")
    page = ada.ask("room.history", room=room, after=0, limit=5)
    assert [m["seq"] for m in page["messages"]] == seqs[:5]
    page = ada.ask("room.history", room=room, around=seqs[6], limit=5)
    assert [m["seq"] for m in page["messages"]] == seqs[4:9]


# --- with nonces, and when one was away --------------------------------------------------------------------


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_nonce_gives_its_first_result_whatever_became_of_the_message(serve: Serve, end: str) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    results = {name: client.post(room, name, nonce=name) for name in ("kept", "edited", "deleted", "both")}
    for name in ("edited", "both"):
        client.ask("message.edit", room=room, seq=results[name]["seq"], text=f"{name} since")
    for name in ("deleted", "both"):
        client.ask("message.delete", room=room, seq=results[name]["seq"])
    before = history(client, room)

    def again() -> None:
        for name, result in results.items():
            assert client.post(room, name, nonce=name) == result
        changed = client.refusal("message.post", room=room, text="edited since", nonce="edited")
        assert changed["code"] == "conflict"
        assert history(client, room) == before

    again()
    getattr(server, end)()
    town.close()
    server.start()
    town.reconnect()
    client = town.open(account)
    again()
    assert [m["text"] for m in before] == ["kept", "edited since", None, None]
    town.assert_sound()
    town.close()


def test_edits_and_deletes_sent_together_with_their_posts_take_effect_in_order(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    first = ada.post(room, "first")["seq"]
    requests: list[tuple[str, Frame]] = [
        ("message.post", {"text": "second", "nonce": "n"}),
        ("message.edit", {"seq": first + 1, "text": "second, changed"}),
        ("message.post", {"text": "second", "nonce": "n"}),
        ("message.delete", {"seq": first + 1}),
        ("message.post", {"text": "second", "nonce": "n"}),
        ("message.post", {"text": "third"}),
    ]
    frames = [ada.frame(name, {"room": room, **data}) for name, data in requests]
    ada.send_frames(frames)
    posted, _, again, _, once_more, _ = (ada.result(frame["id"]) for frame in frames)
    assert posted == again == once_more
    assert types(bob, room) == ["message.posted"] * 2 + [
        "message.edited",
        "message.deleted",
        "message.posted",
    ]
    assert [m["text"] for m in history(bob, room)] == ["first", None, "third"]


def test_who_was_away_gets_every_event_but_no_text_that_is_gone(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    ada, away = town.open(town.member(room)), town.open(account)
    away.catch_up()
    cursor = away.cursor
    away.close()
    kept, gone = ada.post(room, "kept")["seq"], ada.post(room, "to be gone")["seq"]
    for seq, text in ((kept, "kept, changed"), (gone, "to be gone, changed")):
        ada.ask("message.edit", room=room, seq=seq, text=text)
    ada.ask("message.delete", room=room, seq=gone)
    last = ada.post(room, "last")["position"]
    got = [
        (e["event"], e["data"].get("seq", e["seq"]), e["data"].get("text"))
        for e in resumed(town, account, cursor, last)
        if e["stream"] == f"room/{room}"
    ]
    assert got == [
        ("message.posted", kept, "kept, changed"),  # earlier versions are not for everybody
        ("message.posted", gone, None),
        ("message.edited", kept, "kept, changed"),
        ("message.edited", gone, None),
        ("message.deleted", gone, None),
        ("message.posted", kept + 5, "last"),
    ]


# --- in an archived room ------------------------------------------------------------------------------------


def test_an_archived_room_is_changed_only_by_erasing(town: Town) -> None:
    room = town.room()
    ada, owner = town.open(town.member(room)), town.open(town.owner)
    seq = ada.post(room, "x")["seq"]
    ada.ask("reaction.add", room=room, seq=seq, emoji="👍")
    ada.ask("pin.add", room=room, seq=seq)
    owner.ask("room.archive", room=room)
    for name, more in (
        ("message.edit", {"text": "y"}),
        ("reaction.add", {"emoji": "🎉"}),
        ("reaction.remove", {"emoji": "👍"}),
        ("pin.remove", {}),
    ):
        assert ada.refusal(name, room=room, seq=seq, **more)["code"] == "forbidden"
    ada.ask("message.delete", room=room, seq=seq)
    assert message(owner, room, seq)["deleted"] is True
