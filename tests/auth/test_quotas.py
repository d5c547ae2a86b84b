"""What an account may write a day: counted as it is published and as the log says, the same both ways."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from chatd.auth.quotas import ALWAYS_ALLOWED, DAY, LIMITED, DailyUsage, quotas_of
from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.domain.event import Event
from chatd.ports import EVENT_BYTES, Caller
from chatd.settings import Settings

MIDNIGHT = 20_000 * DAY
POST, REPORT, DELETE = (REQUESTS[name] for name in ("message.post", "message.report", "message.delete"))
ANN, REX = Caller("192.0.2.1", "ann", "ann"), Caller("192.0.2.1", "rex", "rex", owner="ann")


@attrs.define
class Clock:
    at: int = MIDNIGHT + 1

    def __call__(self) -> int:
        return self.at


def usage(clock: Clock, **settings: Any) -> DailyUsage:
    return DailyUsage(quotas_of(Settings(**settings)), clock)


def posted(by: str, text: str = "hi", type_: str = "message.posted", **data: Any) -> Event:
    return Event(1, "room/r", 1, type_, MIDNIGHT, by, data, text)


def test_who_has_written_as_many_messages_as_may_be_waits_until_midnight() -> None:
    clock = Clock(MIDNIGHT + 1000)
    daily = usage(clock, quota_messages=2)
    daily.published([posted("ann")])
    assert daily.refusal(POST, ANN) is None
    daily.published([posted("ann")])
    refused = daily.refusal(POST, ANN)
    assert isinstance(refused, Refusal)
    assert refused.data == {"retry_after": DAY // 1000 - 1}
    assert "midnight UTC, in 24 hours" in refused.message
    clock.at = MIDNIGHT + DAY - 60_000
    assert "in 1 min" in str(daily.refusal(POST, ANN))
    clock.at = MIDNIGHT + DAY
    assert daily.refusal(POST, ANN) is None
    assert daily.of("ann").messages == 0


def test_nobody_waits_until_a_clock_that_was_set_back_has_caught_up() -> None:
    clock = Clock()
    daily = usage(clock, quota_messages=1)
    clock.at += DAY
    daily.published([posted("ann")])
    assert daily.refusal(POST, ANN) is not None
    clock.at -= DAY
    assert daily.refusal(POST, ANN) is None
    daily.published([posted("ann")])
    refused = daily.refusal(POST, ANN)
    assert isinstance(refused, Refusal)
    assert refused.data["retry_after"] <= DAY // 1000


def test_what_an_import_brings_takes_nothing_of_an_authors_quota() -> None:
    daily = usage(Clock(), quota_messages=1, quota_uploads=1, quota_bytes=10_000)
    long_ago = Event(1, "room/r", 1, "reaction.added", MIDNIGHT - 2 * DAY, "ann", {"seq": 1, "emoji": "👍"})
    daily.published([posted("ann", "old" * 10_000, imported="i", key="1"), *[long_ago] * 100])
    daily.published([posted("ann", "", "file.added", size=1, imported=True)])
    assert daily.refusal(POST, ANN) is daily.refuse_upload(ANN) is None
    daily.published([posted("ann"), posted("ann", "", "file.added", size=1)])
    assert None not in (daily.refusal(POST, ANN), daily.refuse_upload(ANN))


def test_what_a_bot_writes_counts_with_its_owner() -> None:
    daily = usage(Clock(), quota_messages=2)
    made = Event(1, "account/rex", 1, "account.created", MIDNIGHT, "ann", {"owner": "ann"})
    daily.published([made, posted("rex"), posted("ann")])
    assert daily.refusal(POST, ANN) == daily.refusal(POST, REX) is not None
    assert daily.of("rex") == daily.of("ann")


def test_bytes_are_those_of_texts_and_fields_and_what_an_event_takes_besides() -> None:
    daily = usage(Clock())
    daily.published([posted("ann", "é", nonce="n")])
    assert daily.of("ann").bytes == EVENT_BYTES + len('{"nonce":"n"}') + 2


def test_who_has_used_up_everything_may_still_take_back_and_leave() -> None:
    daily = usage(Clock(), quota_bytes=1)
    daily.published([posted("ann")])
    assert daily.refusal(POST, ANN) is not None
    for name in ALWAYS_ALLOWED:
        assert daily.refusal(REQUESTS[name], ANN) is None


def test_reports_have_a_quota_of_their_own() -> None:
    daily = usage(Clock(), quota_reports=1)
    daily.published([posted("ann", type_="message.reported")])
    assert daily.refusal(REPORT, ANN) is not None
    assert daily.refusal(POST, ANN) is None
    assert daily.refusal(DELETE, ANN) is None


def test_switched_off_nothing_is_counted() -> None:
    daily = usage(Clock(), limits=False, quota_messages=1)
    daily.published([posted("ann")] * 3)
    assert daily.refusal(POST, ANN) is None


@pytest.mark.parametrize("row", REQUESTS.values(), ids=lambda row: row.name)
def test_every_command_of_accounts_that_logs_something_is_limited_or_meant_not_to_be(row: Any) -> None:
    logs = row.kind == "command" and row.asker == "account" and bool(row.events)
    meant = logs and row.name not in ALWAYS_ALLOWED
    assert (row.name in LIMITED) == (meant or row.name == "message.schedule")
    assert not LIMITED & ALWAYS_ALLOWED
