"""A server that is one node of a cluster, beside one that is alone: what the way through the stream costs.

All of it shares this machine's cores, so the servers' share counts against the node.
"""

from __future__ import annotations

from contextlib import ExitStack

from bench.figure import Figure, Target, at_least
from bench.load import Reading, one_each
from bench.nats_servers import nats_servers
from bench.rounds import Measure, Rounds, in_turns, ratio
from bench.setting import BEFORE, OURS, SETTLED, Setting, Side, our_side

MEMBERS, ROOMS = 24, 6
# Posts of each member, and the share of the rate of a server alone that is due.
IN_FLIGHT = {1: None, 16: at_least(0.9)}
NO_TARGET = at_least(0.0)


def one_node(setting: Setting) -> list[Figure]:
    """Acknowledged posts of a node on three NATS servers that sync, beside those of a server alone."""
    figures: list[Figure] = []
    with ExitStack() as stack:
        servers = stack.enter_context(nats_servers(3))
        settings = {
            "CHATD_CLUSTER_SERVERS": ",".join(servers.urls),
            "CHATD_CLUSTER_MONITORS": ",".join(servers.monitors),
            "CHATD_CLUSTER_NODE": "bench",
            "CHATD_FILES_SHARED": "true",
        }
        sides = [
            stack.enter_context(
                our_side(setting, name, setting.fresh_folder(), MEMBERS, ROOMS, settings=chosen)
            )
            for name, chosen in ((OURS, settings), (BEFORE, None))
        ]
        for side in sides:
            side.crowd.speech.together = 1
        setting.receiver.until_quiet(SETTLED)
        for in_flight, due in IN_FLIGHT.items():
            title = f"one node on three NATS servers, {MEMBERS} members, {in_flight} of each in flight"
            setting.say(title)
            figures += _figures(title, in_turns(setting, sides, _posting(setting, in_flight)), due)
    return figures


def _posting(setting: Setting, in_flight: int) -> Measure:
    def measure(side: Side) -> Reading:
        return one_each(
            setting.receiver, side.crowd, side.pid, side.rooms, setting.plan.steady, in_flight=in_flight
        )

    return measure


def _rate(reading: Reading) -> float:
    return reading.answers_per_second


def _figures(title: str, taken: Rounds, due: Target | None) -> list[Figure]:
    share = ratio(title, "rate, beside a server alone", _rate, taken.ours, taken.theirs, due or NO_TARGET)
    return [
        taken.figure(title, "acknowledged posts", "/s", _rate),
        taken.figure(title, "p50 until acknowledged", "ms", lambda reading: reading.p50),
        taken.figure(title, "server CPU per post", "us", lambda reading: reading.cpu_per_post),
        share,
    ]
