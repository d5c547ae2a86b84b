"""Names that are kept, and logs in which an older chatd let in some that look alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from store_facts import Pen, Sheet, answer

from chatd.domain.names.folded import FIELD
from chatd.ports import Append, Appended, FinishErasures, PutRecoveryLink, PutSecondFactor, Taken
from chatd.store.database import open_store


def renamed(pen: Pen, account: str, name: str) -> Append:
    return pen.append(f"account/{account}", "account.renamed", {}, account, json.dumps({"name": name}))


def test_a_name_that_was_left_is_found_and_nobody_elses(sheet: Sheet, pen: Pen) -> None:
    first, second, third = sheet.write(
        pen.account("1", "ann"), renamed(pen, "1", "Anna"), pen.account("2", "ann")
    )
    assert isinstance(first, Appended)
    assert isinstance(second, Appended)
    assert third == Taken("name")
    found = answer(sheet.reader.accounts_named(["ann", "anna"]))
    assert sorted(found, key=lambda row: row["name_key"]) == [
        {"id": "1", "name_key": "ann"},
        {"id": "1", "name_key": "anna"},
    ]
    account = answer(sheet.reader.account_named("ANNA"))
    assert account is not None
    assert account["name"] == "Anna"
    assert answer(sheet.reader.account_named("ann")) is None


def test_one_may_have_an_old_name_back_and_one_that_looks_like_it(sheet: Sheet, pen: Pen) -> None:
    names = ["lan", "bob", "lan", "Ian"]
    outcomes = sheet.write(pen.account("1", "Ian"), *(renamed(pen, "1", name) for name in names))
    assert all(isinstance(outcome, Appended) for outcome in outcomes)


@pytest.mark.parametrize("taken", ["IАN", "lan", "1an"])
def test_looks_are_taken_whether_at_sign_up_or_by_a_new_name(sheet: Sheet, pen: Pen, taken: str) -> None:
    sheet.write(pen.account("1", "Ian"), pen.account("2", "eve"))
    assert sheet.write(renamed(pen, "2", taken)) == [Taken("name")]
    pen.rewind("account/2", 1)
    assert sheet.write(pen.account("3", taken), renamed(pen, "2", "eva"))[0] == Taken("name")
    account = answer(sheet.reader.account("2"))
    assert account is not None
    assert account["name"] == "eva"


def folded_before(name: str) -> dict[str, Any]:
    """As by a chatd that knew of no letters that look alike."""
    form = {"key": name.lower(), "skeleton": name.lower()}
    return {FIELD: {"name": form, "display_name": form}}


async def test_a_log_with_names_that_look_alike_is_sound_and_guards_them(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        people = [pen.account("1", "Ian", **folded_before("Ian")), pen.account("2", "lan")]
        outcomes = await store.log.submit([*people, pen.account("3", "gone")]).wait()
        assert all(isinstance(outcome, Appended) for outcome in outcomes)
        assert (await store.verify()).findings == ()
        secrets = (PutSecondFactor("3", b"secret", True, 1, b""), PutRecoveryLink("3", b"hash", 1))
        await store.log.submit([Append(writes=secrets)]).wait()
        [gone] = await store.log.submit([Append(writes=(FinishErasures(("3",)),))]).wait()
        assert isinstance(gone, Appended)
        assert await store.reader.second_factor("3") is None
        assert await store.reader.recovery_link(b"hash") is None
        outcomes = await store.log.submit([pen.account("4", "1an"), renamed(pen, "2", "lars")]).wait()
        assert outcomes[0] == Taken("name")
        assert isinstance(outcomes[1], Appended)
        assert (await store.verify()).findings == ()
        assert {row["id"] for row in await store.reader.accounts_named(["ian", "lan", "lars"])} == {"1", "2"}
