"""Identities of single sign-on: each leads to one account, and only to that."""

from __future__ import annotations

import pytest

from chatd.ports import Append, DropIdentities, PutIdentity
from chatd.store.database import Store

HERE, THERE = "https://here.example", "https://there.example"
ANN = (PutIdentity(HERE, "1", "ann", 1), PutIdentity(HERE, "2", "ann", 2), PutIdentity(THERE, "1", "ann", 3))
BOB = PutIdentity(THERE, "3", "bob", 4)


async def write(store: Store, *writes: PutIdentity | DropIdentities) -> None:
    await store.log.submit([Append(writes=writes)]).wait()


async def left(store: Store, account: str) -> list[tuple[str, str]]:
    return [(row["issuer"], row["subject"]) for row in await store.reader.identities(account)]


async def test_an_identity_leads_to_its_account(store: Store) -> None:
    await write(store, *ANN, BOB)
    assert await store.reader.identity(THERE, "1") == {
        "issuer": THERE,
        "subject": "1",
        "account": "ann",
        "at": 3,
    }
    assert await store.reader.identity(THERE, "2") is None
    assert await left(store, "ann") == [(HERE, "1"), (HERE, "2"), (THERE, "1")]


async def test_an_identity_is_never_given_to_another_account(store: Store) -> None:
    await write(store, *ANN)
    await write(store, PutIdentity(HERE, "1", "bob", 9))
    found = await store.reader.identity(HERE, "1")
    assert found is not None
    assert (found["account"], found["at"]) == ("ann", 1)


@pytest.mark.parametrize(
    ("drop", "rest"),
    [
        (DropIdentities("ann"), []),
        (DropIdentities("ann", HERE, "1"), [(HERE, "2"), (THERE, "1")]),
        (DropIdentities("bob", HERE, "1"), [(HERE, "1"), (HERE, "2"), (THERE, "1")]),
    ],
)
async def test_identities_are_dropped_all_or_one(
    store: Store, drop: DropIdentities, rest: list[tuple[str, str]]
) -> None:
    await write(store, *ANN, drop)
    assert await left(store, "ann") == rest
