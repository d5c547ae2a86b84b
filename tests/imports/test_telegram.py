"""JSON of Telegram Desktop: one chat or an account, what is no JSON in it, entities, topics, files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from imports.reading import Everything, everything, folder, zipped

from chatctl.imports.export import Options, Unreadable
from chatctl.imports.telegram.account import TelegramAccount

AT = 1_770_000_000


def said(id_: int, text: Any = "", who: int = 1, **more: Any) -> dict[str, Any]:
    name = {1: "Ada", 2: "Ben"}.get(who)
    base = {"id": id_, "type": "message", "date": "2026-02-02T03:40:00", "date_unixtime": str(AT + abs(id_))}
    return {**base, "from": name, "from_id": f"user{who}", "text": text, "text_entities": [], **more}


def done(id_: int, action: str, **more: Any) -> dict[str, Any]:
    base = {
        "id": id_,
        "type": "service",
        "date_unixtime": str(AT + abs(id_)),
        "actor": "Ada",
        "actor_id": "user1",
    }
    return {**base, "action": action, "text": "", **more}


def chat(*messages: Any, kind: str = "private_supergroup", **more: Any) -> dict[str, Any]:
    return {"name": "Tea", "type": kind, "id": 77, **more, "messages": list(messages)}


def read(at: Path, *messages: Any, **options: Any) -> Everything:
    return everything(TelegramAccount, folder(at, {"result.json": json.dumps(chat(*messages))}), **options)


def test_a_chat_is_a_room_and_its_people_have_the_names_that_are_left(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        done(-5, "create_group", title="Tea", members=["Ada", None]),
        said(1, "one", edited_unixtime=str(AT + 60)),
        said(2, "gone", who=3),
        said(3, "older", from_id=2, **{"from": "Ben"}),
        done(4, "something_new"),
        done(10, "topic_edit", new_title="Black"),
        {**done(11, ""), "information_text": "passed *on*"},
        done(5, "pin_message", message_id=1),
        said(6, "re", reply_to_message_id=1),
        said(7, "lost", reply_to_message_id=99),
        said(8, "elsewhere", reply_to_message_id=1, reply_to_peer_id="channel5"),
        {"id": 9, "type": "unsupported"},
    )
    (room,) = found.rooms
    assert (room.key, room.name, room.kind) == ("channel77", "Tea", "private")
    assert found.texts() == [
        "one", "gone", "older", "@Ada something new", "@Ada created the group: Tea (Ada)",
        "@Ada pinned a message", "re", "lost", "elsewhere", "@Ada changed the topic to: Black",
        "@Ada passed \\*on\\*",
    ]  # fmt: skip
    first = found.messages[0]
    assert (first.at, first.edited_at, first.pinned_by) == ((AT + 1) * 1000, (AT + 60) * 1000, "user1")
    assert [message.reply_to for message in found.messages[-5:-2]] == ["1", None, None]
    assert {key: (person.name, person.deleted) for key, person in found.people.items()} == {
        "user1": ("Ada", False), "user2": ("Ben", False), "user3": ("user3", True)
    }  # fmt: skip
    assert found.problems == {"missing root": 1, "unknown kind": 1}


def test_entities_are_written_as_markdown(tmp_path: Path) -> None:
    def entity(kind: str, text: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "text": text, **more}

    entities = [
        entity("plain", "*see* "), entity("bold", "this "), entity("italic", "and"), entity("plain", " "),
        entity("strikethrough", "that"), entity("plain", " "), entity("spoiler", "end"), entity("plain", " "),
        entity("code", "a`b"), entity("plain", " "), entity("text_link", "here", href="https://a.example"),
        entity("text_link", "!", href="javascript:x"), entity("plain", " "), entity("link", "https://b.example/_x_y"),
        entity("plain", " "), entity("mention_name", "Ben", user_id=2), entity("mention", " @ada"),
        entity("pre", "x = 1\n", language="python"), entity("blockquote", "old\nwords"),
        entity("plain", "\nlast"), entity("unheard_of", "."), 5,
    ]  # fmt: skip
    found = read(tmp_path, said(1, "", text_entities=entities), said(2, "ben", who=2))
    assert found.texts()[0] == (
        "\\*see\\* **this** *and* ~~that~~ ||end|| ``a`b`` [here](https://a.example)! "
        "https://b.example/_x_y @Ben @ada\n"
        "```python\nx = 1\n```\n> old\n> words\n\nlast."
    )


def test_what_is_no_json_is_read_all_the_same(tmp_path: Path) -> None:
    text = json.dumps(chat(said(1, "a CONTROL b"), said(2, "a PATH b"), said(3, "c")))
    text = text.replace("CONTROL", r"\x1F\x41").replace("PATH", r"C:\\x41")
    found = everything(TelegramAccount, folder(tmp_path, {"result.json": text}))
    assert found.texts() == ["a A b", "a C:\\x41 b", "c"]
    assert found.problems == {}


def test_an_account_has_many_chats_and_what_else_it_has_is_passed_over(tmp_path: Path) -> None:
    account = {
        "about": "all of it",
        "personal_information": {"phone_number": "secret-1"},
        "contacts": {"list": [{"first_name": "secret-2"}]},
        "sessions": {"list": [{"last_ip": "secret-3", "messages": [said(1, "secret-4")]}]},
        "chats": {"about": "x", "list": [
            {"type": "saved_messages", "id": 1, "messages": [said(1, "to me")]},
            chat(said(1, "hi", who=2), said(2, "yo"), kind="personal_chat", id=2, name="Ben"),
            chat(kind="private_group", id=3, name="Empty"),
            {"type": "bot_chat", "id": 4, "messages": [said(1, "beep", who=4)]},
            chat(said(1, "news", from_id="channel77", **{"from": "Tea"}), kind="public_channel"),
        ]},
        "left_chats": {"list": [chat(said(1, "bye"), kind="private_group", id=5, name="Left")]},
    }  # fmt: skip
    found = everything(TelegramAccount, folder(tmp_path, {"result.json": json.dumps(account)}))
    assert [(room.key, room.name, room.kind, room.members) for room in found.rooms] == [
        ("user1", "Saved messages", "private", ("user1",)),
        ("user1/user2", "Ben", "direct", ("user2", "user1")),
        ("chat3", "Empty", "private", ()),
        ("user1/user4", "user4", "direct", ("user4", "user1")),
        ("channel77", "Tea", "public", ("channel77",)),
        ("chat5", "Left", "private", ("user1",)),
    ]
    assert found.texts() == ["to me", "hi", "yo", "beep", "news", "bye"]
    assert "secret" not in repr(found)


def test_chats_of_two_people_with_a_third_are_two_rooms(tmp_path: Path) -> None:
    """Though to both of them that person's id is the chat's, and ids of messages are each account's own."""
    ben = {"kind": "personal_chat", "id": 2, "name": "Ben"}
    mine, hers = (chat(said(5, f"of {who}", who=who), said(6, "hi", who=2), **ben) for who in (1, 3))
    found = everything(
        TelegramAccount, folder(tmp_path, {"1.json": json.dumps(mine), "3.json": json.dumps(hers)})
    )
    assert [(room.key, room.members) for room in found.rooms] == [
        ("user1/user2", ("user1", "user2")), ("user3/user2", ("user3", "user2"))
    ]  # fmt: skip
    assert found.texts() == ["of 1", "hi", "of 3", "hi"]


