"""Whatever typed command a room, a space or an account is given, it decides: facts that can be written, or a
refusal. The facts become part of its state, and it decides on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import msgspec
from hypothesis import strategies as st

from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.domain.account import decide as account
from chatd.domain.account.state import AccountState
from chatd.domain.decision import Context, Decision
from chatd.domain.names.mentions import mention_candidates
from chatd.domain.room import decide as room
from chatd.domain.room.state import MessageState, RoomState
from chatd.domain.space import decide as space
from chatd.domain.space.state import FOREVER, SpaceState

from .budget import check_refusal
from .mutation import mutated
from .requests_drawn import drawn_data

MUTANTS = 24
AT = 1_700_000_000_000
PEOPLE = ["owner", "admin", "moderator", "member", "guest", "stranger", "banned"]
KNOWN: dict[str, list[Any]] = {  # so that commands meet what is there
    "account": PEOPLE,
    "accounts": [["member"], ["guest", "stranger"]],
    "seq": list(range(1, 9)),
    "reply_to": list(range(1, 9)),
    "room": ["r"],
    "space": ["s"],
    "emoji": ["👍", ":party:", "x"],
    "text": ["@member @here hello", "https://example.org *bold* @Owner"],
}
DECIDED = [row.name for row in REQUESTS.values() if row.decided_by in ("room", "space", "account")]
SEEDED = st.tuples(
    st.sampled_from(DECIDED).flatmap(lambda name: st.tuples(st.just(name), drawn_data(REQUESTS[name]))),
    st.sampled_from([*PEOPLE, "operator:0"]),
    st.sampled_from(["text", "announcement", "direct"]),
    st.integers(0, 2**32),
)


class Town:
    """A space, a room in it or a direct one, and an account."""

    def __init__(self, kind: Any) -> None:
        roles: Any = {role: role for role in PEOPLE[:5]}
        joined = {name: number for number, name in enumerate(roles, 2)}
        self.space = SpaceState("s", 20, "Team", members=roles, joined_seqs=joined, bans={"banned": FOREVER})
        people = dict.fromkeys(PEOPLE[:5]) if kind == "direct" else dict(joined)
        self.room = RoomState("r", 30, "" if kind == "direct" else "s", "general", kind=kind, members=people)
        self.room.messages = {seq: MessageState(PEOPLE[seq % 5], text="was") for seq in range(1, 8)}
        self.account = AccountState("member", 1, "member")

    def meet(self, name: str, data: dict[str, Any], by: str) -> None:
        command = REQUESTS[name].read(data)
        if isinstance(command, Refusal):
            check_refusal(command)
            return
        mentions = mention_candidates(getattr(command, "text", None) or "")
        names = {key: PEOPLE[len(key) % 5] for keys in mentions for key in keys}
        operator = by.startswith("operator:")
        context = Context(by, AT, operator, new_id="n", mentions=mentions, names=names, present=PEOPLE)
        decision = self._decide(REQUESTS[name].decided_by, command, context)
        if isinstance(decision, Refusal):
            check_refusal(decision)
            return
        for fact in decision.facts:
            msgspec.json.encode(fact.data)
            (fact.text or "").encode()
            self._apply(fact)
        events = [fact.at_position(number) for number, fact in enumerate(decision.facts, 100)]
        msgspec.json.encode(decision.answer(events))

    def _decide(self, by: str, command: Any, context: Context) -> Decision | Refusal:
        if by == "room":
            decided = room.decide(self.room, self.space, command, context)
            if isinstance(decided, Decision):
                room.remember_unlogged(self.room, decided, context)
            return decided
        return (
            space.decide(self.space, command, context)
            if by == "space"
            else account.decide(self.account, command, context)
        )

    def _apply(self, fact: Any) -> None:
        kind = fact.stream.partition("/")[0]
        if kind == "room":
            room.apply(self.room, fact)
        elif kind == "space":
            space.apply(self.space, fact)
        else:
            account.apply(self.account, fact)


Command = tuple[Town, str, dict[str, Any], str]


def commands(drawn: Any) -> Iterator[Command]:
    (name, data), by, kind, seed = drawn
    random = Random(seed)
    town = Town(kind)
    for number in range(MUTANTS):
        asked = {key: random.choice(KNOWN.get(key, [value])) for key, value in data.items()}
        broken = mutated(asked, random) if number % 2 else asked
        who = by if number % 3 else random.choice(PEOPLE)
        yield town, name, _of_the_wire(broken), who


def _of_the_wire(data: Any) -> dict[str, Any]:
    """What the codec can hand out: no bytes, no lone surrogates, no keys but strings."""
    if not isinstance(data, dict):
        return {}
    kept = {str(key): value for key, value in data.items()}
    written = json.dumps(kept, ensure_ascii=False, default=str, skipkeys=True).encode(errors="replace")
    read: dict[str, Any] = json.loads(written)
    return read


def test_every_typed_command_is_decided(attack: Callable[..., None]) -> None:
    attack(SEEDED, commands, lambda command: command[0].meet(*command[1:]))
