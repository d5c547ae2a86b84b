"""`chatctl member …`: roles and moderation of the members of a space."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.duration import Duration
from chatctl.labels import label_from
from chatctl.lookup import Person, account_names, find_person, find_space
from chatctl.options import dry_run, reason, the_space, yes
from chatctl.output import local_time, plain, print_json, print_line, print_result, print_rows
from chatd.domain.policy.roles import RANK

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.fields import Role
    from chatd.contract.space import Space

BAN_COLUMNS = {
    "what": "what",
    "name": "name",
    "until": "ends",
    "by": "by",
    "at": "at",
    "reason": "reason",
    "account": "id",
}
ERASURE_COLUMNS = {
    "name": "name",
    "due_at": "due_at",
    "by": "by",
    "ordered_at": "ordered_at",
    "reason": "reason",
    "account": "id",
}
FOR = "Such as 30m or 7d; without it, forever."


@click.group("member")
def command() -> None:
    """Members of a space: roles, kicks, bans, mutes. The log keeps each act with its reason."""


@command.command("set-role")
@click.argument("account")
@click.argument("role", type=click.Choice(list(RANK)))
@the_space
@reason
@dry_run
@click.pass_obj
def set_role(
    connection: Connection, account: str, role: Role, space: str, reason: str | None, dry_run: bool
) -> None:
    """Give a member another role. An owner hands a space over by giving this role."""
    from chatd.contract.member import RoleSet, SetRole

    place, person = _find(connection, space, account)
    answer = connection.ask(SetRole(place.id, person.id, role, reason, dry_run), RoleSet)
    if not dry_run:
        print_result(connection, _ids(place, person), f"{person.name} is now {role} in {place.name}")
    elif connection.json:
        print_json({**_ids(place, person), **plain(answer)})
    else:
        print_line(f"{person.name} is {answer.before} in {place.name} and would be {answer.after}")
        for word, rights in (("gains", answer.gains), ("loses", answer.loses)):
            print_line(f"{word}: {', '.join(rights or ()) or 'nothing'}")


@command.command()
@click.argument("account")
@the_space
@reason
@yes
@click.pass_obj
def kick(connection: Connection, account: str, space: str, reason: str | None, yes: bool) -> None:
    """Remove a member from a space. It may come back with an invite, and is then in no room."""
    from chatd.contract.member import KickMember

    place, person = _find(connection, space, account)
    confirm(f"Kick {person.name} out of {place.name} and all its rooms?", yes)
    connection.do(KickMember(place.id, person.id, reason))
    print_result(connection, _ids(place, person), f"{person.name} was removed from {place.name}")


@command.command()
@click.argument("account")
@the_space
@click.option("--for", "for_", type=Duration(), help=FOR)
@reason
@yes
@click.pass_obj
def ban(
    connection: Connection, account: str, space: str, for_: int | None, reason: str | None, yes: bool
) -> None:
    """Ban an account from a space, member or not. Banning it again sets a new end."""
    from chatd.contract.member import BanMember

    place, person = _find(connection, space, account)
    confirm(f"Ban {person.name} from {place.name} and all its rooms?", yes)
    connection.do(BanMember(place.id, person.id, reason, for_))
    print_result(connection, _ids(place, person), f"{person.name} is banned from {place.name}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unban(connection: Connection, account: str, space: str, reason: str | None) -> None:
    """End a ban. The account needs an invite to come back."""
    from chatd.contract.member import UnbanMember

    place, person = _find(connection, space, account)
    connection.do(UnbanMember(place.id, person.id, reason))
    print_result(connection, _ids(place, person), f"{person.name} may join {place.name} again")


@command.command()
@click.argument("account")
@the_space
@click.option("--for", "for_", type=Duration(), help=FOR)
@reason
@click.pass_obj
def mute(connection: Connection, account: str, space: str, for_: int | None, reason: str | None) -> None:
    """Mute a member: it can read, but not post, react or pin."""
    from chatd.contract.member import MuteMember

    place, person = _find(connection, space, account)
    connection.do(MuteMember(place.id, person.id, reason, for_))
    print_result(connection, _ids(place, person), f"{person.name} is muted in {place.name}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unmute(connection: Connection, account: str, space: str, reason: str | None) -> None:
    """End a mute."""
    from chatd.contract.member import UnmuteMember

    place, person = _find(connection, space, account)
    connection.do(UnmuteMember(place.id, person.id, reason))
    print_result(connection, _ids(place, person), f"{person.name} may speak in {place.name} again")


@command.command("erase-messages")
@click.argument("account")
@the_space
@reason
@click.option("--dry-run", is_flag=True, help="Only count the messages in each room.")
@yes
@click.pass_obj
def erase_messages(
    connection: Connection, account: str, space: str, reason: str | None, dry_run: bool, yes: bool
) -> None:
    """Erase all that an account wrote in the rooms of a space, for good.

    The server waits before it does (setting erase_messages_delay): until then `member keep-messages` takes
    that back.
    """
    from chatd.contract.member import EraseMessages, MessageErasure

    place, person = _find(connection, space, account)
    answer = connection.ask(EraseMessages(place.id, person.id, dry_run=True), MessageErasure)
    messages, rooms = counted(answer.messages, "message"), counted(len(answer.rooms), "room")
    where = f"{messages} of {person.name} in {rooms} of {place.name}"
    sentence = f"there {'is' if answer.messages == 1 else 'are'} {where}"
    if not dry_run and answer.messages:
        confirm(f"Erase {where}, for good?", yes)
        answer = connection.ask(EraseMessages(place.id, person.id, reason), MessageErasure)
    if isinstance(answer.due_at, int):
        sentence = (
            f"{where} will be erased at {local_time(answer.due_at)}; until then"
            f" `chatctl member keep-messages {person.name} --space {shlex.quote(space)}` cancels that"
        )
    print_result(connection, {**_ids(place, person), **plain(answer)}, sentence)


@command.command("keep-messages")
@click.argument("account")
@the_space
@reason
@click.pass_obj
def keep_messages(connection: Connection, account: str, space: str, reason: str | None) -> None:
    """Take back an order to erase an account's messages that was not carried out yet."""
    from chatd.contract.erasure import CancelErasure

    place, person = _find(connection, space, account)
    connection.do(CancelErasure(place.id, person.id, reason))
    print_result(connection, _ids(place, person), f"the messages of {person.name} in {place.name} stay")


