"""Handler of the preferences of an account."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.preferences import GetPreferences, Preferences, PreferencesResult
from chatd.contract.rows import pick
from chatd.contract.subscription import Subscription
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
