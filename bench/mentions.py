"""What it costs a post that its text mentions, links and quotes code: with few people online and with many.

One server and the same connections: plain texts and those of people in turns, so that only the texts differ.
"""

from __future__ import annotations

from bench.community import Operator, connect_crowd
from bench.durable import PER_ROOM, WORDINGS, posting
from bench.figure import Figure, at_most
from bench.load import Reading
from bench.process import chatd_running
from bench.rounds import each_in_turns, ratio
from bench.setting import OURS, SETTLED, Setting, Side
from bench.talk import NAMELESS, talk_of
from bench.village import Shape, let_in, write_village

DEARER = 1.05  # times what a plain text costs, at most


def mentions(setting: Setting) -> list[Figure]:
    """Small rooms in which everybody talks; all others who are online are in the space and in no room."""
    plan = setting.plan
    talking = plan.rooms * PER_ROOM
    folder = setting.fresh_folder()
    shape = Shape(plan.online, plan.rooms, members=PER_ROOM, each=PER_ROOM)
    village = write_village(folder, shape)
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        setting.say(f"{plan.online:,} people are let in")
        people = let_in(operator, village.accounts)
        operator.close()
        crowd = connect_crowd(server, setting.receiver, people[:talking])
        side = Side(OURS, server.pid, crowd, tuple(village.rooms[i // PER_ROOM] for i in range(talking)))
        figures = _cost(setting, side, talking)
        others = connect_crowd(server, setting.receiver, people[talking:])
        figures += _cost(setting, side, plan.online)
        for one in (crowd, others):
            setting.receiver.dismiss(one)
    return figures


def _cost(setting: Setting, side: Side, online: int) -> list[Figure]:
    title = (
        f"{len(side.crowd.taps)} members in rooms of {PER_ROOM}, {online:,} online, texts plain and of people"
    )
    setting.say(title)
    setting.receiver.until_quiet(SETTLED)
    wordings = WORDINGS | {"addresses, links and code": lambda side: talk_of(side.rooms, NAMELESS)}
    measures = {name: posting(setting, words, 1) for name, words in wordings.items()}
    taken = each_in_turns(setting, [side], measures)
    plain, *others = wordings
    figures = [taken[plain].figure(title, f"server CPU per post, {plain}", "us", _cpu)]
    for name in others:
        figures += [
            taken[name].figure(title, f"server CPU per post, {name}", "us", _cpu),
            ratio(title, f"{name} / plain", _cpu, taken[name].ours, taken[plain].ours, at_most(DEARER)),
        ]
    return figures


def _cpu(reading: Reading) -> float:
    return reading.cpu_per_post
