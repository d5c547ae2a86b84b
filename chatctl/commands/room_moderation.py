"""`chatctl room …`, moderation: invites, removals, locks, overrides, slow mode."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.duration import Duration
from chatctl.lookup import Person, account_names, find_person, find_room
from chatctl.options import dry_run, in_space, reason, yes
from chatctl.output import duration, plain, print_json, print_line, print_result
from chatd.command_line.flags import one_flag_of
from chatd.domain.policy.roles import OVERRIDABLE_RIGHTS, OVERRIDABLE_ROLES

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.fields import BoundRole, ShowingRight
    from chatd.contract.room import OverrideSet, Room


@click.command()
@click.argument("room")
@click.argument("account")
@in_space
@click.pass_obj
def invite(connection: Connection, room: str, account: str, space: str | None) -> None:
    """Add a member of the space to a room, a private one too."""
    from chatd.contract.room import InviteToRoom

    place, person = _find_both(connection, room, account, space)
    connection.do(InviteToRoom(place.id, person.id))
    print_result(connection, _ids(place, person), f"{person.name} is in {place.name}")


@click.command()
@click.argument("room")
@click.argument("account")
@reason
@yes
@in_space
@click.pass_obj
def remove(
    connection: Connection, room: str, account: str, reason: str | None, yes: bool, space: str | None
) -> None:
    """Remove a member from a room. It may join a public one again."""
    from chatd.contract.room import RemoveFromRoom

    place, person = _find_both(connection, room, account, space)
    confirm(f"Remove {person.name} from {place.name}?", yes)
    connection.do(RemoveFromRoom(place.id, person.id, reason))
    print_result(connection, _ids(place, person), f"{person.name} was removed from {place.name}")


@click.command()
@click.argument("room")
@reason
@in_space
@click.pass_obj
def lock(connection: Connection, room: str, reason: str | None, space: str | None) -> None:
    """Let only moderators write in a room, until it is unlocked."""
    from chatd.contract.room import LockRoom

    found = change(connection, room, space, lambda id_: LockRoom(id_, reason))
    print_result(connection, {"room": found.id}, f"{found.name} is locked: only moderators write in it")


@click.command()
@click.argument("room")
@reason
@in_space
@click.pass_obj
def unlock(connection: Connection, room: str, reason: str | None, space: str | None) -> None:
    """End a room's lock."""
    from chatd.contract.room import UnlockRoom

    found = change(connection, room, space, lambda id_: UnlockRoom(id_, reason))
    print_result(connection, {"room": found.id}, f"{found.name} is open again")


@click.command()
@click.argument("room")
@in_space
@click.pass_obj
def unarchive(connection: Connection, room: str, space: str | None) -> None:
    """Open an archived room for writing again."""
    from chatd.contract.room import UnarchiveRoom

    found = change(connection, room, space, UnarchiveRoom)
    print_result(connection, {"room": found.id}, f"{found.name} is open again")


@click.command()
@click.argument("room")
@reason
@yes
@in_space
@click.pass_obj
def delete(connection: Connection, room: str, reason: str | None, yes: bool, space: str | None) -> None:
    """Delete a room: nobody sees it any more, and nobody can restore it."""
    from chatd.contract.room import DeleteRoom

    found = connection.run(lambda client: find_room(client, room, space))
    name = found.name or "a direct room"
    confirm(f"Delete {name} ({found.id}), for good?", yes)
    connection.do(DeleteRoom(found.id, reason))
    print_result(connection, {"room": found.id}, f"{found.name or found.id} is deleted")


@click.command()
@click.argument("room")
@click.argument("right", type=click.Choice(OVERRIDABLE_RIGHTS))
@click.option("--role", type=click.Choice(OVERRIDABLE_ROLES), help="For everyone with this role.")
@click.option("--account", help="For this account; it takes precedence over its role.")
@one_flag_of(
    "word",
    allow=("allow", "They may, whatever their role."),
    deny=("deny", "They may not, whatever their role."),
    clear=("clear", "Their role decides again."),
)
@reason
@dry_run
@in_space
@click.pass_obj
def override(
    connection: Connection,
    room: str,
    right: ShowingRight,
    role: BoundRole | None,
    account: str | None,
    word: str | None,
    reason: str | None,
    dry_run: bool,
    space: str | None,
) -> None:
    """Allow or deny a right in one room to a role or an account. Owners and admins are not bound by it."""
    from chatd.contract.room import OverrideSet, SetOverride

    if (role is None) is (account is None):
        raise click.UsageError("give --role or --account")
    if word is None:
        raise click.UsageError("give --allow, --deny or --clear")

    async def work(client: Client) -> tuple[Room, str, OverrideSet, dict[str, str]]:
        place = await find_room(client, room, space)
        person = await find_person(client, place.space, account) if account else None
        request = SetOverride(
            place.id, right, role, person.id if person else None, ALLOW[word], reason, dry_run
        )
        answer = await client.ask(request, OverrideSet)
        names = await account_names(client) if dry_run and not connection.json else {}
        return place, person.name if person else f"role {role}", answer, names

    place, who, answer, names = connection.run(work)
    if not dry_run:
        sentence = f"{right} in {place.name}: {who} {SENTENCES[word]}"
        print_result(connection, {"room": place.id, "right": right}, sentence)
    elif connection.json:
        print_json({"room": place.id, **plain(answer)})
    else:
        for gained, accounts in (("gains", answer.gains), ("loses", answer.loses)):
            people = ", ".join(names.get(id_, id_) for id_ in accounts or ())
            print_line(f"{gained} {right}: {people or 'nobody'}")


ALLOW: Final = {"allow": True, "deny": False, "clear": None}
SENTENCES: Final = {"allow": "may now", "deny": "may no longer", "clear": "as the role decides"}


@click.command("slow-mode")
@click.argument("room")
@click.argument("span", type=Duration(), metavar="DURATION")
@reason
@in_space
@click.pass_obj
def slow_mode(connection: Connection, room: str, span: int, reason: str | None, space: str | None) -> None:
    """Let everybody but moderators post once in DURATION only; 0 ends slow mode."""
    from chatd.contract.room import UpdateRoom

    found = change(connection, room, space, lambda id_: UpdateRoom(id_, slow_mode=span, reason=reason))
    sentence = (
        f"one message every {duration(span)} in {found.name}" if span else f"slow mode of {found.name} is off"
    )
    print_result(connection, {"room": found.id}, sentence)


COMMANDS: Final = (invite, remove, lock, unlock, unarchive, delete, override, slow_mode)


def change(connection: Connection, room: str, space: str | None, request: Callable[[str], object]) -> Room:
    """Asks with the request for the room's id, which has no result; returns the room as it was."""
    return connection.change(partial(find_room, space=space), room, request)


def _find_both(connection: Connection, room: str, account: str, space: str | None) -> tuple[Room, Person]:
    async def work(client: Client) -> tuple[Room, Person]:
        place = await find_room(client, room, space)
        return place, await find_person(client, place.space, account)

    return connection.run(work)


def _ids(place: Room, person: Person) -> dict[str, Any]:
    return {"room": place.id, "account": person.id}
