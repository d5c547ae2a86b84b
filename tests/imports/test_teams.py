"""Dumps of Microsoft Teams: channels, chats in several files, mentions word by word, quotes, cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from imports.reading import Everything, everything, folder, zipped
from imports.small_exports import TEAMS

from chatctl.imports.export import Unreadable
from chatctl.imports.teams.dump import TeamsDump

TEAM, CHANNEL = "t-1", "19:general@thread.tacv2"
PAIR, GROUP = "19:ada_ben@unq.gbl.spaces", "19:many@thread.v2"
USERS = [
    {"Id": "ada", "DisplayName": "Ada L.", "Mail": "ada.l@a.example", "UserPrincipalName": "x@a.example"},
    {"Id": "ben", "DisplayName": "Ben", "Mail": None, "UserPrincipalName": "ben@a.example"},
]


def by(key: str) -> dict[str, Any]:
    return {"Application": None, "User": {"Id": key, "DisplayName": key.title(), "TenantId": "x"}}


def row(id_: int, content: str, who: str = "ada", **more: Any) -> dict[str, Any]:
    base = {"Id": str(id_), "ReplyToId": None, "MessageType": "message", "From": by(who)}
    place = {"ChannelIdentity": {"ChannelId": CHANNEL, "TeamId": TEAM}, "ChatId": None}
    time = {
        "CreatedDateTime": f"2026-02-01T10:00:{id_ % 60:02}.5+00:00",
        "LastModifiedDateTime": "2026-09-01",
    }
    body = {"Body": {"ContentType": "html", "Content": content}}
    lists: dict[str, Any] = {"Attachments": [], "Mentions": [], "Reactions": [], "MessageHistory": None}
    return {**base, **time, **body, **place, **lists, **more}


def chat(id_: int, content: str, who: str = "ada", where: str = PAIR, **more: Any) -> dict[str, Any]:
    return row(id_, content, who, **{"ChannelIdentity": None, "ChatId": where, **more})


def dump(at: Path, *rows: Any, **files: Any) -> Path:
    teams = [{"Name": "Tea", "GroupsId": TEAM, "Privacy": "Public", "Description": "leaves"}]
    written: dict[str, Any] = {
        "users/usersList.json": USERS,
        "teams/teamsList.json": teams,
        f"teams/{TEAM}/messages_{TEAM}.json": list(rows),
        **{name.replace("__", "/") + ".json": value for name, value in files.items()},
    }
    return folder(at, {f"dump/{name}": json.dumps(value) for name, value in written.items()})


def read(at: Path, *rows: Any, **files: Any) -> Everything:
    return everything(TeamsDump, dump(at, *rows, **files))


def test_a_channel_is_a_room_and_replies_are_threads(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        row(3, "<p>re</p>", "ben", ReplyToId="2"),
        row(
            2,
            "<p>root &amp; <strong>more</strong></p>",
            Subject="News *1*",
            LastEditedDateTime="2026-02-01T11:00:00Z",
        ),
        row(4, "lost", ReplyToId="99"),
        row(5, "<systemEventMessage/>", MessageType="unknownFutureValue", From=None),
        row(6, "gone", DeletedDateTime="2026-02-02T00:00:00Z"),
        row(7, "<p>from outside</p>", "guest"),
        row(8, "beep", From={"User": None, "Application": {"Id": "b", "DisplayName": "Robot"}}),
    )
    (room,) = found.rooms
    assert (room.key, room.name, room.kind, room.topic) == (CHANNEL, "Tea", "public", "leaves")
    assert [(m.key, m.author, m.text, m.thread, m.deleted) for m in found.messages] == [
        ("2", "ada", "**News \\*1\\***\n\nroot & **more**", None, False), ("2/3", "ben", "re", "2", False),
        ("99/4", "ada", "lost", "99", False), ("6", "ada", "", None, True),
        ("7", "guest", "from outside", None, False), ("8", "app:b", "beep", None, False),
    ]  # fmt: skip
    assert found.messages[0].edited_at == found.messages[0].at + 3_597_500
    assert found.messages[1].edited_at is None
    assert [(p.name, p.display_name, p.address, p.bot) for p in found.people.values()] == [
        ("ada.l", "Ada L.", "ada.l@a.example", False), ("ben", "Ben", "ben@a.example", False),
        ("Guest", "Guest", None, False), ("Robot", "Robot", None, True),
    ]  # fmt: skip
    assert found.problems == {"missing root": 1, "missing person": 2}


def test_lists_tell_names_members_and_who_may_read(tmp_path: Path) -> None:
    channels = [
        {"Id": CHANNEL, "DisplayName": "General", "MembershipType": "standard"},
        {"Id": "19:x", "DisplayName": "Leaves", "Description": "all", "MembershipType": "standard"},
        {"Id": "19:y", "DisplayName": "Staff", "MembershipType": "private", "IsArchived": True},
    ]
    files = {
        f"teams__{TEAM}__channels_{TEAM}": channels,
        f"teams__{TEAM}__teamMembers_{TEAM}": [{"UserId": "ada"}, {"UserId": "ben"}, {"UserId": "ada"}, {}],
        "teams__teamsSettings": [{"Id": TEAM, "DisplayName": "Tea house", "Visibility": "private"}],
    }
    places = [
        {"ChannelIdentity": {"ChannelId": key, "TeamId": TEAM}} for key in ("19:x", "19:y", "19:z", "19:w")
    ]
    found = read(tmp_path, row(1, "a"), *(row(n, "b", **place) for n, place in enumerate(places, 2)), **files)
    assert [(r.name, r.kind, r.topic, r.archived, r.members) for r in found.rooms] == [
        ("Tea house", "private", "leaves", False, ("ada", "ben")),
        ("Leaves", "private", "all", False, ("ada", "ben")),
        ("Staff", "private", "", True, ()), ("Tea house", "private", "leaves", False, ("ada", "ben")),
        ("Tea house 2", "private", "leaves", False, ("ada", "ben")),
    ]  # fmt: skip


def test_chats_stand_in_the_files_of_all_who_are_in_them(tmp_path: Path) -> None:
    one = [chat(1, "hi"), chat(2, "yo", "ben"), chat(3, "all", where=GROUP), chat(4, "old")]
    two = [
        chat(4, "new", LastEditedDateTime="2026-03-01T00:00:00Z"),
        *one[:3],
        chat(5, "me too", "eve", GROUP),
    ]
    found = read(tmp_path, users__ada__messages_ada=one, users__ben__messages_ben=two)
    assert {room.key: (room.kind, room.members) for room in found.rooms} == {
        PAIR: ("direct", ("ada", "ben")), GROUP: ("direct", ("ada", "ben", "eve"))
    }  # fmt: skip
    assert [message.text for message in found.by_room[PAIR]] == ["hi", "yo", "new"]
    assert [message.text for message in found.by_room[GROUP]] == ["all", "me too"]


@pytest.mark.parametrize(
    ("newest_of_ben", "kind", "members"),
    [(5, "private", ("ada", "eve")), (2, "direct", ("ada", "ben", "eve"))],
    ids=["who was there later has left it", "a file may have been made before"],
)
def test_who_left_a_chat_does_not_read_what_came_later(
    tmp_path: Path, newest_of_ben: int, kind: str, members: tuple[str, ...]
) -> None:
    seen = [chat(1, "hi", where=GROUP), chat(2, "bye", "ben", GROUP)]
    later = [chat(3, "he is gone", where=GROUP), chat(4, "yes", "eve", GROUP)]
    mine = {
        "users__ada__messages_ada": [*seen, *later],
        "users__ben__messages_ben": [*seen, chat(newest_of_ben, "elsewhere", "ben", PAIR)],
    }
    room = next(room for room in read(tmp_path, **mine).rooms if room.key == GROUP)
    assert (room.kind, room.members) == (kind, members)


def test_notes_to_oneself_are_called_the_same_for_everybody_and_are_no_common_room(tmp_path: Path) -> None:
    ada, ben = ([chat(n, f"of {who}", who, "48:notes")] for n, who in enumerate(("ada", "ben"), 1))
    found = read(tmp_path, users__ada__messages_ada=ada, users__ben__messages_ben=ben)
    assert [(room.members, found.by_room[room.key][0].text) for room in found.rooms] == [
        (("ada",), "of ada"), (("ben",), "of ben")
    ]  # fmt: skip


def test_each_word_of_a_name_is_a_mention_but_it_is_one_person(tmp_path: Path) -> None:
    def mentioned(id_: int, **who: Any) -> dict[str, Any]:
        return {"Id": id_, "MentionText": "x", "Mentioned": {"User": None, "Conversation": None, **who}}

    ada = {"User": {"Id": "ada", "DisplayName": "Ada L."}}
    mentions = [mentioned(0, **ada), mentioned(1, **ada), mentioned(2, Conversation={"Id": "x"})]
    content = (
        '<p><at id="0">Ada</at>&nbsp;<at id="1">L.</at> and <at id="2">All</at> <at id="9">Nobody</at></p>'
    )
    found = read(tmp_path, row(1, content, Mentions=mentions))
    assert found.messages[0].text == "\x0eada\x0f and @All @Nobody"


def test_quotes_forwards_cards_files_and_pictures(tmp_path: Path) -> None:
    def attached(kind: str, content: Any = None, **more: Any) -> dict[str, Any]:
        text = content if isinstance(content, str) or content is None else json.dumps(content)
        return {"Id": "a1", "ContentType": kind, "Content": text, **more}

    card = {
        "type": "AdaptiveCard",
        "body": [{"text": "Build *3*"}, {"items": [{"text": "ok"}], "facts": [{"title": "t", "value": "v"}]}],
    }
    secret = "https://a.sharepoint.example/x/Bill.pdf?tempauth=secret&token=secret"
    attachments = [
        attached("reference", None, Name="Bill.pdf", ContentUrl=secret),
        attached("application/vnd.microsoft.card.adaptive", card),
        attached("forwardedMessageReference", {"originalMessageContent": "<p>of <b>old</b></p>"}),
        attached("application/vnd.microsoft.card.announcement", {"title": "News", "subTitle": "of today"}),
        attached("application/vnd.microsoft.card.codesnippet", {"name": "loop.py", "language": "Python"}),
    ]
    picture = (
        '<img alt="image" src="https://graph.microsoft.com/v1.0/chats/x/messages/1/hostedContents/y/$value">'
    )
    found = read(
        tmp_path,
        row(
            1,
            f'see <emoji alt="😀"></emoji>{picture}<attachment id="a1"></attachment>',
            Attachments=attachments,
        ),
        row(2, '<codeblock class="Python"><code>x&nbsp;= 1<br>y</code></codeblock>'),
        row(3, "plain *text*", Body={"ContentType": "text", "Content": "plain *text*"}),
        row(4, "re", ReplyToId="3"),
        row(5, "q", ReplyToId="3", Attachments=[attached("messageReference", {"messageId": "4"})]),
        row(
            6,
            "broken",
            Attachments=[attached("messageReference", "{"), attached("messageReference", {"messageId": 7})],
        ),
        row(7, "lost", Attachments=[attached("messageReference", {"messageId": "77"})]),
    )
    first = found.messages[0]
    cards = "> Build \\*3\\*\n>\n> ok\n>\n> t\n>\n> v\n\n> of **old**\n\n> News\n>\n> of today\n\n> loop.py"
    assert first.text == f"see 😀\n\n{cards}"
    assert [(f.name, f.missing is None) for f in first.files] == [("picture", False), ("Bill.pdf", True)]
    assert "secret" not in repr(found.messages)
    assert [message.text for message in found.messages[1:3]] == [
        "```python\nx = 1\ny\n```",
        r"plain \*text\*",
    ]
    assert [message.reply_to for message in found.messages[3:]] == [None, "3/4", None, None]
    assert found.problems == {"missing file": 1, "missing root": 1}


def test_reactions_are_in_the_list_or_in_the_history(tmp_path: Path) -> None:
    def reaction(kind: str, who: str = "ben", **more: Any) -> dict[str, Any]:
        return {"ReactionType": kind, "User": {"User": {"Id": who}}, **more}

    history = [
        {"Actions": "reactionAdded", "Reaction": reaction("heart")},
        {"Actions": "reactionAdded", "Reaction": reaction("like")},
        {"Actions": "reactionRemoved", "Reaction": reaction("heart")},
    ]
    listed = [
        reaction("like"),
        reaction("like"),
        reaction("🎉", "ada"),
        reaction("custom", DisplayName="leaf"),
        {},
    ]
    found = read(tmp_path, row(1, "a", Reactions=listed), row(2, "b", MessageHistory=history))
    assert [[(r.person, r.emoji) for r in message.reactions] for message in found.messages] == [
        [("ben", "👍"), ("ada", "🎉"), ("ben", ":leaf:")], [("ben", "👍")],
    ]  # fmt: skip


def test_what_is_wrong_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = dump(
        tmp_path,
        row(1, "one\u0000\u000eben\u000f"),
        "no row",
        row(2, "nobody", From=None),
        row(3, "nowhere", ChannelIdentity=None),
        row(4, "late", CreatedDateTime="9999-01-01T00:00:00Z", Id="x"),
        row(1_700_000_000_000, "by its id", CreatedDateTime="x"),
        row(5, "odd", Mentions="x", Reactions=[1], Attachments={"a": 1}),
        row(6, "of a kind", From=None, MessageType="new"),
        row(7, "the cut"),
    )
    messages = path / "dump" / "teams" / TEAM / f"messages_{TEAM}.json"
    messages.write_bytes(messages.read_bytes().partition(b"the cut")[0])
    found = everything(TeamsDump, path)
    assert [message.text for message in found.messages] == ["by its id", "one\ufffdben", "odd"]
    assert found.problems == {"unreadable": 7, "no time": 1, "unknown kind": 1}


def test_fields_may_begin_as_the_api_itself_writes_them(tmp_path: Path) -> None:
    def small(value: Any) -> Any:
        if isinstance(value, list):
            return [small(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {name[0].lower() + name[1:]: small(each) for name, each in value.items()}

    capital = {name: json.dumps(document) for name, document in TEAMS.items()}
    own = {name: json.dumps(small(document)) for name, document in TEAMS.items()}
    here = everything(TeamsDump, folder(tmp_path / "own", own))
    assert here == everything(TeamsDump, folder(tmp_path / "capital", capital))
    assert here.problems == {}


def test_replies_may_stand_in_the_message_that_they_are_to(tmp_path: Path) -> None:
    nested = row(2, "second", "ben", ReplyToId="1", ChannelIdentity=None)
    found = read(tmp_path, {**row(1, "first"), "Replies": [nested, "odd", {"Id": "3"}]})
    assert [(one.text, one.thread) for one in found.messages] == [("first", None), ("second", "1")]
    assert found.problems["unreadable"] == 2


def test_a_dump_is_known_by_its_lists(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"users/usersList.json": "[]", "users/ada/messages_ada.json": "[]"})
    assert TeamsDump.looks_like(path)
    assert not TeamsDump.looks_like(folder(tmp_path / "b", {"users/usersList.json": "[]"}))
    with pytest.raises(Unreadable, match=r"neither teamsList\.json nor usersList\.json"):
        everything(TeamsDump, folder(tmp_path / "c", {"x.json": "[]"}))
