"""Which handler answers what at the desk: the second of the two visible tables (the first: the deciders)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from chatd.actors import accounts, operators, spaces
from chatd.actors.desk import Desk
from chatd.actors.envelope import Answer
from chatd.ports import Caller

Handler = Callable[[Desk, Caller, Any], Awaitable[Answer]]

HANDLERS: Final[Mapping[str, Handler]] = {
    "account.sign_up": accounts.sign_up,
    "account.sign_in": accounts.sign_in,
    "account.refresh": accounts.refresh,
    "account.sign_out": accounts.sign_out,
    "account.change_password": accounts.change_password,
    "account.create": accounts.create,
    "account.list": accounts.list_,
    "account.disable": accounts.disable,
    "account.enable": accounts.enable,
    "account.set_password": accounts.set_password,
    "account.token": accounts.issue_token,
    "space.create": spaces.create,
    "space.list": spaces.list_,
    "space.get": spaces.get,
    "space.members": spaces.members,
    "invite.create": spaces.create_invite,
    "invite.list": spaces.list_invites,
    "invite.revoke": spaces.revoke_invite,
    "invite.accept": spaces.accept_invite,
    "room.list": spaces.list_rooms,
    "room.get": spaces.get_room,
    "room.members": spaces.room_members,
    "room.history": spaces.history,
    "event.list": operators.list_events,
    "server.status": operators.status,
    "server.top": operators.top,
    "server.check": operators.check,
    "server.verify": operators.verify,
    "backup.create": operators.back_up,
}