@command.command()
@the_space
@click.pass_obj
def erasures(connection: Connection, space: str) -> None:
    """Whose messages in a space will be erased, and when."""
    from chatd.contract.erasure import ErasureList, ListErasures

    async def work(client: Client) -> tuple[list[dict[str, Any]], dict[str, str]]:
        place = await find_space(client, space)
        orders = await client.all_pages(ListErasures(place.id), ErasureList, lambda page: page.erasures)
        names = await account_names(client)
        return [{"name": names.get(row.account), **plain(row)} for row in orders], names

    rows, names = connection.run(work)
    if not connection.json:
        for row in rows:
            row["name"], row["by"] = row["name"] or row["account"], label_from(names, row["by"])
    print_rows(connection, rows, ERASURE_COLUMNS, "nobody's messages will be erased")


@command.command()
@the_space
@click.pass_obj
def bans(connection: Connection, space: str) -> None:
    """Who is banned from a space, and who is muted in it: until when, by whom and why."""

    from chatd.contract.ban import BanList, ListBans

    async def work(client: Client) -> tuple[list[dict[str, Any]], dict[str, str]]:
        place = await find_space(client, space)
        bans = await client.all_pages(ListBans(place.id), BanList, lambda page: page.bans)
        mutes = await client.all_pages(ListBans(place.id), BanList, lambda page: page.mutes)
        names = await account_names(client)
        rows = [
            {"what": word, "name": names.get(row.account), **plain(row)}
            for word, restrictions in (("ban", bans), ("mute", mutes))
            for row in restrictions
        ]
        return rows, names

    rows, names = connection.run(work)
    if not connection.json:
        for row in rows:
            row["name"], row["by"] = row["name"] or row["account"], label_from(names, row["by"])
            row["until"] = row["until"] or "never"
    print_rows(connection, rows, BAN_COLUMNS, "nobody is banned or muted")


def _find(connection: Connection, space: str, account: str) -> tuple[Space, Person]:
    async def work(client: Client) -> tuple[Space, Person]:
        place = await find_space(client, space)
        return place, await find_person(client, place.id, account)

    return connection.run(work)


def _ids(place: Space, person: Person) -> dict[str, Any]:
    return {"space": place.id, "account": person.id}
