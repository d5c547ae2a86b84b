"""The formats that are read: the one list of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from chatctl.imports.chatd.export import ChatdExport
from chatctl.imports.discord.guild import DiscordGuild
from chatctl.imports.export import Export, Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.irc.logs import IrcLogs
from chatctl.imports.matrix.rooms import MatrixRooms
from chatctl.imports.mattermost.export import MattermostExport
from chatctl.imports.not_known import reason
from chatctl.imports.rocketchat.export import RocketChatDump
from chatctl.imports.slack.export import SlackExport
from chatctl.imports.teams.dump import TeamsDump
from chatctl.imports.telegram.account import TelegramAccount
from chatctl.imports.whatsapp.chats import WhatsAppChats
from chatctl.imports.zulip.realm import ZulipRealm

# In the order in which they are asked: those with the surest signs first.
FORMATS: Final[tuple[type[Export], ...]] = (
    ChatdExport,
    SlackExport,
    MattermostExport,
    RocketChatDump,
    ZulipRealm,
    DiscordGuild,
    TelegramAccount,
    TeamsDump,
    MatrixRooms,
    IrcLogs,
    WhatsAppChats,
)


def recognise(path: Path) -> type[Export]:
    """The format of the file or folder; raises `Unreadable` where it is of none, or cannot be read."""
    with glance(path) as seen:
        for one in FORMATS:
            if one.looks_like(path):
                return one
        why = reason(path, seen)
    if why is not None:
        raise Unreadable(f"{path} {why}")
    known = ", ".join(one.format for one in FORMATS)
    raise Unreadable(f"{path} is of no known format ({known}): is it complete? `--format` says which it is")
