"""What people put on messages: reactions, threads of replies, and pins."""

from __future__ import annotations

from .talking import Client, Frame, history
from .test_conversation import FAMILY, message, types
from .town import Town

# --- reactions ---------------------------------------------------------------------------------------------


def test_a_reaction_counts_once_for_each_person(town: Town) -> None:
    room = town.room()
    accounts = [town.member(room) for _ in range(2)]
    ada, bob = (town.open(account) for account in accounts)
    seq = ada.post(room, "good?")["seq"]
    for client in (ada, bob, ada):
        client.ask("reaction.add", room=room, seq=seq, emoji="👍")
    ada.ask("reaction.add", room=room, seq=seq, emoji=FAMILY)
    event = bob.wait_event("reaction.added", emoji=FAMILY)
    assert (event["by"], event["data"]) == (accounts[0].id, {"seq": seq, "emoji": FAMILY})
    assert message(bob, room, seq)["reactions"] == [
        {"emoji": "👍", "count": 2, "accounts": [account.id for account in accounts]},
        {"emoji": FAMILY, "count": 1, "accounts": [accounts[0].id]},
    ]
    for _ in range(2):
        ada.ask("reaction.remove", room=room, seq=seq, emoji="👍")
    assert message(bob, room, seq)["reactions"] == [
        {"emoji": "👍", "count": 1, "accounts": [accounts[1].id]},
        {"emoji": FAMILY, "count": 1, "accounts": [accounts[0].id]},
    ]
    assert bob.wait_event("reaction.removed")["by"] == accounts[0].id
    assert types(bob, room).count("reaction.removed") == 1
    assert types(bob, room).count("reaction.added") == 3


