"""Exports of Zulip: tables, streams with topics, direct messages, its Markdown, edits, files, reactions."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from imports.reading import Everything, everything, folder

from chatctl.imports.export import Options, Unreadable
from chatctl.imports.zulip.realm import ZulipRealm

AT = 1_770_000_000


def realm(**tables: Any) -> str:
    base: dict[str, Any] = {
        "zerver_realm": [{"id": 2, "string_id": "tea", "name": "Tea house"}],
        "zerver_userprofile": [
            {"id": 11, "full_name": "Ada L.", "email": "user11@x", "delivery_email": "ada@a.example"},
            {"id": 12, "full_name": "Ben", "email": "ben@b.example", "is_active": False, "api_key": "secret"},
            {"id": 13, "full_name": "Twin"}, {"id": 14, "full_name": "Twin"},
        ],
        "zerver_userprofile_crossrealm": [{"id": 1, "full_name": "Welcome Bot", "is_bot": True}],
        "zerver_stream": [
            {"id": 5, "name": "leaves", "description": "about *leaves*", "date_created": AT},
            {"id": 6, "name": "0a1b2c3!DEACTIVATED:staff", "invite_only": True, "deactivated": True},
        ],
        "zerver_recipient": [
            {"id": 100, "type": 2, "type_id": 5}, {"id": 101, "type": 2, "type_id": 6},
            {"id": 111, "type": 1, "type_id": 11}, {"id": 112, "type": 1, "type_id": 12},
            {"id": 130, "type": 3, "type_id": 9},
        ],
        "zerver_subscription": [
            *({"user_profile": who, "recipient": 100, "active": True} for who in (11, 12)),
            {"user_profile": 13, "recipient": 100, "active": False},
            *({"user_profile": who, "recipient": 130} for who in (11, 12, 13, 11)),
        ],
        "zerver_useractivity": [{"id": 1}],
    }  # fmt: skip
    return json.dumps(base | tables)


def sent(
    id_: int, content: str, topic: str = "", recipient: int = 100, sender: int = 11, **more: Any
) -> dict[str, Any]:
    base = {"id": id_, "sender": sender, "recipient": recipient, "subject": topic, "content": content}
    return {**base, "date_sent": AT + id_ + 0.25, "last_edit_time": None, "edit_history": None, **more}


def chunk(*messages: Any) -> str:
    return json.dumps({"zerver_usermessage": [{"id": 1, "flags_mask": 1}], "zerver_message": list(messages)})


def read(at: Path, *messages: Any, **tables: Any) -> Everything:
    return everything(
        ZulipRealm, folder(at, {"realm.json": realm(**tables), "messages-000001.json": chunk(*messages)})
    )


def test_streams_and_direct_messages_are_rooms(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        sent(1, "in a stream"),
        sent(2, "to ben", recipient=112),
        sent(3, "to ada", recipient=111, sender=12),
        sent(4, "to all three", recipient=130),
    )
    assert [(r.key, r.name, r.kind, r.archived, r.members) for r in found.rooms] == [
        ("stream5", "leaves", "public", False, ("11", "12")),
        ("stream6", "staff", "private", True, ()),
        ("person11-12", "person11-12", "direct", False, ("11", "12")),
        ("group9", "group9", "direct", False, ("11", "12", "13")),
    ]
    assert (found.rooms[0].topic, found.rooms[0].created_at) == ("about *leaves*", AT * 1000)
    assert [m.text for m in found.by_room["person11-12"]] == ["to ben", "to ada"]
    assert found.messages[0].at == AT * 1000 + 1250
    people = {
        key: (person.name, person.address, person.bot, person.deleted) for key, person in found.people.items()
    }
    assert people["11"] == ("Ada L.", "ada@a.example", False, False)
    assert people["12"] == ("Ben", "ben@b.example", False, True)
    assert people["1"] == ("Welcome Bot", None, True, False)
    assert "secret" not in repr(found)
    assert found.problems == {}


def test_a_group_of_two_is_the_direct_room_that_older_exports_call_otherwise(tmp_path: Path) -> None:
    recipients = [{"id": 112, "type": 1, "type_id": 12}, {"id": 140, "type": 3, "type_id": 10}]
    subscriptions = [{"user_profile": who, "recipient": 140} for who in (12, 11)]
    found = read(
        tmp_path,
        sent(2, "then", recipient=112),
        sent(3, "now", recipient=140, sender=12),
        zerver_recipient=recipients,
        zerver_subscription=subscriptions,
    )
    assert [(room.key, room.kind, room.members) for room in found.rooms] == [
        ("person11-12", "direct", ("11", "12"))
    ]
    assert found.texts() == ["then", "now"]


def test_a_topic_is_a_thread_on_its_first_message_wherever_that_stands(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "out/realm.json": realm(),
        "out/messages-000001.json": chunk(
            sent(5, "later", "Green"), sent(2, "first", "green"), sent(4, "other", "Black")
        ),
        "out/messages-000002.json.partial": chunk(sent(6, "last", "GREEN"), sent(3, "no topic")),
    }
    found = everything(ZulipRealm, folder(tmp_path, files))
    assert [(m.key, m.text, m.thread) for m in found.messages] == [
        ("2", "**green**\n\nfirst", None), ("3", "no topic", None), ("4", "**Black**\n\nother", None),
        ("5", "later", "2"), ("6", "last", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zulip", "markdown"),
    [
        ("**bold** *it* ~~no~~ `@**Ben**`", "**bold** *it* ~~no~~ `@**Ben**`"),
        ("@**Ben** @**Twin|14** @_**Ada L.|11** @**Twin** @**all**", "@Ben @Twin @Ada L. @Twin @all"),
        ("@*tea makers* #**leaves** #**leaves>how to@55**", "@tea makers #leaves #leaves > how to"),
        ("see [bill.pdf](/user_uploads/2/ab/bill.pdf)", "see bill.pdf"),
        ("[x](https://a.example)", "[x](https://a.example)"),
        ("/me pours", "*pours*"),
        ("/poll Which?\ngreen\n\nblack", "**Which?**\n1. green\n2. black"),
        ("/todo To bake\nrye: two *loaves*\n\ncake", "**To bake**\n- rye: two *loaves*\n- cake"),
        ("/todo", "/todo"),
        ("a\n```quote\nb\n~~~ quote\nc\n~~~\n```\nd", "a\n> b\n> > c\nd"),
        ("```spoiler End\nall die\n```", "End\n||all die||"),
        ("``` python\n@**Ben** :tada:\n```", "```python\n@**Ben** :tada:\n```"),
        ("```math\nx^2\n```", "```math\nx^2\n```"),
        ("```\nnever closed", "```\nnever closed\n```"),
        ("$$x^2$$ <time:2026-01-01T10:00Z>", "`x^2` 2026-01-01T10:00Z"),
        (":tada: `:tada:`", "🎉 `:tada:`"),
    ],
)
def test_zulips_markdown_becomes_chatds(tmp_path: Path, zulip: str, markdown: str) -> None:
    assert read(tmp_path, sent(1, zulip)).texts() == [markdown]


def test_edits_keep_what_was_before(tmp_path: Path) -> None:
    history = [
        {"user_id": 11, "timestamp": AT + 30, "prev_content": "second"},
        {"user_id": 12, "timestamp": AT + 20, "prev_topic": "old topic"},
        {"user_id": 11, "timestamp": AT + 10, "prev_content": "first"},
    ]
    found = read(
        tmp_path,
        sent(1, "third", edit_history=json.dumps(history), last_edit_time=AT + 30.0),
        sent(2, "moved", edit_history=json.dumps(history[1:2])),
        sent(3, "broken", edit_history="[{", last_edit_time=AT + 9.5),
    )
    edited, moved, broken = found.messages
    assert [(version.text, version.at) for version in edited.versions] == [
        ("first", AT * 1000 + 1250), ("second", (AT + 10) * 1000)
    ]  # fmt: skip
    assert edited.edited_at == (AT + 30) * 1000
    assert (moved.edited_at, moved.versions) == (None, ())
    assert broken.edited_at == AT * 1000 + 9500


def test_reactions_files_and_custom_emoji(tmp_path: Path) -> None:
    def reaction(
        who: int, name: str, code: str, kind: str = "unicode_emoji", message: int = 1
    ) -> dict[str, Any]:
        about = {"emoji_name": name, "emoji_code": code, "reaction_type": kind}
        return {"message": message, "user_profile": who, **about}

    reactions = [
        reaction(11, "flag", "1f1e9-1f1ea"), reaction(12, "leaf", "3", "realm_emoji"),
        reaction(12, "bad", "zzz"),
        reaction(12, "huge", "fffffffff"), reaction(11, "tada", "1f389", message=99), {"message": 1},
    ]  # fmt: skip
    custom = [{"id": 3, "name": "leaf", "file_name": "3.png"}, {"id": 4, "name": "old", "deactivated": True}]
    text = "[bill.pdf](/user_uploads/2/ab/bill.pdf)\n[](/user_uploads/../../etc/passwd)"
    files: dict[str, str | bytes] = {
        "z/realm.json": realm(zerver_reaction=reactions, zerver_realmemoji=custom),
        "z/messages-000001.json": chunk(sent(1, text)),
        "z/uploads/2/ab/bill.pdf": b"pdf",
        "z/emoji/records.json": json.dumps([
            {"name": "leaf", "path": "2/emoji/3.png"}, {"name": "old", "path": "2/emoji/3.png"}, 7,
            {"name": "leaf", "path": "../../x"},
        ]),
        "z/emoji/2/emoji/3.png": b"png",
    }  # fmt: skip
    tree = folder(tmp_path / "tree", files)
    path = tmp_path / "zulip.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tree, arcname=".")
    found = everything(ZulipRealm, path)
    (message,) = found.messages
    assert [(each.person, each.emoji) for each in message.reactions] == [("11", "🇩🇪"), ("12", ":leaf:")]
    assert [(file.name, file.size, file.missing) for file in message.files] == [
        ("bill.pdf", 3, None), ("passwd", None, "not in the export")
    ]  # fmt: skip
    with ZulipRealm.read(path, Options()) as export:
        assert [(emoji.name, emoji.path) for emoji in export.emoji()] == [("leaf", "z/emoji/2/emoji/3.png")]
        with export.open(message.files[0].path or "") as stream:
            assert stream.read() == b"pdf"
    assert found.problems == {"missing file": 1, "unreadable": 1}


def test_what_is_wrong_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    text = chunk(
        sent(1, "one\u0000\ud800"),
        "no row",
        {"id": 2},
        sent(3, "nowhere", recipient=999),
        sent(4, "no time") | {"date_sent": None},
        sent(5, "late") | {"date_sent": 1e300},
        sent(6, "by nobody", sender=77),
        sent(7, "strings") | {"id": "7", "sender": "11", "date_sent": str(AT)},
        sent(10**30, "large", sender=10**30),
        sent(8, "the cut"),
    )
    broken = realm(zerver_stream=[{"id": 5, "name": 5}, {"name": "no id"}, None])
    files: dict[str, str | bytes] = {
        "realm.json": broken,
        "messages-000001.json": text[: text.index("the cut")],
    }
    found = everything(ZulipRealm, folder(tmp_path, files))
    assert sorted(message.text for message in found.messages) == ["by nobody", "one\ufffd\ufffd", "strings"]
    assert found.problems == {"unreadable": 6, "no time": 3, "missing person": 1}


def test_zulip_is_known_by_its_files(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"x/realm.json": realm(), "x/messages-000001.json": chunk()}
    assert ZulipRealm.looks_like(folder(tmp_path / "a", files))
    assert not ZulipRealm.looks_like(folder(tmp_path / "b", {"realm.json": "{}"}))
    with pytest.raises(Unreadable, match=r"has no realm\.json"):
        everything(ZulipRealm, folder(tmp_path / "c", {"messages-000001.json": chunk()}))
