"""Rooms of Matrix as Element exports them, and as servers give them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from imports.reading import Everything, everything, folder, zipped

from chatctl.imports.export import Options, Unreadable
from chatctl.imports.matrix.rooms import MatrixRooms

ADA, BEN = "@ada:a.example", "@ben:b.example"
AT = 1_770_000_000_000


def event(
    id_: str, content: Any, sender: str = ADA, kind: str = "m.room.message", **more: Any
) -> dict[str, Any]:
    at = AT + 1000 * int("".join(filter(str.isdigit, id_)) or 0)
    base = {"event_id": id_, "type": kind, "sender": sender, "content": content, "origin_server_ts": at}
    return {**base, "room_id": "!tea:a.example", **more}


def said(id_: str, body: str, sender: str = ADA, about: Any = None, **content: Any) -> dict[str, Any]:
    relates = {} if about is None else {"m.relates_to": about}
    return event(id_, {"msgtype": "m.text", "body": body, **relates, **content}, sender)


def member(id_: str, whom: str, state: str = "join", by: str | None = None, **content: Any) -> dict[str, Any]:
    unsigned = content.pop("unsigned", {})
    content = {"membership": state, **content}
    return event(id_, content, by or whom, "m.room.member", state_key=whom, unsigned=unsigned)


def exported(*events: Any) -> str:
    head = {
        "room_name": "Tea",
        "room_creator": "Ada",
        "topic": "green",
        "export_date": "1/2/2026",
        "exported_by": "Ada",
    }
    return json.dumps({**head, "messages": list(events)})


def read(at: Path, *events: Any) -> Everything:
    return everything(MatrixRooms, folder(at, {"tea.json": exported(*events)}))


def test_a_room_has_the_id_members_and_names_that_its_events_tell(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        member("$1", ADA, displayname="Ada"),
        member("$2", BEN, "invite", ADA),
        member("$3", BEN, displayname="Ada"),
        member("$4", ADA, displayname="Ada L.", unsigned={"prev_content": {"membership": "join"}}),
        member("$5", BEN, "leave", ADA, reason="*spam*"),
        event("$6", {"name": "More tea"}, kind="m.room.name", state_key=""),
        event("$7", {"m.topic": {"m.text": [{"body": "black"}]}}, kind="m.room.topic", state_key=""),
        event("$8", {"alias": "#x"}, kind="m.room.canonical_alias", state_key=""),
        said("$9", "hello", "@cleo:a.example"),
        member("$10", BEN, "ban", ADA),
        member("$11", BEN, "leave", ADA, unsigned={"prev_content": {"membership": "ban"}}),
        member("$12", BEN, "leave", unsigned={"prev_content": {"membership": "invite"}}),
        member("$13", BEN, "leave", ADA, unsigned={"prev_content": {"membership": "invite"}}),
    )
    (room,) = found.rooms
    assert (room.key, room.name, room.kind, room.topic) == ("!tea:a.example", "Tea", "private", "green")
    assert room.members == (ADA,)
    assert {key: person.display_name for key, person in found.people.items()} == {
        ADA: "Ada L.", BEN: "Ada", "@cleo:a.example": ""
    }  # fmt: skip
    assert found.texts() == [
        "@ada joined", "@ada invited @ben", "@ben joined", r"@ada removed @ben: \*spam\*",
        "@ada renamed the room to: More tea", "@ada changed the topic to: black", "hello",
        "@ada banned @ben", "@ada ended the ban of @ben", "@ben declined the invitation",
        "@ada took back the invitation of @ben",
    ]  # fmt: skip
    assert [message.system for message in found.messages] == [True] * 6 + [False] + [True] * 4
    assert found.problems == {"missing person": 1}


def test_who_may_join_decides_who_may_read(tmp_path: Path) -> None:
    rules = event("$1", {"join_rule": "public"}, kind="m.room.join_rules", state_key="")
    assert read(tmp_path, rules).rooms[0].kind == "public"
    closed = event("$2", {"join_rule": "invite"}, kind="m.room.join_rules", state_key="")
    assert read(tmp_path, rules, closed).rooms[0].kind == "private"
    invited = member("$3", BEN, "invite", ADA, is_direct=True)
    assert read(tmp_path, rules, closed, invited).rooms[0].kind == "direct"


def test_events_may_stand_with_the_newest_first_as_servers_give_them(tmp_path: Path) -> None:
    events = [
        member("$1", ADA, displayname="A"),
        event("$2", {"join_rule": "public"}, kind="m.room.join_rules", state_key=""),
        member("$3", BEN, displayname="B"),
        said("$4", "one"),
        said("$5", "* two", about={"rel_type": "m.replace", "event_id": "$4"},
             **{"m.new_content": {"body": "two"}}),
        said("$6", "* three", about={"rel_type": "m.replace", "event_id": "$4"},
             **{"m.new_content": {"body": "three"}}),
        event("$7", {"pinned": ["$4"]}, BEN, "m.room.pinned_events", state_key=""),
        event("$8", {"join_rule": "invite"}, kind="m.room.join_rules", state_key=""),
        said("$9", "four"),
        event("$10", {"pinned": ["$9", "$4"]}, ADA, "m.room.pinned_events", state_key=""),
        member("$11", BEN, "leave"),
        member("$12", ADA, displayname="Ada"),
    ]  # fmt: skip
    forward, backward = read(tmp_path / "f", *events), read(tmp_path / "b", *events[::-1])
    assert (forward.rooms, forward.people, forward.messages) == (
        backward.rooms, backward.people, backward.messages,
    )  # fmt: skip
    [room] = backward.rooms
    assert (room.kind, room.members, room.created_at) == ("private", (ADA,), AT + 1000)
    changed = next(message for message in backward.messages if message.key == "$4")
    assert [version.text for version in changed.versions] == ["one", "two"]
    assert changed.pinned_by == BEN


def test_texts_are_markdown_and_mentions_are_people(tmp_path: Path) -> None:
    html = {"format": "org.matrix.custom.html", "formatted_body": (
        '<p>hey <a href="https://matrix.to/#/%40ben%3Ab.example">Ben</a>: <em>tea</em></p>'
    )}  # fmt: skip
    found = read(
        tmp_path,
        said("$1", "*plain* <b>", BEN),
        said("$2", "hey Ben: tea", **html),
        event("$3", {"msgtype": "m.emote", "body": "pours"}),
        event("$4", {"msgtype": "m.notice", "body": "a bot"}),
        event("$5", {"org.matrix.msc3381.poll.start": {
            "question": {"org.matrix.msc1767.text": "Which?"},
            "answers": [{"org.matrix.msc1767.text": "green"}, {"body": "black"}, "red"],
        }}, kind="org.matrix.msc3381.poll.start"),
        event("$6", {"body": "from later"}, kind="org.example.custom"),
        event("$7", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}, kind="m.room.encrypted"),
    )  # fmt: skip
    assert found.texts()[:-1] == [
        r"\*plain\* <b>", "hey @ben: *tea*", "*pours*", "a bot",
        "**Which?**\n1. green\n2. black\n3. ", "from later",
    ]  # fmt: skip
    assert "no key" in found.texts()[-1]
    assert found.problems == {"unknown kind": 1, "unreadable": 1, "missing person": 7}


def test_a_reply_and_a_thread_lead_to_what_they_answer(tmp_path: Path) -> None:
    to = {"m.in_reply_to": {"event_id": "$1"}}
    thread = {"rel_type": "m.thread", "event_id": "$1"}
    quoted = {"formatted_body": "<mx-reply>old</mx-reply>new", "format": "org.matrix.custom.html"}
    found = read(
        tmp_path,
        said("$1", "> not a fallback\n\nroot"),
        said("$2", "> <@ada:a.example> root\n> more\n\nre", about=to),
        said("$3", "> x\n\nnew", about=to, **quoted),
        said("$4", "in", about={**thread, "is_falling_back": True, **to}),
        said("$5", "answer", about={**thread, "is_falling_back": False, "m.in_reply_to": {"event_id": "$4"}}),
        said("$6", "lost", about={"m.in_reply_to": {"event_id": "$99"}}),
        said("$7", "lost too", about={"rel_type": "m.thread", "event_id": "$98"}),
        said("$8", "> <@ada:a.example> root\n> > deep\n\n> own\n\nre", about=to),
        said("$9", "> own quote\n\nre", about=to),
        event("$10", {
            "org.matrix.msc3381.poll.end": {}, "org.matrix.msc1767.text": "It ended: *tea*",
            "m.relates_to": {"rel_type": "m.reference", "event_id": "$2"},
        }, kind="org.matrix.msc3381.poll.end"),
        event("$11", {"m.relates_to": {"rel_type": "m.reference", "event_id": "$2"}}, kind="m.poll.end"),
    )  # fmt: skip
    assert [(m.text, m.reply_to, m.thread) for m in found.messages] == [
        ("\\> not a fallback\n\nroot", None, None),
        ("re", "$1", None),
        ("new", "$1", None),
        ("in", None, "$1"),
        ("answer", "$4", "$1"),
        ("lost", None, None),
        ("lost too", None, "$98"),
        ("\\> own\n\nre", "$1", None),
        ("\\> own quote\n\nre", "$1", None),
        (r"It ended: \*tea\*", "$2", None),
    ]
    assert found.problems["missing root"] == 2


def test_an_edit_by_the_author_counts_and_keeps_the_text_before(tmp_path: Path) -> None:
    def edit(text: str, by: str, at: int) -> dict[str, Any]:
        content = {"body": f"* {text}", "m.new_content": {"msgtype": "m.text", "body": text}}
        return {"m.relations": {"m.replace": {"sender": by, "origin_server_ts": at, "content": content}}}

    replaced = {"rel_type": "m.replace", "event_id": "$4"}
    found = read(
        tmp_path,
        said("$1", "new already") | {"unsigned": edit("new already", ADA, AT + 5)},
        said("$2", "old") | {"unsigned": edit("new", ADA, AT + 5000)},
        said("$3", "mine") | {"unsigned": edit("forged", BEN, AT + 5000)},
        said("$4", "first"),
        said("$5", "* second", about=replaced, **{"m.new_content": {"msgtype": "m.text", "body": "second"}}),
        said("$6", "* no", BEN, about=replaced, **{"m.new_content": {"msgtype": "m.text", "body": "forged"}}),
        said(
            "$7",
            "* third",
            about=replaced,
            **{"m.new_content": {"msgtype": "m.text", "body": "> said\n\nthird"}},
        ),
    )
    assert found.texts() == ["new already", "new", "mine", "\\> said\n\nthird"]
    assert [message.edited_at for message in found.messages] == [AT + 5, AT + 5000, None, AT + 7000]
    assert [[(v.text, v.at - AT) for v in message.versions] for message in found.messages] == [
        [], [("old", 2000)], [], [("first", 4000), ("second", 5000)],
    ]  # fmt: skip


def test_redactions_reactions_and_pins_come_with_their_messages(tmp_path: Path) -> None:
    def reaction(id_: str, key: str, sender: str = BEN) -> dict[str, Any]:
        relates = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$2", "key": key}}
        return event(id_, relates, sender, "m.reaction")

    found = read(
        tmp_path,
        event("$1", {}, unsigned={"redacted_because": {"sender": BEN, "content": {"reason": "spam"}}}),
        said("$2", "kept"),
        said("$3", "redacted later"),
        event("$4", {"redacts": "$3"}, BEN, "m.room.redaction"),
        reaction("$5", "👍🏽"),
        reaction("$6", "👍🏽"),
        reaction("$7", "mxc://a.example/cat"),
        reaction("$8", "x" * 5000),
        event("$9", {"pinned": ["$2", "$1", 7]}, BEN, "m.room.pinned_events", state_key=""),
        event("$10", {"pinned": ["$2"]}, ADA, "m.room.pinned_events", state_key=""),
        said("$11", "redacted as before version 11 of rooms"),
        event("$12", {"reason": "spam"}, BEN, "m.room.redaction", redacts="$11"),
        {**reaction("$13", "☕"), "origin_server_ts": None},
    )
    assert [(m.text, m.deleted, m.pinned_by) for m in found.messages] == [
        ("", True, None), ("kept", False, BEN), ("", True, None), ("", True, None)
    ]  # fmt: skip
    assert [(each.person, each.emoji) for each in found.messages[1].reactions] == [(BEN, "👍🏽")]
    assert found.problems == {"unknown kind": 2, "no time": 1, "missing person": 4}


def test_media_are_found_by_name_and_time(tmp_path: Path) -> None:
    def file(id_: str, kind: str, body: str, **more: Any) -> dict[str, Any]:
        return event(id_, {"msgtype": kind, "body": body, "url": "mxc://a.example/x", **more})

    files: dict[str, str | bytes] = {
        "export.json": exported(
            file("$1", "m.image", "cup.png", info={"size": 3, "mimetype": "image/png"}),
            file("$2", "m.image", "cup.png"),
            file("$3", "m.file", "look", filename="list.txt"),
            file("$4", "m.image", "../../etc/passwd"),
            event("$5", {"body": "cat"}, kind="m.sticker"),
            file("$6", "m.video", "gone.mp4", info={"size": "big"}),
        ),
        "images/cup-2-2-2026 at 3-40-01 AM.png": b"one",  # 1,770,000,001 is 02:40:01 UTC
        "images/cup-2.2.2026 um 03-40-02.png": b"two",
        "files/look-2-2-2026 at 3-40-03 AM": b"list",
        "stickers/cat-2-2-2026 at 3-40-05 AM.png": b"cat",
    }
    path = zipped(tmp_path / "a.zip", files)
    found = everything(MatrixRooms, path)
    names = [message.files[0].name for message in found.messages]
    assert names == ["cup.png", "cup.png", "list.txt", "passwd", "cat", "gone.mp4"]
    with MatrixRooms.read(path, Options()) as export:
        contents = []
        for message in found.messages:
            if message.files[0].path is not None:
                with export.open(message.files[0].path) as stream:
                    contents.append(stream.read())
    assert contents == [b"one", b"two", b"list", b"cat"]
    assert [message.text for message in found.messages] == ["", "", "look", "", "", ""]
    assert "mxc:" not in repr(found.messages)
    assert found.problems["missing file"] == 2


def test_what_is_wrong_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    whole = exported(
        said("$1", "one\u0000\u000e@ben:b.example\u000f"),
        {"type": "m.room.message"},
        "no event",
        event("$4", ["a", "list"]),
        said("$5", "late") | {"origin_server_ts": 1e300},
        said("$6", "early") | {"origin_server_ts": -1},
        event("$7", {"body": {"deep": 1}, "msgtype": ["m.text"], "m.relates_to": "x", "formatted_body": 7}),
        said("$8", "x")
        | {"unsigned": {"m.relations": {"m.replace": {"sender": ADA, "origin_server_ts": "x"}}}},
        said("$" + "9" * 300, "a long id") | {"origin_server_ts": AT},
        said("$10", "cut here"),
    )
    files: dict[str, str | bytes] = {"tea.json": whole[: whole.index("cut here")], "list.json": "[]"}
    found = everything(MatrixRooms, folder(tmp_path, files))
    texts = [message.text for message in found.messages if not message.deleted]
    assert texts == ["a long id", "one\ufffd@ben:b.example", "", "x"]
    assert found.problems == {"unreadable": 8, "no time": 2, "skipped": 1, "missing person": 5}


def test_two_exports_of_a_room_are_one_and_element_is_known_by_its_head(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "1.json": exported(said("$1", "old")),
        "2.json": exported(said("$1", "new")),
    }
    path = folder(tmp_path / "a", files)
    assert everything(MatrixRooms, path).texts() == ["new"]
    assert MatrixRooms.looks_like(path)
    assert not MatrixRooms.looks_like(folder(tmp_path / "b", {"x.json": '{"messages": []}'}))
    with pytest.raises(Unreadable, match="no JSON of Element"):
        everything(MatrixRooms, folder(tmp_path / "c", {"x.json": "{}"}))
