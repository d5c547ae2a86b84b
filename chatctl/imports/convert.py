"""A message of an export as the server takes it: in several parts where its text or files are too many for
one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import Factory, frozen

from chatctl.imports import fit
from chatctl.imports.accounts import Accounts
from chatctl.imports.records import Message
from chatd.contract.file import MAX_ATTACHMENTS
from chatd.contract.import_ import MAX_REACTIONS, MAX_VERSIONS, ImportMessage, ImportReaction, ImportVersion

MOST_VERSION_BYTES: Final = 120_000  # so that a message with all that it has fits into a frame


@frozen
class Attached:
    """The files of a message: ids of those that are there, and lines that say which are not."""

    files: list[str] = Factory(list)
    missing: list[str] = Factory(list)


NOTHING: Final = Attached()


def convert(message: Message, accounts: Accounts, attached: Attached = NOTHING) -> Iterator[ImportMessage]:
    files = [] if message.deleted else attached.files
    texts = _texts(message, accounts, attached)
    yield ImportMessage(
        message.key,
        accounts.ids[message.author],
        message.at,
        texts[0],
        message.thread,
        message.reply_to,
        message.edited_at,
        _versions(message, accounts, bool(files)) if message.versions else [],
        message.deleted,
        None if message.pinned_by is None else accounts.ids[message.pinned_by],
        [
            ImportReaction(accounts.ids[reaction.person], reaction.emoji)
            for reaction in message.reactions[:MAX_REACTIONS]
            if 0 < len(reaction.emoji) <= fit.LONGEST_EMOJI
        ]
        if message.reactions
        else [],
        files[:MAX_ATTACHMENTS] or None,
    )
    if len(texts) == 1 and len(files) <= MAX_ATTACHMENTS:
        return
    for part in range(1, max(len(texts), -(-len(files) // MAX_ATTACHMENTS))):
        own = files[part * MAX_ATTACHMENTS : (part + 1) * MAX_ATTACHMENTS]
        yield ImportMessage(
            fit.part_key(message.key, part + 1),
            accounts.ids[message.author],
            message.at,
            texts[part] if part < len(texts) else "",
            message.thread,
            edited_at=message.edited_at,
            attachments=own or None,
        )


def _versions(message: Message, accounts: Accounts, files: bool) -> list[ImportVersion]:
    """The newest ones, as many as fit. Where there are `files`, a text may have been empty."""
    found: list[ImportVersion] = []
    size = 0
    for version in message.versions[-MAX_VERSIONS:][::-1]:
        text = accounts.named(version.text)
        text = "" if files and not text.strip() else next(iter(fit.texts(text)), fit.NOTHING)
        size += len(text.encode())
        if size > MOST_VERSION_BYTES:
            break
        found.append(ImportVersion(text, version.at))
    return found[::-1]


def parts_gone(message: Message, accounts: Accounts, there: Iterable[str]) -> Iterator[ImportMessage]:
    """Further parts of the message that are `there` and no part of what it says now."""
    kept = {part.key for part in convert(message, accounts)}
    for key in there:
        if key not in kept:
            author = accounts.ids[message.author]
            yield ImportMessage(key, author, message.edited_at or message.at, "", deleted=True)


def _texts(message: Message, accounts: Accounts, attached: Attached) -> list[str]:
    """At least one; empty only where that is no empty message."""
    if message.deleted:
        return [""]
    text = accounts.named(message.text)
    if attached.missing:
        text = "\n".join(filter(None, [text, *attached.missing]))
    if message.files and not text.strip():
        return [""]
    return fit.texts(text)
