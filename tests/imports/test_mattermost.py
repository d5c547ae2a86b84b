"""What is read of bulk exports of Mattermost, versions 1 to 11."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from imports.packing import packed

from chatctl.imports.export import Options, Unreadable
from chatctl.imports.formats import recognise
from chatctl.imports.mattermost.export import MattermostExport
from chatctl.imports.mattermost.text import markdown
from chatctl.imports.records import Message, Person, Reaction, Room, mention

VERSION = {"type": "version", "version": 1, "info": {"generator": "mattermost-server", "version": "11.1.0"}}
CHANNEL = {"team": "hq", "name": "town-square", "display_name": "Town Square", "type": "O", "header": "Hello"}


def user(name: str, *channels: str, **more: Any) -> tuple[str, dict[str, Any]]:
    teams = [{"name": "hq", "channels": [{"name": one} for one in channels]}] if channels else None
    return "user", {
        "username": name,
        "email": f"{name}@a.example",
        "roles": "system_admin",
        "teams": teams,
        **more,
    }


def post(at: int, message: str = "", who: str = "ann", **more: Any) -> tuple[str, dict[str, Any]]:
    return "post", {
        "team": "hq",
        "channel": "town-square",
        "user": who,
        "message": message,
        "create_at": at,
        **more,
    }


def reply(at: int, message: str, who: str = "ben", **more: Any) -> dict[str, Any]:
    return {"user": who, "message": message, "create_at": at, **more}


def bulk(*lines: tuple[str, dict[str, Any]] | bytes) -> bytes:
    """The lines of an export with a channel and two people."""
    known = [("channel", CHANNEL), user("ann", "town-square"), user("ben", "town-square", nickname="Benny")]
    written = [
        one if isinstance(one, bytes) else json.dumps({"type": one[0], one[0]: one[1]}).encode()
        for one in (*known, *lines)
    ]
    return b"\n".join([json.dumps(VERSION).encode(), *written, b""])


def opened(path: Path, *lines: tuple[str, dict[str, Any]] | bytes) -> MattermostExport:
    (path / "posts.jsonl").write_bytes(bulk(*lines))
    return MattermostExport.read(path / "posts.jsonl", Options())


def read(
    path: Path, *lines: tuple[str, dict[str, Any]] | bytes, room: str = "hq/town-square"
) -> list[Message]:
    with opened(path, *lines) as found:
        return list(found.messages(room))


def test_people_and_rooms_are_those_of_the_lists(tmp_path: Path) -> None:
    with opened(
        tmp_path,
        ("bot", {"username": "ci", "display_name": "CI", "owner": "ann"}),
        user("old", delete_at=1600000000000, first_name="Old", last_name="One"),
        ("channel", {"team": "hq", "name": "staff", "type": "P", "deleted_at": 1600000000000}),
        ("direct_channel", {"members": ["ben", "ann"], "header": "us"}),
        ("direct_channel", {"participants": [{"username": "ann"}, {"username": "ann"}]}),
        (
            "direct_post",
            {"channel_members": ["ci", "ann", "ben"], "user": "ann", "message": "x", "create_at": 1},
        ),
        ("post", {"team": "hq", "channel": "gone", "user": "ann", "message": "y", "create_at": 1}),
    ) as found:
        assert list(found.people()) == [
            Person("ann", "ann", "", "ann@a.example"),
            Person("ben", "ben", "Benny", "ben@a.example"),
            Person("ci", "ci", "CI", None, bot=True),
            Person("old", "old", "Old One", "old@a.example", deleted=True),
        ]
        assert list(found.rooms()) == [
            Room("hq/town-square", "Town Square", "public", "Hello", members=("ann", "ben")),
            Room("hq/staff", "staff", "private", archived=True),
            Room("@ann,ben", "", "direct", "us", members=("ben", "ann")),
            Room("@ann", "", "direct", members=("ann",)),
            Room("@ann,ben,ci", "", "direct", members=("ci", "ann", "ben")),
            Room("hq/gone", "gone", "private"),
        ]
        assert [one.text for one in found.messages("@ann,ben,ci")] == ["x"]
        assert found.person("zoe").name == "zoe"
    assert recognise(tmp_path / "posts.jsonl") is MattermostExport


def test_posts_are_put_in_order_and_a_reply_comes_after_its_root(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        post(50, "late"),
        post(
            20, "root", replies=[reply(30, "second"), reply(10, "earlier than its root"), reply(40, "last")]
        ),
        post(15, "early", replies=None),
    )
    assert [(one.text, one.at, one.thread) for one in found] == [
        ("early", 15, None),
        ("root", 20, None),
        ("earlier than its root", 10, "20-ann"),
        ("second", 30, "20-ann"),
        ("last", 40, "20-ann"),
        ("late", 50, None),
    ]


def test_a_post_is_found_again_after_an_edit_and_equals_are_told_apart(tmp_path: Path) -> None:
    def keys(*lines: tuple[str, dict[str, Any]]) -> list[str]:
        return [one.key for one in read(tmp_path, *lines)]

    before = keys(post(1, "a"), post(2, "b"), post(2, "c"), post(2, "c"))
    assert before[:2] == ["1-ann", "2-ann"]
    assert len(set(before)) == 4
    assert keys(post(1, "a, edited"), post(2, "b"), post(2, "c"), post(2, "c"), post(3, "d"))[:4] == before


def test_a_message_has_what_belongs_to_it(tmp_path: Path) -> None:
    reactions = [{"user": "ben", "create_at": 5, "emoji_name": "+1"}, {"user": "ben", "emoji_name": "tick"}]
    found = read(
        tmp_path,
        post(1, "x", edit_at=9, is_pinned=True, reactions=reactions, flagged_by=["ben"], props={}),
        post(2, "ann joined.", type="system_join_channel", edit_at=0),
        post(3, "*waves*", type="me"),
        post(4, "gone", delete_at=5),
        post(5, "", props={"attachments": [{"title": "Build", "text": "failed"}, 7]}),
    )
    assert found[0] == Message(
        "1-ann",
        "ann",
        1,
        "x",
        edited_at=9,
        pinned_by="ann",
        reactions=(Reaction("ben", "👍"), Reaction("ben", ":tick:")),
    )
    assert [(one.text, one.system, one.deleted) for one in found[1:]] == [
        ("ann joined.", True, False),
        ("*waves*", False, False),
        ("", False, True),
        ("Build\nfailed", False, False),
    ]


def test_files_and_emoji_are_found_beside_the_lines(tmp_path: Path) -> None:
    lines = bulk(
        post(1, "", attachments=[{"path": "2021/teams/a file"}, {"path": "../../etc/passwd"}]),
        ("emoji", {"name": "tick", "image": "exported_emoji/x/image.png"}),
        ("emoji", {"name": "lost", "image": "exported_emoji/y/image.png"}),
    )
    files = {
        "a/import.jsonl": lines,
        "a/data/2021/teams/a file": b"123",
        "a/data/exported_emoji/x/image.png": b"p",
    }
    packed(tmp_path / "export.zip", files)
    with MattermostExport.read(tmp_path / "export.zip", Options()) as found:
        [message] = found.messages("hq/town-square")
        there, lost = message.files
        assert (there.name, there.size, found.open(there.path or "").read()) == ("a file", 3, b"123")
        assert (lost.name, lost.path, lost.missing) == ("passwd", None, "the export has no files")
        assert [(one.name, one.path) for one in found.emoji()] == [
            ("tick", "a/data/exported_emoji/x/image.png")
        ]
        assert found.problems.by_kind["missing file"].count == 2
    assert recognise(tmp_path / "export.zip") is MattermostExport


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("@ben, @ben.smith: @x", f"{mention('ben')}, {mention('ben.smith')}: @x"),
        ("@ben.smithy", f"{mention('ben')}.smithy"),
        ("@Ben. a@ben.example @here @all", f"{mention('ben')}. a@ben.example @here @all"),
        ("**b** :tada: ||x||", "**b** 🎉 \\|\\|x\\|\\|"),
        ("`@ben :tada:` ``a ` @ben`` @ben", f"`@ben :tada:` ``a ` @ben`` {mention('ben')}"),
        (r"\` @ben `@ben` \\`@ben` @ben", rf"\` {mention('ben')} `@ben` \\`@ben` {mention('ben')}"),
        ("```\n@ben\n```\n@ben\n~~~\n:tada:", f"```\n@ben\n```\n{mention('ben')}\n~~~\n:tada:"),
        ("![cat](https://a.example/c.png) and [x](y)", "[cat](https://a.example/c.png) and [x](y)"),
    ],
)  # fmt: skip
def test_texts_keep_their_markdown(text: str, done: str) -> None:
    assert markdown(text, {"ben", "ben.smith", "here"}) == done


@pytest.mark.parametrize("piece", ["@a.b-", "`", "``a`", "```\n", "![", "||", ":a"])
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    markdown((piece * 200_000)[:200_000], {"ben"})
    assert time.process_time() - started < 3


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    with opened(
        tmp_path,
        b"no json",
        b'{"type": "post"}',
        b'{"type": "post", "post": 5}',
        ("hologram", {"a": 1}),
        post("7", 8, "ann"),  # type: ignore[arg-type]
        post(0, "never"),
        post(10**18, "too late"),
        post(20, "kept", replies=[5, reply(21, "also"), {"user": 1}], reactions="odd"),
        post(30, "half \ud800 of a pair", who="zoe"),
        b'{"type": "post", "post": {"team": "hq", "channel": "town-square", "us',
    ) as found:
        texts = [one.text for one in found.messages("hq/town-square")]
        assert texts == ["8", "kept", "also", "half \ufffd of a pair"]
        told = {kind: problem.count for kind, problem in found.problems.by_kind.items()}
        assert told == {"unreadable": 6, "unknown kind": 1, "no time": 3, "missing person": 1}
        assert "posts.jsonl line 5" in found.problems.by_kind["unreadable"].places
    with pytest.raises(Unreadable, match=r"no \.jsonl file"):
        MattermostExport.read(packed(tmp_path / "other", {"a.txt": b"", "b.txt": b""}), Options())


def test_what_an_app_shows_stands_below_the_text_of_its_post(tmp_path: Path) -> None:
    frame = {
        "author_name": "Zoe",
        "title": "Build 7",
        "title_link": "https://ci.example/7",
        "text": "**red** @ben",
        "fields": [{"title": "Branch", "value": "main", "short": True}],
    }
    [found] = read(tmp_path, post(1, "It failed", "ci", props={"attachments": [frame], "from_bot": "true"}))
    link = "[Build 7](https://ci.example/7)"
    assert found.text == f"It failed\nZoe\n{link}\n**red** {mention('ben')}\n**Branch**: main"


def test_a_webhook_is_as_many_people_as_it_has_names_and_none_of_them_is_who_made_it(tmp_path: Path) -> None:
    named = {"from_webhook": "true", "override_username": "Jenkins CI"}
    posts = [
        post(1, "one", props=named),
        post(2, "two", replies=[reply(3, "three", "ann", props=named)]),
        post(4, "four", props={"override_username": "Jenkins CI"}),  # an app may write so; nobody is shown it
        post(5, "five", props={"from_webhook": "true"}),
    ]
    with opened(tmp_path, *posts) as found:
        authors = [one.author for one in found.messages("hq/town-square")]
        hook = found.person(authors[0])
        assert authors == [hook.key, "ann", hook.key, "ann", "ann"]
        assert (hook.name, hook.bot, hook.key in {one.key for one in found.people()}) == (
            "Jenkins CI",
            True,
            False,
        )
        assert not found.problems.by_kind


def test_of_several_teams_each_channel_says_which_one_it_is_of(tmp_path: Path) -> None:
    with opened(
        tmp_path,
        ("team", {"name": "hq", "display_name": "Headquarters"}),
        ("channel", CHANNEL | {"team": "lab"}),
        ("direct_channel", {"members": ["ben", "ann"]}),
    ) as found:
        assert [room.name for room in found.rooms()] == ["Headquarters: Town Square", "lab: Town Square", ""]
