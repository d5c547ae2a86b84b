"""What the opening of a session reads in one look is what the questions of the nouns give."""

from __future__ import annotations

import pytest
from store_facts import Pen

from chatd.ports import Append, OpeningQuestion, OpeningRows, PutDevice, PutPresence
from chatd.store.database import Store


async def opening(store: Store, account: str, device: str, position: int | None) -> OpeningRows:
    (found,) = await store.reader.openings([OpeningQuestion(account, device, position)])
    return found


@pytest.mark.parametrize("account", ["ann", "bob", "rex", "nobody"])
async def test_one_look_gives_what_the_nouns_say_of_the_account(store: Store, pen: Pen, account: str) -> None:
    direct = pen.append("room/dm", "room.created", {"name": "", "kind": "direct", "private": True})
    away = [pen.join("space/home", "adam", "member"), pen.leave("space/home", "adam")]
    together = [pen.join("room/dm", "ann"), pen.join("room/dm", "bob"), pen.post("dm", "hello")]
    rows = [PutDevice(f"{name}s", name, "phone", None, 1, 2) for name in ("ann", "bob", "rex")]
    appends = [*pen.busy_village(), direct, *away, *together]
    await store.log.submit([*appends, Append(writes=(*rows, PutPresence("bob", "dnd", 7)))]).wait()

    found = await opening(store, account, f"{account}s", 3)

    reader = store.reader
    device, profile = await reader.device(f"{account}s"), await reader.account(account)
    memberships, _ = await reader.memberships(account)
    ids = [row["stream"].partition("/") for row in memberships]
    presences = await reader.presences([account])
    kept = ("account", "expires_at")
    assert found.device == (None if device is None else {name: device[name] for name in kept})
    assert found.account == profile
    assert found.owner_disabled == (False if account == "rex" else None)
    assert found.memberships == memberships
    assert found.spaces == await reader.spaces([id_ for kind, _, id_ in ids if kind == "space"])
    assert found.rooms == await reader.rooms([id_ for kind, _, id_ in ids if kind == "room"])
    assert found.guest_in == await reader.guest_in(account)
    assert found.unread == await reader.unread(account)
    assert found.direct == await reader.direct_rooms(account)
    assert found.hash == await reader.hash_at(3)
    assert found.presence == (presences[0] if presences else None)


async def test_the_newest_change_of_membership_counts_also_where_it_let_somebody_out(
    store: Store, pen: Pen
) -> None:
    await store.log.submit([*pen.village(), pen.post("hall", "before")]).wait()
    joined = await opening(store, "bob", "", None)
    await store.log.submit([pen.leave("room/hall", "bob"), pen.post("hall", "after")]).wait()
    left = await opening(store, "bob", "", None)
    head = await store.reader.head()

    assert joined.hash is None
    assert joined.changed_at < head - 2
    assert left.changed_at == head - 1
    assert (await opening(store, "nobody", "", 0)).changed_at == 0
