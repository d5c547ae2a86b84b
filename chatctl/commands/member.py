"""`chatctl member …`: order among the members of a space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Target
from chatctl.duration import Duration
from chatctl.names import Found, account_names, find_person, find_space
from chatctl.options import dry_run, reason, the_space, yes
from chatctl.output import moment, say, say_json, tell, tell_rows
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
FOR = "Such as 30m or 7d; without it, for ever."


@click.group("member")
def command() -> None:
    """Roles, and who is shown the door or must be silent. Every act stands in the log with its reason."""


@command.command("set-role")
@click.argument("account")
@click.argument("role", type=click.Choice(list(RANK)))
@the_space
@reason
@dry_run
@click.pass_obj
def set_role(target: Target, account: str, role: str, space: str, reason: str | None, dry_run: bool) -> None:
    """Give a member another role. An owner hands a space over by giving this role."""
    place, person = _find(target, space, account)
    data = {"role": role, "reason": reason, "dry_run": dry_run or None}
    answer = _act(target, "member.set_role", place, person, **data)
    if not dry_run:
        tell(target, _ids(place, person), f"{person['name']} is {role} in {place['name']} now")
    elif target.json:
        say_json({**_ids(place, person), **answer})
    else:
        say(f"{person['name']} is {answer['before']} in {place['name']} and would be {answer['after']}")
        for word in ("gains", "loses"):
            say(f"{word}: {', '.join(answer[word]) or 'nothing'}")


@command.command()
@click.argument("account")
@the_space
@reason
@yes
@click.pass_obj
def kick(target: Target, account: str, space: str, reason: str | None, yes: bool) -> None:
    """Show a member the door. It may come back with an invite, but is in no room then."""
    place, person = _find(target, space, account)
    confirm(f"Kick {person['name']} out of {place['name']} and all its rooms?", yes)
    _act(target, "member.kick", place, person, reason=reason)
    tell(target, _ids(place, person), f"{person['name']} is not in {place['name']} any more")


@command.command()
@click.argument("account")
@the_space
@click.option("--for", "for_", type=Duration(), help=FOR)
@reason
@yes
@click.pass_obj
def ban(target: Target, account: str, space: str, for_: int | None, reason: str | None, yes: bool) -> None:
    """Show an account the door and keep it out, also one that is not in the space. Anew: another end."""
    place, person = _find(target, space, account)
    confirm(f"Ban {person['name']} from {place['name']} and all its rooms?", yes)
    _act(target, "member.ban", place, person, reason=reason, **{"for": for_})
    tell(target, _ids(place, person), f"{person['name']} is banned from {place['name']}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unban(target: Target, account: str, space: str, reason: str | None) -> None:
    """End a ban. To come back takes an invite."""
    place, person = _find(target, space, account)
    _act(target, "member.unban", place, person, reason=reason)
    tell(target, _ids(place, person), f"{person['name']} may come into {place['name']} again")


@command.command()
@click.argument("account")
@the_space
@click.option("--for", "for_", type=Duration(), help=FOR)
@reason
@click.pass_obj
def mute(target: Target, account: str, space: str, for_: int | None, reason: str | None) -> None:
    """Silence a member: it reads, but neither posts nor reacts nor pins."""
    place, person = _find(target, space, account)
    _act(target, "member.mute", place, person, reason=reason, **{"for": for_})
    tell(target, _ids(place, person), f"{person['name']} is muted in {place['name']}")


@command.command()
@click.argument("account")
@the_space
@reason
@click.pass_obj
def unmute(target: Target, account: str, space: str, reason: str | None) -> None:
    """End a mute."""
    place, person = _find(target, space, account)
    _act(target, "member.unmute", place, person, reason=reason)
    tell(target, _ids(place, person), f"{person['name']} may speak in {place['name']} again")


@command.command("erase-messages")
@click.argument("account")
@the_space
@reason
@yes
@click.pass_obj
def erase_messages(target: Target, account: str, space: str, reason: str | None, yes: bool) -> None:
    """Erase all that an account wrote in the rooms of a space, for good."""
    place, person = _find(target, space, account)
    confirm(f"Erase all messages of {person['name']} in {place['name']}, for good?", yes)
    answer = _act(target, "member.erase_messages", place, person, seconds=None, reason=reason)
    sentence = f"erased {answer['erased']} messages of {person['name']} in {place['name']}"
    tell(target, {**_ids(place, person), **answer}, sentence)


@command.command()
@the_space
@click.pass_obj
def bans(target: Target, space: str) -> None:
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

    rows, names = target.run(work)
    if not target.json:
        for row in rows:
            row["name"], row["by"] = row["name"] or row["account"], names.get(row["by"], row["by"])
            row["until"] = moment(row["until"]) if row["until"] else "never"
    tell_rows(target, rows, BAN_COLUMNS, "nobody is banned or muted")


def _find(target: Target, space: str, account: str) -> tuple[Found, Found]:
    async def work(client: Client) -> tuple[Found, Found]:
        place = await find_space(client, space)
        return place, await find_person(client, place["id"], account)

    return target.run(work)


def _act(target: Target, request: str, place: Found, person: Found, **data: Any) -> dict[str, Any]:
    return target.ask(request, space=place["id"], account=person["id"], **data)


def _ids(place: Found, person: Found) -> dict[str, Any]:
    return {"space": place["id"], "account": person["id"]}
