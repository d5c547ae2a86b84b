"""`chatctl message …`: the messages of a room."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.commands.retention import preserved
from chatctl.commands.room import MESSAGE
from chatctl.commands.room_moderation import change
from chatctl.connection import Connection
from chatctl.follow import ANOTHER_HISTORY, follow_log
from chatctl.labels import Labels
from chatctl.lookup import find_room
from chatctl.number import Number
from chatctl.options import in_space, need_an_account, reason
from chatctl.output import (
    console,
    local_time,
    plain,
    print_json,
    print_line,
    print_object,
    print_result,
    print_rows,
    warn,
)
from chatctl.search import find_messages

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.event import EventFrame
    from chatd.contract.message import Message, Posted


@click.group("message")
def command() -> None:
    """Messages: list, follow, post, edit, search, delete. A message has a number in its room."""


command.add_command(preserved)


@command.command()
@click.argument("room")
@click.argument("text")
@click.option("--reply-to", type=MESSAGE, metavar="SEQ", help="The message that this one replies to.")
@click.option("--nonce", help="Posting again with the same nonce posts nothing and returns the first result.")
@in_space
@click.pass_obj
def post(
    connection: Connection, room: str, text: str, reply_to: int | None, nonce: str | None, space: str | None
) -> None:
    """Post a message; TEXT - reads it from standard input."""
    content = sys.stdin.read().rstrip("\n") if text == "-" else text

    async def work(client: Client) -> Posted:
        found = await find_room(client, room, space)
        return await client.post(found.id, content, nonce=nonce, reply_to=reply_to)

    posted = connection.run(work)
    print_result(connection, posted, f"posted as {posted.seq}")


@command.command("list")
@click.argument("room")
@click.option("--before", type=MESSAGE, metavar="SEQ", help="Messages before this one.")
@click.option("--after", type=MESSAGE, metavar="SEQ", help="Messages after this one.")
@click.option("--around", type=MESSAGE, metavar="SEQ", help="Messages on both sides of this one.")
@click.option("--limit", type=Number(1, 500), default=50, show_default=True, help="At most this many.")
@in_space
@click.pass_obj
def list_(
    connection: Connection,
    room: str,
    before: int | None,
    after: int | None,
    around: int | None,
    limit: int,
    space: str | None,
) -> None:
    """A page of messages, oldest first; without options the newest."""
    if sum(seq is not None for seq in (before, after, around)) > 1:
        raise click.UsageError("give one of --before, --after and --around")

    async def work(client: Client) -> tuple[list[Message], list[str]]:
        found = await find_room(client, room, space)
        page = await client.history(found.id, before=before, after=after, around=around, limit=limit)
        labels = Labels(client)
        shown = page.messages if not connection.json else ()
        return page.messages, [_line(one, one.text, await labels.name(one.by)) for one in shown]

    messages, lines = connection.run(work)
    if connection.json:
        print_json(messages)
    for line in lines:
        print_line(line)


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def tail(connection: Connection, room: str, space: str | None) -> None:
    """The messages of a room as they are posted, until Ctrl-C."""

    from chatd.client import RELOADED

    async def work(client: Client) -> None:
        found = await find_room(client, room, space)
        labels = Labels(client)
        stream = f"room/{found.id}"

        async def show(event: EventFrame) -> None:
            if event.event != "message.posted":
                return
            if connection.json:
                print_json(event)
            else:
                print_line(_line(event, event.data.get("text"), await labels.name(event.by)))

        if client.opened is not None and any(own.id == found.id for own in client.opened.rooms):
            async for event in client.events():
                if event.event == RELOADED:
                    warn(f"{ANOTHER_HISTORY}; what follows is new in it")
                if event.stream == stream:
                    await show(event.frame())
        else:  # an operator, who reads the log itself
            await follow_log(client, show, after=None, stream=stream, on=True)

    connection.run(work, seconds=None, patient=True)


@command.command()
@click.argument("room")
@click.argument("seq", type=MESSAGE)
@in_space
@click.pass_obj
def show(connection: Connection, room: str, seq: int, space: str | None) -> None:
    """One message, with its reactions, edits and pin."""

    async def work(client: Client) -> object:
        found = await find_room(client, room, space)
        message = await client.message(found.id, seq)
        if connection.json:
            return message
        return {**plain(message), "by": await Labels(client).account(message.by)}

    print_object(connection, connection.run(work))


@command.command()
@click.argument("room")
@click.argument("seq", type=MESSAGE)
@in_space
@click.pass_obj
def edits(connection: Connection, room: str, seq: int, space: str | None) -> None:
    """The versions of a message's text, oldest first; none of a deleted message."""

    async def work(client: Client) -> list[dict[str, Any]]:
        found = await find_room(client, room, space)
        versions = await client.edits(found.id, seq)
        labels = Labels(client)
        by = [one.by if connection.json else await labels.account(one.by) for one in versions]
        return [{**plain(one), "by": who} for one, who in zip(versions, by, strict=True)]

    print_rows(
        connection, connection.run(work), {"at": "at", "by": "by", "text": "text"}, "its text has been erased"
    )


