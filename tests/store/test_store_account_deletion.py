"""Deleted accounts in the store: what is left of them, and that nothing else is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from store_facts import Pen

from chatd.domain.event import encode_personal
from chatd.ports import Append, Appended, FinishErasures, PutDevice, PutDraft, PutErasure, PutSnapshot, Write
from chatd.store.database import Store, open_store
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.verify import verify_file

SENTINEL = "Zyxquixote"
MANY = 400


def _mark(account: str) -> str:
    """Every other account says this of itself wherever it can, its neighbours something else."""
    return SENTINEL if int(account) % 2 else "Somebody"


def _crowd(pen: Pen) -> list[Append]:
    """Many accounts, in an order that makes SQLite move rows between pages."""
    names = [f"{number:08}" for number in range(MANY)]
    random.Random(7).shuffle(names)
    return [pen.speaking(name, {}, name=f"{name[::-1]}-{_mark(name)}") for name in names]


def _beside(accounts: list[str]) -> Append:
    """What these have beside the log: in the end, after rows of other sizes."""
    writes: list[Write] = []
    rng = random.Random(accounts[0])
    for account in accounts:
        mark = f"{_mark(account)} {account} "
        for n in range(6):
            writes += [
                PutDraft(account, f"room{rng.randrange(3)}", 0, mark * rng.randint(1, 60), n),
                PutSnapshot(f"account/{account}", n, mark.encode() * rng.randint(1, 60)),
            ]
        writes += [
            PutDevice(f"device-{account[::-1]}", account, _mark(account), None, 1, 2),
            PutErasure(account, "system", None, True, 1),
        ]
    return Append(writes=tuple(writes))


def traces(folder: Path) -> dict[str, int]:
    counts = {
        path.name: path.read_bytes().count(SENTINEL.encode()) for path in folder.iterdir() if path.is_file()
    }
    return {name: count for name, count in counts.items() if count}


async def test_rows_that_were_moved_between_pages_leave_nothing_behind(tmp_path: Path) -> None:
    pen = Pen()
    crowd = _crowd(pen)
    accounts = [append.facts[0].data["account"] for append in crowd]
    going = [account for account in accounts if _mark(account) == SENTINEL]
    async with open_store(tmp_path) as store:
        for append in crowd:
            await store.log.submit([append, _beside([append.facts[0].data["account"]])]).wait()
        assert traces(tmp_path)
        random.Random(8).shuffle(going)
        for account in going:
            ended = pen.append(f"account/{account}", "account.deleted", {"account": account}, account)
            await store.log.submit([ended]).wait()
        await store.log.submit([Append(writes=(FinishErasures(tuple(going)),))]).wait()
        await store.log.erased()
        assert traces(tmp_path) == {}
        assert len(await store.reader.erasures()) == MANY - len(going)
        assert await store.reader.drafts(going[0]) == []
        verified = await store.verify()
        assert verified.findings == ()
    assert traces(tmp_path) == {}


async def test_what_others_have_stays_when_tables_are_written_anew(tmp_path: Path) -> None:
    pen = Pen()
    async with open_store(tmp_path) as store:
        await store.log.submit([pen.speaking("1", {}), pen.speaking("2", {})]).wait()
        await store.log.submit([_beside(["1", "2"])]).wait()
        await store.log.submit([pen.append("account/1", "account.deleted", {"account": "1"}, "1")]).wait()
        await store.log.submit([Append(writes=(FinishErasures(("1",)),))]).wait()
        assert [row["account"] for row in await store.reader.erasures()] == ["2"]
        assert await store.reader.drafts("2")
        assert len(await store.reader.devices("2")) == 1
        assert (await store.reader.load("account/2")).snapshot is not None
        assert (await store.reader.load("account/1")).snapshot is None
        assert (await store.reader.account_named("2") or {})["id"] == "2"
        stub = await store.reader.account("1")
        assert stub is not None
        assert (stub["name"], stub["display_name"], stub["deleted"]) == (
            "deleted-1",
            "Deleted account",
            True,
        )


async def test_the_name_of_a_deleted_account_is_free(store: Store) -> None:
    pen = Pen()
    again = pen.speaking("anna", {}, name="Ann")
    [first, taken] = await store.log.submit([pen.speaking("ann", {}), again]).wait()
    assert isinstance(first, Appended)
    assert not isinstance(taken, Appended)
    gone = pen.append("account/ann", "account.deleted", {"account": "ann"}, "ann")
    for append in (gone, again):
        [outcome] = await store.log.submit([append]).wait()
        assert isinstance(outcome, Appended)
    found = await store.reader.account_named("ann")
    assert found is not None
    assert found["id"] == "anna"


async def test_accounts_of_an_older_log_are_read_and_deleted_as_well(tmp_path: Path) -> None:
    """Their facts say what they say; the rows are stubs all the same."""
    pen = Pen()
    old = [
        pen.account("ann"),
        pen.append("account/ann", "account.updated", {"about": "from long ago"}, "ann"),
        pen.append("account/ann", "account.updated", {}, "ann", encode_personal(about="of today")),
        pen.append("account/ann", "account.deleted", {"account": "ann"}, "ann"),
        pen.account("bob", name="ann"),
    ]
    async with open_store(tmp_path) as store:
        for append in old:
            [outcome] = await store.log.submit([append]).wait()
            assert isinstance(outcome, Appended)
        stub = await store.reader.account("ann")
        assert stub is not None
        assert (stub["about"], stub["deleted"]) == (None, True)
    assert verify_file(tmp_path / DATABASE).findings == ()


@pytest.mark.parametrize(
    ("deleted", "statement", "finding"),
    [
        (False, "DELETE FROM bodies WHERE position = 1", "something that it said is lost"),
        (
            True,
            "UPDATE body_rows SET erased = 0, text = 'back', salt = zeroblob(16) WHERE position = 1",
            "something that it said is still there",
        ),
    ],
)
async def test_verifying_finds_what_should_and_should_not_be_there(
    tmp_path: Path, deleted: bool, statement: str, finding: str
) -> None:
    from store_facts import tamper

    pen = Pen()
    async with open_store(tmp_path) as store:
        await store.log.submit([pen.speaking("ann", {})]).wait()
        if deleted:
            gone = pen.append("account/ann", "account.deleted", {"account": "ann"}, "ann")
            await store.log.submit([gone]).wait()
    tamper(tmp_path, statement)
    assert any(finding in found for found in verify_file(tmp_path / DATABASE).findings)
