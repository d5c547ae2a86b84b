"""Who is there, as those who look at it see it over the wire."""

from __future__ import annotations

import time

import pytest

from .conftest import Serve
from .talking import MSGPACK, Client, Frame
from .town import Account, Town, absent_id

GRACE = 8.0  # seconds that a test waits for somebody to count as gone


def watch(client: Client, *accounts: Account | str) -> dict[str, Frame]:
    """What the answer says, by account."""
    ids = [account if isinstance(account, str) else account.id for account in accounts]
    answer = client.ask("presence.watch", accounts=ids)["presences"]
    return {presence.pop("account"): presence for presence in answer}


def shown(client: Client, account: Account) -> list[Frame]:
    """What the signals about an account said."""
    return [
        signal["data"]
        for signal in client.signals
        if signal["signal"] == "presence" and signal["by"] == account.id
    ]


def wait_state(client: Client, account: Account, state: str) -> Frame:
    """Until the newest signal says this."""

    def happened() -> bool:
        return bool(told := shown(client, account)) and told[-1]["state"] == state

    client.wait(happened, f"{account.name} {state}", GRACE)
    return shown(client, account)[-1]


def now() -> int:
    return time.time_ns() // 1_000_000


def test_a_watcher_sees_somebody_go_and_come_and_rest(town: Town) -> None:
    ada, bob = town.member(), town.member()
    watcher, too = town.open(ada), town.open(ada, subprotocol=MSGPACK)
    phone, laptop = town.open(bob), town.open(bob)
    there = {bob.id: {"state": "online", "last_seen": None}}
    assert watch(watcher, bob) == watch(too, bob) == there
    before = now()
    phone.close()
    laptop.close()
    for client in (watcher, too):
        gone = wait_state(client, bob, "offline")
        assert before <= gone["last_seen"] <= now()
    assert watch(watcher, bob) == {bob.id: gone}
    assert [signal for signal in watcher.signals if signal["signal"] == "presence"] == [
        {"signal": "presence", "stream": f"account/{bob.id}", "by": bob.id, "data": gone}
    ]
    phone = town.open(bob)
    for client in (watcher, too):
        assert wait_state(client, bob, "online") == {"state": "online", "last_seen": None}
    phone.ask("presence.set", state="away")
    for client in (watcher, too):
        wait_state(client, bob, "away")
    assert watch(watcher, bob) == {bob.id: {"state": "away", "last_seen": None}}


def test_several_devices_merge(town: Town) -> None:
    ada, bob = town.member(), town.member()
    watcher, phone, laptop = town.open(ada), town.open(bob), town.open(bob)

    def state() -> str:
        return str(watch(watcher, bob)[bob.id]["state"])

    phone.ask("presence.set", state="away")
    assert state() == "online"
    laptop.ask("presence.set", state="away")
    assert state() == "away"
    phone.ask("presence.set", state="dnd")
    assert state() == "dnd"
    laptop.ask("presence.set", state="online")
    assert state() == "online"


def test_only_who_looks_is_told_and_only_what_it_looks_at(town: Town) -> None:
    bob, cy = town.member(), town.member()
    watcher, other, stranger = (town.open(town.member()) for _ in range(3))
    bobs, cys = town.open(bob), town.open(cy)
    watch(watcher, bob, cy)
    watch(watcher, bob)
    watch(other, cy)
    cys.ask("presence.set", state="dnd")
    bobs.ask("presence.set", state="dnd")
    wait_state(watcher, bob, "dnd")
    wait_state(other, cy, "dnd")
    for client in (watcher, other, stranger, bobs, cys):
        client.ask("space.list")  # whatever was on its way is here now
    assert shown(watcher, cy) == shown(other, bob) == []
    assert not [s for client in (stranger, bobs, cys) for s in client.signals if s["signal"] == "presence"]


def test_who_may_not_be_seen_looks_like_nobody(town: Town) -> None:
    stranger = town.account()
    strange = town.open(stranger)
    ada, bob = town.member(), town.member()
    watcher = town.open(ada)
    answer = watch(watcher, stranger, absent_id(), bob, bob, ada)
    assert list(answer) == [bob.id, ada.id]
    strange.ask("presence.set", state="dnd")
    assert watch(strange, ada, bob, absent_id()) == {}
    # From the moment at which they share a space, whoever looks sees.
    strange.ask("invite.accept", code=town.code)
    assert watch(watcher, stranger)[stranger.id]["state"] == "dnd"


def test_invisible_looks_like_gone_to_all_but_oneself_even_after_a_restart(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    try:
        ada, bob, cy = town.member(), town.member(), town.member()
        watcher, phone, laptop, cys = town.open(ada), town.open(bob), town.open(bob), town.open(cy)
        watch(watcher, bob, cy)
        watch(laptop, bob)
        before = now()
        phone.ask("presence.set", state="invisible")
        cys.close()
        hidden = wait_state(watcher, bob, "offline")
        gone = wait_state(watcher, cy, "offline")
        assert hidden.keys() == gone.keys() == {"state", "last_seen"}
        assert before <= hidden["last_seen"] <= now()
        assert wait_state(laptop, bob, "invisible")["state"] == "invisible"
        assert watch(watcher, bob, cy) == {bob.id: hidden, cy.id: gone}
        assert server.stop() == 0
        server.start()
        town.reconnect()
        watcher = town.open(ada)
        assert watch(watcher, bob, cy) == {bob.id: hidden, cy.id: gone}
        phone = town.open(bob)
        assert watch(watcher, bob) == {bob.id: hidden}
        assert watch(phone, bob)[bob.id]["state"] == "invisible"
        phone.ask("presence.set", state="online")
        assert wait_state(watcher, bob, "online") == {"state": "online", "last_seen": None}
        assert [signal["state"] for signal in shown(watcher, bob)] == ["online"]
    finally:
        town.close()


def test_a_device_that_comes_back_at_once_was_never_gone(town: Town) -> None:
    ada, bob = town.member(), town.member()
    watcher, phone = town.open(ada), town.open(bob)
    watch(watcher, bob)
    for _ in range(3):
        phone.close()
        phone = town.open(bob)
    phone.ask("presence.set", state="dnd")
    wait_state(watcher, bob, "dnd")
    assert [presence["state"] for presence in shown(watcher, bob)] == ["dnd"]


def test_many_changes_are_few_signals(town: Town) -> None:
    ada, bob = town.member(), town.member()
    watcher, phone = town.open(ada), town.open(bob)
    watch(watcher, bob)
    for _ in range(50):
        phone.ask("presence.set", state="away")
        phone.ask("presence.set", state="online")
    phone.ask("presence.set", state="dnd")
    wait_state(watcher, bob, "dnd")
    assert len(shown(watcher, bob)) < 20


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("presence.set", {"state": "offline"}),
        ("presence.set", {}),
        ("presence.watch", {"accounts": ["x"] * 501}),
        ("presence.watch", {"accounts": "x"}),
        ("presence.watch", {}),
    ],
)
def test_what_cannot_be_meant_is_refused(town: Town, name: str, data: Frame) -> None:
    assert town.open(town.member()).refusal(name, **data)["code"] == "invalid"


def test_an_operator_has_no_presence_and_watches_none(town: Town) -> None:
    assert town.operator.refusal("presence.set", state="online")["code"] == "forbidden"
    assert town.operator.refusal("presence.watch", accounts=[])["code"] == "forbidden"
