"""`chatctl member …`: roles and moderation of the members of a space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.duration import Duration
from chatctl.names import Person, account_names, find_person, find_space
from chatctl.naming import with_names
from chatctl.options import dry_run, reason, the_space, yes
from chatctl.output import plain, print_json, print_line, print_result, print_rows
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
    from chatd.contract.spec import Done

    place, person = _find(connection, space, account)
    confirm(f"Kick {person.name} out of {place.name} and all its rooms?", yes)
    connection.ask(KickMember(place.id, person.id, reason), Done)
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
    from chatd.contract.spec import Done

    place, person = _find(connection, space, account)
    confirm(f"Ban {person.name} from {place.name} and all its rooms?", yes)
    connection.ask(BanMember(place.id, person.id, reason, for_), Done)
    print_result(connection, _ids(place, person), f"{person.name} is banned from {place.name}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unban(connection: Connection, account: str, space: str, reason: str | None) -> None:
    """End a ban. The account needs an invite to come back."""
    from chatd.contract.member import UnbanMember
    from chatd.contract.spec import Done

    place, person = _find(connection, space, account)
    connection.ask(UnbanMember(place.id, person.id, reason), Done)
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
    from chatd.contract.spec import Done

    place, person = _find(connection, space, account)
    connection.ask(MuteMember(place.id, person.id, reason, for_), Done)
    print_result(connection, _ids(place, person), f"{person.name} is muted in {place.name}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unmute(connection: Connection, account: str, space: str, reason: str | None) -> None:
    """End a mute."""
    from chatd.contract.member import UnmuteMember
    from chatd.contract.spec import Done

    place, person = _find(connection, space, account)
    connection.ask(UnmuteMember(place.id, person.id, reason), Done)
    print_result(connection, _ids(place, person), f"{person.name} may speak in {place.name} again")


@command.command("erase-messages")
@click.argument("account")
@the_space
@reason
@yes
@click.pass_obj
def erase_messages(connection: Connection, account: str, space: str, reason: str | None, yes: bool) -> None:
    """Erase all that an account wrote in the rooms of a space, for good."""
    from chatd.contract.member import EraseMessages, MessagesErased

    place, person = _find(connection, space, account)
    confirm(f"Erase all messages of {person.name} in {place.name}, for good?", yes)
    request = EraseMessages(place.id, person.id, reason)
    answer = connection.ask(request, MessagesErased, seconds=None)
    sentence = f"erased {answer.erased} messages of {person.name} in {place.name}"
    print_result(connection, {**_ids(place, person), **plain(answer)}, sentence)


@command.command()
@the_space
@click.pass_obj
def bans(connection: Connection, space: str) -> None:
    """Who is banned from a space, and who is muted in it: until when, by whom and why."""

    from chatd.contract.ban import BanList, ListBans

    async def work(client: Client) -> tuple[list[dict[str, Any]], dict[str, str]]:
        place = await find_space(client, space)
        answer = await client.ask(ListBans(place.id), BanList)
        names = await account_names(client)
        rows = [
            {"what": word, "name": names.get(row.account), **plain(row)}
            for word, restrictions in (("ban", answer.bans), ("mute", answer.mutes))
            for row in restrictions
        ]
        return rows, names

    rows, names = connection.run(work)
    if not connection.json:
        for row in rows:
            row["name"], row["by"] = row["name"] or row["account"], with_names(names, row["by"])
            row["until"] = row["until"] or "never"
    print_rows(connection, rows, BAN_COLUMNS, "nobody is banned or muted")


def _find(connection: Connection, space: str, account: str) -> tuple[Space, Person]:
    async def work(client: Client) -> tuple[Space, Person]:
        place = await find_space(client, space)
        return place, await find_person(client, place.id, account)

    return connection.run(work)


def _ids(place: Space, person: Person) -> dict[str, Any]:
    return {"space": place.id, "account": person.id}
