"""Handlers of how an account hears of things: subscriptions, threads, preferences, notifications."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.workers.view_updater import Views
from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.contract.notification import ListNotifications, Notification, NotificationPage
from chatd.contract.preferences import GetPreferences, Preferences, PreferencesResult
from chatd.contract.rows import pick
from chatd.contract.spec import Done
from chatd.contract.subscription import Subscription, UpdateSubscription
from chatd.contract.thread import FollowThread, UnfollowThread
from chatd.domain.event import account_stream
from chatd.domain.internal import SetSubscription, SetThread
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.membership import Membership
from chatd.handlers.paging import page_of
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.ports import Caller, Reader

DEFAULTS: Final = Preferences(
    quiet_from=None,
    quiet_to=None,
    time_zone=None,
    receipts=True,
    favourites=[],
    space_order=[],
    room_order=[],
    quick_reactions=[],
    push_preview=True,
)
NOTHING_GIVEN: Final = Refusal("invalid", "subscription.update takes level, mute_for or both")
OPERATOR_HEARS_NOTHING: Final = Refusal("invalid", "operators get no notifications; ask as an account")


class ThreadFollowing(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    membership: Membership

    async def follow(self, caller: Caller, command: FollowThread) -> Done | Refusal:
        return await self._set(caller, command.room, command.seq, True)

    async def unfollow(self, caller: Caller, command: UnfollowThread) -> Done | Refusal:
        return await self._set(caller, command.room, command.seq, False)

    async def _set(self, caller: Caller, room: str, seq: int, following: bool) -> Done | Refusal:
        account = await self.membership.account_in(caller, room)
        if isinstance(account, Refusal):
            return account
        found = await self.reader.messages(room, [seq])
        if not found or (found[0]["deleted"] and following):
            return NO_SUCH_MESSAGE  # a thread outlives its messages: one can always stop following it
        command = SetThread(room, found[0]["thread"] or seq, following)
        context = context_of(caller, with_id=False)
        return await self.commands.ask(account_stream(account), command, context, Done)


class Subscriptions(msgspec.Struct, frozen=True, eq=False):
    commands: CommandBus
    membership: Membership

    async def update(self, caller: Caller, command: UpdateSubscription) -> Done | Refusal:
        if command.level is None and command.mute_for is None:
            return NOTHING_GIVEN
        account = await self.membership.account_in(caller, command.room)
        if isinstance(account, Refusal):
            return account
        context = context_of(caller, with_id=False)
        muted_until = None
        if command.mute_for is not None:
            muted_until = context.at + command.mute_for * 1000 if command.mute_for else 0
        change = SetSubscription(command.room, command.level, muted_until)
        return await self.commands.ask(account_stream(account), change, context, Done)


class PreferenceReading(msgspec.Struct, frozen=True, eq=False):
    reader: Reader

    async def get(self, caller: Caller, query: GetPreferences) -> PreferencesResult | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        row = await self.reader.preferences(caller.account)
        subscriptions = await self.reader.subscriptions(caller.account)
        page, following = page_of(subscriptions, query.after, query.limit, lambda row: row["room"])
        return PreferencesResult(
            preferences=DEFAULTS if row is None else pick(Preferences, row),
            subscriptions=[pick(Subscription, one) for one in page],
            next=following,
        )


class Notifications(msgspec.Struct, frozen=True, eq=False):
    views: Views
    bus: Bus

    async def list_(self, caller: Caller, query: ListNotifications) -> NotificationPage | Refusal:
        if caller.account is None:
            return OPERATOR_HEARS_NOTHING
        view = self.views.notifications
        question = view.page(caller.account, query.after, query.unread, query.limit)
        page = await self.views.ask(view, question, self.bus.head)
        if page is None:
            return Refusal("not_found", f"you have no notification {quote(query.after or '')}: after")
        return NotificationPage(
            notifications=[pick(Notification, row) for row in page.rows],
            next=page.rows[-1]["id"] if page.more else None,
            unread=page.unread,
        )
