"""Conditions of appends: of two that rely on the same thing, one is written."""

from __future__ import annotations

import pytest
from store_facts import Pen, Sheet, answer

from chatd.ports import (
    AccountActive,
    Append,
    Appended,
    Condition,
    CredentialIs,
    DropIdentities,
    DropRecoveryLinks,
    DropScheduled,
    DropSecondFactor,
    FailScheduled,
    IdentityAbsent,
    IdentityCountIs,
    NoOpenReport,
    PutCredential,
    PutDevice,
    PutErasure,
    PutIdentity,
    PutRecoveryLink,
    PutScheduled,
    PutSecondFactor,
    PutSetupCode,
    RecoveryLinkIs,
    ScheduledCountIs,
    ScheduledExists,
    SecondFactorIs,
    SetupCodeIs,
    Taken,
    Write,
)
from chatd.store.database import Store

FACTOR = {"secret": b"s", "confirmed": 1, "used_step": 7, "recovery_codes": b"c"}
DEVICE = PutDevice("d", "ann", "phone", b"hash", 1, 9)
IDENTITY = PutIdentity("https://id", "sub", "ann", 1)
SCHEDULED = PutScheduled("m", "ann", "hall", "later", None, None, 9, 1)

# what holds now, and a write after which it does not
BROKEN: list[tuple[list[Write], Condition, Write]] = [
    ([], AccountActive("ann"), PutErasure("ann", "ann", None, False, 1)),
    ([], CredentialIs("ann", None), PutCredential("ann", "hash")),
    ([PutCredential("ann", "hash")], CredentialIs("ann", "hash"), PutCredential("ann", "other")),
    ([PutCredential("ann", "hash")], CredentialIs("ann", "hash"), PutCredential("ann", None)),
    ([], SecondFactorIs("ann", None), PutSecondFactor("ann", b"s", False, 0, b"")),
    (
        [PutSecondFactor("ann", b"s", True, 7, b"c")],
        SecondFactorIs("ann", FACTOR),
        PutSecondFactor("ann", b"s", True, 8, b"c"),
    ),
    ([PutSecondFactor("ann", b"s", True, 7, b"c")], SecondFactorIs("ann", FACTOR), DropSecondFactor("ann")),
    ([PutRecoveryLink("ann", b"code", 9)], RecoveryLinkIs("ann", b"code"), DropRecoveryLinks("ann")),
    ([], SetupCodeIs(None), PutSetupCode(b"code")),
    ([PutSetupCode(b"code")], SetupCodeIs(b"code"), PutSetupCode(None)),
    ([], IdentityAbsent("https://id", "sub"), IDENTITY),
    ([IDENTITY], IdentityCountIs("ann", 1), DropIdentities("ann")),
    ([SCHEDULED], ScheduledExists("m"), DropScheduled("m")),
    ([SCHEDULED], ScheduledExists("m"), FailScheduled("m", "no such room")),
    ([SCHEDULED], ScheduledCountIs("ann", 1), DropScheduled("m")),
]


@pytest.mark.parametrize(("before", "condition", "breaking"), BROKEN)
@pytest.mark.parametrize("one_batch", [True, False])
def test_of_two_appends_that_break_the_condition_of_both_the_first_is_written(
    sheet: Sheet, pen: Pen, before: list[Write], condition: Condition, breaking: Write, one_batch: bool
) -> None:
    sheet.write(*pen.village(), Append(writes=tuple(before)))
    head = answer(sheet.reader.head())
    first = Append(pen.post("hall", "first").facts, (breaking,), (condition,))
    second = Append(pen.post("hall", "second").facts, (PutCredential("bob", "hash"),), (condition,))
    batches = [[first, second]] if one_batch else [[first], [second]]
    done, stale = [outcome for batch in batches for outcome in sheet.write(*batch)]
    assert isinstance(done, Appended)
    assert stale == Taken("stale")
    assert answer(sheet.reader.head()) == head + 1
    assert answer(sheet.reader.credential("bob")) is None