def test_a_reaction_is_one_character_as_people_see_it(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    seq = ada.post(room, "x")["seq"]
    for emoji in ("👍", "👍🏿", FAMILY, "🇺🇳", "❤\ufe0f", "é", "e\u0301", "क्षि"[:4], "+"):
        ada.ask("reaction.add", room=room, seq=seq, emoji=emoji)
    for emoji in ("", " ", "ab", "👍👍", "👍 ", "\n", "\u200b", ":nothing:", "::", "x" * 65):
        assert ada.refusal("reaction.add", room=room, seq=seq, emoji=emoji)["code"] == "invalid", emoji


def test_a_message_takes_twenty_different_reactions(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    seq = ada.post(room, "x")["seq"]
    for n in range(20):
        ada.ask("reaction.add", room=room, seq=seq, emoji=chr(0x1F600 + n))
    assert bob.refusal("reaction.add", room=room, seq=seq, emoji="👍")["code"] == "conflict"
    bob.ask("reaction.add", room=room, seq=seq, emoji=chr(0x1F600))


def test_custom_emoji_are_for_the_rooms_of_their_space(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    ada, owner = town.open(account), town.open(town.owner)
    seq = ada.post(room, "x")["seq"]
    image = "https://example.org/party.png"
    assert ada.refusal("emoji.add", space=town.space, name="party", image=image)["code"] == "forbidden"
    assert ada.refusal("reaction.add", room=room, seq=seq, emoji=":party:")["code"] == "invalid"
    owner.ask("emoji.add", space=town.space, name="party", image=image)
    assert ada.wait_event("emoji.added")["data"] == {"name": "party", "image": image}
    (emoji,) = ada.ask("emoji.list", space=town.space)["emoji"]
    assert (emoji["name"], emoji["image"], emoji["by"]) == ("party", image, town.owner.id)
    ada.ask("reaction.add", room=room, seq=seq, emoji=":party:")
    direct = ada.ask("direct.open", accounts=[town.owner.id])["room"]["id"]
    there = ada.post(direct, "x")["seq"]
    assert ada.refusal("reaction.add", room=direct, seq=there, emoji=":party:")["code"] == "invalid"
    owner.ask("emoji.remove", space=town.space, name="party")
    ada.ask("reaction.remove", room=room, seq=seq, emoji=":party:")
    assert message(ada, room, seq)["reactions"] == []
    assert ada.refusal("reaction.add", room=room, seq=seq, emoji=":party:")["code"] == "invalid"


def test_who_reacted_is_listed_page_by_page(town: Town) -> None:
    room = town.room()
    accounts = [town.member(room) for _ in range(5)]
    seq = town.open(accounts[0]).post(room, "all of you")["seq"]
    for account in accounts:
        town.open(account).ask("reaction.add", room=room, seq=seq, emoji="✋")
    client = town.open(accounts[0])
    client.ask("reaction.add", room=room, seq=seq, emoji="👍")
    found: list[str] = []
    after: Frame = {}
    for _ in range(3):
        page = client.ask("reaction.list", room=room, seq=seq, emoji="✋", limit=2, **after)
        found += [row["account"] for row in page["accounts"]]
        after = {"after": page["next"]}
    assert page["next"] is None
    assert found == sorted(account.id for account in accounts)
    (mine,) = client.ask("reaction.list", room=room, seq=seq, emoji="👍")["accounts"]
    assert (mine["account"], mine["name"]) == (accounts[0].id, accounts[0].name)


# --- threads -----------------------------------------------------------------------------------------------


def test_a_reply_to_a_reply_belongs_to_the_thread_of_the_first_message(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    root = ada.post(room, "root")["seq"]
    ada.post(room, "beside it")
    first = bob.post(room, "first", reply_to=root)["seq"]
    second = ada.post(room, "second", reply_to=first)
    assert bob.wait_event("message.posted", reply_to=first)["data"]["thread"] == root
    assert message(bob, room, root)["thread"] == {"replies": 2, "last_at": second["at"]}
    assert message(bob, room, first)["thread"] is None
    for seq in (root, first, second["seq"]):
        page = bob.ask("thread.history", room=room, seq=seq)
        assert [m["seq"] for m in page["messages"]] == [first, second["seq"]]
        assert [m["reply_to"] for m in page["messages"]] == [root, first]
        assert page["root"] == message(bob, room, root)
    assert bob.refusal("message.post", room=room, text="x", reply_to=1)["code"] == "invalid"


def test_a_thread_is_read_page_by_page(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    root, other = ada.post(room, "root")["seq"], ada.post(room, "another root")["seq"]
    seqs = []
    for n in range(7):
        seqs.append(ada.post(room, f"reply {n}", reply_to=root)["seq"])
        ada.post(room, f"elsewhere {n}", reply_to=other)
        ada.post(room, f"in no thread {n}")

    def page(**where: int) -> tuple[list[int], bool, bool]:
        result = ada.ask("thread.history", room=room, seq=root, **where)
        return [m["seq"] for m in result["messages"]], result["more_before"], result["more_after"]

    assert page() == (seqs, False, False)
    assert page(limit=3) == (seqs[4:], True, False)
    assert page(limit=3, before=seqs[4]) == (seqs[1:4], True, True)
    assert page(limit=3, after=seqs[0]) == (seqs[1:4], True, True)
    assert page(after=seqs[6]) == ([], True, False)
    assert ada.refusal("thread.history", room=room, seq=root, before=1, after=1)["code"] == "invalid"


def test_a_thread_is_shown_as_it_was_in_one_moment(town: Town) -> None:
    """Who counts on from a page with the events that follow would never find the right number again."""
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    root = ada.post(room, "root")["seq"]
    for _ in range(20):
        posts = [ada.send("message.post", room=room, text="reply", reply_to=root) for _ in range(3)]
        pages = [bob.result(bob.send("thread.history", room=room, seq=root, limit=100)) for _ in range(3)]
        for page in pages:
            assert (page["root"]["thread"] or {"replies": 0})["replies"] == len(page["messages"])
        for post in posts:
            ada.result(post)


def test_a_thread_outlives_its_first_message(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    root = ada.post(room, "root")["seq"]
    reply = bob.post(room, "reply", reply_to=root)["seq"]
    ada.ask("message.delete", room=room, seq=root)
    page = bob.ask("thread.history", room=room, seq=reply)
    assert ([m["text"] for m in page["messages"]], page["root"]["text"]) == (["reply"], None)
    bob.post(room, "one more", reply_to=reply)
    assert message(bob, room, root)["thread"]["replies"] == 2


def test_a_thread_says_whether_the_caller_follows_it(town: Town) -> None:
    room = town.room()
    ada, bob, cai = (town.open(town.member(room)) for _ in range(3))
    root = ada.post(room, "root")["seq"]
    bob.post(room, "reply", reply_to=root)

    def following(client: Client) -> bool:
        return bool(client.ask("thread.history", room=room, seq=root)["following"])

    assert [following(one) for one in (ada, bob, cai, town.operator)] == [True, True, False, False]
    cai.ask("thread.follow", room=room, seq=root)
    bob.ask("thread.unfollow", room=room, seq=root)
    assert [following(one) for one in (ada, bob, cai)] == [True, False, True]
    bob.post(room, "another reply", reply_to=root)
    assert not following(bob)  # who took it back is not followed by writing


# --- pins --------------------------------------------------------------------------------------------------


def test_pins_are_listed_newest_first_with_their_messages(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    ada, bob = town.open(town.member(room)), town.open(account)
    seqs = [ada.post(room, text)["seq"] for text in ("rules", "map", "menu")]
    for seq in (seqs[2], seqs[0], seqs[0]):
        bob.ask("pin.add", room=room, seq=seq)
    assert ada.wait_event("pin.added", seq=seqs[0])["by"] == account.id
    pins = ada.ask("pin.list", room=room)["pins"]
    assert [(pin["seq"], pin["by"], pin["message"]["text"]) for pin in pins] == [
        (seqs[0], account.id, "rules"),
        (seqs[2], account.id, "menu"),
    ]
    assert [m["pinned"] for m in history(ada, room)] == [True, False, True]
    for _ in range(2):
        ada.ask("pin.remove", room=room, seq=seqs[0])
    assert [pin["seq"] for pin in ada.ask("pin.list", room=room)["pins"]] == [seqs[2]]
    assert [type_ for type_ in types(bob, room) if "pin" in type_] == [
        "pin.added",
        "pin.added",
        "pin.removed",
    ]
