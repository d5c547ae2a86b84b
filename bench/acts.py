"""What a member does in a village, one act at a time, and what each act costs the server."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from bench.asking import Asker
from bench.community import Member, Operator
from bench.curve import Point
from bench.load import percentile
from bench.machine import cpu_seconds
from bench.process import Server
from bench.speech import FILLER, FILLER_SIZE
from bench.talk import fitted
from bench.village import NEEDLE, Village, let_in

WARMING = 10  # acts before those that are counted
FEW = 10  # acts of a kind that can be done once in a village by the same account
PAGE = 50
LOTS = 9  # in which the acts are counted: what else the machine did shows in some of them
QUIET = 0.2  # seconds for what an act has set going, such as the views
HERE = fitted("@here and @member00001 " + FILLER, FILLER_SIZE)


@attrs.define
class Scene:
    """A running server on a village, its first member with an open session, and how often an act is done.

    `between` is called after each act: it reads what the act has sent to others.
    """

    server: Server
    folder: Path
    village: Village
    member: Member
    asker: Asker
    times: int
    between: Callable[[], None]
    random: random.Random = attrs.Factory(lambda: random.Random(7))

    @property
    def room(self) -> str:
        return self.village.rooms[0]


Act = Callable[[int], int]  # does it for the n-th time; gives the nanoseconds until the answer
Prepared = Callable[[Scene], tuple[Act, int]]  # and how often it can be done


def measure(scene: Scene, prepare: Prepared, size: int) -> Point:
    """Does the act again and again, alone. The CPU is that of the whole process, with what follows the act:
    the median of some lots."""
    act, times = prepare(scene)
    warming = min(WARMING, times // 3)
    for number in range(warming):
        act(number)
        scene.between()
    time.sleep(QUIET)
    waits: list[int] = []
    costs: list[float] = []
    together = max(1, (times - warming) // LOTS)
    for first in range(warming, times, together):
        cpu = cpu_seconds(scene.server.pid)
        lot = range(first, min(first + together, times))
        for number in lot:
            waits.append(act(number))
            scene.between()
        costs.append((cpu_seconds(scene.server.pid) - cpu) / len(lot))
    return Point(
        size, statistics.median(costs) * 1e6, percentile(waits, 50) / 1e6, percentile(waits, 99) / 1e6
    )


# --- messages ---------------------------------------------------------------------------------------------


def post(scene: Scene) -> tuple[Act, int]:
    return lambda _: scene.asker.post(scene.room), scene.times


def post_here(scene: Scene) -> tuple[Act, int]:
    return lambda _: scene.asker.post(scene.room, HERE), scene.times


def edit(scene: Scene) -> tuple[Act, int]:
    seqs = _posted(scene)
    return lambda n: scene.asker.asked(
        "command", "message.edit", room=scene.room, seq=seqs[n], text=f"better: {FILLER}"
    )[1], len(seqs)


def react(scene: Scene) -> tuple[Act, int]:
    seqs = _posted(scene)
    return lambda n: scene.asker.asked("command", "reaction.add", room=scene.room, seq=seqs[n], emoji="👍")[
        1
    ], len(seqs)


def _posted(scene: Scene) -> Sequence[int]:
    """Messages of the member's own, one for each time."""
    seqs = []
    for number in range(scene.times):
        nonce = f"{number} {scene.random.random()}"
        answer, _ = scene.asker.asked("command", "message.post", room=scene.room, text=FILLER, nonce=nonce)
        seqs.append(answer["seq"])
        scene.between()
    return seqs


# --- questions --------------------------------------------------------------------------------------------


def search(scene: Scene) -> tuple[Act, int]:
    """A word that stands in a hundred messages."""
    return lambda _: scene.asker.asked("query", "message.search", text=NEEDLE, limit=PAGE)[1], scene.times


def search_common(scene: Scene) -> tuple[Act, int]:
    """A word that stands in every second one."""
    return lambda _: scene.asker.asked("query", "message.search", text="the", limit=PAGE)[1], scene.times


def unread(scene: Scene) -> tuple[Act, int]:
    return lambda _: scene.asker.asked("query", "unread.list")[1], scene.times


def history(scene: Scene) -> tuple[Act, int]:
    last = scene.asker.asked("query", "room.history", room=scene.room, limit=1)[0]["messages"][-1]["seq"]
    return lambda _: scene.asker.asked(
        "query", "room.history", room=scene.room, limit=PAGE, around=scene.random.randint(1, last)
    )[1], scene.times


# --- coming and going -------------------------------------------------------------------------------------


def open_session(scene: Scene) -> tuple[Act, int]:
    """The handshake is in."""

    def once(_: int) -> int:
        started = time.perf_counter_ns()
        with Asker(scene.server, scene.member.token):
            return time.perf_counter_ns() - started

    return once, scene.times


def join_space(scene: Scene) -> tuple[Act, int]:
    """Strangers, who are connected already, take an invitation, one after another."""
    operator = Operator(scene.folder)
    code = operator.ask("command", "invite.create", {"space": scene.village.space})["invite"]["code"]
    strangers = let_in(operator, scene.village.strangers)
    operator.close()

    def once(number: int) -> int:
        return _command(scene.server, strangers[number], "invite.accept", code=code)

    return once, len(strangers)


def delete_account(scene: Scene) -> tuple[Act, int]:
    """Somebody leaves for good: until their messages are erased and they are gone."""
    operator = Operator(scene.folder, timeout=120)
    leavers = scene.village.leavers

    def once(number: int) -> int:
        started = time.perf_counter_ns()
        operator.ask("command", "account.erase", {"account": leavers[number]})
        return time.perf_counter_ns() - started

    return once, len(leavers)


def _command(server: Server, member: Member, name: str, **data: object) -> int:
    """One command of somebody who comes for it and goes; the nanoseconds of the command alone."""
    with Asker(server, member.token) as asker:
        return asker.asked("command", name, **data)[1]


ACTS: Mapping[str, Prepared] = {
    "post": post,
    "post with @here": post_here,
    "edit": edit,
    "reaction": react,
    "search": search,
    "search of a common word": search_common,
    "unread list": unread,
    "page of history": history,
    "session open": open_session,
    "join of a space": join_space,
    "deletion of an account": delete_account,
}
