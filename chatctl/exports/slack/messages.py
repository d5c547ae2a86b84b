"""A message as a row of a day's file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chatctl.exports.slack.blocks import blocks
from chatctl.exports.slack.mrkdwn import mrkdwn
from chatctl.exports.slack.names import file_id, ts, user_id
from chatctl.imports.emoji import name_of
from chatctl.imports.records import File, Message

TEAM = "T0CHATD"


def row_of(
    message: Message, micro: int, room: str, server: str, name_of: Callable[[str], str]
) -> dict[str, Any]:
    """`room`: its id in the export. `server`: the address of the one that has the files. `name_of`: what a
    person is called, by key."""
    if message.deleted:
        return {
            "type": "message",
            "subtype": "tombstone",
            "hidden": True,
            "user": "USLACKBOT",
            "text": "This message was deleted.",
            "ts": ts(micro),
        }
    author = user_id(message.author)
    row: dict[str, Any] = {
        "type": "message",
        "user": author,
        "team": TEAM,
        "text": mrkdwn(message.text),
        "ts": ts(micro),
    }
    if rich := blocks(message.text, name_of):
        row["blocks"] = rich
    if message.edited_at is not None:
        row["edited"] = {"user": author, "ts": ts(message.edited_at * 1000)}
    if message.reactions:
        row["reactions"] = _reactions(message)
    if message.files:
        row["files"] = [_file(file, author, message.at, server) for file in message.files]
        row["upload"] = False
    if message.pinned_by is not None:
        by = user_id(message.pinned_by)
        row["pinned_to"] = [room]
        row["pinned_info"] = {room: {"channel": room, "pinned_by": by, "pinned_ts": message.at // 1000}}
    return row


def pin_of(message: Message, micro: int) -> dict[str, Any]:
    """As the list of rooms has it."""
    return {
        "id": ts(micro),
        "type": "C",
        "created": message.at // 1000,
        "user": user_id(message.pinned_by or message.author),
        "owner": user_id(message.author),
    }


def _reactions(message: Message) -> list[dict[str, Any]]:
    found: dict[str, dict[str, None]] = {}
    for one in message.reactions:
        found.setdefault(name_of(one.emoji), {})[user_id(one.person)] = None
    return [{"name": name, "users": list(users), "count": len(users)} for name, users in found.items()]


def _file(file: File, author: str, at: int, server: str) -> dict[str, Any]:
    id_ = file_id(file.key)
    if file.path is None and file.missing is not None and "deleted" in file.missing:
        return {"id": id_, "mode": "tombstone"}
    ending = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    return {
        "id": id_,
        "created": at // 1000,
        "timestamp": at // 1000,
        "name": file.name,
        "title": file.name,
        "mimetype": file.type or "application/octet-stream",
        "filetype": ending[:20] or "binary",
        "user": author,
        "size": file.size or 0,
        "mode": "hosted",
        "is_external": False,
        # Importers and viewers believe that it is there.
        "url_private": f"{server.rstrip('/')}/files/{file.key}",
    }
