"""Which handler answers what at the desk: the second of the two visible tables (the first: the deciders)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from chatd.actors import (
    accounts,
    awareness,
    conversation,
    operators,
    personal,
    scheduled,
    searching,
    spaces,
    viewing,
)
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
    "room.history": conversation.history,
    "direct.open": conversation.open_direct,
    "message.get": conversation.get,
    "message.edits": conversation.edits,
    "message.search": searching.search,
    "reaction.list": conversation.reactors,
    "pin.list": conversation.pins,
    "thread.history": conversation.thread,
    "unread.list": conversation.unread,
    "receipt.list": awareness.receipts,
    "presence.set": awareness.set_presence,
    "presence.watch": awareness.watch_presence,
    "emoji.list": spaces.list_emoji,
    "thread.follow": personal.follow_thread,
    "thread.unfollow": personal.unfollow_thread,
    "notification.list": viewing.notifications,
    "subscription.update": personal.update_subscription,
    "preferences.get": personal.preferences,
    "bookmark.add": personal.add_bookmark,
    "bookmark.list": personal.bookmarks,
    "draft.set": personal.set_draft,
    "draft.list": personal.drafts,
    "message.schedule": scheduled.schedule,
    "message.unschedule": scheduled.unschedule,
    "message.scheduled": scheduled.list_,
    "view.list": viewing.list_,
    "view.rebuild": viewing.rebuild,
    "event.list": operators.list_events,
    "server.status": operators.status,
    "server.top": operators.top,
    "server.check": operators.check,
    "server.verify": operators.verify,
    "backup.create": operators.back_up,
}