def test_a_chat_in_which_one_person_wrote_is_with_the_other(tmp_path: Path) -> None:
    mine = chat(said(5, "anybody there?"), kind="personal_chat", id=2, name="Ben")
    found = everything(TelegramAccount, folder(tmp_path / "a", {"result.json": json.dumps(mine)}))
    assert [(room.kind, room.members) for room in found.rooms] == [("direct", ("user1", "user2"))]
    assert found.people["user2"].name == "Ben"
    theirs = chat(said(5, "hello", who=2), kind="personal_chat", id=2, name="Ben")
    found = everything(TelegramAccount, folder(tmp_path / "b", {"result.json": json.dumps(theirs)}))
    assert [(room.key, room.kind, room.members) for room in found.rooms] == [("user2", "private", ("user2",))]


def test_a_chat_of_a_kind_that_is_not_known_is_told(tmp_path: Path) -> None:
    chats = [{"type": "replies", "id": 9, "messages": [said(1, "x")]}, chat(said(1, "y"))]
    account = {"about": "x", "chats": {"list": [*chats, {"name": None, "type": None, "id": 4}]}}
    found = everything(TelegramAccount, folder(tmp_path, {"result.json": json.dumps(account)}))
    assert (found.texts(), found.problems) == (["y"], {"unknown kind": 2})


