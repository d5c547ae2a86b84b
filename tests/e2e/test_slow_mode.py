"""A promise is kept in no actor's memory alone: slow mode outlives sleep and restarts, and binds bots too."""

from __future__ import annotations

import time

import pytest

from .conftest import Serve
from .serving import Server
from .town import Account, Town


@pytest.fixture
def sleepy(serve: Serve) -> Server:
    """Its actors fall asleep at once when nobody needs them."""
    return serve(idle_actor=0.2)


def must_wait(town: Town, account: Account, room: str) -> None:
    refused = town.open(account).refusal("message.post", room=room, text="again")
    assert refused["code"] == "rate_limited", refused
    assert 0 < refused["data"]["retry_after"] <= 3600


def asleep(town: Town) -> None:
    """Waits until no room is awake; asking for the status wakes none."""
    deadline = time.monotonic() + 20
    while town.operator.ask("server.status")["actors"]["rooms"]:
        assert time.monotonic() < deadline, "a room is still awake"


def test_slow_mode_is_not_forgotten_in_sleep_nor_by_a_restart(sleepy: Server) -> None:
    town = Town(sleepy)
    room = town.room()
    account = town.member(room)
    town.operator.ask("room.update", room=room, slow_mode=3600)
    town.open(account).post(room, "one")
    must_wait(town, account, room)
    asleep(town)
    must_wait(town, account, room)
    sleepy.stop()
    sleepy.start()
    town.reconnect()
    must_wait(town, account, room)
    sleepy.kill()
    sleepy.start()
    town.reconnect()
    must_wait(town, account, room)
    town.close()


def test_who_owns_bots_writes_no_more_often(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    bob = town.open(account)
    town.operator.ask("room.update", room=room, slow_mode=3600)
    bots = []
    for number in range(2):
        made = bob.ask("bot.create", name=f"rook{number}-{account.name}", scopes=["join", "post"])
        bots.append(Account(made["account"]["id"], made["account"]["name"], made["token"]))
        bot = town.open(bots[-1])
        bot.ask("invite.accept", code=town.code)
        bot.ask("room.join", room=room)
    town.open(bots[0]).post(room, "for bob")
    for who in (account, *bots):
        must_wait(town, who, room)
    bob.ask("bot.delete", account=bots[0].id)
    must_wait(town, account, room)
