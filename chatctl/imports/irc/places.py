"""Which channel of which network a log is of, and of which day: clients say it only in the names of files and
folders, each in its own way."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from attrs import frozen

ENDS: Final = (".log", ".txt", ".weechatlog", ".irc")
_ENDS: Final = re.compile(r"(?:\.(?:log|txt|weechatlog|irc))+$", re.IGNORECASE)
_DAY: Final = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d\d)\2(\d\d)(?!\d)")
_AROUND: Final = "._- "
_CHANNEL: Final = "#"
# Folders that say nothing of network or channel.
_GENERAL: Final = frozenset(
    ["channels", "queries", "logs", "log", "irclogs", "irc", "weechat", "znc", "moddata", "users", "privmsg"]
)


@frozen
class Place:
    """`channel` begins with `#`, or is the name of a person or whatever else the file is called."""

    network: str
    channel: str
    day: date | None


def is_log(name: str) -> bool:
    last = PurePosixPath(name).name
    return last.lower().endswith(ENDS) or "." not in last.lstrip(_CHANNEL)


def place_of(name: str, around: str) -> Place:
    """`around`: what the folder or archive is called that the log is in."""
    *folders, last = [part for part in name.split("/") if part]
    stem = _ENDS.sub("", last)
    day, rest = _day_in(stem)
    folders = [around, *folders]
    before, sign, channel = rest.partition(_CHANNEL)
    if sign:
        return Place(_network(before.strip(_AROUND), folders), (sign + channel).rstrip(_AROUND), day)
    for at in range(len(folders) - 1, -1, -1):
        if _CHANNEL in folders[at]:
            before, sign, channel = _ENDS.sub("", folders[at]).partition(_CHANNEL)
            return Place(_network(before.strip(_AROUND), folders[:at]), sign + channel, day)
    rest = rest.strip(_AROUND)
    while not rest and folders:
        told = _ENDS.sub("", folders.pop())
        rest = "" if told.isdecimal() or told.lower() in _GENERAL else told
    return Place(_network("", folders), rest or around, day)


def _network(told: str, folders: list[str]) -> str:
    told = told.removeprefix("irc.").removeprefix("irc-")
    for folder in reversed(
        [*folders[1:], told]
    ):  # the first is the export itself, which may be called anything
        if folder and not folder.isdecimal() and folder.lower() not in _GENERAL:
            return folder
    return ""


def _day_in(stem: str) -> tuple[date | None, str]:
    """And the rest of it."""
    for found in reversed(list(_DAY.finditer(stem))):
        try:
            day = date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:
            continue
        return day, (stem[: found.start()].rstrip(_AROUND) + stem[found.end() :]).strip(_AROUND)
    return None, stem
