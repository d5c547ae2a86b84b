"""`chatctl invite …`: ways into a space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.duration import Duration
from chatctl.labels import label_from
from chatctl.lookup import account_names, find_space
from chatctl.number import Number
from chatctl.output import plain, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.fields import GrantedRole
    from chatd.contract.invite import ListedInvite, NewInvite

ROLES = ["admin", "moderator", "member", "guest"]
COLUMNS = {
    "role": "role",
    "uses": "uses",
    "max_uses": "of",
    "expires_at": "expires",
    "by": "by",
    "joined": "joined",
    "ended": "ended",
    "id": "id",
}
NAMED = 10  # of those whom an invite let in


@click.group("invite")
def command() -> None:
    """Codes that let people into a space."""


@command.command()
@click.option("--space", required=True, help="The space that it is for.")
@click.option("--role", type=click.Choice(ROLES), default="member", help="Without it, member.")
@click.option("--max-uses", type=Number(1), help="Without it, any number.")
@click.option("--expires-in", type=Duration(), help="Such as 12h or 7d; without it, never.")
@click.pass_obj
def create(
    connection: Connection, space: str, role: GrantedRole, max_uses: int | None, expires_in: int | None
) -> None:
    """Make an invite and print its code, which is shown only once."""

    async def work(client: Client) -> NewInvite:
        found = await find_space(client, space)
        return await client.create_invite(found.id, role=role, max_uses=max_uses, expires_in=expires_in)

    invite = connection.run(work)
    print_result(connection, invite, invite.code)


@command.command("list")
@click.option("--space", required=True, help="The space whose invites to show.")
@click.option("--all", "all_", is_flag=True, help="Those too that have expired or are used up.")
@click.pass_obj
def list_(connection: Connection, space: str, all_: bool) -> None:
    """The invites of a space that can be used, who made them and whom they let in; without their codes,
    of which only hashes are stored."""

    from chatd.contract.invite import InviteList, ListInvites

    async def work(client: Client) -> list[dict[str, Any]]:
        found = await find_space(client, space)
        invites = await client.all_pages(
            ListInvites(found.id, all=all_), InviteList, lambda page: page.invites
        )
        names = {} if connection.json else await account_names(client)
        more = [
            {} if connection.json else {"by": label_from(names, one.by), "joined": _people(one, names)}
            for one in invites
        ]
        return [{**plain(one), **added} for one, added in zip(invites, more, strict=True)]

    print_rows(
        connection, connection.run(work), COLUMNS, "no invites; `chatctl invite create --space S` makes one"
    )


def _people(invite: ListedInvite, names: dict[str, str]) -> str:
    """The newest of them."""
    ids = [row.account for row in invite.joined[:NAMED]]
    more = invite.uses - len(ids)
    listed = ", ".join(label_from(names, id_) for id_ in ids)
    return f"{listed} and {more} more" if more > 0 else listed


@command.command()
@click.argument("invite")
@click.pass_obj
def revoke(connection: Connection, invite: str) -> None:
    """End an invite, named by its code or its id."""
    from chatd.contract.invite import RevokeInvite

    connection.do(RevokeInvite(invite))
    print_result(connection, {"invite": invite}, "the invite is revoked")


@command.command()
@click.argument("code")
@click.pass_obj
def accept(connection: Connection, code: str) -> None:
    """Join the space of an invite code, as the account of --token."""
    if connection.url is None:
        raise click.UsageError("an operator cannot join spaces: use --url, as an account")
    space = connection.run(lambda client: client.accept_invite(code))
    print_result(connection, space, f"joined {space.name}")