def test_a_topic_is_a_thread(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        done(1, "topic_created", title="Green *tea*"),
        said(2, "in it", reply_to_message_id=1),
        said(3, "answers", reply_to_message_id=2),
        said(4, "outside"),
    )
    assert [(m.text, m.thread, m.reply_to, m.system) for m in found.messages] == [
        (r"**Green \*tea\***", None, None, False), ("in it", "1", None, False), ("answers", "1", "2", False),
        ("outside", None, None, False),
    ]  # fmt: skip


def test_files_polls_places_and_reactions(tmp_path: Path) -> None:
    left_out = "(File not included. Change data exporting settings to download.)"
    poll = {"question": "Which?", "answers": [{"text": "green", "voters": 2}, {"text": "black", "voters": 0}]}
    recent = [{"from": "Ben", "from_id": "user2", "date": "x"}, {"from_id": None}, 5]
    reactions = [
        {"type": "emoji", "count": 3, "emoji": "👍", "recent": recent},
        {"type": "custom_emoji", "count": 1, "document_id": "x"},
        "what",
    ]
    result = chat(
        said(1, "look", photo="photos/a.jpg", photo_file_size=3),
        said(2, file="files/b.pdf", file_name="Bill.pdf", mime_type="application/pdf", file_size=4),
        said(3, photo=left_out),
        said(4, file="../result.json"),
        said(5, poll=poll, forwarded_from="News *1*"),
        said(6, location_information={"latitude": 1.5, "longitude": 2}),
        said(7, contact_information={"first_name": "Cleo", "phone_number": "+1"}),
        said(8, "nice", reactions=reactions),
    )
    files: dict[str, str | bytes] = {
        "x/result.json": json.dumps(result),
        "x/photos/a.jpg": b"A",
        "x/files/b.pdf": b"B",
    }
    path = zipped(tmp_path / "a.zip", files)
    found = everything(TelegramAccount, path)
    assert [(f.name, f.type, f.size, f.path, f.missing) for m in found.messages for f in m.files] == [
        ("a.jpg", "", 3, "x/photos/a.jpg", None),
        ("Bill.pdf", "application/pdf", 4, "x/files/b.pdf", None),
        ("photo.jpg", "", None, None, left_out[1:-1]),
        ("result.json", "", None, None, "not in the export"),
    ]
    assert found.texts()[4:] == [
        "*Forwarded from News \\*1\\**\n\n**Which?**\n1. green (2)\n2. black (0)",
        "Location: 1.5, 2", "Contact: Cleo +1", "nice\n\n*Reactions: 👍 2, custom emoji 1*",
    ]  # fmt: skip
    assert [(each.person, each.emoji) for each in found.messages[-1].reactions] == [("user2", "👍")]
    assert found.problems == {"missing file": 2, "unreadable": 2}  # two are no reactions
    with TelegramAccount.read(path, Options()) as export, export.open("x/photos/a.jpg") as stream:
        assert stream.read() == b"A"
        assert "user2" not in {person.key for person in export.people()}  # they only reacted
        assert export.person("user2").name == "Ben"


