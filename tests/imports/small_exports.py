"""One small export of each format that has something of everything in it, to be broken by tests."""

from __future__ import annotations

from typing import Any, Final

from chatctl.imports.discord.guild import DiscordGuild
from chatctl.imports.export import Export
from chatctl.imports.irc.logs import IrcLogs
from chatctl.imports.matrix.rooms import MatrixRooms
from chatctl.imports.teams.dump import TeamsDump
from chatctl.imports.telegram.account import TelegramAccount
from chatctl.imports.whatsapp.chats import WhatsAppChats
from chatctl.imports.zulip.realm import ZulipRealm

AT: Final = 1_770_000_000
ISO: Final = "2026-02-02T10:00:00.5+00:00"
_ZOE: Final = {"id": "11", "name": "zoe", "discriminator": "0", "nickname": "Zoe", "isBot": False}

DISCORD: Final[dict[str, Any]] = {
    "tea.json": {
        "guild": {"id": "1", "name": "Tea"},
        "channel": {"id": "4", "type": "GuildPublicThread", "categoryId": "3", "category": "tea",
                    "name": "n"},
        "dateRange": {}, "exportedAt": ISO,
        "messages": [{
            "id": "4", "type": "Reply", "timestamp": ISO, "timestampEdited": ISO, "isPinned": True,
            "content": "**tea** @Zoe <t:1:R>", "author": _ZOE, "mentions": [_ZOE],
            "attachments": [{"id": "5", "url": "a\\b.png", "fileName": "b.png", "fileSizeBytes": 3}],
            "embeds": [{"title": "t", "url": "https://a.example", "fields": [{"name": "n", "value": "v"}]}],
            "stickers": [{"id": "6", "name": "s", "sourceUrl": "https://a.example/s.png"}],
            "reactions": [{"emoji": {"id": "7", "name": "leaf", "imageUrl": "x"}, "count": 2,
                           "users": [_ZOE]}],
            "reference": {"messageId": "3", "channelId": "4", "type": "Default"},
            "forwardedMessage": {"content": "old", "attachments": []},
        }],
    },
}  # fmt: skip
MATRIX: Final[dict[str, Any]] = {
    "export.json": {
        "room_name": "Tea", "room_creator": "Zoe", "topic": "green", "export_date": "x", "exported_by": "Zoe",
        "messages": [
            {"type": kind, "event_id": f"${n}", "room_id": "!r:a", "sender": "@zoe:a",
             "origin_server_ts": AT * 1000 + n, "content": content, **more}
            for n, (kind, content, more) in enumerate([
                ("m.room.member", {"membership": "join", "displayname": "Zoe"}, {"state_key": "@zoe:a"}),
                ("m.room.message", {"msgtype": "m.image", "body": "a.png", "filename": "b.png",
                                    "info": {"size": 1},
                                    "m.relates_to": {"rel_type": "m.thread", "event_id": "$0",
                                                     "m.in_reply_to": {"event_id": "$0"}}}, {}),
                ("m.room.message", {"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html",
                                    "formatted_body": "<p>x</p>"},
                 {"unsigned": {"m.relations": {"m.replace": {"sender": "@zoe:a", "origin_server_ts": 10**12,
                                                             "content": {"m.new_content": {"body": "y"}}}}}}),
                ("m.poll.start", {"m.poll.start": {"question": {"m.text": [{"body": "q"}]},
                                                   "answers": [{"m.text": "a"}]}}, {}),
                ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$2", "key": "x"}},
                 {}),
                ("m.room.pinned_events", {"pinned": ["$2"]}, {"state_key": ""}),
            ])
        ],
    },
}  # fmt: skip
TELEGRAM: Final[dict[str, Any]] = {
    "result.json": {
        "about": "x", "personal_information": {},
        "chats": {"list": [{"name": "Tea", "type": "private_group", "id": 7, "messages": [
            {"id": 1, "type": "service", "date_unixtime": str(AT), "actor": "Zoe", "actor_id": "user1",
             "action": "topic_created", "title": "t", "members": ["Zoe", None]},
            {"id": 2, "type": "message", "date_unixtime": str(AT), "edited_unixtime": str(AT), "from": "Zoe",
             "from_id": "user1", "reply_to_message_id": 1, "forwarded_from": "Ben", "photo": "a.jpg",
             "photo_file_size": 3, "text_entities": [{"type": "pre", "text": "x", "language": "c"},
                                                     {"type": "mention_name", "text": "Zoe", "user_id": 1}],
             "poll": {"question": "q", "answers": [{"text": "a", "voters": 1}]},
             "location_information": {"latitude": 1.5, "longitude": 2},
             "contact_information": {"first_name": "Cleo"},
             "reactions": [{"emoji": "x", "count": 2, "recent": [{"from_id": "user1"}]}]},
            {"id": 3, "type": "service", "date_unixtime": str(AT), "actor_id": "user1",
             "action": "pin_message", "message_id": 2},
        ]}]},
    },
}  # fmt: skip
ZULIP: Final[dict[str, Any]] = {
    "realm.json": {
        "zerver_realm": [{"string_id": "tea"}],
        "zerver_userprofile": [{"id": 11, "full_name": "Zoe", "email": "a@a", "is_bot": False,
                                "is_active": True},
                               {"id": 12, "full_name": "Yan"}],
        "zerver_stream": [{"id": 5, "name": "tea", "description": "d", "invite_only": False,
                           "date_created": AT}],
        "zerver_recipient": [{"id": 100, "type": 2, "type_id": 5}, {"id": 101, "type": 1, "type_id": 12}],
        "zerver_subscription": [{"user_profile": 11, "recipient": 100, "active": True}],
        "zerver_realmemoji": [{"name": "leaf", "file_name": "3.png", "deactivated": False}],
        "zerver_reaction": [{"message": 1, "user_profile": 11, "emoji_name": "leaf", "emoji_code": "1f389",
                             "reaction_type": "unicode_emoji"}],
    },
    "messages-000001.json": {"zerver_message": [
        {"id": n, "sender": 11, "recipient": recipient, "subject": "t",
         "content": "@**Zoe** [x](/user_uploads/a)", "date_sent": AT + n, "last_edit_time": AT + 5,
         "edit_history": '[{"prev_content": "o", "timestamp": 1}]'}
        for n, recipient in enumerate([100, 100, 101], 1)
    ]},
    "emoji/records.json": [{"name": "leaf", "path": "x.png"}],
}  # fmt: skip
_REACTION: Final = {"ReactionType": "like", "User": {"User": {"Id": "zoe"}}}
TEAMS: Final[dict[str, Any]] = {
    "users/usersList.json": [{"Id": "zoe", "DisplayName": "Zoe", "Mail": "a@a"}],
    "teams/teamsList.json": [{"Name": "Tea", "GroupsId": "t", "Privacy": "Public"}],
    "teams/t/channels_t.json": [{"Id": "c", "DisplayName": "General", "MembershipType": "standard"}],
    "teams/t/teamMembers_t.json": [{"UserId": "zoe"}],
    "teams/t/messages_t.json": [{
        "Id": str(n), "ReplyToId": reply, "MessageType": "message", "CreatedDateTime": ISO, "Subject": "s",
        "LastEditedDateTime": ISO, "From": {"User": {"Id": "zoe", "DisplayName": "Zoe"}},
        "Body": {"ContentType": "html", "Content": '<p><at id="0">Zoe</at></p>'},
        "Attachments": [{"Id": "a", "ContentType": "messageReference", "Content": '{"messageId": "1"}'},
                        {"Id": "b", "ContentType": "reference", "ContentUrl": "https://a.example/x",
                         "Name": "x"}],
        "Mentions": [{"Id": 0, "Mentioned": {"User": {"Id": "zoe"}}}], "Reactions": reactions,
        "MessageHistory": [{"Actions": "reactionAdded", "Reaction": _REACTION}],
        "ChannelIdentity": {"ChannelId": "c", "TeamId": "t"}, "ChatId": None,
    } for n, reply, reactions in ((1, None, []), (2, "1", [_REACTION]))],
}  # fmt: skip
IRC: Final[dict[str, Any]] = {
    "#tea.log": "--- Log opened Sun Feb 01 10:00:00 2026\n10:00 < zoe> \x02tea\x02\n10:01  * zoe pours\n"
    "10:02 -!- zoe [a@b] has joined #tea\n--- Day changed Mon Feb 02 2026\n10:03 -!- zoe [a@b] has quit []\n",
    "#tea.weechatlog": "2026-02-01 10:00:00\tzoe\ttea\n2026-02-01 10:00:01\t-->\tzoe (a@b) has joined #tea\n",
}
WHATSAPP: Final[dict[str, Any]] = {
    "_chat.txt": "[13.01.26, 10:00:00] Zoe: *tea* @\u2068Zoe\u2069\nmore\n"
    "[13.01.26, 10:00:01] Zoe: \u200e<attached: a.jpg>\n"
    "[13.01.26, 10:00:02] \u200eZoe left\n[13.01.26, 10:00:03] Zoe: x\u200e <This message was edited>\n",
    "a.jpg": "x",
}

JSON: Final[list[tuple[type[Export], dict[str, Any]]]] = [
    (DiscordGuild, DISCORD),
    (MatrixRooms, MATRIX),
    (TelegramAccount, TELEGRAM),
    (ZulipRealm, ZULIP),
    (TeamsDump, TEAMS),
]
TEXT: Final[list[tuple[type[Export], dict[str, Any]]]] = [(IrcLogs, IRC), (WhatsAppChats, WHATSAPP)]
