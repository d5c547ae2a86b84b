"""The files that a command names: which these are, and whether the caller may use them so.

`files_of` says it before the decision; whoever lets a stream decide looks them up, and gives those that the
caller may read in the context. What was decided relies on their being there when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chatd.contract.account import UpdateAccount
from chatd.contract.emoji import AddEmoji
from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.contract.message import PostMessage
from chatd.contract.shown import FILE_ID
from chatd.contract.space import CreateSpace, UpdateSpace
from chatd.domain.decision import Context
from chatd.domain.internal import AddImported, AddImportedEmoji

PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
TWICE: Final = Refusal("invalid", "attachments: each file once")
NOTHING_IN_IT: Final = Refusal(
    "invalid", "text: there is nothing to see in it; write something, or attach a file"
)


def files_of(command: Any) -> Sequence[str]:
    """Ids of the files that the command names."""
    named = _NAMED.get(type(command))
    return () if named is None else named(command) or ()


def attached(attachments: Sequence[str], context: Context) -> list[FileInfo] | Refusal:
    """The files that are to be attached to a message."""
    if len(set(attachments)) < len(attachments):
        return TWICE
    for file in attachments:
        if file not in context.files:
            return Refusal("not_found", f"attachments: there is no file {file}, or you may not read it")
    return [context.files[file] for file in attachments]


def refuse_picture(field: str, picture: str | None, context: Context) -> Refusal | None:
    """Why `picture` may not be what the field is: a web address may, or a picture that the caller may
    read."""
    if picture is None or not is_file(picture):
        return None
    file = context.files.get(picture)
    if file is None:
        return Refusal("not_found", f"{field}: there is no file {picture}, or you may not read it")
    if file.type not in PICTURES:
        return Refusal("invalid", f"{field}: this file is no picture; upload a PNG, JPEG, GIF, WebP or AVIF")
    return None


def is_file(picture: str) -> bool:
    """Whether it is the id of a file, and no web address."""
    return FILE_ID.fullmatch(picture) is not None


def _picture(picture: str | None) -> Sequence[str]:
    return (picture,) if picture is not None and is_file(picture) else ()


_NAMED: Final[Mapping[type[Any], Callable[[Any], Sequence[str] | None]]] = {
    PostMessage: lambda command: command.attachments,
    AddImported: lambda command: [file for message in command.messages for file in message.attachments or ()],
    UpdateAccount: lambda command: _picture(command.avatar),
    CreateSpace: lambda command: _picture(command.icon),
    UpdateSpace: lambda command: _picture(command.icon),
    AddEmoji: lambda command: _picture(command.image),
    AddImportedEmoji: lambda command: _picture(command.image),
}
