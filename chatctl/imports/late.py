"""Files that were missing when their message was imported: they come with a message of their own, which
answers that one, since what was posted keeps the files that it was posted with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from chatctl.imports import fit
from chatctl.imports.accounts import Accounts
from chatctl.imports.attach import Missing, Uploads
from chatctl.imports.moved import Moved
from chatctl.imports.records import Message
from chatd.contract.file import MAX_ATTACHMENTS
from chatd.contract.import_ import FindImported, FoundMessages, ImportMessage

if TYPE_CHECKING:
    from chatd.client import Client


async def late_files(
    client: Client,
    import_: str,
    room: str,
    messages: Sequence[Message],
    accounts: Accounts,
    uploads: Uploads,
    moved: Moved,
) -> AsyncIterator[ImportMessage]:
    """`messages` are there without files. Those whose files came late in an earlier run are passed over."""
    can = {
        fit.late_key(message.key): message
        for message in messages
        if not message.deleted and any(uploads.can(file) for file in message.files)
    }
    if not can:
        return
    answer = await client.ask(FindImported(import_, room, list(can)), FoundMessages)
    for key, message in can.items():
        if key in answer.keys:
            continue
        author, files = accounts.ids[message.author], list[str]()
        for file in message.files:
            if len(files) == MAX_ATTACHMENTS or not uploads.can(file):
                continue
            try:
                files.append(await uploads.upload(file, author))
            except Missing:  # as it was
                continue
            moved.files += 1
        if files:
            yield ImportMessage(key, author, message.at, "", reply_to=message.key, attachments=files)
