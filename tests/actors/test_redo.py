"""A redo asks for all that it needs at once: turns that repeat old nonces, whatever the memory pushes out."""

from __future__ import annotations

from random import Random

import pytest
from actor_world import World

from chatd.contract.errors import Refusal
from chatd.contract.message import Posted, PostMessage
from chatd.domain.event import Fact
from chatd.domain.room import state as room_state
from chatd.domain.room.state import MAX_NONCES

TURNS = 12
MEMORY = 3  # nonces that the room keeps, so that a turn pushes out what it needs itself


async def test_a_nonce_twice_in_one_turn_is_posted_once(world: World) -> None:
    first, again = await world.ask_all("room/r", [(PostMessage("r", "hi", "n"), "ann")] * 2)
    assert first == again
    assert await world.texts() == ["hi"]


async def test_a_forgotten_nonce_is_known_to_the_log(world: World) -> None:
    first = await world.post("hi", "n")
    state = await world.directory.state_of("room/r")
    state.nonces.clear()
    fresh, again, other = await world.ask_all(
        "room/r",
        [
            (PostMessage("r", "new", "m"), "ann"),
            (PostMessage("r", "hi", "n"), "ann"),
            (PostMessage("r", "x", "n"), "ann"),
        ],
    )
    assert again == first
    assert isinstance(other, Refusal)
    assert other.code == "conflict"
    assert fresh.seq == first.seq + 1
    assert await world.texts() == ["hi", "new"]


async def test_a_turn_may_repeat_what_it_posted_itself_however_long_ago(world: World) -> None:
    posts = [(PostMessage("r", str(n), f"n{n}"), "ann") for n in range(MAX_NONCES + 10)]
    answers = await world.ask_all("room/r", posts + posts[:10])
    assert answers[-10:] == answers[:10]
    assert len({answer.seq for answer in answers}) == len(posts)


async def test_a_turn_may_repeat_more_nonces_than_a_room_remembers(world: World) -> None:
    posts = [(PostMessage("r", str(n), f"n{n}"), "ann") for n in range(MAX_NONCES + 20)]
    first = await world.ask_all("room/r", posts)
    assert await world.ask_all("room/r", posts) == first
    assert await world.ask_all("room/r", posts[::-1]) == first[::-1]
    assert len((await world.directory.state_of("room/r")).nonces) == MAX_NONCES


async def test_a_room_remembers_no_more_nonces_of_what_others_added(world: World) -> None:
    first = await world.post("hi", "n")
    state = await world.directory.state_of("room/r")
    added = [
        Fact("room/r", first.seq + n, "message.posted", 1, "ann", {"nonce": f"m{n}"}, "hi").at_position(n)
        for n in range(1, MAX_NONCES + 10)
    ]
    world.directory.absorb(added)
    assert len(state.nonces) == MAX_NONCES


@pytest.mark.parametrize("seed", range(6))
async def test_a_nonce_posts_once_in_any_sequence_of_turns(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_state, "MAX_NONCES", MEMORY)
    random = Random(seed)
    posted: dict[str, tuple[str, int]] = {}  # by nonce: the text, its seq
    for _ in range(TURNS):
        asked = []
        for _each in range(random.randint(1, 4 * MEMORY)):
            nonce = f"n{random.randint(0, 8 * MEMORY)}"
            text, _ = posted.get(nonce, (f"text of {nonce}", 0))
            asked.append((PostMessage("r", random.choice((text, text, text, "another")), nonce), "ann"))
        if random.random() < 0.3:
            (await world.directory.state_of("room/r")).nonces.clear()
        for (command, _), answer in zip(asked, await world.ask_all("room/r", asked), strict=True):
            key = str(command.nonce)
            if isinstance(answer, Refusal):
                assert answer.code == "conflict"
                assert posted[key][0] != command.text
                continue
            assert isinstance(answer, Posted)
            assert posted.setdefault(key, (command.text, answer.seq)) == (command.text, answer.seq)
    assert sorted(await world.texts()) == sorted(text for text, _ in posted.values())


async def test_who_was_refused_because_of_what_the_log_did_not_take_is_decided_anew(world: World) -> None:
    first = await world.post("hi", "n")
    (await world.directory.state_of("room/r")).nonces.clear()
    asked = [(PostMessage("r", text, "n"), "ann") for text in ("another", "hi")]
    other, again = await world.ask_all("room/r", asked)
    assert isinstance(other, Refusal)
    assert other.code == "conflict"
    assert again == first
