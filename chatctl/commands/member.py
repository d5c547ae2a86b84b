"""`chatctl member …`: roles and moderation of the members of a space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.duration import Duration
from chatctl.names import Row, account_names, find_person, find_space
from chatctl.options import dry_run, reason, the_space, yes
from chatctl.output import local_time, print_json, print_line, print_result, print_rows
from chatd.domain.policy.roles import RANK

if TYPE_CHECKING:
    from chatd.client import Client

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
    connection: Connection, account: str, role: str, space: str, reason: str | None, dry_run: bool
) -> None:
    """Give a member another role. An owner hands a space over by giving this role."""
    place, person = _find(connection, space, account)
    data = {"role": role, "reason": reason, "dry_run": dry_run or None}
    answer = _act(connection, "member.set_role", place, person, **data)
    if not dry_run:
        print_result(connection, _ids(place, person), f"{person['name']} is {role} in {place['name']} now")
    elif connection.json:
        print_json({**_ids(place, person), **answer})
    else:
        print_line(
            f"{person['name']} is {answer['before']} in {place['name']} and would be {answer['after']}"
        )
        for word in ("gains", "loses"):
            print_line(f"{word}: {', '.join(answer[word]) or 'nothing'}")


@command.command()
@click.argument("account")
@the_space
@reason
@yes
@click.pass_obj
def kick(connection: Connection, account: str, space: str, reason: str | None, yes: bool) -> None:
    """Remove a member from a space. It may come back with an invite, and is then in no room."""
    place, person = _find(connection, space, account)
    confirm(f"Kick {person['name']} out of {place['name']} and all its rooms?", yes)
    _act(connection, "member.kick", place, person, reason=reason)
    print_result(connection, _ids(place, person), f"{person['name']} is not in {place['name']} any more")


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
    place, person = _find(connection, space, account)
    confirm(f"Ban {person['name']} from {place['name']} and all its rooms?", yes)
    _act(connection, "member.ban", place, person, reason=reason, **{"for": for_})
    print_result(connection, _ids(place, person), f"{person['name']} is banned from {place['name']}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unban(connection: Connection, account: str, space: str, reason: str | None) -> None:
    """End a ban. The account needs an invite to come back."""
    place, person = _find(connection, space, account)
    _act(connection, "member.unban", place, person, reason=reason)
    print_result(connection, _ids(place, person), f"{person['name']} may come into {place['name']} again")


@command.command()
@click.argument("account")
@the_space
@click.option("--for", "for_", type=Duration(), help=FOR)
@reason
@click.pass_obj
def mute(connection: Connection, account: str, space: str, for_: int | None, reason: str | None) -> None:
    """Mute a member: it can read, but not post, react or pin."""
    place, person = _find(connection, space, account)
    _act(connection, "member.mute", place, person, reason=reason, **{"for": for_})
    print_result(connection, _ids(place, person), f"{person['name']} is muted in {place['name']}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unmute(connection: Connection, account: str, space: str, reason: str | None) -> None:
    """End a mute."""
    place, person = _find(connection, space, account)
    _act(connection, "member.unmute", place, person, reason=reason)
    print_result(connection, _ids(place, person), f"{person['name']} may speak in {place['name']} again")


@command.command("erase-messages")
@click.argument("account")
@the_space
@reason
@yes
@click.pass_obj
def erase_messages(connection: Connection, account: str, space: str, reason: str | None, yes: bool) -> None:
    """Erase all that an account wrote in the rooms of a space, for good."""
    place, person = _find(connection, space, account)
    confirm(f"Erase all messages of {person['name']} in {place['name']}, for good?", yes)
    answer = _act(connection, "member.erase_messages", place, person, seconds=None, reason=reason)
    sentence = f"erased {answer['erased']} messages of {person['name']} in {place['name']}"
    print_result(connection, {**_ids(place, person), **answer}, sentence)


@command.command()
@the_space
@click.pass_obj
def bans(connection: Connection, space: str) -> None:
    """Who is banned from a space, and who is muted in it: until when, by whom and why."""

    async def work(client: Client) -> tuple[list[dict[str, Any]], dict[str, str]]:
        place = await find_space(client, space)
        answer = await client.request("ban.list", space=place["id"])
        names = await account_names(client)
        rows = [
            {"what": word, "name": names.get(row["account"]), **row}
            for word in ("ban", "mute")
            for row in answer[f"{word}s"]
        ]
        return rows, names

    rows, names = connection.run(work)
    if not connection.json:
        for row in rows:
            row["name"], row["by"] = row["name"] or row["account"], names.get(row["by"], row["by"])
            row["until"] = local_time(row["until"]) if row["until"] else "never"
    print_rows(connection, rows, BAN_COLUMNS, "nobody is banned or muted")


def _find(connection: Connection, space: str, account: str) -> tuple[Row, Row]:
    async def work(client: Client) -> tuple[Row, Row]:
        place = await find_space(client, space)
        return place, await find_person(client, place["id"], account)

    return connection.run(work)


def _act(connection: Connection, request: str, place: Row, person: Row, **data: Any) -> dict[str, Any]:
    return connection.ask(request, space=place["id"], account=person["id"], **data)


def _ids(place: Row, person: Row) -> dict[str, Any]:
    return {"space": place["id"], "account": person["id"]}
