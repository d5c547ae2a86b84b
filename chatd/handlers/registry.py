"""Which handler answers what at the desk: the second of the two visible tables (the first: the deciders)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.handlers import account as accounts
from chatd.handlers import account_deletion as farewell
from chatd.handlers import account_export as export
from chatd.handlers import audit as oversight
from chatd.handlers import bot as bots
from chatd.handlers import device as devices
from chatd.handlers import identity as single_sign_on
from chatd.handlers import invite as invites
from chatd.handlers import message as conversation
from chatd.handlers import moderation as moderating
from chatd.handlers import presence as awareness
from chatd.handlers import recovery, scheduled
from chatd.handlers import search as searching
from chatd.handlers import server as operators
from chatd.handlers import settings as personal
from chatd.handlers import sign_in as signing
from chatd.handlers import space as spaces
from chatd.handlers import totp as second_factor
from chatd.handlers import view as viewing
from chatd.handlers.desk import Desk
from chatd.ports import Caller

Handler = Callable[[Desk, Caller, Any], Awaitable[Answer]]

HANDLERS: Final[Mapping[str, Handler]] = {
    "account.sign_up": signing.sign_up,
    "account.sign_in": signing.sign_in,
    "account.refresh": signing.refresh,
    "account.sign_out": signing.sign_out,
    "account.change_password": accounts.change_password,
    "account.rename": accounts.rename,
    "account.devices": devices.list_of_account,
    "account.reset_totp": second_factor.reset,
    "account.recovery_link": recovery.make_link,
    "device.list": devices.list_,
    "device.revoke": devices.revoke,
    "totp.begin": second_factor.begin,
    "totp.confirm": second_factor.confirm,
    "totp.get": second_factor.get,
    "totp.remove": second_factor.remove,
    "account.create": accounts.create,
    "account.list": accounts.list_,
    "account.disable": accounts.disable,
    "account.enable": accounts.enable,
    "account.set_password": accounts.set_password,
    "account.token": accounts.issue_token,
    "account.exchange": single_sign_on.exchange,
    "identity.provider": single_sign_on.provider,
    "identity.begin": single_sign_on.begin,
    "identity.add": single_sign_on.add,
    "identity.list": single_sign_on.list_,
    "identity.remove": single_sign_on.remove,
    "account.delete": farewell.delete,
    "account.erase": farewell.erase,
    "account.export": export.export,
    "bot.create": bots.create,
    "bot.list": bots.list_,
    "bot.update": bots.update,
    "bot.token": bots.issue_token,
    "bot.delete": bots.delete,
    "space.create": spaces.create,
    "space.list": spaces.list_,
    "space.get": spaces.get,
    "space.members": spaces.members,
    "invite.create": invites.create,
    "invite.list": invites.list_,
    "invite.revoke": invites.revoke,
    "invite.accept": invites.accept,
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
    "member.ban": moderating.ban,
    "member.erase_messages": moderating.erase_messages,
    "ban.list": moderating.bans,
    "message.report": moderating.report,
    "report.list": moderating.reports,
    "report.resolve": moderating.resolve,
    "audit.list": oversight.audit,
    "access.explain": oversight.explain,
    "access.list": oversight.who,
    "view.list": viewing.list_,
    "view.rebuild": viewing.rebuild,
    "event.list": operators.list_events,
    "server.status": operators.status,
    "server.top": operators.top,
    "server.check": operators.check,
    "server.verify": operators.verify,
    "backup.create": operators.back_up,
}
