"""`chatctl room …`, about order: who is let in and sent out, and who may be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Target
from chatctl.duration import Duration
from chatctl.names import Found, account_names, find_person, find_room
from chatctl.options import dry_run, in_space, reason, yes
from chatctl.output import say, say_json, tell
from chatd.domain.policy.roles import BOUND, SHOWING

if TYPE_CHECKING:
    from chatd.client import Client


@click.command()
@click.argument("room")
@click.argument("account")
@in_space
@click.pass_obj
def invite(target: Target, room: str, account: str, space: str | None) -> None:
    """Let a member of the space into a room, a private one too."""
    place, person = _find_both(target, room, account, space)
    target.ask("room.invite", room=place["id"], account=person["id"])
    tell(target, _ids(place, person), f"{person['name']} is in {place['name']}")


@click.command()
@click.argument("room")
@click.argument("account")
@reason
@yes
@in_space
@click.pass_obj
def remove(target: Target, room: str, account: str, reason: str | None, yes: bool, space: str | None) -> None:
    """Send a member out of a room. Into a public one it may come back."""
    place, person = _find_both(target, room, account, space)
    confirm(f"Send {person['name']} out of {place['name']}?", yes)
    target.ask("room.remove", room=place["id"], account=person["id"], reason=reason)
    tell(target, _ids(place, person), f"{person['name']} is not in {place['name']} any more")


@click.command()
@click.argument("room")
@reason
@in_space
@click.pass_obj
def lock(target: Target, room: str, reason: str | None, space: str | None) -> None:
    """Let only moderators write in a room, until it is unlocked."""
    found = change(target, "room.lock", room, space, reason=reason)
    tell(target, {"room": found["id"]}, f"{found['name']} is locked: only moderators write in it")


@click.command()
@click.argument("room")
@reason
@in_space
@click.pass_obj
def unlock(target: Target, room: str, reason: str | None, space: str | None) -> None:
    """End a room's lock."""
    found = change(target, "room.unlock", room, space, reason=reason)
    tell(target, {"room": found["id"]}, f"{found['name']} is open again")


@click.command()
@click.argument("room")
@in_space
@click.pass_obj
def unarchive(target: Target, room: str, space: str | None) -> None:
    """Open an archived room for writing again."""
    found = change(target, "room.unarchive", room, space)
    tell(target, {"room": found["id"]}, f"{found['name']} is open again")


@click.command()
@click.argument("room")
@reason
@yes
@in_space
@click.pass_obj
def delete(target: Target, room: str, reason: str | None, yes: bool, space: str | None) -> None:
    """Delete a room: nobody sees it any more, and nobody can bring it back."""
    found = _find(target, room, space)
    confirm(f"Delete {found['name']} ({found['id']}), for good?", yes)
    target.ask("room.delete", room=found["id"], reason=reason)
    tell(target, {"room": found["id"]}, f"{found['name']} is deleted")


@click.command()
@click.argument("room")
@click.argument("right", type=click.Choice(SHOWING))
@click.option("--role", type=click.Choice(BOUND), help="For all of this role.")
@click.option("--account", help="For this account; it counts before what is said of its role.")
@click.option("--allow", "word", flag_value="allow", help="They may, whatever their role.")
@click.option("--deny", "word", flag_value="deny", help="They may not, whatever their role.")
@click.option("--clear", "word", flag_value="clear", help="Their role decides again.")
@reason
@dry_run
@in_space
@click.pass_obj
def override(
    target: Target,
    room: str,
    right: str,
    role: str | None,
    account: str | None,
    word: str | None,
    reason: str | None,
    dry_run: bool,
    space: str | None,
) -> None:
    """Allow or deny a right in one room to a role or an account. Owners and admins are not bound by it."""
    if (role is None) is (account is None):
        raise click.UsageError("say for whom: --role or --account")
    if word is None:
        raise click.UsageError("say what: --allow, --deny or --clear")

    async def work(client: Client) -> tuple[Found, str, dict[str, Any], dict[str, str]]:
        place = await find_room(client, room, space)
        person = await find_person(client, place["space"], account) if account else None
        answer = await client.request(
            "room.override",
            room=place["id"],
            right=right,
            role=role,
            account=person and person["id"],
            allow=ALLOW[word],
            reason=reason,
            dry_run=dry_run or None,
        )
        names = await account_names(client) if dry_run and not target.json else {}
        return place, person["name"] if person else f"role {role}", answer, names

    place, who, answer, names = target.run(work)
    if not dry_run:
        sentence = f"{right} in {place['name']}: {who} {SENTENCES[word]}"
        tell(target, {"room": place["id"], "right": right}, sentence)
    elif target.json:
        say_json({"room": place["id"], **answer})
    else:
        for gained in ("gains", "loses"):
            people = ", ".join(names.get(id_, id_) for id_ in answer[gained])
            say(f"{gained} {right}: {people or 'nobody'}")


ALLOW: Final = {"allow": True, "deny": False, "clear": None}
SENTENCES: Final = {"allow": "may now", "deny": "may not any more", "clear": "may as the role says"}


@click.command("slow-mode")
@click.argument("room")
@click.argument("span", type=Duration(), metavar="DURATION")
@reason
@in_space
@click.pass_obj
def slow_mode(target: Target, room: str, span: int, reason: str | None, space: str | None) -> None:
    """Let everybody but moderators post only once in a while in a room; 0 ends it."""
    found = change(target, "room.update", room, space, slow_mode=span, reason=reason)
    sentence = (
        f"one message every {span} seconds in {found['name']}" if span else f"{found['name']} is not slow"
    )
    tell(target, {"room": found["id"]}, sentence)


VERBS: Final = (invite, remove, lock, unlock, unarchive, delete, override, slow_mode)


def change(target: Target, request: str, room: str, space: str | None, **data: Any) -> Found:
    """Has something done to a room; the room as it was before."""

    async def work(client: Client) -> Found:
        found = await find_room(client, room, space)
        await client.request(request, room=found["id"], **data)
        return found

    return target.run(work)


def _find(target: Target, room: str, space: str | None) -> Found:
    async def work(client: Client) -> Found:
        return await find_room(client, room, space)

    return target.run(work)


def _find_both(target: Target, room: str, account: str, space: str | None) -> tuple[Found, Found]:
    async def work(client: Client) -> tuple[Found, Found]:
        place = await find_room(client, room, space)
        return place, await find_person(client, place["space"], account)

    return target.run(work)


def _ids(place: Found, person: Found) -> dict[str, Any]:
    return {"room": place["id"], "account": person["id"]}