def test_buttons_that_lead_somewhere_are_links(tmp_path: Path) -> None:
    go = {"type": "url", "text": "Go", "data": "https://a.example/go"}
    rows = [[go, {"type": "callback", "text": "Vote", "dataBase64": "eA", "data": ""}], "odd", [7]]
    found = read(tmp_path, said(1, "news", inline_bot_buttons=rows))
    assert found.texts() == ["news\n\n[Go](https://a.example/go)"]


def test_times_without_a_zone_need_one(tmp_path: Path) -> None:
    old = {key: value for key, value in said(1, "old").items() if key != "date_unixtime"}
    with pytest.raises(Unreadable, match=r"result\.json has times without a zone.*--zone"):
        read(tmp_path, old)
    assert read(tmp_path, old, zone="Europe/Berlin").messages[0].at == 1_770_000_000_000
    never, later = "1970-01-01T01:00:00", old["date"].replace("00", "07")
    rows = [old | {"id": n, "edited": date} for n, date in enumerate((never, later))]
    edited = [message.edited_at for message in read(tmp_path, *rows, zone="Europe/Berlin").messages]
    assert edited == [None, 1_770_000_007_000]


def test_what_is_no_text_is_told_in_words_or_as_a_problem(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        said(1, "", place_name="Tea house", address="Main street 1"),
        said(2, "", game_title="Chess", game_description="*for* two", game_link="https://t.me/chess"),
        said(3, "", invoice_information={"title": "Tea", "description": "a kilo", "amount": 900}),
        said(4, "", a_kind_of_next_year={}),
        said(
            5,
            "",
            todo_list={"title": "To *do*", "answers": [{"text": "oven", "id": 1}, {"text": ["ry", "e"]}]},
        ),
        done(6, "remove_members", members=["Ada"]),
        done(7, "invite_members", members=["Ada"]),
        done(8, "remove_members", members=["Ben"]),
    )
    assert found.texts() == [
        "Location: Tea house, Main street 1",
        "**[Chess](https://t.me/chess)**\n\\*for\\* two",
        "**Tea**\na kilo",
        "",
        "**To \\*do\\***\n- oven\n- rye",
        "@Ada left",
        "@Ada joined",
        "@Ada removed: Ben",
    ]
    assert found.problems == {"unknown kind": 1}


def test_what_is_wrong_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    messages = [
        said(1, "one"),
        "no row",
        said(2, "x") | {"id": "x"},
        said(3, "no time") | {"date_unixtime": "1e99", "date": ""},
        said(4, "late") | {"date_unixtime": "99999999999999"},
        said(5, {"odd": 1}, text_entities="odd", members=7, reactions=[{"count": "x", "emoji": 3}], poll=[]),
        said(6, "strings") | {"id": "6", "date_unixtime": AT + 6},
        {**said(7), "type": "new_type"},
        said(8, "the cut"),
    ]
    text = json.dumps(chat(*messages))
    files: dict[str, str | bytes] = {"result.json": text[: text.index("the cut")], "other.json": "{}"}
    found = everything(TelegramAccount, folder(tmp_path, files))
    assert found.texts() == ["one", "", "strings"]
    assert found.problems == {"unreadable": 7, "no time": 2, "unknown kind": 2, "skipped": 1}


def test_two_exports_are_one_chat_and_telegram_is_known_by_its_head(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "1/result.json": json.dumps(chat(said(1, "old", who=2), said(2, "b"))),
        "2/result.json": json.dumps(chat(said(1, "new", who=2), said(3, "c"))),
    }
    path = folder(tmp_path / "a", files)
    assert everything(TelegramAccount, path).texts() == ["new", "b", "c"]
    assert TelegramAccount.looks_like(path)
    account = folder(
        tmp_path / "b", {"result.json": '{"about": "x", "personal_information": {}, "chats": {}}'}
    )
    assert TelegramAccount.looks_like(account)
    assert not TelegramAccount.looks_like(
        folder(tmp_path / "c", {"x.json": '{"messages": [], "type": "room"}'})
    )
    with pytest.raises(Unreadable, match="no chat of Telegram"):
        everything(TelegramAccount, folder(tmp_path / "d", {"x.json": "{}"}))
