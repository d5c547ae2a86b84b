"""Accounts, a space and rooms, made quickly through the operator, for tests that are about something else."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from typing import Any

import attrs

from .serving import Server
from .talking import JSON, Client, Frame

_numbers = itertools.count(1)


@attrs.frozen
class Account:
    id: str
    name: str
    token: str


class Town:
    """One space on a server, with an operator beside it. Closes every client that it opened."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._open = ExitStack()
        self.operator = self._kept(Client.operator(server))
        self.owner = self.account("owner")
        self.space: str = self.operator.ask(
            "space.create", name=f"Town {next(_numbers)}", owner=self.owner.id
        )["space"]["id"]
        self.code: str = self.operator.ask("invite.create", space=self.space)["invite"]["code"]

    def _kept(self, client: Client) -> Client:
        self._open.callback(client.close)
        return client

    def account(self, name: str = "somebody", **more: Any) -> Account:
        """An account without a password, and a token for it; not in any space."""
        made = self.operator.ask("account.create", name=f"{name}{next(_numbers)}", **more)["account"]
        token = self.operator.ask("account.token", account=made["id"])["token"]
        return Account(made["id"], made["name"], token)

    def member(self, *rooms: str, name: str = "member") -> Account:
        """An account in the space and in these rooms."""
        account = self.account(name)
        visit = self.dial()
        visit.open(account.token)
        visit.ask("invite.accept", code=self.code)
        for room in rooms:
            visit.ask("room.join", room=room)
        visit.close()
        return account

    def moderator(self, *rooms: str, role: str = "moderator") -> Account:
        account = self.member(*rooms)
        self.operator.ask("member.set_role", space=self.space, account=account.id, role=role)
        return account

    def room(self, name: str = "", by: Client | None = None, **more: Any) -> str:
        """A room of the space, made by the owner or by `by`; without a name it gets one that no other has."""
        name = name or f"Square {next(_numbers)}"
        if by is not None:
            made: Frame = by.ask("room.create", space=self.space, name=name, **more)
        else:
            visit = self.open(self.owner)
            made = visit.ask("room.create", space=self.space, name=name, **more)
            visit.close()
        room: str = made["room"]["id"]
        return room

    def dial(self, *subprotocols: str, **options: Any) -> Client:
        return self._kept(Client.dial(self.server, *subprotocols, **options))

    def open(
        self, account: Account, cursor: Frame | None = None, subprotocol: str = JSON, **options: Any
    ) -> Client:
        """A session of this account."""
        return self.dial(subprotocol, **options).open(account.token, cursor)

    def resume(self, account: Account, left: Client) -> Client:
        """A new session from where `left` stood."""
        return self.open(account, left.cursor)

    def reconnect(self) -> None:
        """After a restart: a new operator connection; the old clients are forgotten."""
        self.close()
        self.operator = self._kept(Client.operator(self.server))

    def close(self) -> None:
        self._open.close()
        self._open = ExitStack()

    def assert_sound(self) -> None:
        """`server.verify` finds nothing."""
        verdict = self.operator.ask("server.verify")
        assert verdict["ok"], verdict["findings"]
        assert verdict["findings"] == []


def absent_id() -> str:
    """An id that looks like one and that nothing has."""
    return f"01JZZZZZZZ{next(_numbers):016d}"
