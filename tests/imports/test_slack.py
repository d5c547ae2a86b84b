"""What is read of exports of Slack of all ages, and of slackdump."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from imports.packing import packed

from chatctl.imports.export import Options, Unreadable
from chatctl.imports.formats import recognise
from chatctl.imports.records import Message, Reaction, mention
from chatctl.imports.slack.export import SlackExport

USERS: list[dict[str, Any]] = [
    {"id": "U1", "team_id": "T1", "name": "ann", "profile": {"real_name": "Ann A", "email": "ann@a.example"}},
    {
        "id": "U2",
        "team_id": "T1",
        "name": "bob",
        "deleted": True,
        "profile": {"display_name": "Bobby", "fields": []},
    },
    {"id": "U3", "team_id": "T1", "name": "ci", "is_bot": True, "profile": {}},
]
GENERAL = {"id": "C1", "name": "general", "created": "1420070000", "members": ["U1", "U2"]}


def row(second: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": f"14200700{second:02d}.000002", **more}


def export(path: Path, *rows: dict[str, Any], **files: Any) -> SlackExport:
    """With these rows in `general`; names in `files` have `_` for `.`."""
    lists = {"users.json": USERS, "channels.json": [GENERAL], "general/2015-01-01.json": list(rows)}
    return SlackExport.read(packed(path / "export.zip", lists | files), Options())


def read(path: Path, *rows: dict[str, Any], **files: Any) -> list[Message]:
    with export(path, *rows, **files) as found:
        return list(found.messages("C1"))


def problems(found: SlackExport) -> dict[str, int]:
    return {str(kind): problem.count for kind, problem in found.problems.by_kind.items()}


def test_people_and_rooms_are_those_of_the_lists(tmp_path: Path) -> None:
    files = {
        "users.json": USERS,
        "channels.json": [
            GENERAL | {"topic": {"value": "Topic"}, "purpose": {"value": "Purpose"}},
            {
                "id": "C2",
                "name": "random-",
                "is_archived": True,
                "purpose": {"value": "Purpose"},
                "members": None,
            },
        ],
        "groups.json": [{"id": "G1", "name": "secret", "created": 1500000000, "members": ["U1"]}],
        "mpims.json": [{"id": "G2", "name": "mpdm-ann--bob--ci-1", "members": ["U1", "U2", "U3"]}],
        "dms.json": [{"id": "D1", "created": 1, "members": ["U1", "U1"]}],
        "mpdm-ann--bob--ci-1/2017-07-14.json": [row(1, "group")],
        "D1/2017-07-14.json": [row(1, "note to self")],
    }
    with SlackExport.read(
        packed(tmp_path / "by-hand.zip", {f"a/b/{k}": v for k, v in files.items()}), Options()
    ) as found:
        assert found.source == "T1"
        people = list(found.people())
        assert [(one.key, one.name, one.display_name, one.address) for one in people] == [
            ("U1", "ann", "Ann A", "ann@a.example"),
            ("U2", "bob", "Bobby", None),
            ("U3", "ci", "ci", None),
        ]
        assert [(one.bot, one.deleted) for one in people] == [(False, False), (False, True), (True, False)]
        rooms = {one.key: one for one in found.rooms()}
        assert [(one.name, one.kind, one.topic, one.archived) for one in rooms.values()] == [
            ("general", "public", "Topic", False),
            ("random-", "public", "Purpose", True),
            ("secret", "private", "", False),
            ("", "direct", "", False),
            ("", "direct", "", False),
        ]
        assert rooms["C1"].created_at == 1420070000_000
        assert rooms["D1"].created_at is None
        assert rooms["D1"].members == ("U1",)
        assert [one.text for one in found.messages("G2")] == ["group"]
        assert [one.text for one in found.messages("D1")] == ["note to self"]
        assert list(found.messages("C2")) == []
        assert not problems(found)
    assert recognise(tmp_path / "by-hand.zip") is SlackExport


def test_a_message_has_its_exact_time_and_what_belongs_to_it(tmp_path: Path) -> None:
    [message] = read(
        tmp_path,
        row(
            1,
            "hello",
            edited={"user": "B9", "ts": "1420070009.000000"},
            reactions=[
                {"name": "clap::skin-tone-3", "users": ["U1", "U2"], "count": 5},
                {"name": "clap", "users": ["U1"]},
                {"name": "partyparrot", "users": ["U9"]},
            ],
        ),
    )
    assert message == Message(
        "1420070001.000002",
        "U1",
        1420070001_000,
        "hello",
        edited_at=1420070009_000,
        reactions=(
            Reaction("U1", "👏🏼"),
            Reaction("U2", "👏🏼"),
            Reaction("U1", "👏"),
            Reaction("U9", ":partyparrot:"),
        ),
    )


def test_reactions_of_people_who_are_not_named_are_told(tmp_path: Path) -> None:
    many = [
        {"name": "clap", "users": ["U1", "U2"], "count": 5},
        {"name": "tada", "users": ["U1"], "count": 1},
    ]
    with export(tmp_path, row(1, "hello", reactions=many)) as found:
        [message] = found.messages("C1")
        assert len(message.reactions) == 3
        assert problems(found) == {"missing person": 3}


def test_threads_hold_together_and_a_broadcast_comes_once(tmp_path: Path) -> None:
    root = "1420070001.000002"
    with export(
        tmp_path,
        row(1, "root", thread_ts=root, reply_count=2, replies=[{"user": "U2", "ts": "1420070002.000002"}]),
        row(2, "reply", thread_ts=root, parent_user_id="U1"),
        row(3, "to all", subtype="thread_broadcast", thread_ts=root, root={"text": "stale", "ts": root}),
        row(4, "lost", thread_ts="1400000000.000000"),
    ) as found:
        assert [(one.text, one.thread) for one in found.messages("C1")] == [
            ("root", None),
            ("reply", root),
            ("to all", root),
            ("lost", "1400000000.000000"),
        ]
        assert problems(found) == {"missing root": 1}


def test_a_tombstone_is_a_deleted_message_with_its_replies(tmp_path: Path) -> None:
    root = "1420070001.000002"
    found = read(
        tmp_path,
        row(
            1, "This message was deleted.", subtype="tombstone", user="USLACKBOT", hidden=True, thread_ts=root
        ),
        row(2, "reply", thread_ts=root),
    )
    assert [(one.text, one.deleted, one.thread) for one in found] == [
        ("", True, None),
        ("reply", False, root),
    ]


def test_what_slack_wrote_is_of_the_system_and_what_is_unknown_is_a_message(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        row(1, "<@U1> has joined the channel", subtype="channel_join"),
        row(2, "<@U1|ann> set the topic", subtype="channel_topic"),
        row(3, "news", subtype="hologram_shared"),
        row(4, "waves", subtype="me_message"),
    )
    assert [(one.text, one.system) for one in found] == [
        (f"{mention('U1')} has joined the channel", True),
        (f"{mention('U1')} set the topic", True),
        ("news", False),
        ("*waves*", False),
    ]


def test_bots_without_a_user_are_people_of_their_own(tmp_path: Path) -> None:
    bot: dict[str, Any] = {"type": "message", "subtype": "bot_message", "text": ""}
    with export(
        tmp_path,
        bot | {"ts": "1420070001.000001", "bot_id": "B1", "attachments": [{"fallback": "1 commit"}]},
        bot | {"ts": "1420070002.000001", "bot_id": "B1", "username": "Git Bot", "text": "x"},
        bot | {"ts": "1420070003.000001", "username": "hook", "text": "y", "bot_id": None},
        bot | {"ts": "1420070004.000001", "text": "z"},
        row(5, "new", user="U8", bot_id="B2", user_profile={"name": "zed", "real_name": "Zed"}),
        row(
            6, "added an integration: <https://x.example/services/B3|R&amp;D>", subtype="bot_add", bot_id="B3"
        ),
        bot | {"ts": "1420070007.000001", "bot_id": "B3", "text": "from a bot without a name"},
        row(8, "gone", subtype="tombstone", user="USLACKBOT"),
    ) as found:
        messages = list(found.messages("C1"))
        assert [(one.author, one.text) for one in messages] == [
            ("B1", "1 commit"),
            ("B1", "x"),
            ("username:hook", "y"),
            ("username:unknown", "z"),
            ("U8", "new"),
            ("U1", "added an integration: [R&D](https://x.example/services/B3)"),
            ("B3", "from a bot without a name"),
            ("USLACKBOT", ""),
        ]
        people = [found.person(key) for key in ("B1", "username:hook", "U8", "B7", "B3", "USLACKBOT")]
        assert [(one.name, one.display_name, one.bot) for one in people] == [
            ("Git Bot", "Git Bot", True),
            ("hook", "hook", True),
            ("zed", "Zed", True),
            ("B7", "", True),
            ("R&D", "R&D", True),
            ("slackbot", "Slackbot", True),
        ]
        assert problems(found) == {"missing person": 6}


def test_an_app_that_posts_under_several_names_is_as_many_people(tmp_path: Path) -> None:
    bot: dict[str, Any] = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "text": "x"}
    names = ("Deploys", "Alerts", None, "Deploys", "Alerts")
    rows = [bot | {"ts": f"142007000{at}.000001", "username": name} for at, name in enumerate(names)]
    with export(tmp_path, *rows) as found:
        authors = [found.person(one.author) for one in found.messages("C1")]
        assert [one.name for one in authors] == ["Deploys", "Alerts", "Deploys", "Deploys", "Alerts"]
        assert [one.key for one in authors[:2]] == ["B1", "B1/Alerts"]


def test_files_of_old_exports_keep_their_comment_and_lose_their_token(tmp_path: Path) -> None:
    old = {
        "id": "F1",
        "name": "../a\tb.png",
        "mimetype": "image/png",
        "size": 77,
        "mode": "hosted",
        "url_private": "https://files.slack.com/files-pri/T1-F1/a.png?t=xoxe-1-secret&pub_secret=1",
    }
    shared, comment = read(
        tmp_path,
        row(1, "<@U1> uploaded a file: <https://x.slack.com/f|a> and commented: <3", subtype="file_share",
            file=old | {"initial_comment": {"comment": "my &lt;3", "user": "U1"}}),
        {
            "type": "message",
            "subtype": "file_comment",
            "text": "<@U2> commented on <@U1>’s file <https://x.slack.com/f|a>: nice",
            "file": old,
            "comment": {"user": "U2", "comment": "nice"},
            "ts": "1420070002.000001",
        },
    )  # fmt: skip
    assert shared.text == "my <3"
    [file] = shared.files
    assert (file.key, file.name, file.type, file.size, file.path) == ("F1", "a b.png", "image/png", 77, None)
    assert file.url == "https://files.slack.com/files-pri/T1-F1/a.png"
    assert file.missing == "the export has no files"
    assert (comment.author, comment.files) == ("U2", ())
    assert comment.text.endswith("file [a](https://x.slack.com/f): nice")


def test_files_are_found_where_slackdump_puts_them(tmp_path: Path) -> None:
    rows = [
        row(1, "", files=[{"id": "F1", "name": "a.txt", "mode": "hosted"}, {"id": "F2", "name": "b.txt"}]),
        row(2, "gone", files=[{"id": "F3", "mode": "tombstone"}, {"id": "F4", "mode": "hidden_by_limit"}]),
        row(3, "away", files=[{"id": "F5", "mode": "external", "external_type": "gdrive", "name": "doc",
                               "url_private": "https://docs.example/d?usp=x"}]),
    ]  # fmt: skip
    with export(
        tmp_path, *rows, **{"__uploads/F1/a.txt": b"one", "general/attachments/F2-b.txt": b"two"}
    ) as found:
        one, two, three = found.messages("C1")
        assert [found.open(file.path or "").read() for file in one.files] == [b"one", b"two"]
        assert [file.size for file in one.files] == [3, 3]
        assert [file.missing for file in two.files] == [
            "it was deleted",
            "it is beyond the limit of a free workspace",
        ]
        assert (three.files[0].url, three.files[0].missing) == (
            "https://docs.example/d?usp=x",
            "it is kept elsewhere (gdrive)",
        )
        assert problems(found) == {"missing file": 3}


def test_pins_say_who_pinned(tmp_path: Path) -> None:
    pins = [
        {"id": "1420070001.000002", "type": "C", "user": "U2", "created": 1420070009},
        {"id": "F1", "type": "F", "user": "U2"},
    ]
    found = read(
        tmp_path,
        row(1, "pinned"),
        row(2, "also", pinned_to=["C1"], pinned_info={"C1": {"pinned_by": "U1"}}),
        row(3, "elsewhere", pinned_to=["C2"]),
        **{"channels.json": [GENERAL | {"pins": pins}]},
    )
    assert [one.pinned_by for one in found] == ["U2", "U1", None]


def test_calls_and_huddles_say_how_long_they_were(tmp_path: Path) -> None:
    call = {"date_start": 1420070000, "date_end": 1420070720, "participant_history": ["U1", "U2"]}
    found = read(
        tmp_path,
        row(1, "", user="USLACKBOT", room=call | {"name": "Daily"}),
        row(2, "", subtype="huddle_thread", room={"participant_history": 5}),
        row(3, "A huddle happened", subtype="huddle_thread", room=call),
    )
    assert [(one.text, one.system) for one in found] == [
        (f"Call: Daily, 12 min, {mention('U1')}, {mention('U2')}", True),
        ("Call", True),
        (f"Call, 12 min, {mention('U1')}, {mention('U2')}", True),
    ]


def test_the_blocks_count_where_they_say_more_than_the_text(tmp_path: Path) -> None:
    def rich(*elements: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}
        ]

    table = {"type": "table", "rows": [[{"type": "raw_text", "text": one} for one in "12"]]}
    found = read(
        tmp_path,
        row(1, "*a*", blocks=rich({"type": "text", "text": "*a*"})),
        row(2, "*a*", blocks=rich({"type": "text", "text": "a", "style": {"bold": True}})),
        row(3, "", blocks=rich({"type": "text", "text": "only here"})),
        row(4, "*a*", blocks=[{"type": "hologram"}]),
        row(5, "*a*", blocks=None, attachments=None, metadata={"event_type": ""}),
        row(6, "*a*", blocks="odd"),
        row(7, "", blocks=[{"type": "hologram", "title": {"type": "plain_text", "text": "a *b*"}}]),
        row(8, "<!subteam^S1|@tea_1>", blocks=rich({"type": "usergroup", "usergroup_id": "S1"})),
        row(9, "<!subteam^S12>", blocks=rich({"type": "usergroup", "usergroup_id": "S12"})),
        row(
            10, "New alert", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*db* is slow"}}]
        ),
        row(11, "pasted", blocks=[*rich({"type": "text", "text": "pasted"}), table]),
        row(
            12,
            "",
            blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*a*"}}, {"type": "hologram"}],
        ),
    )
    assert [one.text for one in found] == [
        "\\*a\\*",
        "**a**",
        "only here",
        "**a**",
        "**a**",
        "**a**",
        "a \\*b\\*",
        "@tea_1",
        "@S12",
        "**db** is slow",
        "pasted\n1 · 2",
        "**a**",
    ]


def test_rows_come_in_order_whatever_the_days_say(tmp_path: Path) -> None:
    with export(
        tmp_path,
        row(5, "five"),
        row(3, "three"),
        **{
            "general/2015-01-02.json": [row(4, "four"), row(6, "six"), row(3, "three")],
            "general/2015-01-03.json": [row(6, "another six"), row(7, "seven")],
            "general/canvas.html": b"<html>",
            "canvases.json": [],
        },
    ) as found:
        assert [one.text for one in found.messages("C1")] == ["three", "four", "five", "another six", "seven"]
        assert problems(found) == {"same key": 1, "skipped": 1}


def test_an_organisation_has_its_workspaces_below_it(tmp_path: Path) -> None:
    shared = {"id": "C1", "name": "shared", "members": ["U1"]}
    files = {
        "users.json": [USERS[0] | {"enterprise_user": {"enterprise_id": "E1"}}],
        "channels.json": [shared],
        "shared/2015-01-01.json": [row(1, "at the root")],
        "teams/one/users.json": [USERS[1]],
        "teams/one/channels.json": [{"id": "C2", "name": "general"}],
        "teams/one/general/2015-01-01.json": [row(1, "one")],
        "teams/two/channels.json": [{"id": "C3", "name": "general"}, shared],
        "teams/two/general/2015-01-01.json": [row(1, "two")],
        "teams/two/shared/2015-01-01.json": [row(2, "in a workspace")],
    }
    with SlackExport.read(packed(tmp_path / "grid", files), Options()) as found:
        texts = {one.key: [message.text for message in found.messages(one.key)] for one in found.rooms()}
        assert texts == {"C1": ["at the root", "in a workspace"], "C2": ["one"], "C3": ["two"]}
        assert [one.key for one in found.people()] == ["U1", "U2"]
        assert problems(found) == {}


def test_a_folder_around_it_may_end_as_that_of_the_workspaces(tmp_path: Path) -> None:
    files = {"our-teams/channels.json": [GENERAL], "our-teams/general/2015-01-01.json": [row(1, "one")]}
    with SlackExport.read(packed(tmp_path / "export", files), Options()) as found:
        assert [message.text for one in found.rooms() for message in found.messages(one.key)] == ["one"]


def test_a_room_in_no_list_is_private(tmp_path: Path) -> None:
    files = {
        "users.json": USERS,
        "channels.json": [],
        "odd room/2015-01-01.json": [row(1)],
        "media/x.png": b"",
    }
    with SlackExport.read(packed(tmp_path / "export", files), Options()) as found:
        assert [(one.key, one.name, one.kind) for one in found.rooms()] == [
            ("folder:odd room", "odd room", "private")
        ]


def test_comments_on_a_canvas_are_a_room_that_stays_when_the_canvas_is_renamed(tmp_path: Path) -> None:
    folders = ["FC:F07ABCDEF1:Notes", "FC:F07ABCDEF2:", "FC:F07ABCDEF3:Q3/Q4", "FC:me", "FC_F07ABCDEF4_odd"]
    files = {f"{folder}/2024-01-01.json": [row(1, folder)] for folder in folders}
    with export(tmp_path, **files) as whole:
        rooms = {room.key: room.name for room in whole.rooms() if room.kind == "private"}
        said_in = {key: [one.text for one in whole.messages(key)] for key in rooms}
    assert rooms == {
        "FC:F07ABCDEF1": "Notes",
        "FC:F07ABCDEF2": "canvas F07ABCDEF2",
        "FC:F07ABCDEF3": "Q3/Q4",
        "FC:F07ABCDEF4": "odd",
        "folder:FC:me": "FC:me",
    }
    assert [text for texts in said_in.values() for text in texts] == folders


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    cut = b'[{"type": "message", "user": "U1", "text": "a", "ts": "1420070001.000001"}, {"type": "mess'
    with export(
        tmp_path,
        row(1, "number", ts=1420070002.5, thread_ts="1e99"),
        row(1, "NaN", ts="NaN"),
        row(1, "1601", ts="-11644473600.000000"),
        row(1, "9999", ts="253402300799.000000"),
        row(1, "no time", ts=None),
        row(3, {"a": 1}, reactions="none", files=[{"id": 7, "size": "big"}]),  # type: ignore[arg-type]
        row(4, "half \ud800 of a pair"),
        {"type": "reminder", "ts": "1420070005.000001"},
        **{
            "general/2015-01-02.json": cut,
            "general/2015-01-03.json": b"<html>no JSON",
            "general/2015-01-04.json": b"[1, [], {}, " + b"[" * 100_000 + b"]" * 100_000 + b"]",
        },
    ) as found:
        texts = [one.text for one in found.messages("C1")]
        assert texts == ["a", "number", "", "half \ufffd of a pair"]
        assert found.problems.by_kind["no time"].count == 5
        assert found.problems.by_kind["unknown kind"].count == 1
        assert (
            "general/2015-01-02.json: it ends too early after 1 values"
            in found.problems.by_kind["unreadable"].places
        )
    with pytest.raises(Unreadable, match=r"no channels\.json"):
        SlackExport.read(packed(tmp_path / "other.zip", {"a.txt": b""}), Options())


def test_no_secret_of_an_address_is_passed_on(tmp_path: Path) -> None:
    secret = "xoxe-1234"
    found = read(
        tmp_path,
        row(
            1,
            f"<https://files.slack.com/a?t={secret}>",
            files=[{"id": "F1", "url_private": f"https://u:{secret}@a.example/?token={secret}"}],
        ),
    )
    assert secret not in repr(found)
