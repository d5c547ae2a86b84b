from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from store_facts import Pen, Sheet

from chatd.ports import (
    Append,
    Appended,
    DropDevices,
    MarkRead,
    PutCredential,
    PutDevice,
    PutInviteCode,
    PutPush,
    PutRecoveryLink,
    PutSetupCode,
    PutSnapshot,
    RotateRefreshToken,
    StoreUnavailable,
    Taken,
)
from chatd.store.database import Store, open_store
from chatd.store.log.plan import make
from chatd.store.log.writes import RECOVERY_LINKS, REFRESH_TOKENS


async def test_an_append_is_answered_with_its_events_in_order(store: Store, pen: Pen) -> None:
    space = pen.space("home")
    [done] = await store.log.submit([space]).wait()
    assert isinstance(done, Appended)
    assert [event.position for event in done.events] == [1, 2]
    assert [event.type for event in done.events] == ["space.created", "member.joined"]
    assert await store.reader.events(0, 10) == list(done.events)


async def test_commits_run_in_the_order_in_which_they_were_submitted(store: Store, pen: Pen) -> None:
    commits = [store.log.submit([pen.post("hall", str(n))]) for n in range(50)]
    await commits[-1].wait()
    assert [event.text for event in await store.reader.events(0, 99)] == [str(n) for n in range(50)]


async def test_an_append_stays_out_when_a_stream_that_it_looked_at_has_moved_on(
    store: Store, pen: Pen
) -> None:
    await store.log.submit([pen.space("home")]).wait()
    looked = (("space/home", 2),)
    posts = [msgspec.structs.replace(pen.post("hall", text), beside=looked) for text in ("in", "late")]
    [first] = await store.log.submit(posts[:1]).wait()
    assert isinstance(first, Appended)
    kick, late = await store.log.submit(
        [pen.append("space/home", "member.left", {"account": "ann"}), posts[1]]
    ).wait()
    assert isinstance(kick, Appended)
    assert late == Taken("seq")


async def test_what_was_made_elsewhere_gets_the_same_hash(store: Store, pen: Pen, tmp_path: Path) -> None:
    appends = [pen.space("home"), pen.post("hall", "hello")]
    made = make(appends)
    async with open_store(tmp_path / "other") as other:
        [here, there] = [await one.log.submit(appends, made).wait() for one in (store, other)]
        assert here == there
        assert (await other.verify()).findings == ()


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 600])
async def test_a_batch_of_any_size_is_written_whole(store: Store, pen: Pen, count: int) -> None:
    outcomes = await store.log.submit(
        [pen.post(f"r{n % 7}", str(n), nonce=str(n)) for n in range(count)]
    ).wait()
    assert [done.events[0].position for done in outcomes if isinstance(done, Appended)] == [
        *range(1, count + 1)
    ]
    assert await store.reader.head() == count
    assert (await store.verify()).findings == ()


async def test_texts_of_every_script_come_back_as_they_were(store: Store, pen: Pen) -> None:
    texts = [
        "",
        "a\0b\x1f",
        "\u2028\u2029",
        "‮אבג‬",
        "👩‍👩‍👧‍👦",
        '"\\/',
        "\ufeff\ufffe",
        "é" * 5000,
        "'; DROP TABLE",
    ]
    await store.log.submit([pen.post("hall", text) for text in texts]).wait()
    page = await store.reader.history("hall", before=None, after=None, around=None, limit=50)
    assert [row["text"] for row in page.rows] == texts
    assert [event.text for event in await store.reader.events(0, 50)] == texts


async def test_the_same_nonce_again_is_taken_and_shows_the_first_message(store: Store, pen: Pen) -> None:
    await store.log.submit([pen.post("hall", "first"), pen.post("hall", "hi", nonce="n", reply_to=1)]).wait()
    again, other_author, other_room = await store.log.submit(
        [
            pen.post("hall", "again", nonce="n"),
            pen.post("attic", "x", by="bob", nonce="n"),
            pen.post("cellar", "x", nonce="n"),
        ]
    ).wait()
    assert again == Taken(
        "nonce",
        (
            {
                "by": "ann",
                "nonce": "n",
                "seq": 2,
                "position": 2,
                "at": 1002,
                "text": "hi",
                "reply_to": 1,
                "attachments": [],
            },
        ),
    )
    assert isinstance(other_author, Appended)
    assert isinstance(other_room, Appended)


