"""JSON of DiscordChatExporter: parts, threads, what stands for people, reactions without people, secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from imports.reading import Everything, everything, folder, zipped

from chatctl.imports.discord.guild import DiscordGuild
from chatctl.imports.export import Options, Unreadable

ADA = {"id": "11", "name": "ada", "discriminator": "0", "nickname": "Ada L.", "isBot": False}
BEN = {"id": "12", "name": "ben", "discriminator": "0001", "nickname": "Ben", "isBot": False}
HOOK = {"id": "13", "name": "build", "discriminator": "0000", "nickname": "build", "isBot": True}
CHANNEL = {
    "id": "100",
    "type": "GuildTextChat",
    "categoryId": "9",
    "category": "Text",
    "name": "tea",
    "topic": "green",
}
AT = "2026-03-01T10:00:{:02}.5+07:00"


def said(id_: int, content: str = "", author: dict[str, Any] = ADA, **more: Any) -> dict[str, Any]:
    base = {"id": str(id_), "type": "Default", "timestamp": AT.format(id_ % 60), "timestampEdited": None}
    lists: dict[str, Any] = {"attachments": [], "embeds": [], "stickers": [], "reactions": [], "mentions": []}
    return {**base, "isPinned": False, "content": content, "author": author, **lists, **more}


def exported(
    *messages: Any, channel: dict[str, Any] = CHANNEL, at: str = "2026-05-01T00:00:00.1234567+00:00"
) -> str:
    head = {"guild": {"id": "1", "name": "Tea house", "iconUrl": "x"}, "channel": channel}
    dates = {"dateRange": {"after": None, "before": None}, "exportedAt": at}
    return json.dumps({**head, **dates, "messages": list(messages), "messageCount": 99})


def read(at: Path, files: dict[str, str | bytes]) -> Everything:
    return everything(DiscordGuild, folder(at, files))


def test_a_channel_is_a_room(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"tea.json": exported(said(1, "one"), said(2, "two", BEN, timestampEdited=AT.format(9)))}
    )
    (room,) = found.rooms
    assert (room.key, room.name, room.kind, room.topic) == ("100", "tea", "public", "green")
    assert found.said() == [("ada", "one"), ("ben", "two")]
    assert found.messages[0].at == int(datetime(2026, 3, 1, 3, 0, 1, 500_000, UTC).timestamp() * 1000)
    assert found.messages[1].edited_at == found.messages[1].at + 7000
    assert (found.people["11"].display_name, found.problems) == ("Ada L.", {})


def test_parts_and_repeated_exports_of_a_channel_are_one_room_with_the_latest_texts(tmp_path: Path) -> None:
    old = exported(said(1, "one"), said(2, "two"), at="2026-05-01T00:00:00+00:00")
    new = exported(said(2, "two, edited"), said(3, "three"), at="2026-05-02T00:00:00+07:00")
    for first, second in ((old, new), (new, old)):
        files: dict[str, str | bytes] = {"tea [part 2].json": first, "tea.json": second}
        assert read(tmp_path, files).texts() == ["one", "two, edited", "three"]


def test_threads_hang_on_their_messages_and_private_ones_are_rooms(tmp_path: Path) -> None:
    def thread(id_: str, name: str, kind: str = "GuildPublicThread", around: str = "100") -> dict[str, Any]:
        return {"id": id_, "type": kind, "categoryId": around, "category": "tea", "name": name, "topic": None}

    started = said(
        4, "Started a thread.", type="ThreadCreated", reference={"messageId": None, "channelId": "4"}
    )
    repeated = said(31, "", type="ThreadStarterMessage", reference={"messageId": "3", "channelId": "100"})
    files: dict[str, str | bytes] = {
        "a.json": exported(said(5, "in 4"), channel=thread("4", "on leaves")),
        "b.json": exported(repeated, said(6, "in 3"), channel=thread("3", "on water")),
        "c.json": exported(said(7, "in 2"), channel=thread("2", "gone", "GuildNewsThread")),
        "d.json": exported(said(8, "secret"), channel=thread("8000", "staff", "GuildPrivateThread")),
        "e.json": exported(said(20, "hello"), said(21, "re"), channel=thread("20", "A post", around="200")),
        "tea.json": exported(said(3, "which water?"), started),
    }
    found = read(tmp_path, files)
    assert {room.key: (room.name, room.kind) for room in found.rooms} == {
        "100": ("tea", "public"),
        "8000": ("staff", "private"),
        "200": ("tea", "public"),
    }
    assert [(m.text, m.thread) for m in found.by_room["100"]] == [
        ("Thread: **gone**", None),  # at the time that its id says
        ("which water?", None),
        ("Thread: **on leaves**", None),
        ("in 4", "4"),
        ("in 3", "3"),
        ("in 2", "2"),
    ]
    assert not any(message.system for message in found.by_room["100"])
    assert [(m.text, m.thread) for m in found.by_room["200"]] == [("**A post**\n\nhello", None), ("re", "20")]
    assert found.problems == {"missing root": 1}


def test_system_messages_are_told_by_kind_not_by_their_text(tmp_path: Path) -> None:
    found = read(tmp_path, {"tea.json": exported(
        said(1, "Joined the server.", type="GuildMemberJoin"),
        said(2, "important", isPinned=True),
        said(3, "Pinned a message.", BEN, type="ChannelPinnedMessage", reference={"messageId": "2"}),
        said(4, "", type="46"),
        said(5, "used a command", HOOK, type="20"),
        said(6, "", type="SomethingNew"),
        said(7, "pinned, but nobody knows by whom", isPinned=True),
        said(8, "", type="24", embeds=[{"description": "what was kept back"}]),
        said(9, "Added Ben to the group.", type="RecipientAdd", mentions=[BEN]),
        said(10, "Removed Ben from the group.", type="RecipientRemove", mentions=[BEN]),
        said(11, "Left the group.", BEN, type="RecipientRemove", mentions=[BEN]),
        said(12, "Changed the channel name: *new* tea", type="ChannelNameChange"),
        said(13, "Changed the channel name.", type="ChannelNameChange"),
        said(14, "Started a call that lasted 7 minutes.", type="Call"),
        said(15, "Removed a recipient.", type="RecipientRemove"),
    )})  # fmt: skip
    assert [message.system for message in found.messages] == [bool(int(one)) for one in "101101011111111"]
    assert (found.texts()[0], found.texts()[7]) == ("@ada joined", "> what was kept back")
    assert found.texts()[8:] == [
        "@ada added @ben", "@ada removed @ben", "@ben left", r"@ada renamed the channel to: \*new\* tea",
        "@ada renamed the channel", "@ada called, 7 min", "@ada removed somebody",
    ]  # fmt: skip
    assert [message.pinned_by for message in found.messages][:8] == [None, "12", *[None] * 4, "11", None]
    assert found.problems == {"unknown kind": 2}


def test_replies_point_to_what_is_there(tmp_path: Path) -> None:
    def to(id_: str | None, channel: str = "100", **more: str) -> dict[str, Any]:
        return {"reference": {"messageId": id_, "channelId": channel, "guildId": "1", **more}}

    found = read(tmp_path, {"tea.json": exported(
        said(1, "one"),
        said(2, "two", type="Reply", **to("1")),
        said(3, "three", **to("1")),
        said(4, "deleted", type="Reply", **to("999")),
        said(5, "elsewhere", **to("1", "200")),
        said(6, "", **to("1", type="Forward"), forwardedMessage={"content": "of **old**\ntimes"}),
        said(7, "", **to("1", type="Forward"), forwardedMessage={
            "content": "", "embeds": [{"title": "Build 3"}], "stickers": [{"id": "8", "name": "leaf"}],
        }),
    )})  # fmt: skip
    assert [message.reply_to for message in found.messages] == [None, "1", "1", None, None, None, None]
    assert [message.text for message in found.messages[5:]] == ["> of **old**\n> times", "> **Build 3**"]
    assert [file.name for file in found.messages[6].files] == ["leaf"]
    assert found.problems == {"missing root": 1, "missing file": 1}


def test_what_stands_for_people_and_things_in_both_kinds_of_export(tmp_path: Path) -> None:
    flat = said(1, "hey @Ada L. and @ben, not @benny or `@ben`", mentions=[ADA, BEN])
    raw = said(2, "<@!12> <@&7> <#100> <:leaf:55> <t:1700000000:R> `<@12>`")
    lines = said(3, "-# small\n>>> a\nb")
    escaped = said(5, r"\` <@12> `<@12>` \<@12> \\`<@12>`", BEN)
    found = read(tmp_path, {"tea.json": exported(flat, raw, lines, said(4, "I am", BEN), escaped)})
    assert found.texts() == [
        "hey @ada and @ben, not @benny or `@ben`",
        "@ben @role #tea :leaf: 2023-11-14 22:13 UTC `<@12>`",
        "small\n> a\n> b",
        "I am",
        r"\` @ben `<@12>` \<@12> \\`<@12>`",
    ]
    assert found.messages[0].text.count("\x0e") == 2


def test_reactions_without_people_are_counted_in_the_text(tmp_path: Path) -> None:
    leaf = {"id": "55", "name": "leaf", "imageUrl": "tea_Files\\leaf.png"}
    told = [
        {"emoji": {"id": "", "name": "👍"}, "count": 2, "users": [ADA, BEN]},
        {"emoji": leaf, "count": 3, "users": [BEN]},
        {"emoji": {"id": "", "name": "👀"}, "count": 4},
        {"emoji": None, "count": 1},
    ]
    files: dict[str, str | bytes] = {
        "tea.json": exported(said(1, "tea?", reactions=told)),
        "tea_Files/leaf.png": b"L",
    }
    found = read(tmp_path, files)
    (message,) = found.messages
    assert [(each.person, each.emoji) for each in message.reactions] == [
        ("11", "👍"),
        ("12", "👍"),
        ("12", ":leaf:"),
    ]
    assert message.text == "tea?\n\n*Reactions: :leaf: 2, 👀 4*"
    with DiscordGuild.read(tmp_path, Options()) as export:
        (emoji,) = export.emoji()
        with export.open(emoji.path) as picture:
            assert (emoji.name, picture.read()) == ("leaf", b"L")


def test_files_are_beside_the_json_or_links_without_their_signatures(tmp_path: Path) -> None:
    def file(name: str, url: str) -> dict[str, Any]:
        return {"id": name, "url": url, "fileName": name, "fileSizeBytes": 3}

    remote = "https://cdn.discordapp.com/attachments/1/2/a.png?ex=6&is=5&hm=secret"
    attachments = [
        file("a.png", remote),
        file("b.png", "tea_Files\\b%20c.png"),
        file("c.png", "tea_Files/gone.png"),
        file("d.png", "..\\..\\secret.png"),
    ]
    sticker = {"id": "5", "name": "cat", "sourceUrl": "https://a.example/cat.png?x=1"}
    files: dict[str, str | bytes] = {
        "out/tea.json": exported(said(1, "", attachments=attachments, stickers=[sticker])),
        "out/tea_Files/b c.png": b"bbb",
        "secret.png": b"s",
    }
    path = zipped(tmp_path / "a.zip", files)
    found = everything(DiscordGuild, path)
    (message,) = found.messages
    assert [(each.name, each.path, each.url) for each in message.files] == [
        ("a.png", None, "https://cdn.discordapp.com/attachments/1/2/a.png"),
        ("b.png", "out/tea_Files/b c.png", None),
        ("c.png", None, None),
        ("d.png", None, None),
        ("cat.png", None, "https://a.example/cat.png"),
    ]
    assert "secret" not in repr(message)
    assert found.problems == {"missing file": 2}


def test_embeds_are_shown_unless_they_preview_a_link(tmp_path: Path) -> None:
    preview = {"title": "Tea", "url": "https://tea.example/", "description": "all of it"}
    fields = [{"name": "Branch", "value": "`main`"}]
    build = {"title": "Build *3*", "url": "https://ci.example/3", "description": "**ok**", "fields": fields}
    build |= {"footer": {"text": "in 3 s"}, "image": {"url": "https://ci.example/3.png?key=1"}}
    evil = {"title": "click", "url": "javascript:alert(1)"}
    found = read(tmp_path, {"tea.json": exported(
        said(1, "see https://tea.example/", embeds=[preview]), said(2, "", HOOK, embeds=[build, evil])
    )})  # fmt: skip
    assert found.texts() == [
        "see https://tea.example/",
        "> **[Build \\*3\\*](https://ci.example/3)**\n>\n> **ok**\n>\n> **Branch**\n> `main`"
        "\n>\n> in 3 s\n\n> **click**",
    ]
    [picture] = found.messages[1].files
    assert (picture.name, picture.url) == ("3.png", "https://ci.example/3.png")


def test_buttons_that_lead_somewhere_are_links(tmp_path: Path) -> None:
    go = {"type": "Button", "style": "Link", "label": "Go", "url": "https://ci.example/4"}
    bars = [{"type": "ActionRow", "components": [go, {"type": "Button", "label": "Retry", "customId": "r"}]}]
    found = read(
        tmp_path,
        {"tea.json": exported(said(1, "done", HOOK, components=bars), said(2, "", HOOK, components=bars))},
    )
    assert found.texts() == ["done\n\n[Go](https://ci.example/4)", "[Go](https://ci.example/4)"]


def test_a_webhook_is_as_many_people_as_it_has_names(tmp_path: Path) -> None:
    other = {**HOOK, "name": "deploy"}
    found = read(
        tmp_path, {"tea.json": exported(said(1, "a", HOOK), said(2, "b", other), said(3, "c", HOOK))}
    )
    assert [message.author for message in found.messages] == ["13:build", "13:deploy", "13:build"]
    assert found.people["13:build"].bot


def test_a_direct_chat_is_for_those_who_wrote(tmp_path: Path) -> None:
    channel = {
        "id": "300",
        "type": "DirectTextChat",
        "categoryId": None,
        "category": "Private",
        "name": "ben",
    }
    found = read(tmp_path, {"dm.json": exported(said(1, "a"), said(2, "b", BEN), channel=channel)})
    assert [(room.kind, room.members) for room in found.rooms] == [("direct", ("11", "12"))]
    alone = {"dm.json": exported(said(1, "a"), channel=channel)}
    assert [(room.kind, room.members) for room in read(tmp_path / "alone", alone).rooms] == [
        ("private", ("11",))
    ]
    group = {**channel, "id": "301", "type": "DirectGroupTextChat", "name": "ben, cyd"}
    found = read(tmp_path, {"group.json": exported(said(3, "a"), said(4, "b", BEN), channel=group)})
    # Who else reads there is not told: it is not what the two say to each other.
    assert [(room.key, room.kind, room.members) for room in found.rooms] == [
        ("300", "direct", ("11", "12")),
        ("301", "private", ("11", "12")),
    ]


def test_what_is_wrong_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    good = exported(
        said(1, "one \ud800\u0000\u000e12\u000f"),
        "a string",
        {**said(2, "numbers"), "id": 2, "author": {**ADA, "id": 11}},
        {**said(3), "author": None},
        {**said(4), "attachments": {"a": 1}},
        {**said(1 << 30, "by its id"), "timestamp": "1601-01-01"[:4]},
        {**said(6), "timestamp": "9999-01-01T00:00:00+00:00"},
        {**said(7, "sizes"), "attachments": [{"url": "https://a.example/x", "fileSizeBytes": 1e99}]},
        said(8, "last"),
    )
    cut = exported(said(10, "before"), said(11, "the cut"), channel={**CHANNEL, "id": "101"})
    files: dict[str, str | bytes] = {
        "tea.json": good,
        "cut.json": cut[: cut.index("the cut")],
        "other.json": '{"a": 1}',
        "broken.json": "{",
    }
    found = read(tmp_path, files)
    texts = ["by its id", "one \ufffd\ufffd12", "numbers", "", "sizes", "last"]
    assert [message.text for message in found.by_room["100"]] == texts
    assert [message.text for message in found.by_room["101"]] == ["before"]
    assert found.problems == {"skipped": 2, "unreadable": 4, "no time": 1, "unknown kind": 1}


def test_discord_is_known_by_its_head(tmp_path: Path) -> None:
    assert DiscordGuild.looks_like(zipped(tmp_path / "a.zip", {"x/tea.json": exported()}))
    assert not DiscordGuild.looks_like(folder(tmp_path / "b", {"tea.json": '{"channel": 1}'}))
    with pytest.raises(Unreadable, match=r"no JSON of DiscordChatExporter.*--format Json"):
        everything(DiscordGuild, folder(tmp_path / "c", {"tea.json": "[]"}))