def test_a_condition_sees_what_the_events_before_it_made(sheet: Sheet, pen: Pen) -> None:
    sheet.write(*pen.village())
    condition = NoOpenReport("bob", "hall", 5)
    first, again = pen.report("bob", "r1"), pen.report("bob", "r2")
    pen.rewind("account/bob", 2)
    resolved = pen.append("account/bob", "report.resolved", {"report": "r1"})
    later = pen.report("bob", "r3")
    outcomes = sheet.write(
        first,
        Append(again.facts, conditions=(condition,)),
        resolved,
        Append(later.facts, conditions=(condition,)),
    )
    assert [isinstance(outcome, Appended) for outcome in outcomes] == [True, False, True, True]
    assert [row["id"] for row in answer(sheet.reader.reports("home", False, None, 9))] == ["r1", "r3"]


def test_an_account_that_is_disabled_is_not_active(sheet: Sheet, pen: Pen) -> None:
    sheet.write(*pen.village())
    active = Append(writes=(DEVICE,), conditions=(AccountActive("bob"),))
    assert isinstance(sheet.write(active)[0], Appended)
    disabled = pen.append("account/bob", "account.updated", {"disabled": True})
    assert sheet.write(disabled, active)[1] == Taken("stale")
    assert sheet.write(Append(conditions=(AccountActive("nobody"),))) == [Taken("stale")]


async def test_the_neighbours_of_a_stale_append_are_written(store: Store, pen: Pen) -> None:
    await store.log.submit(pen.village()).wait()
    before = pen.post("hall", "before", nonce="x")
    stale = Append(pen.post("hall", "stale", nonce="y").facts, conditions=(SetupCodeIs(b"code"),))
    pen.rewind("room/hall", 7)
    after = pen.post("hall", "after", nonce="y")
    outcomes = await store.log.submit([before, stale, after]).wait()
    assert [isinstance(outcome, Appended) for outcome in outcomes] == [True, False, True]
    page = await store.reader.history("hall", before=None, after=None, around=None, limit=2)
    assert [row["text"] for row in page.rows] == ["before", "after"]
    assert (await store.verify()).findings == ()


def test_conditions_and_nonces_are_judged_in_one_batch(sheet: Sheet, pen: Pen) -> None:
    """The nonce makes the journal try twice; the conditions are looked up both times."""
    sheet.write(*pen.village(), Append(writes=(PutSetupCode(b"code"),)))
    use = Append(writes=(PutSetupCode(None),), conditions=(SetupCodeIs(b"code"),))
    outcomes = sheet.write(use, pen.post("hall", "again", nonce="n1"), use)
    assert isinstance(outcomes[0], Appended)
    assert isinstance(outcomes[1], Taken)
    assert (outcomes[1].what, outcomes[2]) == ("nonce", Taken("stale"))
    assert answer(sheet.reader.setup_code()) is None


def test_all_conditions_of_an_append_must_hold(sheet: Sheet) -> None:
    two = (SetupCodeIs(None), SetupCodeIs(b"code"))
    assert sheet.write(Append(writes=(DEVICE,), conditions=two)) == [Taken("stale")]
    assert answer(sheet.reader.device("d")) is None


async def test_of_two_who_spend_a_code_at_the_same_time_one_does(store: Store, pen: Pen) -> None:
    await store.log.submit([*pen.village(), Append(writes=(PutRecoveryLink("ann", b"code", 9),))]).wait()
    spend = Append(
        writes=(DropRecoveryLinks("ann"), PutCredential("ann", "new")),
        conditions=(RecoveryLinkIs("ann", b"code"),),
    )
    commits = [store.log.submit([spend]) for _ in range(2)]
    assert [await commit.wait() for commit in commits] == [[Appended(())], [Taken("stale")]]


def test_an_append_without_conditions_costs_no_further_statement(sheet: Sheet, pen: Pen) -> None:
    sheet.write(*pen.village())
    run: list[str] = []  # once more for each of its triggers
    sheet.connection.set_trace_callback(run.append)
    sheet.write(pen.post("hall", "quick"))
    assert {sql.partition("(")[0].strip() for sql in run} == {"INSERT INTO facts VALUES"}