async def test_a_nonce_outlives_the_text_of_its_message(store: Store, pen: Pen) -> None:
    await store.log.submit([pen.post("hall", "hi", nonce="n")]).wait()
    await store.log._connection.run(lambda file: file.execute("DELETE FROM bodies"))
    [taken] = await store.log.submit([pen.post("hall", "hi", nonce="n")]).wait()
    assert isinstance(taken, Taken)
    assert taken.found[0]["text"] is None


def test_an_append_that_collides_is_left_out_whole_and_the_others_are_written(sheet: Sheet, pen: Pen) -> None:
    sheet.write(pen.post("hall", "hi", nonce="n"))
    new, old = pen.post("hall", "new", nonce="m"), pen.post("hall", "old", nonce="n")
    both = Append(new.facts + old.facts, (MarkRead("ann", "hall", 3),))
    taken, done = sheet.write(both, pen.post("attic", "elsewhere"))
    assert isinstance(taken, Taken)
    assert [row["nonce"] for row in taken.found] == ["n"]
    assert isinstance(done, Appended)
    assert done.events[0].position == 2
    assert sheet.connection.execute("SELECT count(*) FROM read_markers").fetchone() == (0,)


def test_two_appends_of_one_commit_can_collide_over_a_nonce(sheet: Sheet, pen: Pen) -> None:
    first = pen.post("hall", "hi", nonce="n", reply_to=None)
    pen.rewind("room/hall", 1)
    done, taken = sheet.write(first, pen.post("hall", "hi", nonce="n"))
    assert isinstance(done, Appended)
    assert isinstance(taken, Taken)
    assert (taken.what, taken.found[0]["position"], taken.found[0]["text"]) == ("nonce", 1, "hi")


def test_a_nul_in_a_nonce_or_a_name_fails_nobody_else(sheet: Sheet, pen: Pen) -> None:
    """Whether what differs only behind it is the same depends on the version of SQLite."""
    sheet.write(pen.post("hall", "1", nonce="n\0a"), pen.account("1", "eve\0x"))
    *taken, done = sheet.write(
        pen.post("hall", "2", nonce="n\0a"), pen.account("2", "eve\0x"), pen.post("attic", "hi")
    )
    assert [outcome.what for outcome in taken if isinstance(outcome, Taken)] == ["nonce", "name"]
    assert isinstance(done, Appended)
    pen.rewind("room/hall", 1)
    outcomes = sheet.write(pen.post("hall", "3", nonce="n\0b"), pen.post("attic", "hi"))
    assert isinstance(outcomes[1], Appended)


def test_an_append_that_repeats_its_own_nonce_is_taken(sheet: Sheet, pen: Pen) -> None:
    twice = Append(pen.post("hall", "a", nonce="n").facts + pen.post("hall", "b", nonce="n").facts)
    assert sheet.write(twice) == [Taken("nonce")]


@pytest.mark.parametrize("name", ["Ann", "ann", "ＡＮＮ", "ANN"])
def test_a_name_is_taken_however_it_is_spelled(sheet: Sheet, pen: Pen, name: str) -> None:
    sheet.write(pen.account("1", "Ann"))
    taken, done = sheet.write(pen.account("2", name), pen.account("3", "Annette"))
    assert taken == Taken("name")
    assert isinstance(done, Appended)


def test_two_appends_of_one_commit_can_collide_over_a_name(sheet: Sheet, pen: Pen) -> None:
    done, taken = sheet.write(pen.account("1", "Straße"), pen.account("2", "STRASSE"))
    assert isinstance(done, Appended)
    assert taken == Taken("name")


def test_an_append_behind_its_stream_is_taken(sheet: Sheet, pen: Pen) -> None:
    sheet.write(pen.post("hall", "1"), pen.post("hall", "2"))
    pen.rewind("room/hall", 1)
    assert sheet.write(pen.post("hall", "also 2")) == [Taken("seq")]


def test_an_append_that_would_leave_a_gap_is_taken(sheet: Sheet, pen: Pen) -> None:
    pen.rewind("room/hall", 5)
    assert sheet.write(pen.post("hall", "6")) == [Taken("seq")]


