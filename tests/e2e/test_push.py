"""Web push, from a browser's subscription to what its service worker reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Serve
from .push_place import Browser, PushPlace
from .scraping import families, value
from .talking import Client, Frame
from .test_hostile_bytes import within
from .test_unposted import unposted
from .town import Account, Town


@pytest.fixture(scope="module")
def place() -> Iterator[PushPlace]:
    with PushPlace() as place:
        yield place


@pytest.fixture(scope="module")
def started_with(place: PushPlace) -> dict[str, Any]:
    return {"private_hosts": place.host, "push_contact": "mailto:admin@example.org"}


class Phone:
    """An account with a browser that is subscribed, and nobody there."""

    def __init__(self, town: Town, place: PushPlace, *rooms: str, name: str = "") -> None:
        self.account = town.member(*rooms)
        self.town = town
        self.browser = place.browser(name or self.account.id)
        with_it = town.open(self.account)
        with_it.ask("push.subscribe", **self.browser.subscription)
        with_it.close()


def attending(client: Client) -> Client:
    client.ask("presence.set", state="online")
    return client


def quietly(seconds: float = 1.5) -> None:
    """As long as a push would have taken many times."""
    time.sleep(seconds)


def test_a_mention_reaches_a_device_where_nobody_is(town: Town, place: PushPlace) -> None:
    room = town.room("Kitchen")
    phone = Phone(town, place, room)
    writer = town.open(town.member(room))
    seq = writer.post(room, f"dinner? @{phone.account.name}")["seq"]
    [pushed] = place.wait(phone.browser)
    assert pushed["kind"] == "mention"
    assert (pushed["account"], pushed["room"], pushed["seq"]) == (phone.account.id, room, seq)
    assert pushed["text"] == f"dinner? @{phone.account.name}"
    assert pushed["room_name"] == "Kitchen"
    assert pushed["title"] == f"{pushed['author']} · Kitchen"
    assert pushed["from"] == writer.opened["account"]["id"]
    assert pushed["space"] == town.space
    [sent] = place.to(phone.browser)
    assert sent.headers["content-encoding"] == "aes128gcm"
    assert sent.headers["urgency"] == "high"
    assert 86_300 < int(sent.headers["ttl"]) <= 86_400
    assert sent.claims["aud"] == f"http://{place.host}"
    assert sent.claims["sub"] == "mailto:admin@example.org"
    assert 0 < sent.claims["exp"] - time.time() <= 86_400
    key = town.open(phone.account).ask("push.key")["key"]
    assert sent.headers["authorization"].endswith(f"k={key}")


def test_messages_of_one_room_have_one_topic(town: Town, place: PushPlace) -> None:
    rooms = [town.room(), town.room()]
    phone = Phone(town, place, *rooms)
    writer = town.open(town.member(*rooms))
    for count, room in enumerate((*rooms, rooms[0]), start=1):
        writer.post(room, f"hi @{phone.account.name}")
        place.wait(phone.browser, count)
    topics = [sent.headers["topic"] for sent in place.to(phone.browser)]
    assert topics[0] == topics[2] != topics[1]
    assert all(len(topic) == 32 and topic.isalnum() for topic in topics)


def test_what_waits_for_a_room_gives_way_to_what_is_newer(town: Town, place: PushPlace) -> None:
    """While the push service takes nothing."""
    room = town.room()
    phone = Phone(town, place, room)
    writer = town.open(town.member(room))
    place.answer = lambda path: (503 if phone.account.id in path else 201, {})
    try:
        for n in range(3):
            writer.post(room, f"{n} @{phone.account.name}")
        place.wait(phone.browser)
        place.answer = lambda path: (201, {})
        place.wait(phone.browser, 2)
        quietly()
    finally:
        place.answer = lambda path: (201, {})
    assert phone.browser.read(place.to(phone.browser)[-1].body)["text"].startswith("2 ")


def test_nothing_is_pushed_while_somebody_is_there(town: Town, place: PushPlace) -> None:
    """And it is as soon as they go, if they have not read it."""
    room = town.room()
    phone = Phone(town, place, room)
    desk = attending(town.open(phone.account))
    writer = town.open(town.member(room))
    writer.post(room, f"one @{phone.account.name}")
    desk.wait_event("notification.created")
    quietly()
    assert place.to(phone.browser) == []
    desk.ask("presence.set", state="away")
    assert place.wait(phone.browser)[0]["text"].startswith("one ")


def test_what_is_read_while_somebody_is_there_is_not_pushed_when_they_go(
    town: Town, place: PushPlace
) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    desk = attending(town.open(phone.account))
    writer = town.open(town.member(room))
    seq = writer.post(room, f"one @{phone.account.name}")["seq"]
    desk.wait_event("notification.created")
    desk.ask("read.mark", room=room, seq=seq)
    quietly()
    desk.ask("presence.set", state="away")
    writer.post(room, f"two @{phone.account.name}")
    assert [pushed["text"][:3] for pushed in place.wait(phone.browser)] == ["two"]
    quietly()
    assert len(place.to(phone.browser)) == 1


def test_what_is_deleted_meanwhile_is_not_pushed(town: Town, place: PushPlace) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    desk = attending(town.open(phone.account))
    writer = town.open(town.member(room))
    seq = writer.post(room, f"secret @{phone.account.name}")["seq"]
    desk.wait_event("notification.created")
    writer.ask("message.delete", room=room, seq=seq)
    quietly()
    desk.ask("presence.set", state="away")
    quietly(2.5)
    assert place.to(phone.browser) == []


@pytest.mark.parametrize("how", ["dnd", "quiet hours", "muted", "blocked"])
def test_nothing_is_pushed_to_who_wants_to_hear_nothing(town: Town, place: PushPlace, how: str) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    writer = town.member(room)
    visit = town.open(phone.account)
    match how:
        case "dnd":
            visit.ask("presence.set", state="dnd")
        case "quiet hours":
            visit.ask("preferences.update", quiet_from=0, quiet_to=1439)
        case "muted":
            visit.ask("subscription.update", room=room, mute_for=3600)
        case "blocked":
            visit.ask("block.add", account=writer.id)
    visit.close()
    town.open(writer).post(room, f"hush @{phone.account.name}")
    quietly()
    assert place.to(phone.browser) == []


def test_the_text_stays_here_for_who_wants_that(town: Town, place: PushPlace) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    visit = town.open(phone.account)
    visit.ask("preferences.update", push_preview=False)
    visit.close()
    town.open(town.member(room)).post(room, f"private @{phone.account.name}")
    [pushed] = place.wait(phone.browser)
    assert pushed["text"] is None
    assert pushed["title"]


def test_a_long_message_is_cut(town: Town, place: PushPlace) -> None:
    room = town.room("🦊" * 80)
    phone = Phone(town, place, room)
    town.open(town.member(room)).post(room, f"@{phone.account.name} " + "🦊" * 9000)
    [pushed] = place.wait(phone.browser)
    assert len(pushed["text"]) == 300
    assert pushed["text"].endswith("…")


def test_who_was_put_out_of_the_room_meanwhile_is_shown_nothing_of_it(town: Town, place: PushPlace) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    desk = attending(town.open(phone.account))
    town.open(town.member(room)).post(room, f"not for you any more @{phone.account.name}")
    desk.wait_event("notification.created")
    town.operator.ask("member.kick", space=town.space, account=phone.account.id)
    quietly()
    desk.ask("presence.set", state="away")
    quietly(2.5)
    assert place.to(phone.browser) == []


def test_the_text_is_that_of_now(town: Town, place: PushPlace) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    desk = attending(town.open(phone.account))
    writer = town.open(town.member(room))
    seq = writer.post(room, f"pasword123 @{phone.account.name}")["seq"]
    desk.wait_event("notification.created")
    writer.ask("message.edit", room=room, seq=seq, text=f"hello @{phone.account.name}")
    quietly()
    desk.ask("presence.set", state="away")
    assert [pushed["text"] for pushed in place.wait(phone.browser)] == [f"hello @{phone.account.name}"]


def test_a_message_of_ones_own_that_could_not_be_posted_is_told_of(town: Town, place: PushPlace) -> None:
    phone = Phone(town, place)
    writer = town.open(phone.account)
    writer.ask("presence.set", state="away")
    room, _ = unposted(town, phone.account, writer)
    [pushed] = place.wait(phone.browser)
    assert (pushed["kind"], pushed["room"], pushed["seq"]) == ("scheduled", room, None)
    assert "join" in pushed["text"]
    assert (pushed["title"], pushed["room_name"]) == ("", None)  # what it is called now is not for who left


def test_a_direct_message_says_who_wrote_it(town: Town, place: PushPlace) -> None:
    phone = Phone(town, place)
    friend = town.open(town.member())
    direct = friend.ask("direct.open", accounts=[phone.account.id])["room"]["id"]
    friend.post(direct, "psst")
    [pushed] = place.wait(phone.browser)
    assert (pushed["kind"], pushed["room_name"], pushed["text"]) == ("direct", None, "psst")
    assert pushed["title"] == pushed["author"]


def test_an_endpoint_that_is_gone_ends_the_subscription(town: Town, place: PushPlace) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    place.answer = lambda path: (410 if phone.account.id in path else 201, {})
    try:
        town.open(town.member(room)).post(room, f"hi @{phone.account.name}")
        place.wait(phone.browser)
    finally:
        place.answer = lambda path: (201, {})
    there = town.open(phone.account)
    assert within(30, lambda: there.ask("push.list")["devices"] == [])


def test_what_a_service_does_not_take_now_it_is_asked_again(town: Town, place: PushPlace) -> None:
    room = town.room()
    phone = Phone(town, place, room)
    tried: list[float] = []

    def answer(path: str) -> tuple[int, Frame]:
        if phone.account.id not in path:
            return 201, {}
        tried.append(time.monotonic())
        return (429, {"Retry-After": "2"}) if len(tried) == 1 else (201, {})

    place.answer = answer
    try:
        town.open(town.member(room)).post(room, f"hi @{phone.account.name}")
        place.wait(phone.browser, 2)
    finally:
        place.answer = lambda path: (201, {})
    assert tried[1] - tried[0] >= 1.9


def test_a_device_is_pushed_to_until_it_ends(town: Town, place: PushPlace) -> None:
    room = town.room()
    account = town.member(room)
    writer = town.open(town.member(room))
    other = Account(account.id, account.name, town.operator.ask("account.token", account=account.id)["token"])
    first, second = place.browser(f"{account.id}-1"), place.browser(f"{account.id}-2")
    here, there = town.open(account), town.open(other)
    here.ask("push.subscribe", **first.subscription)
    there.ask("push.subscribe", **second.subscription)
    devices = here.ask("push.list")["devices"]
    assert [device["current"] for device in devices] == [False, True]
    assert {device["service"] for device in devices} == {"127.0.0.1"}
    assert all(device.keys() == {"device", "service", "at", "current"} for device in devices)
    here.close()
    there.ask("device.revoke", device=devices[1]["device"])
    assert [device["current"] for device in there.ask("push.list")["devices"]] == [True]
    there.close()
    writer.post(room, f"hi @{account.name}")
    place.wait(second)
    assert place.to(first) == []
    there = town.open(other)
    there.ask("push.unsubscribe")
    assert there.ask("push.list") == {"devices": []}
    there.close()
    writer.post(room, f"again @{account.name}")
    quietly()
    assert len(place.to(second)) == 1


def test_a_device_has_one_subscription_and_an_endpoint_one_device(town: Town, place: PushPlace) -> None:
    account = town.member()
    other = Account(account.id, account.name, town.operator.ask("account.token", account=account.id)["token"])
    here, there = town.open(account), town.open(other)
    old, new = place.browser("old"), place.browser("new")
    here.ask("push.subscribe", **old.subscription)
    here.ask("push.subscribe", **new.subscription)
    here.ask("push.subscribe", **new.subscription)
    assert len(here.ask("push.list")["devices"]) == 1
    there.ask("push.subscribe", **new.subscription)
    [device] = here.ask("push.list")["devices"]
    assert not device["current"]
    here.ask("push.unsubscribe", device=device["device"])
    assert there.ask("push.list") == {"devices": []}


def test_of_too_many_devices_those_go_that_subscribed_first(town: Town) -> None:
    account = town.member()
    tokens = [town.operator.ask("account.token", account=account.id)["token"] for _ in range(21)]
    for n, token in enumerate(tokens):
        client = town.dial().open(token)
        client.ask("push.subscribe", **Browser(f"https://push.example.org/{n}").subscription)
        if n == 0:
            first = client.ask("push.list")["devices"][0]["device"]
        listed = client.ask("push.list")["devices"]
        client.close()
    assert len(listed) == 20
    assert first not in {device["device"] for device in listed}


def test_a_device_is_tried_at_once_and_told_what_became_of_it(town: Town, place: PushPlace) -> None:
    phone = Phone(town, place)
    here = attending(town.open(phone.account))
    assert here.ask("push.test") == {"outcome": "sent", "reason": None}
    [pushed] = place.wait(phone.browser)
    assert pushed == {"account": phone.account.id, "kind": "test", "at": pushed["at"]}
    place.answer = lambda path: (410 if phone.account.id in path else 201, {})
    try:
        assert here.ask("push.test") == {"outcome": "gone", "reason": "127.0.0.1 answered 410"}
    finally:
        place.answer = lambda path: (201, {})
    assert here.refusal("push.test")["code"] == "not_found"
    here.ask("push.subscribe", **Browser("https://localhost:1/x").subscription)
    assert here.ask("push.test") == {"outcome": "refused", "reason": "localhost is no public host"}
    assert town.operator.refusal("push.test")["code"] == "forbidden"


GOOD = Browser("https://push.example.org/x")
WRONG: list[tuple[str, Any]] = [
    ("endpoint", "http://push.example.org/x"),
    ("endpoint", "https://"),
    ("endpoint", "https://somebody@push.example.org/"),
    ("endpoint", "https://push.example.org/#x"),
    ("endpoint", "https://push.example.org/\nx"),
    ("endpoint", "ftp://push.example.org/"),
    ("endpoint", "https://pu\u00dfh.example.org/"),
    ("endpoint", "https://push.example.org:99999/"),
    ("endpoint", "https://push.example.org/" + "x" * 2100),
    ("keys", {"p256dh": GOOD.keys["p256dh"]}),
    ("keys", {**GOOD.keys, "auth": "AAAA"}),
    ("keys", {**GOOD.keys, "p256dh": "B" * 87}),
    ("keys", {**GOOD.keys, "p256dh": "A" * 87}),
    ("keys", {**GOOD.keys, "more": 1}),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_subscription_that_is_none_is_refused(town: Town, field: str, value: Any) -> None:
    client = town.open(town.member())
    refusal = client.refusal("push.subscribe", **{**GOOD.subscription, field: value})
    assert refusal["code"] == "invalid"
    assert refusal["message"].startswith(field)
    assert client.ask("push.list") == {"devices": []}


def test_an_operator_and_a_bot_have_no_devices_to_push_to(town: Town) -> None:
    assert town.operator.refusal("push.subscribe", **GOOD.subscription)["code"] == "forbidden"
    owner = town.open(town.member())
    made = owner.ask("bot.create", name=f"bot{owner.opened['account']['name']}", scopes=["read"])
    bot = town.dial().open(made["token"])
    assert bot.refusal("push.subscribe", **GOOD.subscription)["code"] == "forbidden"
    bot.close()


def test_addresses_that_are_not_public_are_never_asked(town: Town, place: PushPlace) -> None:
    """`localhost` leads to the same place, but it is not named in the setting."""
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    browser = Browser(f"https://localhost:{place.host.partition(':')[2]}/{account.id}")
    client.ask("push.subscribe", **browser.subscription)
    client.close()
    before = len(place.sent)
    town.open(town.member(room)).post(room, f"hi @{account.name}")
    quietly()
    assert len(place.sent) == before


def test_a_server_that_was_told_not_to_pushes_nothing(serve: Serve) -> None:
    town = Town(serve(push=False))
    client = town.open(town.member())
    for refusal in (client.refusal("push.key"), client.refusal("push.subscribe", **GOOD.subscription)):
        assert refusal["code"] == "conflict"
    assert client.ask("push.list") == {"devices": []}
    town.close()


def test_what_was_under_way_when_the_server_died_is_pushed_by_the_next_one(
    serve: Serve, place: PushPlace
) -> None:
    server = serve(private_hosts=place.host)
    town = Town(server)
    room = town.room()
    phone = Phone(town, place, room)
    asking = town.open(phone.account)
    key = asking.ask("push.key")["key"]
    asking.close()
    place.answer = lambda path: (503 if phone.account.id in path else 201, {})
    try:
        writer = town.open(town.member(room))
        writer.post(room, f"first @{phone.account.name}")
        place.wait(phone.browser)
        quietly()
        server.kill()
        town.close()
    finally:
        place.answer = lambda path: (201, {})
    tried = len(place.to(phone.browser))
    server.start()
    place.wait(phone.browser, tried + 1)
    again = Client.dial(server).open(phone.account.token)
    assert again.ask("push.key")["key"] == key
    again.close()
    quietly()
    server.stop()
    server.start()
    quietly(7)
    assert len(place.to(phone.browser)) == tried + 1  # what was done is not done again


def test_nothing_of_a_subscription_outlives_its_account(town: Town, place: PushPlace) -> None:
    phone = Phone(town, place, name="to-be-forgotten-soon")
    files = [town.server.data / name for name in ("chatd.db", "chatd.db-wal")]

    def found() -> bool:
        return any(b"to-be-forgotten-soon" in file.read_bytes() for file in files if file.exists())

    assert found()
    town.operator.ask("account.erase", account=phone.account.id)
    assert within(30, lambda: not found())


def test_what_became_of_pushes_is_counted(serve: Serve, place: PushPlace) -> None:
    server = serve(private_hosts=place.host)
    town = Town(server)
    room = town.room()
    phone = Phone(town, place, room)

    def counted(family: str, sample: str = "", **labels: str) -> float:
        return value(families(server), family, sample, **labels)

    assert counted("chatd_pushes", "_total", outcome="sent") == 0
    town.open(town.member(room)).post(room, f"hi @{phone.account.name}")
    place.wait(phone.browser)
    assert within(30, lambda: counted("chatd_pushes", "_total", outcome="sent") == 1)
    assert within(30, lambda: counted("chatd_pushes_waiting") == 0)
    [pusher] = [row for row in town.operator.ask("server.followers")["followers"] if row["name"] == "pusher"]
    assert pusher["lag"] == 0
    town.close()