@command.command()
@click.argument("room")
@click.argument("seq", type=MESSAGE)
@click.argument("text")
@in_space
@click.pass_obj
def edit(connection: Connection, room: str, seq: int, text: str, space: str | None) -> None:
    """Edit one's own message; TEXT - reads it from standard input."""
    from chatd.contract.message import EditMessage

    content = sys.stdin.read().rstrip("\n") if text == "-" else text
    found = change(connection, room, space, lambda id_: EditMessage(id_, seq, content))
    print_result(connection, {"room": found.id, "seq": seq}, f"edited message {seq}")


@command.command("mark-unread")
@click.argument("room")
@click.argument("seq", type=MESSAGE)
@in_space
@click.pass_obj
def mark_unread(connection: Connection, room: str, seq: int, space: str | None) -> None:
    """Make a message and all after it unread again, for the account of --token."""
    from chatd.contract.read import MarkUnread

    need_an_account(connection)
    found = change(connection, room, space, lambda id_: MarkUnread(id_, seq))
    sentence = f"everything in the room from number {seq} on is unread"
    print_result(connection, {"room": found.id, "seq": seq}, sentence)


@command.command()
@click.argument("room")
@click.argument("seq", type=MESSAGE)
@reason
@in_space
@click.pass_obj
def delete(connection: Connection, room: str, seq: int, reason: str | None, space: str | None) -> None:
    """Erase a message's text, for good. The log keeps that there was a message."""
    from chatd.contract.message import DeleteMessage

    found = change(connection, room, space, lambda id_: DeleteMessage(id_, seq, reason))
    sentence = f"deleted message {seq} and erased its text"
    print_result(connection, {"room": found.id, "seq": seq}, sentence)


@command.command()
@click.argument("text")
@click.option("--space", help="Only in the rooms of this space.")
@click.option("--room", help="Only in this room.")
@click.option("--by", metavar="ACCOUNT", help="Only messages of this account.")
@click.option("--limit", type=Number(1), default=50, show_default=True, help="At most this many.")
@click.pass_obj
def search(
    connection: Connection, text: str, space: str | None, room: str | None, by: str | None, limit: int
) -> None:
    """Search messages, the newest first. Deleted ones are not found."""
    named = not connection.json
    found = connection.run(lambda client: find_messages(client, text, space, room, by, limit, named=named))
    if connection.json:
        print_json(found.hits)
    for line in found.lines() if not connection.json else ():
        console().print(line, soft_wrap=True)
    if found.more:
        warn(f"there are more; use `--limit {2 * limit}` to see them")


def _line(message: Message | EventFrame, text: str | None, by: str) -> str:
    return f"{message.seq:>6}  {local_time(message.at)}  {by}: {text if text is not None else '(deleted)'}"