def test_what_follows_an_append_that_was_left_out_is_left_out_too(sheet: Sheet, pen: Pen) -> None:
    sheet.write(pen.post("hall", "1", nonce="n"))
    outcomes = sheet.write(pen.post("hall", "1", nonce="n"), pen.post("hall", "2"))
    assert [outcome.what for outcome in outcomes if isinstance(outcome, Taken)] == ["nonce", "seq"]


def test_streams_that_were_forgotten_are_looked_up_again(
    sheet: Sheet, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatd.store.log.journal.HEADS_KEPT", 2)
    for round in range(3):
        outcomes = sheet.write(*[pen.post(f"r{n}", str(round)) for n in range(5)])
        assert all(isinstance(outcome, Appended) for outcome in outcomes)


async def test_an_append_of_nothing_is_appended(store: Store) -> None:
    assert await store.log.submit([]).wait() == []
    assert await store.log.submit([Append()]).wait() == [Appended(())]


async def test_unknown_events_stand_in_the_log_and_change_no_table(store: Store, pen: Pen) -> None:
    fact = pen.fact("room/hall", "weather.changed", {"to": ["rain", None, 1.5, {"x": "ÿ"}]})
    await store.log.submit([Append((fact,))]).wait()
    assert (await store.reader.events(0, 9))[0].data == fact.data
    assert (await store.verify()).findings == ()


async def test_facts_that_cannot_be_written_fail_alone_and_the_log_goes_on(store: Store, pen: Pen) -> None:
    with pytest.raises(StoreUnavailable):
        await store.log.submit([pen.post("hall", "lone surrogate \ud800")]).wait()
    pen.rewind("room/hall", 0)
    with pytest.raises(StoreUnavailable):
        await store.log.submit([Append((pen.fact("room/x", "member.joined", {}),))]).wait()
    [done] = await store.log.submit([pen.post("hall", "hi")]).wait()
    assert isinstance(done, Appended)
    assert await store.reader.head() == 1


async def test_read_markers_move_forward_only(store: Store) -> None:
    await store.log.submit(
        [
            Append(writes=(MarkRead("ann", "hall", 5), MarkRead("ann", "hall", 3))),
            Append(writes=(MarkRead("ann", "attic", 1), MarkRead("bob", "hall", 9))),
        ]
    ).wait()
    await store.log.submit([Append(writes=(MarkRead("ann", "hall", 4),))]).wait()
    assert [await store.reader.markers(room, ["ann", "bob"]) for room in ("hall", "attic")] == [
        {"ann": (5, 5), "bob": (9, 9)},
        {"ann": (1, 1)},
    ]
    assert await store.reader.read_marker("bob", "hall") == 9
    assert await store.reader.read_marker("bob", "attic") == 0


async def test_credentials_are_put_replaced_and_taken_away(store: Store) -> None:
    for hash in ("$argon2id$1", "$argon2id$2", None):
        await store.log.submit([Append(writes=(PutCredential("ann", hash),))]).wait()
        assert await store.reader.credential("ann") == hash


async def test_of_a_refresh_token_the_store_remembers_when_it_was_used_first(store: Store) -> None:
    put = PutDevice("d1", "ann", "phone", b"one", 10, 100)
    two, three = (
        RotateRefreshToken("d1", b"one", next, at, 200) for next, at in ((b"two", 20), (b"three", 30))
    )
    await store.log.submit([Append(writes=(put, two, three))]).wait()
    assert await store.reader.device("d1") == {
        "id": "d1",
        "account": "ann",
        "name": "phone",
        "refreshed_at": 30,
        "created_at": 10,
        "expires_at": 200,
    }
    token = {"device": "d1", "account": "ann", "expires_at": 200, "superseded": 0}
    assert await store.reader.refresh_token(b"one") == {**token, "used_at": 20}
    assert await store.reader.refresh_token(b"two") == {**token, "used_at": None}
    assert await store.reader.refresh_token(b"three") == {**token, "used_at": None}
    assert await store.reader.refresh_token(b"four") is None


async def test_a_device_keeps_a_bounded_number_of_refresh_tokens_and_none_when_it_ends(store: Store) -> None:
    put = PutDevice("d1", "ann", "phone", b"0", 0, 1000)
    chain = [RotateRefreshToken("d1", b"%d" % at, b"%d" % (at + 1), at + 1, 1000) for at in range(50)]
    siblings = [RotateRefreshToken("d1", b"50", b"s%d" % at, 60 + at, 1000) for at in range(50)]
    await store.log.submit([Append(writes=(put, *chain, *siblings))]).wait()
    hashes = [b"%d" % at for at in range(51)] + [b"s%d" % at for at in range(50)]
    kept = [hash for hash in hashes if await store.reader.refresh_token(hash) is not None]
    assert len(kept) == 2 * REFRESH_TOKENS
    assert kept[0] == b"%d" % (51 - REFRESH_TOKENS)
    assert kept[-1] == b"s49"
    await store.log.submit([Append(writes=(DropDevices("ann"),))]).wait()
    assert await store.reader.refresh_token(b"s49") is None


async def test_the_newest_refresh_tokens_are_remembered_whatever_the_clock_showed(store: Store) -> None:
    """Else who lost an answer is signed out, and of a stolen token that comes back nothing is noticed."""
    times = [*range(1000, 1000 + REFRESH_TOKENS), *range(REFRESH_TOKENS), *[7] * REFRESH_TOKENS]
    put = PutDevice("d1", "ann", "phone", b"0", 1000, 9000)
    chain = [RotateRefreshToken("d1", b"%d" % n, b"%d" % (n + 1), at, 9000) for n, at in enumerate(times)]
    for rotated, one in enumerate(chain, 1):
        await store.log.submit([Append(writes=(*([put] if rotated == 1 else []), one))]).wait()
        kept = [n for n in range(rotated + 1) if await store.reader.refresh_token(b"%d" % n) is not None]
        assert kept == list(range(max(0, rotated - REFRESH_TOKENS), rotated + 1))


async def test_what_is_put_is_not_what_is_forgotten_whatever_the_clock_showed(store: Store) -> None:
    many, times = RECOVERY_LINKS, [*range(100, 101 + RECOVERY_LINKS), 50]
    for at in times:
        device = PutDevice(f"d{at}", "ann", "phone", None, at, 900)
        push = PutPush(f"d{at}", "ann", f"https://push.example/{at}", b"key", b"auth", at, many)
        link = PutRecoveryLink("ann", b"code%d" % at, at)
        await store.log.submit([Append(writes=(device, push, link))]).wait()
    assert [row["at"] for row in await store.reader.pushes("ann")] == sorted(times[-many:], reverse=True)
    known = [at for at in times if await store.reader.recovery_link(b"code%d" % at) is not None]
    assert known == times[-many:]


@pytest.mark.parametrize(
    ("drop", "left"),
    [
        (DropDevices("ann"), []),
        (DropDevices("ann", device="d2"), ["d1", "d3"]),
        (DropDevices("ann", keep="d2"), ["d2"]),
        (DropDevices("bob", device="d2"), ["d1", "d2", "d3"]),
    ],
)
async def test_devices_are_dropped_all_one_or_all_but_one(
    store: Store, drop: DropDevices, left: list[str]
) -> None:
    puts = tuple(PutDevice(f"d{n}", "ann", "x", None, n, 100) for n in (1, 2, 3))
    await store.log.submit([Append(writes=(*puts, drop))]).wait()
    assert [device["id"] for device in await store.reader.devices("ann")] == left


async def test_codes_lead_where_they_were_put(store: Store) -> None:
    await store.log.submit([Append(writes=(PutInviteCode(b"h", "home", "i1"), PutSetupCode(b"s")))]).wait()
    assert await store.reader.invite_code(b"h") == {"space": "home", "invite": "i1"}
    assert await store.reader.invite_code(b"?") is None
    assert await store.reader.invite("i1") == {"space": "home", "invite": "i1"}
    assert await store.reader.invite("i2") is None
    assert await store.reader.setup_code() == b"s"
    await store.log.submit([Append(writes=(PutSetupCode(None),))]).wait()
    assert await store.reader.setup_code() is None


async def test_the_newest_snapshot_of_a_stream_is_the_one_that_stays(store: Store, pen: Pen) -> None:
    await store.log.submit([pen.post("hall", str(n)) for n in range(5)]).wait()
    writes = (PutSnapshot("room/hall", 4, b"four"), PutSnapshot("room/hall", 2, b"two"))
    await store.log.submit([Append(writes=writes)]).wait()
    loaded = await store.reader.load("room/hall")
    assert (loaded.snapshot_seq, loaded.snapshot, loaded.head) == (4, b"four", 5)
    assert (await store.reader.load("room/none")).head == 0
