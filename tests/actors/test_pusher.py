"""The pusher alone: when it sends, what it holds, what it tries again, and where it says that it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock as Clock

from chatd.actors.workers import push_outboxes, pusher
from chatd.actors.workers.pusher import COME_BACK, LONGEST_WAIT, PATIENCE, REMEMBERED, Pusher
from chatd.clock import now
from chatd.domain.event import Event
from chatd.ports import DropPush, Push, Pushed, PutFollower, Row, StoreUnavailable


class World:
    """What lies around it. `answers` are those of the push service, the last one again and again."""

    def __init__(self) -> None:
        self.head = 10
        self.devices: list[tuple[str, str]] = [("ann", "phone")]  # account, device
        self.made: dict[int, Row] = {}
        self.present: set[str] = set()
        self.silent_since: float | None = None  # for as long as nothing comes from those who are present
        self.stored: int | None = None
        self.writes: list[Any] = []
        self.sent: list[Row] = []
        self.times: list[float] = []
        self.answers = [Pushed("sent")]
        self.broken = False
        self.reads = 0
        self.begin()

    def begin(self) -> None:
        """Another process."""
        loaded: Callable[[], Awaitable[Any]] = self._load
        self.pusher = Pusher(self, self, self, self._attended, loaded)  # type: ignore[arg-type]

    def _attended(self, account: str) -> float | None:
        heard = trio.current_time() if self.silent_since is None else self.silent_since
        return heard if account in self.present else None

    async def _load(self) -> Any:
        return self

    def notify(self, account: str = "ann", room: str = "hall", seq: int = 1, ago: float = 0) -> int:
        self.head += 1
        self.made[self.head] = {
            "position": self.head,
            "at": now() - int(ago * 1000),
            "account": account,
            "kind": "mention",
            "notification": f"n{self.head}",
            "room": room,
            "seq": seq,
            "thread": None,
            "by": "bob",
            "author": "Bob",
            "room_name": "Hall",
            "space": "s",
            "space_name": "S",
            "reason": None,
            "text": f"text {self.head}",
            "files": 0,
            "preview": True,
        }
        data = {"notification": f"n{self.head}"}
        event = Event(self.head, f"account/{account}", 1, "notification.created", 1, "bob", data, None, "")
        self.pusher.follow([event])
        return self.head

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.sent]

    # the reader, the bus, the command bus, the push service

    async def any_push(self) -> bool:
        return bool(self.devices)

    async def follower(self, name: str) -> int | None:
        return self.stored

    async def notified(self, after: int, upto: int) -> list[Row]:
        self.reads += 1
        if self.broken:
            raise StoreUnavailable("the disk is away")
        return [row for position, row in self.made.items() if after < position <= upto]

    async def pushes(self, account: str) -> list[Row]:
        row = {"endpoint": "https://push.example.org/x", "p256dh": b"p", "auth": b"a", "at": 0}
        found = [device for owner, device in self.devices if owner == account]
        return [{**row, "device": device, "expires_at": now() + 10_000} for device in found]

    async def write(self, *writes: Any) -> bool:
        self.writes += writes
        for write in writes:
            match write:
                case PutFollower(_, position):
                    assert position >= (self.stored or 0)
                    self.stored = position
                case DropPush(account, device, _):
                    self.devices.remove((account, device))
        return True

    async def send(self, push: Push) -> Pushed:
        self.sent.append(msgspec.json.decode(push.payload))
        self.times.append(trio.current_time())
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
async def world(nursery: trio.Nursery) -> World:
    world = World()
    nursery.start_soon(world.pusher.run)
    await trio.sleep(COME_BACK + 1)
    return world


async def test_what_is_news_is_sent_to_each_device_once(autojump_clock: Clock, world: World) -> None:
    world.devices.append(("ann", "tablet"))
    world.devices.append(("bob", "phone"))
    position = world.notify()
    await trio.sleep(60)
    assert world.texts == [f"text {position}"] * 2
    assert world.pusher.counts == Counter(sent=2)
    assert world.pusher.waiting == 0


async def test_without_a_device_nothing_is_read_and_nothing_written(
    autojump_clock: Clock, nursery: trio.Nursery
) -> None:
    world = World()
    world.devices.clear()
    nursery.start_soon(world.pusher.run)
    for _ in range(5):
        world.notify()
        await trio.sleep(60)
    assert (world.reads, world.writes) == (0, [])
    world.devices.append(("ann", "phone"))
    world.pusher.subscribed()
    await trio.sleep(COME_BACK + 1)
    assert world.sent == []  # what was before is news to nobody
    position = world.notify()
    await trio.sleep(1)
    assert world.texts == [f"text {position}"]


async def test_who_is_there_for_long_enough_is_not_sent_anything(autojump_clock: Clock, world: World) -> None:
    world.present.add("ann")
    world.notify()
    await trio.sleep(PATIENCE + 2)
    world.present.clear()
    await trio.sleep(60)
    assert world.sent == []
    assert world.pusher.counts == Counter(attended=1)


async def test_who_is_not_heard_of_any_more_is_not_there(autojump_clock: Clock, world: World) -> None:
    """The lid was closed; after a while the connection ends, or nothing comes from it for very long."""
    world.present.add("ann")
    world.silent_since = trio.current_time()
    await trio.sleep(1)
    first = world.notify()
    await trio.sleep(PATIENCE + 30)
    assert world.sent == []
    world.present.clear()
    await trio.sleep(2)
    assert world.texts == [f"text {first}"]
    world.present.add("ann")
    second = world.notify()
    await trio.sleep(LONGEST_WAIT + 2)
    assert world.texts == [f"text {first}", f"text {second}"]


async def test_who_goes_before_reading_it_is_sent_it_then(autojump_clock: Clock, world: World) -> None:
    world.present.add("ann")
    read, unread = world.notify(seq=1), world.notify(seq=2)
    await trio.sleep(PATIENCE - 5)
    assert world.sent == []
    del world.made[read]
    world.present.clear()
    await trio.sleep(2)
    assert world.texts == [f"text {unread}"]
    assert world.pusher.counts == Counter(spared=1, sent=1)


async def test_after_a_start_people_have_a_moment_to_come_back(
    autojump_clock: Clock, nursery: trio.Nursery
) -> None:
    world = World()
    world.stored = 10
    world.notify()
    nursery.start_soon(world.pusher.run)
    await trio.sleep(COME_BACK - 1)
    assert world.sent == []
    world.present.add("ann")
    await trio.sleep(PATIENCE + 5)
    assert world.sent == []


async def test_what_is_not_taken_is_tried_again_later_each_time_and_given_up(
    autojump_clock: Clock, world: World
) -> None:
    world.answers = [Pushed("failed", "it is on fire")]
    world.notify()
    await trio.sleep(3600)
    waits = [later - sooner for sooner, later in zip(world.times, world.times[1:], strict=False)]
    assert len(world.sent) == push_outboxes.ATTEMPTS
    assert all(wait >= 1 for wait in waits)
    assert sum(waits) < 300
    assert world.pusher.counts == Counter(failed=1)
    world.notify()
    await trio.sleep(3600)
    assert len(world.sent) == push_outboxes.ATTEMPTS + 1  # who could not be reached gets one attempt
    world.answers = [Pushed("sent"), Pushed("failed"), Pushed("sent")]
    world.notify()
    world.notify(room="attic")
    await trio.sleep(3600)
    assert world.pusher.counts == Counter(failed=2, sent=2)


async def test_the_service_says_when_to_come_back(autojump_clock: Clock, world: World) -> None:
    world.answers = [Pushed("failed", "", 500.0), Pushed("sent")]
    world.notify()
    await trio.sleep(3600)
    [first, second] = world.times
    assert second - first >= 500


async def test_what_is_read_meanwhile_is_not_tried_again(autojump_clock: Clock, world: World) -> None:
    world.answers = [Pushed("failed")]
    position = world.notify()
    await trio.sleep(1)
    del world.made[position]
    tried = len(world.sent)
    await trio.sleep(3600)
    assert len(world.sent) == tried
    assert world.pusher.counts == Counter(spared=1)


async def test_of_a_room_the_newest_counts_and_rooms_have_an_end(autojump_clock: Clock, world: World) -> None:
    world.answers = [Pushed("failed", "", 100.0), Pushed("sent")]
    world.notify()
    await trio.sleep(1)
    again = [world.notify(room=f"room{n % 15}") for n in range(30)]
    newest = [*again, *(world.notify(room=f"other{n}") for n in range(10))][-push_outboxes.ROOMS :]
    await trio.sleep(3600)
    assert world.texts[2:] == [f"text {position}" for position in newest]
    assert world.pusher.counts == Counter(sent=21, replaced=15, dropped=5)


async def test_a_subscription_that_is_gone_ends(autojump_clock: Clock, world: World) -> None:
    world.answers = [Pushed("gone")]
    world.notify()
    world.notify(room="attic")
    await trio.sleep(60)
    assert world.devices == []
    assert len(world.sent) == 1
    assert world.pusher.counts == Counter(gone=2)


async def test_what_is_refused_is_told_once(
    autojump_clock: Clock, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(
        push_outboxes, "log", SimpleNamespace(warning=lambda *a, **more: told.append((a, more)))
    )
    world.answers = [Pushed("refused", "push.example.org answered 403")]
    for _ in range(3):
        world.notify()
        await trio.sleep(10)
    assert told == [
        (("push_refused",), {"service": "push.example.org", "reason": "push.example.org answered 403"})
    ]
    assert world.pusher.counts == Counter(refused=3)


async def test_what_is_older_than_a_day_is_news_to_nobody(autojump_clock: Clock, world: World) -> None:
    world.notify(ago=86_401)
    await trio.sleep(60)
    assert world.sent == []


# --- where it stands


async def test_it_says_where_it_stands_when_all_is_done(autojump_clock: Clock, world: World) -> None:
    position = world.notify()
    await trio.sleep(15)
    assert world.stored == position
    world.head += 500  # other things happen
    await trio.sleep(30)
    assert world.stored == world.head
    writes = len(world.writes)
    await trio.sleep(3600)
    assert len(world.writes) == writes  # nothing happens, nothing is written


async def test_the_next_process_sends_what_was_under_way_and_nothing_else(
    autojump_clock: Clock, world: World, nursery: trio.Nursery
) -> None:
    world.notify(room="done")
    await trio.sleep(2)
    world.answers = [Pushed("failed", "", 1000.0)]
    unsent = world.notify(room="unsent")
    await trio.sleep(15)
    assert world.stored == unsent - 1
    world.sent.clear()
    world.answers = [Pushed("sent")]
    world.begin()
    nursery.start_soon(world.pusher.run)
    await trio.sleep(60)
    assert world.texts == [f"text {unsent}"]
    assert world.stored == unsent


async def test_what_waits_too_long_holds_nothing_back(autojump_clock: Clock, world: World) -> None:
    world.answers = [Pushed("failed", "", 1000.0)]
    position = world.notify()
    await trio.sleep(REMEMBERED + 15)
    assert world.stored == position


async def test_who_leads_for_a_moment_only_leaves_all_to_the_next_one(
    autojump_clock: Clock, nursery: trio.Nursery
) -> None:
    """As while a node is started anew: what came before that, and what comes meanwhile, is pushed once."""
    world = World()
    world.stored = 10
    before = world.notify(room="before")
    async with trio.open_nursery() as stopping:
        stopping.start_soon(world.pusher.run)
        await trio.sleep(COME_BACK / 2)
        meanwhile = world.notify(room="meanwhile")
        await trio.sleep(COME_BACK / 2 - 0.5)
        stopping.cancel_scope.cancel()
    world.begin()
    nursery.start_soon(world.pusher.run)
    await trio.sleep(60)
    assert world.texts == [f"text {before}", f"text {meanwhile}"]


async def test_whoever_stops_says_where_it_stands_and_who_goes_on_repeats_nothing(
    autojump_clock: Clock, nursery: trio.Nursery
) -> None:
    """Of several nodes the next one begins a moment before that is said."""
    world = World()
    world.stored = 10
    async with trio.open_nursery() as stopping:
        stopping.start_soon(world.pusher.run)
        await trio.sleep(COME_BACK + 1)
        done = world.notify()
        await trio.sleep(0.5)
        assert (world.texts, world.stored) == ([f"text {done}"], 10)
        world.begin()
        nursery.start_soon(world.pusher.run)
        await trio.sleep(0.5)
        stopping.cancel_scope.cancel()
    assert world.stored == done
    new = world.notify()
    await trio.sleep(60)
    assert world.texts == [f"text {done}", f"text {new}"]


async def test_a_store_that_does_not_answer_delays_and_loses_nothing(
    autojump_clock: Clock, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(pusher, "log", SimpleNamespace(warning=lambda *a, **more: said.append(a)))
    world.broken = True
    position = world.notify()
    await trio.sleep(60)
    assert world.sent == []
    assert set(said) == {("pusher_stopped",)}
    world.broken = False
    await trio.sleep(60)
    assert world.texts == [f"text {position}"]


async def test_devices_have_an_end(
    autojump_clock: Clock, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_outboxes, "DEVICES", 3)
    world.devices = [("ann", f"device{n}") for n in range(5)]
    world.answers = [Pushed("failed")]
    world.notify()
    await trio.sleep(1)
    assert world.pusher.counts["dropped"] == 2
